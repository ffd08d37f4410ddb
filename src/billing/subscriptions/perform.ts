/**
 * The five beats every verb of this slice shares: read, decide, promise, act, record.
 *
 * Owns that one request changes a subscription at a time, that what was shown is what is charged, and that a promise is kept
 * by whoever comes next when its first keeper died. A quote that is no longer true is refused with a fresh one.
 */
import type { DatabaseTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { invariant } from "../kernel/errors";
import { carryOut, type OperationBeats } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import { act } from "./act";
import { answer, type ChangeOutcome } from "./answer";
import { withLease } from "./lease";
import type { CommitInput, SubscriptionChanged, SubscriptionWish } from "./model";
import type { SubscriptionPromise } from "./promise";
import { decidePromise, keepQuote } from "./promised";
import { type Fetched, refreshSubscriptions } from "./refresh";
import { closeQuote } from "./store-quotes";
import { convergeSubscription } from "./sync";

/** The kind under which every promise of this slice is stored. */
export const SUBSCRIPTION_OPERATION = "subscription";

type Beats = OperationBeats<SubscriptionPromise, ChangeOutcome, Fetched | null>;

/** Carries a wish out, or the quote that was made of it. */
export async function perform(
  ctx: BillingContext,
  wish: SubscriptionWish | null,
  input: CommitInput,
): Promise<SubscriptionChanged> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  return keep(ctx, tenant, input, async () => {
    await refreshSubscriptions(ctx, tenant);
    if (input.quoteId !== null) return keepQuote(ctx, tenant, { ...input, quoteId: input.quoteId });
    invariant(wish, "a wish or a quote is given");
    return decidePromise(ctx, tenant, wish, input);
  });
}

/** Goes on with a promise that was interrupted; its caller may be gone. Throws what keeping it throws. */
export async function keepInterruptedPromise(
  ctx: BillingContext,
  interrupted: { tenantId: string; requestId: string; reason: string },
): Promise<void> {
  const tenant = await resolveTenant(ctx, interrupted.tenantId);
  await keep(ctx, tenant, interrupted, async () => {
    invariant(false, "an interrupted promise is stored");
  });
}

async function keep(
  ctx: BillingContext,
  tenant: Tenant,
  request: { requestId: string; reason: string },
  decide: Beats["decide"],
): Promise<SubscriptionChanged> {
  const { requestId, reason } = request;
  return withLease(ctx, { tenantId: tenant.id, requestId, reason }, async () => {
    const now = ctx.clock.now(tenant.stripeTestClockId);
    const operation = { tenantId: tenant.id, requestId, reason, kind: SUBSCRIPTION_OPERATION, now };
    const beats: Beats = {
      decide,
      act: ({ id, plan: promise }) => act(ctx, tenant, { id, plan: promise.plan, promise, reason }),
      record: (tx, { id, plan }, facts, result) =>
        record(tx, ctx, { id, tenant, promise: plan, facts, result, reason }),
    };
    const { outcome } = await carryOut(ctx, operation, beats);
    return answer(ctx, tenant, outcome);
  });
}

async function record(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  done: {
    id: string;
    tenant: Tenant;
    promise: SubscriptionPromise;
    facts: Fetched | null;
    result: ChangeOutcome;
    reason: string;
  },
): Promise<void> {
  const { id, facts, promise, result, tenant, reason } = done;
  if (promise.quoteId !== null) await closeQuote(tx, { tenantId: tenant.id, id: promise.quoteId, operationId: id });
  if (facts === null) return;
  const { sourceAt } = facts;
  const amountMinor = tellsAmount(promise) ? result.chargedNowMinor : null;
  await convergeSubscription(tx, ctx, facts, { actor: ctx.actor, reason, sourceAt, amountMinor });
  warnOfDifference(ctx, done);
  await recordAudit(tx, {
    tenantId: tenant.id,
    occurredAt: sourceAt,
    actor: ctx.actor,
    action: `subscription.${promise.plan.do}`,
    target: `subscription:${facts.record.stripeSubscriptionId}`,
    reason,
    details: {
      wish: promise.wish.verb,
      chargedNowMinor: Number(result.chargedNowMinor),
      ...(promise.dueNowMinor !== null && { promisedMinor: Number(promise.dueNowMinor) }),
      ...("planVersionId" in promise.plan && { planVersionId: promise.plan.planVersionId }),
    },
  });
}

/** A change without money has no amount in the history, not an amount of zero. */
function tellsAmount({ plan }: SubscriptionPromise): boolean {
  return ["start", "resume_confirmation", "change", "cancel_now", "unpause", "end_trial"].includes(plan.do);
}

/** Stripe's answer is the truth; that it differs from the promise is for people to know at once. */
function warnOfDifference(
  ctx: BillingContext,
  { id, promise, result }: { id: string; promise: SubscriptionPromise; result: ChangeOutcome },
): void {
  const { dueNowMinor } = promise;
  if (dueNowMinor === null || result.confirmation !== null || result.chargedNowMinor <= 0n) return;
  if (result.chargedNowMinor === dueNowMinor) return;
  const amounts = { promisedMinor: dueNowMinor.toString(), chargedMinor: result.chargedNowMinor.toString() };
  ctx.log.error({ operation: id, ...amounts }, "Another amount was charged than was promised");
}
