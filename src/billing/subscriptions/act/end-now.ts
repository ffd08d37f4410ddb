/**
 * The act beat of an end that does not wait.
 *
 * Owns the order, so that nothing is lost and nothing is given twice:
 *
 *   charge the overage so far ─► put it and the unused time on the final invoice ─► end ─► refund what the invoice left as
 *   credit to the cards that paid ─► take that credit back off the balance
 *
 * The unused time is an item of our own, computed when the end was promised: Stripe prorates an end to its own present, and
 * the seconds in between would change the amount somebody was shown. Refuses to refund more than the cards paid; what was
 * paid from older credit stays credit.
 */
import { inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import type { BillingContext } from "../../context";
import { BillingError } from "../../kernel/errors";
import { ensureStripeCustomer, type Tenant } from "../../tenants";
import { chargeRunningPeriod } from "../../usage";
import { overageItem, unusedTimeItem } from "../overage-items";
import type { Acted, Step } from "../promise";
import { fetchNow } from "../refresh";
import type { CancelNowPlan } from "../rules/plan";
import { isOver } from "../rules/status";
import { refundCredit } from "./refund-credit";

/** Ends the subscription with its final invoice. `chargedNowMinor` is negative by what was refunded or credited. */
export async function endNowAtStripe(ctx: BillingContext, tenant: Tenant, step: Step<CancelNowPlan>): Promise<Acted> {
  const { id, plan } = step;
  const { stripeSubscriptionId } = plan;
  if (plan.abandonPending) await ctx.stripe.abandonPendingUpdate(stripeSubscriptionId, `${id}:abandon`);
  if (plan.releaseSchedule !== null) await ctx.stripe.releaseSchedule(plan.releaseSchedule, `${id}:release`);
  if (plan.invoiceOverage) await fillFinalInvoice(ctx, tenant, step);
  await end(ctx, tenant, { id, stripeSubscriptionId, invoiceNow: plan.invoiceOverage });
  const chargedNowMinor = plan.invoiceOverage ? await settle(ctx, tenant, step) : 0n;
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor, confirmation: null }, facts };
}

/** Gives up a start that was never paid. */
export async function abandonAtStripe(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan }: Step<{ stripeSubscriptionId: string }>,
): Promise<Acted> {
  const { stripeSubscriptionId } = plan;
  const { record } = await fetchNow(ctx, tenant, stripeSubscriptionId);
  if (!isOver(record.status) && record.status !== "incomplete") {
    throw new BillingError("conflict", "subscription.already_active", "The first payment has been made meanwhile.");
  }
  await end(ctx, tenant, { id, stripeSubscriptionId, invoiceNow: false });
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor: 0n, confirmation: null }, facts };
}

async function fillFinalInvoice(ctx: BillingContext, tenant: Tenant, step: Step<CancelNowPlan>): Promise<void> {
  const { id, plan, promise } = step;
  // Not the present: a retry must send under the same keys what the first try sent.
  const at = promise.prorationAt;
  const charges = await inTransaction(ctx.db, (tx) =>
    chargeRunningPeriod(tx, { tenantId: tenant.id, operationId: id, now: at }),
  );
  const { record } = await fetchNow(ctx, tenant, plan.stripeSubscriptionId);
  if (isOver(record.status)) return;
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const { stripeSubscriptionId } = plan;
  const { stripeTaxRateId } = promise;
  const target = { stripeCustomerId, stripeSubscriptionId, stripeTaxRateId, stripeInvoiceId: null };
  for (const [index, line] of promise.creditLines.entries()) {
    const item = unusedTimeItem({ ...line, currency: record.currency }, target);
    await ctx.stripe.addInvoiceItem(item, `${id}:credit:${index}`);
  }
  for (const charge of charges) {
    // The period ends here, with the subscription.
    const item = overageItem({ ...charge, chargeId: charge.id, periodEndAt: at }, target);
    await ctx.stripe.addInvoiceItem(item, `${id}:item:${charge.id}`);
  }
}

/** Ends it unless an earlier try has; Stripe knows no idempotency for this call. */
async function end(
  ctx: BillingContext,
  tenant: Tenant,
  { id, stripeSubscriptionId, invoiceNow }: { id: string; stripeSubscriptionId: string; invoiceNow: boolean },
): Promise<void> {
  const { record: current } = await fetchNow(ctx, tenant, stripeSubscriptionId);
  if (isOver(current.status)) return;
  await ctx.stripe.cancelSubscriptionNow(stripeSubscriptionId, { prorate: false, invoiceNow }, `${id}:end`);
}

/** What the final invoice came to: charged, or handed back as was wished. */
async function settle(ctx: BillingContext, tenant: Tenant, step: Step<CancelNowPlan>): Promise<bigint> {
  const final = await finalInvoice(ctx, tenant, step.plan);
  if (final === null || final.totalMinor >= 0n) return final?.amountDueMinor ?? 0n;
  // What no card paid for stays credit, so all of it is given back either way.
  if (step.plan.settlement === "refund") {
    await refundCredit(ctx, tenant, { operationId: step.id, final, reason: step.reason });
  }
  return final.totalMinor;
}

/** The invoice that ending it made; null when there was nothing to credit or to charge. */
async function finalInvoice(ctx: BillingContext, tenant: Tenant, plan: CancelNowPlan): Promise<InvoiceRecord | null> {
  const { record: ended } = await fetchNow(ctx, tenant, plan.stripeSubscriptionId);
  const latest = ended.latestStripeInvoiceId;
  return latest === null || latest === plan.latestStripeInvoiceId ? null : ctx.stripe.fetchInvoice(latest);
}
