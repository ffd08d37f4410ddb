/**
 * What a wish to change the plan means: which way it goes, when it takes effect, how the money is settled.
 *
 *   upgrade            now; the difference for the rest of the period is charged at once
 *   downgrade          now; the difference becomes credit that the next invoices use up
 *   other interval     now; a new period starts and the old one's rest is credited in the same invoice
 *   to the free plan   at the end of the period, which is paid
 *
 *   |—— old plan ——————|—— new plan ————————|
 *   period start    change now          period end
 *                      └ unused old: credit, remaining new: charge, both to the second
 */
import type { PlanVersion } from "../../catalog/model";
import type { BillingInterval, Subscription } from "../model";

/** How Stripe settles the money of a change. */
export type Settlement = "now" | "next_invoice";

/** What to do about a wish to change the plan. */
export type PlanChangeDecision =
  | { do: "refuse"; because: "same_plan" | "payment_pending" | "not_sold" }
  | { do: "cancel_at_period_end" }
  | {
      do: "change";
      direction: "upgrade" | "downgrade";
      settlement: Settlement;
      /** The interval changes, so a new period starts at the change. */
      restartPeriod: boolean;
      interval: BillingInterval;
      stripePriceId: string;
    };

/** What a decision is made from. */
export interface PlanChangeFacts {
  subscription: Pick<Subscription, "planKey" | "planVersionId" | "interval" | "status">;
  currentRank: number;
  target: PlanVersion;
  freePlanKey: string;
  /** Null keeps the interval. */
  interval: BillingInterval | null;
}

/** Decides; the preview and the change share it. */
export function decidePlanChange(facts: PlanChangeFacts): PlanChangeDecision {
  const { subscription, target } = facts;
  if (target.planKey === facts.freePlanKey) return { do: "cancel_at_period_end" };
  const interval = facts.interval ?? subscription.interval;
  // The same plan in its newest version is still the same plan; moving to a new version is the catalog's affair.
  if (target.planKey === subscription.planKey && interval === subscription.interval) {
    return { do: "refuse", because: "same_plan" };
  }
  // While a renewal is unpaid, Stripe would credit time nobody has paid for.
  if (subscription.status === "past_due" || subscription.status === "unpaid") {
    return { do: "refuse", because: "payment_pending" };
  }
  const stripePriceId = interval === "month" ? target.stripeMonthlyPriceId : target.stripeAnnualPriceId;
  if (stripePriceId === null) return { do: "refuse", because: "not_sold" };
  const restartPeriod = interval !== subscription.interval;
  const direction = directionOf(facts.currentRank, target.rank, subscription.interval, interval);
  const settlement = direction === "upgrade" || restartPeriod ? "now" : "next_invoice";
  return { do: "change", direction, settlement, restartPeriod, interval, stripePriceId };
}

/** A higher plan is an upgrade; of the same plan, paying for a year is. */
export function directionOf(
  fromRank: number,
  toRank: number,
  from: BillingInterval,
  to: BillingInterval,
): "upgrade" | "downgrade" {
  if (fromRank !== toRank) return toRank > fromRank ? "upgrade" : "downgrade";
  return from === "month" && to === "year" ? "upgrade" : "downgrade";
}
