/** The act beat of a change: at once, or put off to the end of the period. Every call has a key of the operation. */
import type { InvoiceRecord, SubscriptionReceipt } from "@/stripe/gateway";
import type { BillingContext } from "../../context";
import { BillingError } from "../../kernel/errors";
import type { Tenant } from "../../tenants";
import type { Acted, Step } from "../promise";
import { fetchNow } from "../refresh";
import type { ChangeNowPlan, SchedulePlan } from "../rules/plan";

/**
 * Changes what the subscription sells now. What stood in the way (a schedule, a change that waits for its payment) is
 * cleared first; an end that was decided is taken back with the change, so that a declined card leaves it as it was.
 */
export async function changeAtStripe(ctx: BillingContext, tenant: Tenant, step: Step<ChangeNowPlan>): Promise<Acted> {
  const { id, plan, promise } = step;
  const { stripeSubscriptionId, proration, restartPeriod, discounts, withdraws, whenUnpaid } = plan;
  const { latestStripeInvoiceId } = plan;
  if (plan.abandonPending) await ctx.stripe.abandonPendingUpdate(stripeSubscriptionId, `${id}:abandon`);
  if (plan.releaseSchedule !== null) await ctx.stripe.releaseSchedule(plan.releaseSchedule, `${id}:release`);
  const { prorationAt } = promise;
  const request = { stripeSubscriptionId, items: plan.edits, proration, prorationAt, restartPeriod, discounts };
  const receipt = await changeOrRestore(ctx, step, { ...request, whenUnpaid, withdraws, latestStripeInvoiceId });
  const waits = receipt.subscription.pendingUpdateExpiresAt !== null;
  const chargedNowMinor = waits ? 0n : chargedBy(receipt.invoice);
  const confirmation = waits ? receipt.confirmation : null;
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor, confirmation }, facts };
}

/** A declined card leaves what was scheduled as it was, although Stripe had to let go of it for the change. */
async function changeOrRestore(
  ctx: BillingContext,
  { id, plan }: Step<ChangeNowPlan>,
  request: Parameters<BillingContext["stripe"]["changeSubscription"]>[0],
): Promise<SubscriptionReceipt> {
  try {
    return await ctx.stripe.changeSubscription(request, `${id}:change`);
  } catch (error) {
    const declined = error instanceof BillingError && error.kind === "declined";
    if (declined && plan.releaseSchedule !== null) {
      await ctx.stripe.restoreSchedule(plan.releaseSchedule, `${id}:restore`);
    }
    throw error;
  }
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
