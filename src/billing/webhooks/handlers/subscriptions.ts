/** Events about subscriptions: the mirror converges, then revenue, the last month's usage and unpaid invoices follow what changed. */
import { followSubscription } from "../../dunning";
import { billEndedPeriods } from "../../invoices";
import { tellTenant } from "../../notifications";
import { recordMrr } from "../../revenue";
import { syncSubscription } from "../../subscriptions";
import { gone, type Handler } from "./handler";

/** Converges on the subscription as it is now. */
export const onSubscription: Handler = async (ctx, { tenant, subject, cause }) => {
  const record = await ctx.stripe.fetchSubscription(subject.objectId);
  if (record === null) return gone(subject.objectId);
  const synced = await syncSubscription(ctx, record, cause);
  await recordMrr(ctx, { tenantId: tenant.id, at: cause.sourceAt, subscription: synced.after });
  // An ended subscription gets no renewal that could carry its last month's overage.
  if (synced.changes.includes("canceled")) await billEndedPeriods(ctx, tenant.id);
  const { stripeSubscriptionId } = synced.after;
  await followSubscription(ctx, tellTenant, { tenantId: tenant.id, stripeSubscriptionId, cause });
  const news = synced.changes.length === 0 ? "nothing new" : synced.changes.join(", ");
  return { outcome: "projected", note: `${record.stripeSubscriptionId} is ${record.status}: ${news}.` };
};
