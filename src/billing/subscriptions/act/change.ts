/** The act beat of a change: at once, or put off to the end of the period. Every call has a key of the operation. */
import type { InvoiceRecord } from "@/stripe/gateway";
import type { BillingContext } from "../../context";
import type { Tenant } from "../../tenants";
import type { Acted, Step } from "../promise";
import { fetchNow } from "../refresh";
import type { ChangeNowPlan, SchedulePlan } from "../rules/plan";

/**
 * Changes what the subscription sells now. What stood in the way (a schedule, a change that waits for its payment) is
 * cleared first; a cancellation is withdrawn last, or with the change that waits, so that a declined card leaves it as it was.
 */
export async function changeAtStripe(ctx: BillingContext, tenant: Tenant, step: Step<ChangeNowPlan>): Promise<Acted> {
  const { id, plan, promise } = step;
  const { stripeSubscriptionId, proration, restartPeriod, discount, whenUnpaid } = plan;
  if (plan.abandonPending) await ctx.stripe.abandonPendingUpdate(stripeSubscriptionId, `${id}:abandon`);
  if (plan.releaseSchedule !== null) await ctx.stripe.releaseSchedule(plan.releaseSchedule, `${id}:release`);
  const receipt = await ctx.stripe.changeSubscription(
    {
      stripeSubscriptionId,
      items: plan.edits,
      proration,
      prorationAt: promise.prorationAt,
      restartPeriod,
      discount,
      stripeDiscountIds: plan.stripeDiscountIds,
      whenUnpaid,
      withdrawCancellation: plan.withdrawCancellation,
    },
    `${id}:change`,
  );
  const waits = receipt.subscription.pendingUpdateExpiresAt !== null;
  if (plan.withdrawCancellation && !waits) await ctx.stripe.resumeSubscription(stripeSubscriptionId, `${id}:resume`);
  const chargedNowMinor = waits ? 0n : chargedBy(receipt.invoice);
  const confirmation = waits ? receipt.confirmation : null;
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor, confirmation }, facts };
}

/** Positive: charged; negative: credited. */
function chargedBy(invoice: InvoiceRecord | null): bigint {
  if (invoice === null) return 0n;
  return invoice.totalMinor < 0n ? invoice.totalMinor : invoice.amountDueMinor;
}

/** Lets the subscription become something else when its period ends. */
export async function scheduleAtStripe(ctx: BillingContext, tenant: Tenant, step: Step<SchedulePlan>): Promise<Acted> {
  const { id, plan } = step;
  const { stripeSubscriptionId, items, restartPeriod, discount } = plan;
  if (plan.abandonPending) await ctx.stripe.abandonPendingUpdate(stripeSubscriptionId, `${id}:abandon`);
  if (plan.withdrawCancellation) await ctx.stripe.resumeSubscription(stripeSubscriptionId, `${id}:resume`);
  await ctx.stripe.scheduleChange({ stripeSubscriptionId, items, restartPeriod, discount }, `${id}:schedule`);
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor: 0n, confirmation: null }, facts };
}
