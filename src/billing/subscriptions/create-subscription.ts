/**
 * Starting a paid plan.
 *
 * Owns the way from "this plan, this card" to a subscription at Stripe: at most one per tenant, an unpaid earlier start
 * ended first, a declined card leaving everything as it was. Refuses to call a plan active before Stripe does.
 */
import type { DatabaseTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { carryOut } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import { answer, type ChangeOutcome } from "./answer";
import { withLease } from "./lease";
import type { CreateSubscriptionInput, SubscriptionChanged } from "./model";
import { type Fetched, refreshSubscriptions } from "./refresh";
import { actOnStart, planStart, type StartPlan } from "./start-plan";
import { convergeSubscription } from "./sync";

/**
 * Starts a plan for a tenant that has none, or returns the confirmation of the same start that still waits for its payment.
 *
 * The free plan is what every tenant without a subscription has, so choosing it starts nothing. A declined card throws
 * `declined` and changes nothing; a card whose bank asks is `payment.authentication_required` for a caller without a
 * browser and a confirmation for one with. A second live subscription is refused: `subscription.already_active`.
 */
export async function createSubscription(
  ctx: BillingContext,
  input: CreateSubscriptionInput,
): Promise<SubscriptionChanged> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  return withLease(ctx, { tenantId: tenant.id, requestId, reason }, async () => {
    const now = ctx.clock.now(tenant.stripeTestClockId);
    const request = { tenantId: tenant.id, requestId, reason, kind: "subscription.create", now };
    const { outcome } = await carryOut<StartPlan, ChangeOutcome, Fetched | null>(ctx, request, {
      decide: async () => {
        await refreshSubscriptions(ctx, tenant);
        return planStart(ctx, tenant, input);
      },
      act: (operation) => actOnStart(ctx, tenant, operation),
      record: (tx, { plan }, facts, result) => record(tx, ctx, { tenant, input, plan, facts, result }),
    });
    return answer(ctx, tenant, outcome);
  });
}

async function record(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  done: {
    tenant: Tenant;
    input: CreateSubscriptionInput;
    plan: StartPlan;
    facts: Fetched | null;
    result: ChangeOutcome;
  },
): Promise<void> {
  const { facts, input, plan, result, tenant } = done;
  if (facts === null) return;
  const { reason } = input;
  const { record: subscription, sourceAt } = facts;
  const amountMinor = result.chargedNowMinor;
  await convergeSubscription(tx, ctx, facts, { actor: ctx.actor, reason, sourceAt, amountMinor });
  if (plan.do !== "start") return;
  await recordAudit(tx, {
    tenantId: tenant.id,
    occurredAt: sourceAt,
    actor: ctx.actor,
    action: "subscription.create",
    target: `subscription:${subscription.stripeSubscriptionId}`,
    reason,
    details: { planKey: input.planKey, interval: input.interval, status: subscription.status },
  });
}
