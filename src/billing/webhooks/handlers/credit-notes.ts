/** Events about credit notes, also such as were made at Stripe. */
import { syncCreditNote } from "../../invoices";
import { gone, type Handler } from "./handler";

/** Converges on the credit note as it is now. */
export const onCreditNote: Handler = async (ctx, { tenant, subject }) => {
  const record = await ctx.stripe.fetchCreditNote(subject.objectId);
  if (record === null) return gone(subject.objectId);
  await syncCreditNote(ctx, tenant, record);
  return { outcome: "projected", note: `The credit note ${record.number} is ${record.status}.` };
};
