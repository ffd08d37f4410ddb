/**
 * Moving a tenant to another plan or interval.
 *
 * Owns that a change is exactly what its preview said: the same decision, prorated at one frozen instant that is stored
 * before Stripe hears of it. Refuses while a renewal is unpaid.
 */
import type { DatabaseTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { carryOut, type Promised } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import { answer, type ChangeOutcome } from "./answer";
import { withLease } from "./lease";
import type { ChangePlanInput, SubscriptionChanged } from "./model";
import { type ChangeReading, costOfChange, prorationInstant, readChange } from "./read-change";
import { type Fetched, fetchNow, refreshSubscriptions } from "./refresh";
import { alreadyCanceled, methodRequired, samePlan } from "./refusals";
import { actOnStart, planStart, type StartPlan } from "./start-plan";
import { convergeSubscription } from "./sync";

/** What is promised: a change, or what a change turns out to mean for this tenant. */
type ChangePlan =
  | { do: "start"; start: StartPlan }
  | { do: "cancel_at_period_end"; stripeSubscriptionId: string }
  | {
      do: "change";
      stripeSubscriptionId: string;
      stripeItemId: string;
      stripePriceId: string;
      quantity: number;
      settlement: "now" | "next_invoice";
      restartPeriod: boolean;
      /** Frozen: a retry prorates from the same second as the first try. */
      prorationAt: Date;
      /** The tenant goes on, so a cancellation that was scheduled is withdrawn. */
      withdrawCancellation: boolean;
      /** What the prorated lines come to, with tax; negative: credit. */
      prorationMinor: bigint;
    };

/**
 * Changes plan, interval or both.
 *
 * An upgrade is in force and charged at once, because its value arrives at once; a card that fails throws `declined` and
 * leaves the old plan. A downgrade is in force at once and its credit is used by the next invoices. The free plan comes at
 * the end of the period, which is paid. A tenant without a subscription starts one with its default payment method.
 * Throws `subscription.same_plan`, `subscription.payment_pending`, `payment.method_required`, `catalog.plan_not_sold`.
 */
export async function changePlan(ctx: BillingContext, input: ChangePlanInput): Promise<SubscriptionChanged> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  return withLease(ctx, { tenantId: tenant.id, requestId, reason }, async () => {
    const now = ctx.clock.now(tenant.stripeTestClockId);
    const request = { tenantId: tenant.id, requestId, reason, kind: "subscription.change", now };
    const { outcome } = await carryOut<ChangePlan, ChangeOutcome, Fetched | null>(ctx, request, {
      decide: () => decide(ctx, tenant, input),
      act: (operation) => act(ctx, tenant, operation),
      record: (tx, { plan }, facts, result) => record(tx, ctx, { tenant, input, plan, facts, result }),
    });
    return answer(ctx, tenant, outcome);
  });
}

async function decide(ctx: BillingContext, tenant: Tenant, input: ChangePlanInput): Promise<ChangePlan> {
  await refreshSubscriptions(ctx, tenant);
  const reading = await readChange(ctx, tenant, input);
  if (reading.subscription === null) return { do: "start", start: await planFirstStart(ctx, tenant, reading) };
  const { subscription, decision } = reading;
  const { stripeSubscriptionId, stripeItemId, quantity } = subscription;
  if (decision.do === "cancel_at_period_end") {
    if (subscription.cancelAtPeriodEnd) throw alreadyCanceled(subscription);
    return { do: "cancel_at_period_end", stripeSubscriptionId };
  }
  const prorationAt = prorationInstant(ctx, tenant);
  const cost = await costOfChange(ctx, subscription, decision, prorationAt);
  const { stripePriceId, settlement, restartPeriod } = decision;
  return {
    do: "change",
    stripeSubscriptionId,
    stripeItemId,
    stripePriceId,
    quantity,
    settlement,
    restartPeriod,
    prorationAt,
    withdrawCancellation: subscription.cancelAtPeriodEnd,
    prorationMinor: cost.subtotalMinor + cost.taxMinor,
  };
}

async function planFirstStart(
  ctx: BillingContext,
  tenant: Tenant,
  reading: ChangeReading & { subscription: null },
): Promise<StartPlan> {
  const { target, interval } = reading;
  if (reading.isFree) throw samePlan(target.name);
  const customer = tenant.stripeCustomerId === null ? null : await ctx.stripe.fetchCustomer(tenant.stripeCustomerId);
  const paymentMethodId = customer?.defaultPaymentMethodId ?? null;
  if (paymentMethodId === null) throw methodRequired(target.name);
  return planStart(ctx, tenant, { planKey: target.planKey, interval, paymentMethodId, canConfirm: false });
}

async function act(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan }: Promised<ChangePlan>,
): Promise<{ outcome: ChangeOutcome; facts: Fetched | null }> {
  if (plan.do === "start") return actOnStart(ctx, tenant, { id, plan: plan.start });
  const { stripeSubscriptionId } = plan;
  let chargedNowMinor = 0n;
  if (plan.do === "cancel_at_period_end") {
    await ctx.stripe.cancelSubscriptionAtPeriodEnd(stripeSubscriptionId, `${id}:cancel`);
  } else {
    const { stripeItemId, stripePriceId, quantity, settlement: proration, prorationAt, restartPeriod } = plan;
    const receipt = await ctx.stripe.changeSubscriptionPlan(
      { stripeSubscriptionId, stripeItemId, stripePriceId, quantity, proration, prorationAt, restartPeriod },
      `${id}:change`,
    );
    if (plan.withdrawCancellation) await ctx.stripe.resumeSubscription(stripeSubscriptionId, `${id}:resume`);
    chargedNowMinor = plan.settlement === "now" ? chargedBy(receipt.invoice, plan) : plan.prorationMinor;
  }
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor, confirmation: null }, facts };
}

/** The receipt's invoice is the change's own; should Stripe name another one, the previewed amount is what was charged. */
function chargedBy(invoice: InvoiceRecord | null, plan: ChangePlan & { do: "change" }): bigint {
  if (invoice?.billingReason !== "subscription_update") return plan.prorationMinor;
  return invoice.totalMinor < 0n ? invoice.totalMinor : invoice.amountDueMinor;
}

async function record(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  done: { tenant: Tenant; input: ChangePlanInput; plan: ChangePlan; facts: Fetched | null; result: ChangeOutcome },
): Promise<void> {
  const { facts, input, plan, result, tenant } = done;
  if (facts === null) return;
  const { reason } = input;
  const { record: subscription, sourceAt } = facts;
  const amountMinor = result.chargedNowMinor;
  await convergeSubscription(tx, ctx, facts, { actor: ctx.actor, reason, sourceAt, amountMinor });
  await recordAudit(tx, {
    tenantId: tenant.id,
    occurredAt: sourceAt,
    actor: ctx.actor,
    action: `subscription.${plan.do === "start" ? "create" : plan.do}`,
    target: `subscription:${subscription.stripeSubscriptionId}`,
    reason,
    details: { planKey: input.planKey, interval: input.interval, chargedNowMinor: Number(amountMinor) },
  });
}
