/**
 * When a subscription is to end: reading the three ways of saying so into one state.
 *
 * Owns: `cancel_at_period_end`, `cancel_at` and its words, and what a caller says about the reasons. Refuses: ending it.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { isClassic } from "./billing-mode";
import { loadItems } from "./records";

/** The parameters that decide about a future end. */
export interface CancellationParameters {
  cancel_at?: number | "min_period_end" | "max_period_end" | "max_billed_until" | null | undefined;
  cancel_at_period_end?: boolean | undefined;
  cancellation_details?:
    | {
        comment?: string | null | undefined;
        feedback?: Stripe.Subscription.CancellationDetails["feedback"] | undefined;
      }
    | undefined;
}

/** The fields of the subscription that follow; empty when the parameters say nothing about its end. */
export function cancellationChange(
  tx: Transaction,
  subscription: Stripe.Subscription,
  params: CancellationParameters,
  now: number,
): Partial<Stripe.Subscription> {
  const details = detailsChange(subscription, params);
  const at = requestedEnd(tx, subscription, params, now);
  if (at === undefined) return details === null ? {} : { cancellation_details: details };
  const base = details ?? subscription.cancellation_details ?? noDetails;
  if (at === null) {
    return {
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { ...base, reason: null },
    };
  }
  return {
    cancel_at: at,
    cancel_at_period_end: params.cancel_at_period_end === true,
    canceled_at: now,
    cancellation_details: { ...base, reason: "cancellation_requested" },
  };
}

/** The same; a classic subscription that is to end within its trial has no longer a trial than that. */
export function endingChange(
  tx: Transaction,
  subscription: Stripe.Subscription,
  params: CancellationParameters,
  now: number,
): Partial<Stripe.Subscription> {
  const change = cancellationChange(tx, subscription, params, now);
  const end = change.cancel_at ?? null;
  const trialEnd = subscription.trial_end;
  if (!isClassic(subscription) || end === null || trialEnd === null || trialEnd <= Math.max(now, end)) return change;
  for (const item of loadItems(tx, subscription.id)) {
    tx.put("subscription_item", { ...item, current_period_end: Math.min(item.current_period_end, end) });
  }
  return { ...change, trial_end: end };
}

/** The caller's comment and feedback on top of what is there; null when nothing was said. */
export function detailsChange(
  subscription: Stripe.Subscription,
  params: Pick<CancellationParameters, "cancellation_details">,
): Stripe.Subscription.CancellationDetails | null {
  const given = params.cancellation_details;
  if (given === undefined) return null;
  const current = subscription.cancellation_details ?? noDetails;
  return {
    ...current,
    comment: given.comment === undefined ? current.comment : given.comment,
    feedback: given.feedback === undefined ? current.feedback : given.feedback,
  };
}

/** A moment, null to stay for good, undefined to leave things as they are. */
function requestedEnd(
  tx: Transaction,
  subscription: Stripe.Subscription,
  params: CancellationParameters,
  now: number,
): number | null | undefined {
  if (params.cancel_at_period_end === true && typeof params.cancel_at === "number") {
    throw invalidRequest("You may only specify one of these parameters: cancel_at, cancel_at_period_end.", {
      param: "cancel_at",
    });
  }
  const ends = loadItems(tx, subscription.id).map((item) => item.current_period_end);
  if (params.cancel_at_period_end === true || params.cancel_at === "min_period_end") return Math.min(...ends);
  // Nothing is billed ahead of its period here, so items are billed until their periods end.
  if (params.cancel_at === "max_period_end" || params.cancel_at === "max_billed_until") return Math.max(...ends);
  if (params.cancel_at === null) return null;
  if (typeof params.cancel_at === "number") {
    if (params.cancel_at <= now) {
      throw invalidRequest("cancel_at must be a timestamp in the future.", { param: "cancel_at" });
    }
    return params.cancel_at;
  }
  if (params.cancel_at_period_end === false && subscription.cancel_at_period_end) return null;
  return undefined;
}

const noDetails: Stripe.Subscription.CancellationDetails = {
  comment: null,
  feedback: null,
  feedback_option: null,
  reason: null,
};
