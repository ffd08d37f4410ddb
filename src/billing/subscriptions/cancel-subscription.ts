/**
 * Ending a subscription: at the end of the paid period, or now with the unused time refunded.
 *
 * Owns the order in which ending now happens, so that nothing is lost and nothing is given twice:
 *
 *   charge the overage so far ─► put it on the final invoice ─► cancel, unused time credited ─► refund what the invoice
 *   left as credit to the cards that paid ─► take that credit back off the balance
 *
 * Refuses to refund more than the cards paid; what was paid from older credit stays credit.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { carryOut, type Promised } from "../operations";
import { ensureStripeCustomer, resolveTenant, type Tenant } from "../tenants";
import { chargeRunningPeriod } from "../usage";
import { answer, type ChangeOutcome } from "./answer";
import { loadHoldings } from "./get-subscription";
import { withLease } from "./lease";
import type { CancelSubscriptionInput, Subscription, SubscriptionChanged } from "./model";
import { overageItem } from "./overage-items";
import { type Fetched, fetchNow, refreshSubscriptions } from "./refresh";
import { refundCredit } from "./refund-credit";
import { alreadyCanceled, subscriptionNone } from "./refusals";
import { isOver } from "./rules/status";
import { convergeSubscription } from "./sync";

/** What is promised. */
interface CancelPlan {
  stripeSubscriptionId: string;
  /** `now_unpaid`: the running period was never paid for. `abandon`: a start that was never paid is given up. */
  how: "at_period_end" | "now" | "now_unpaid" | "abandon";
  stripeTaxRateId: string | null;
  /** The newest invoice before, so that the final one is known from it. */
  latestStripeInvoiceId: string | null;
}

/**
 * Cancels a tenant's subscription; without one, gives up a start that still waits for its payment.
 *
 * At the period's end by default: the plan goes on until then and `resumeSubscription` takes it back. With `immediate` it
 * ends now: unbilled overage is billed, the unused time is refunded. `chargedNowMinor` is negative by what was refunded.
 * While a renewal is unpaid, ending now refunds nothing, and the overage comes on an invoice of its own.
 * Throws `subscription.none`, and `subscription.already_canceled` when it is to end at the period's end already.
 */
export async function cancelSubscription(
  ctx: BillingContext,
  input: CancelSubscriptionInput,
): Promise<SubscriptionChanged> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  return withLease(ctx, { tenantId: tenant.id, requestId, reason }, async () => {
    const now = ctx.clock.now(tenant.stripeTestClockId);
    const request = { tenantId: tenant.id, requestId, reason, kind: "subscription.cancel", now };
    const { outcome } = await carryOut<CancelPlan, ChangeOutcome, Fetched>(ctx, request, {
      decide: () => decide(ctx, tenant, input),
      act: (operation) => act(ctx, tenant, operation, input.reason),
      record: (tx, { plan }, facts, result) => record(tx, ctx, { tenant, input, plan, facts, result }),
    });
    return answer(ctx, tenant, outcome);
  });
}

async function decide(ctx: BillingContext, tenant: Tenant, input: CancelSubscriptionInput): Promise<CancelPlan> {
  await refreshSubscriptions(ctx, tenant);
  const { live, pending } = await loadHoldings(ctx, tenant.id);
  const subject = live ?? pending;
  if (subject === null) throw subscriptionNone();
  if (live?.cancelAtPeriodEnd && !input.immediate) throw alreadyCanceled(live);
  const { tax } = await getCatalog(ctx);
  return {
    stripeSubscriptionId: subject.stripeSubscriptionId,
    how: howToEnd(live, input.immediate),
    stripeTaxRateId: ctx.settings.taxMode === "rate" ? tax.stripeTaxRateId : null,
    latestStripeInvoiceId: subject.latestStripeInvoiceId,
  };
}

/** Stripe credits unused time of a period that was never paid as if it had been: refunding that would be a gift. */
function howToEnd(live: Subscription | null, immediate: boolean): CancelPlan["how"] {
  if (live === null) return "abandon";
  if (!immediate) return "at_period_end";
  return live.status === "past_due" || live.status === "unpaid" ? "now_unpaid" : "now";
}

