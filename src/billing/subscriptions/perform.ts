/**
 * The five beats every verb of this slice shares: read, decide, promise, act, record.
 *
 * Owns that one request changes a subscription at a time, that what was shown is what is charged, and that a promise is kept
 * by whoever comes next when its first keeper died. A quote that is no longer true is refused with a fresh one.
 */
import type { DatabaseTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { actorName } from "../kernel/actor";
import { BillingError, invariant } from "../kernel/errors";
import { carryOut, findInterrupted, findUnsettledRequest, type OperationBeats } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import { act } from "./act";
import { answer, type ChangeOutcome } from "./answer";
import { withLease } from "./lease";
import type { CommitInput, SubscriptionChanged, SubscriptionChangeKind, SubscriptionWish } from "./model";
import { SUBSCRIPTION_OPERATION, type SubscriptionPromise } from "./promise";
import { decidePromise, keepQuote } from "./promised";
import { type Fetched, refreshSubscriptions } from "./refresh";
import { tellAmount } from "./store";
import { closeQuote } from "./store-quotes";
import { convergeSubscription } from "./sync";

export { SUBSCRIPTION_OPERATION };

type Beats = OperationBeats<SubscriptionPromise, ChangeOutcome, Fetched | null>;

/** Carries a wish out, or the quote that was made of it. */
export async function perform(
  ctx: BillingContext,
  wish: SubscriptionWish | null,
  input: CommitInput,
): Promise<SubscriptionChanged> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  const request: Request = { requestId, asked: { actor: actorName(ctx.actor), reason } };
  return leased(ctx, tenant, request, async () => {
    await finishInterrupted(ctx, tenant);
    await refreshSubscriptions(ctx, tenant);
    if (input.quoteId !== null) return keepQuote(ctx, tenant, { ...input, quoteId: input.quoteId });
    invariant(wish, "a wish or a quote is given");
    return decidePromise(ctx, tenant, wish, input);
  });
}

/**
 * Goes on with a promise that was interrupted; its caller may be gone, and stays the author of the change. Throws what
 * keeping it throws.
 */
export async function keepInterruptedPromise(
  ctx: BillingContext,
  interrupted: { tenantId: string; requestId: string },
): Promise<void> {
  const { tenantId, requestId } = interrupted;
  const tenant = await resolveTenant(ctx, tenantId);
  const stored = await findUnsettledRequest(ctx.db, tenantId, requestId);
  if (stored === null) return;
  const { actor, reason } = stored;
  await leased(ctx, tenant, { requestId, asked: { actor, reason } }, undecided);
}

/**
 * A promise that somebody left half kept is kept before the next one is decided: carried out later, it would undo or double
 * what came after it. A refusal settles it, and the way is free.
 */
async function finishInterrupted(ctx: BillingContext, tenant: Tenant): Promise<void> {
  const found = await findInterrupted(ctx.db, tenant.id, SUBSCRIPTION_OPERATION);
  if (found === null) return;
  const { requestId, actor, reason } = found;
  try {
    await keep(ctx, tenant, { requestId, asked: { actor, reason } }, undecided);
  } catch (error) {
    const isSettled = (await findUnsettledRequest(ctx.db, tenant.id, requestId)) === null;
    if (!(error instanceof BillingError) || !isSettled) throw error;
  }
}

async function undecided(): Promise<SubscriptionPromise> {
  invariant(false, "an interrupted promise is stored");
}

/** A request, and who made it why. */
interface Request {
  requestId: string;
  asked: { actor: string; reason: string };
}

async function leased(
  ctx: BillingContext,
  tenant: Tenant,
  request: Request,
  decide: Beats["decide"],
): Promise<SubscriptionChanged> {
  const { requestId, asked } = request;
  return withLease(ctx, { tenantId: tenant.id, requestId, ...asked }, async () =>
    answer(ctx, tenant, await keep(ctx, tenant, request, decide)),
  );
}

async function keep(
  ctx: BillingContext,
  tenant: Tenant,
  { requestId, asked }: Request,
  decide: Beats["decide"],
): Promise<ChangeOutcome> {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const { reason } = asked;
  const holds = SUBSCRIPTION_OPERATION;
  const operation = { tenantId: tenant.id, requestId, reason, kind: SUBSCRIPTION_OPERATION, holds, now } as const;
  const beats: Beats = {
    decide,
    act: ({ id, plan: promise }) => act(ctx, tenant, { id, plan: promise.plan, promise, reason }),
    record: (tx, { id, plan }, facts, result) => record(tx, ctx, { id, tenant, promise: plan, facts, result, asked }),
    // Only an end now writes charges before it asks Stripe; they must reach an invoice.
    endsWhenRefused: ({ plan }) => plan.do !== "cancel_now",
  };
  return (await carryOut(ctx, operation, beats)).outcome;
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
    asked: Request["asked"];
  },
): Promise<void> {
  const { id, facts, promise, result, tenant, asked } = done;
  const { reason } = asked;
  if (promise.quoteId !== null) await closeQuote(tx, { tenantId: tenant.id, id: promise.quoteId, operationId: id });
  if (facts === null) return;
  const { sourceAt } = facts;
  const kinds = PAID_CHANGES[promise.plan.do];
  const amountMinor = kinds === undefined ? null : result.chargedNowMinor;
  const { changes } = await convergeSubscription(tx, ctx, facts, {
    actor: ctx.actor,
    reason,
    askedBy: asked,
    sourceAt,
    amountMinor,
  });
  if (kinds !== undefined && amountMinor !== null && changes.length === 0) {
    const { stripeSubscriptionId } = facts.record;
    await tellAmount(tx, { tenantId: tenant.id, stripeSubscriptionId, since: promise.prorationAt, kinds, amountMinor });
  }
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
      ...(promise.plan.do === "discount" && { [promise.plan.discounts.added ? "given" : "taken"]: promise.plan.words }),
    },
  });
}

/**
 * What the history calls a plan that can cost or give back money, in the order of `describeChanges`. A change without money
 * has no amount there, not an amount of zero.
 */
const PAID_CHANGES: Readonly<Partial<Record<SubscriptionPromise["plan"]["do"], readonly SubscriptionChangeKind[]>>> = {
  start: ["created", "activated"],
  resume_confirmation: ["created", "activated"],
  change: ["plan_changed", "interval_changed", "seats_changed"],
  cancel_now: ["canceled"],
  unpause: ["unpaused"],
  end_trial: ["trial_ended"],
};

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
