/** Taking back a cancellation that has not happened yet. */
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { carryOut } from "../operations";
import { resolveTenant } from "../tenants";
import { answer, type ChangeOutcome } from "./answer";
import { loadHoldings } from "./get-subscription";
import { withLease } from "./lease";
import type { ResumeSubscriptionInput, SubscriptionChanged } from "./model";
import { type Fetched, fetchNow, refreshSubscriptions } from "./refresh";
import { subscriptionNone } from "./refusals";
import { convergeSubscription } from "./sync";

/**
 * Lets a subscription that was to end at the period's end go on. Costs nothing; the next renewal comes as if nothing had
 * been said. Throws `subscription.none`, and `subscription.not_cancelable` when no cancellation is scheduled.
 */
export async function resumeSubscription(
  ctx: BillingContext,
  input: ResumeSubscriptionInput,
): Promise<SubscriptionChanged> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  return withLease(ctx, { tenantId: tenant.id, requestId, reason }, async () => {
    const now = ctx.clock.now(tenant.stripeTestClockId);
    const request = { tenantId: tenant.id, requestId, reason, kind: "subscription.resume", now };
    const { outcome } = await carryOut<{ stripeSubscriptionId: string }, ChangeOutcome, Fetched>(ctx, request, {
      decide: async () => {
        await refreshSubscriptions(ctx, tenant);
        const { live } = await loadHoldings(ctx, tenant.id);
        if (live === null) throw subscriptionNone();
        if (!live.cancelAtPeriodEnd && live.cancelAt === null) throw notScheduled();
        return { stripeSubscriptionId: live.stripeSubscriptionId };
      },
      act: async ({ id, plan: { stripeSubscriptionId } }) => {
        await ctx.stripe.resumeSubscription(stripeSubscriptionId, `${id}:resume`);
        const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
        return { outcome: { stripeSubscriptionId, chargedNowMinor: 0n, confirmation: null }, facts };
      },
      record: async (tx, { plan }, facts) => {
        const { sourceAt } = facts;
        await convergeSubscription(tx, ctx, facts, { actor: ctx.actor, reason, sourceAt });
        const target = `subscription:${plan.stripeSubscriptionId}`;
        const entry = { actor: ctx.actor, action: "subscription.resume", target, reason, details: {} };
        await recordAudit(tx, { tenantId: tenant.id, occurredAt: sourceAt, ...entry });
      },
    });
    return answer(ctx, tenant, outcome);
  });
}

function notScheduled(): BillingError {
  return new BillingError("conflict", "subscription.not_cancelable", "No cancellation is scheduled; the plan goes on.");
}
