/** Events about invoices. A renewal's draft is the one moment at which overage can still be put on it. */
import { billRenewalDraft, syncInvoice } from "../../invoices";
import { gone, type Handler } from "./handler";

/** Converges on the invoice as it is now. */
export const onInvoice: Handler = async (ctx, { subject, cause }) => {
  const record = await ctx.stripe.fetchInvoice(subject.objectId);
  if (record === null) return gone(subject.objectId);
  await syncInvoice(ctx, record, cause);
  return { outcome: "projected", note: `${subject.objectId} is ${record.status}.` };
};

/** Numbers a renewal's draft and puts the ended month's overage on it; other new invoices are only taken over. */
export const onInvoiceCreated: Handler = async (ctx, input) => {
  const { subject, cause } = input;
  const record = await ctx.stripe.fetchInvoice(subject.objectId);
  if (record === null) return gone(subject.objectId);
  if (record.status === "draft" && record.billingReason === "subscription_cycle") {
    await billRenewalDraft(ctx, subject.objectId, cause);
    return { outcome: "projected", note: `${subject.objectId} is a renewal; its usage was billed.` };
  }
  await syncInvoice(ctx, record, cause);
  return { outcome: "projected", note: `${subject.objectId} is ${record.status}.` };
};
