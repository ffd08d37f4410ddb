/** The verbs that need no particulars: taking back what was scheduled, ending a trial, pausing and coming back. */
import type { BillingContext } from "../context";
import type { CommitInput, PlainVerbInput, SubscriptionChanged } from "./model";
import { perform } from "./perform";

function plain(input: PlainVerbInput): CommitInput {
  return { ...input, quoteId: null, paymentMethodId: null, canConfirm: false };
}

/**
 * Lets a subscription that was to end at the period's end go on. Costs nothing; the next renewal comes as if nothing had
 * been said. Throws `subscription.none`, and `subscription.not_cancelable` when no cancellation is scheduled.
 */
export function resumeSubscription(ctx: BillingContext, input: PlainVerbInput): Promise<SubscriptionChanged> {
  return perform(ctx, { verb: "resume" }, plain(input));
}

/**
 * Takes back a change that waits for the period's end, or for its payment to be confirmed. Throws
 * `subscription.not_scheduled` when none waits.
 */
export function cancelScheduledChange(ctx: BillingContext, input: PlainVerbInput): Promise<SubscriptionChanged> {
  return perform(ctx, { verb: "cancel_scheduled" }, plain(input));
}

/** Ends the trial: the first period begins and is charged now. Throws `declined`, and the trial goes on. */
export function endTrial(ctx: BillingContext, input: PlainVerbInput): Promise<SubscriptionChanged> {
  return perform(ctx, { verb: "end_trial" }, plain(input));
}

/**
 * Stops periods and invoices. The free plan serves meanwhile, and the unused time becomes credit that the resumption uses.
 * A change that was scheduled is dropped. Throws `subscription.paused`, `subscription.payment_pending`.
 */
export function pauseSubscription(ctx: BillingContext, input: PlainVerbInput): Promise<SubscriptionChanged> {
  return perform(ctx, { verb: "pause" }, plain(input));
}

/** Brings a paused plan back: a full period starts and is charged now. Throws `declined`, and it stays paused. */
export function unpauseSubscription(ctx: BillingContext, input: PlainVerbInput): Promise<SubscriptionChanged> {
  return perform(ctx, { verb: "unpause" }, plain(input));
}
