/**
 * The billing cycle anchor: where it is put, and the grid of periods it makes.
 *
 * Owns: `billing_cycle_anchor_config`, which names a day (and month, and time) instead of a moment. Its day outlives a short
 * month: named on the 10th of February, day 31 puts the anchor on the 28th, and the periods go on from the 31st of March.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { hash, type Infer, integer } from "../http/params";
import { type Anchor, addMonths, compareRecurrence, dayInMonth, nextBoundary, type Recurrence } from "./calendar";

const config = {
  day_of_month: integer({ minimum: 1, maximum: 31 }).required(),
  hour: integer({ minimum: 0, maximum: 23 }),
  minute: integer({ minimum: 0, maximum: 59 }),
  month: integer({ minimum: 1, maximum: 12 }),
  second: integer({ minimum: 0, maximum: 59 }),
};

/** `billing_cycle_anchor_config` as a parameter. */
export const anchorConfig = hash(config);

type AnchorConfig = Infer<typeof config>;

/** The grid of a subscription's periods. */
export function gridOf(
  subscription: Pick<Stripe.Subscription, "billing_cycle_anchor" | "billing_cycle_anchor_config">,
): Anchor {
  const at = subscription.billing_cycle_anchor;
  const day = subscription.billing_cycle_anchor_config?.day_of_month;
  return day === undefined ? at : { at, day };
}

/** The first moment from `from` on that a config names; what it leaves out of the time of day is taken from `from`. */
export function configuredAnchor(given: AnchorConfig, from: number): number {
  const start = new Date(from * 1000);
  const time =
    (given.hour ?? start.getUTCHours()) * 3_600 +
    (given.minute ?? start.getUTCMinutes()) * 60 +
    (given.second ?? start.getUTCSeconds());
  const first =
    Date.UTC(start.getUTCFullYear(), given.month === undefined ? start.getUTCMonth() : given.month - 1) / 1000;
  const step = given.month === undefined ? 1 : 12;
  for (let count = 0; ; count += 1) {
    const at = dayInMonth(addMonths(first, count * step), given.day_of_month) + time;
    if (at >= from) return at;
  }
}

/** What a new subscription's parameters say about its anchor. */
export interface AnchorParameters {
  billing_cycle_anchor?: number | undefined;
  billing_cycle_anchor_config?: AnchorConfig | undefined;
  trial_settings?: { end_behavior: { billing_cycle_anchor?: string | undefined } } | undefined;
}

/** Where a new subscription's anchor lies: where it is put, else at the end of its trial, else now. */
export function firstAnchor(
  params: AnchorParameters,
  recurrences: readonly Recurrence[],
  trialEnd: number | null,
  now: number,
): number {
  const { billing_cycle_anchor: stated, billing_cycle_anchor_config: configured } = params;
  if (configured !== undefined) {
    if (stated !== undefined) {
      throw invalidRequest(
        "You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.",
        { param: "billing_cycle_anchor_config" },
      );
    }
    if (recurrences.some(({ interval }) => interval !== "month" && interval !== "year")) {
      throw invalidRequest("billing_cycle_anchor_config needs prices with monthly or yearly intervals.", {
        param: "billing_cycle_anchor_config",
      });
    }
    return checked(
      configuredAnchor(configured, trialEnd ?? now),
      "billing_cycle_anchor_config",
      recurrences,
      trialEnd ?? now,
    );
  }
  const keepsAnchor = params.trial_settings?.end_behavior.billing_cycle_anchor === "unchanged";
  if (stated === undefined) return keepsAnchor ? now : (trialEnd ?? now);
  if (stated < now) {
    throw invalidRequest("billing_cycle_anchor cannot be in the past.", { param: "billing_cycle_anchor" });
  }
  if (trialEnd !== null && stated < trialEnd) {
    throw invalidRequest("billing_cycle_anchor cannot be before the trial ends.", { param: "billing_cycle_anchor" });
  }
  return checked(stated, "billing_cycle_anchor", recurrences, trialEnd ?? now);
}

function checked(anchor: number, param: string, recurrences: readonly Recurrence[], from: number): number {
  const shortest = [...recurrences].sort(compareRecurrence)[0];
  if (shortest && anchor > nextBoundary(from, shortest, from)) {
    throw invalidRequest(`${param} cannot be later than next natural billing date for the plan.`, { param });
  }
  return anchor;
}

/** A config in Stripe's shape. */
export function shownConfig(given: AnchorConfig | undefined): Stripe.Subscription.BillingCycleAnchorConfig | null {
  if (given === undefined) return null;
  return {
    day_of_month: given.day_of_month,
    hour: given.hour ?? null,
    minute: given.minute ?? null,
    month: given.month ?? null,
    second: given.second ?? null,
  };
}