async function act(
  ctx: BillingContext,
  tenant: Tenant,
  operation: Promised<CancelPlan>,
  reason: string,
): Promise<{ outcome: ChangeOutcome; facts: Fetched }> {
  const { id, plan } = operation;
  const { stripeSubscriptionId } = plan;
  let chargedNowMinor = 0n;
  if (plan.how === "at_period_end") {
    await ctx.stripe.cancelSubscriptionAtPeriodEnd(stripeSubscriptionId, `${id}:cancel`);
  } else if (plan.how === "abandon" || plan.how === "now_unpaid") {
    await endAtStripe(ctx, tenant, operation, false);
  } else {
    chargedNowMinor = await endNow(ctx, tenant, operation, reason);
  }
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor, confirmation: null }, facts };
}

/** Ends it with its final invoice and refunds the credit. Returns what was charged; negative: refunded. */
async function endNow(
  ctx: BillingContext,
  tenant: Tenant,
  operation: Promised<CancelPlan>,
  reason: string,
): Promise<bigint> {
  await putOverageOnFinalInvoice(ctx, tenant, operation);
  await endAtStripe(ctx, tenant, operation, true);
  const final = await finalInvoice(ctx, tenant, operation.plan);
  if (final === null || final.totalMinor >= 0n) return final?.amountDueMinor ?? 0n;
  return -(await refundCredit(ctx, tenant, { operationId: operation.id, final, reason }));
}

async function putOverageOnFinalInvoice(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan }: Promised<CancelPlan>,
): Promise<void> {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const charges = await inTransaction(ctx.db, (tx) =>
    chargeRunningPeriod(tx, { tenantId: tenant.id, operationId: id, now }),
  );
  if (charges.length === 0) return;
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const { stripeSubscriptionId, stripeTaxRateId } = plan;
  const target = { stripeCustomerId, stripeSubscriptionId, stripeTaxRateId, stripeInvoiceId: null };
  for (const charge of charges) {
    // The period ends here, with the subscription.
    const item = overageItem({ ...charge, chargeId: charge.id, periodEndAt: now }, target);
    await ctx.stripe.addInvoiceItem(item, `${id}:item:${charge.id}`);
  }
}

/** Ends it unless an earlier try has; Stripe knows no idempotency for this call. */
async function endAtStripe(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan }: Promised<CancelPlan>,
  prorate: boolean,
): Promise<void> {
  const { record: current } = await fetchNow(ctx, tenant, plan.stripeSubscriptionId);
  if (isOver(current.status)) return;
  if (plan.how === "abandon" && current.status !== "incomplete") {
    throw new BillingError("conflict", "subscription.already_active", "The first payment has been made meanwhile.");
  }
  await ctx.stripe.cancelSubscriptionNow(plan.stripeSubscriptionId, { prorate }, `${id}:end`);
}

/** The invoice that ending it made; null when there was nothing to credit or to charge. */
async function finalInvoice(ctx: BillingContext, tenant: Tenant, plan: CancelPlan): Promise<InvoiceRecord | null> {
  const { record: ended } = await fetchNow(ctx, tenant, plan.stripeSubscriptionId);
  const latest = ended.latestStripeInvoiceId;
  return latest === null || latest === plan.latestStripeInvoiceId ? null : ctx.stripe.fetchInvoice(latest);
}

async function record(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  done: {
    tenant: Tenant;
    input: CancelSubscriptionInput;
    plan: CancelPlan;
    facts: Fetched;
    result: ChangeOutcome;
  },
): Promise<void> {
  const { facts, input, plan, result, tenant } = done;
  const { reason } = input;
  const amountMinor = plan.how === "now" ? result.chargedNowMinor : null;
  const cause = { actor: ctx.actor, reason, sourceAt: facts.sourceAt, amountMinor };
  await convergeSubscription(tx, ctx, facts, cause);
  await recordAudit(tx, {
    tenantId: tenant.id,
    occurredAt: facts.sourceAt,
    actor: ctx.actor,
    action: "subscription.cancel",
    target: `subscription:${plan.stripeSubscriptionId}`,
    reason,
    details: { how: plan.how, chargedNowMinor: Number(result.chargedNowMinor) },
  });
}
