/**
 * Changes that begin new periods for all items of a subscription.
 *
 * Owns: which changes do so (an anchor set to now, a trial that is given or ends; in classic billing mode also a new interval
 * and a first price above zero), and where they leave the anchor. Refuses: moving the items (update-subscription.ts).
 */
import type Stripe from "stripe";
import { isClassic } from "./billing-mode";
import { fixedAmount } from "./charge-parts";
import { changesInterval, type ItemChange } from "./item-changes";
import { trialEndOf } from "./trial";

/** What a reset makes of the subscription, and until when its items are free, if they are. */
export interface Reset {
  change: Partial<Stripe.Subscription>;
  trialEnd: number | null;
}

/** The part of an update that may reset periods. */
export interface ResetParameters {
  billing_cycle_anchor?: { type?: string } | undefined;
  trial_end?: number | "now" | undefined;
  trial_from_plan?: boolean | undefined;
}

/** What begins anew with a change; null when the periods go on. `subscription` has its new settings already. */
export function resetOf(
  subscription: Stripe.Subscription,
  params: ResetParameters,
  changes: readonly ItemChange[],
  now: number,
): Reset | null {
  const isTrialing = subscription.trial_end !== null && subscription.trial_end > now;
  const keepsAnchor = subscription.trial_settings?.end_behavior.billing_cycle_anchor === "unchanged";
  const trialEnd = newTrialEnd(params, changes, now);
  if (trialEnd !== null) {
    const change: Partial<Stripe.Subscription> = {
      status: "trialing",
      trial_end: trialEnd,
      trial_start: subscription.trial_start !== null && isTrialing ? subscription.trial_start : now,
    };
    return { change: keepsAnchor ? change : { ...change, ...anchoredAt(trialEnd) }, trialEnd };
  }
  const endsTrial = params.trial_end === "now" && isTrialing;
  const isAsked = params.billing_cycle_anchor?.type === "now";
  const isImplied =
    isClassic(subscription) && !isTrialing && changes.some((one) => changesInterval(one) || startsToCost(one));
  if (!endsTrial && !isAsked && !isImplied) return null;
  const change = endsTrial && !isAsked && keepsAnchor ? {} : anchoredAt(now);
  return { change: isTrialing ? { ...change, status: "active", trial_end: now } : change, trialEnd: null };
}

/** An anchor that was put somewhere no longer follows the day it was once configured with. */
export function anchoredAt(
  moment: number,
): Pick<Stripe.Subscription, "billing_cycle_anchor" | "billing_cycle_anchor_config"> {
  return { billing_cycle_anchor: moment, billing_cycle_anchor_config: null };
}

function newTrialEnd(params: ResetParameters, changes: readonly ItemChange[], now: number): number | null {
  if (params.trial_end !== undefined) return trialEndOf({ trial_end: params.trial_end }, now);
  if (params.trial_from_plan !== true) return null;
  const fresh = changes.filter(({ before, after }) => after !== null && before?.price.id !== after.price.id);
  const days = fresh.map(({ after }) => after?.price.recurring?.trial_period_days ?? 0);
  return trialEndOf({ trial_period_days: Math.max(0, ...days) }, now);
}

function startsToCost({ before, after }: ItemChange): boolean {
  if (!before || !after) return false;
  return fixedAmount({ ...before, quantity: 1 }) === 0 && fixedAmount({ ...after, quantity: 1 }) > 0;
}
