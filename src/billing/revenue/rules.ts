/**
 * What a subscription adds to monthly recurring revenue, and what kind of movement a change of it is. Pure.
 *
 * Active and past due subscriptions count with their flat fee, annual ones with a twelfth of it; nothing becomes money,
 * which is whole minor units, before it is shown. Trials, incomplete, unpaid, paused and ended ones add nothing; neither
 * do tax, credit or overage.
 *
 *   $0 ──► $299 new ──► $999 expansion ──► $499 contraction ──► $0 churn ──► $299 reactivation
 */
import { Decimal, decimal } from "../kernel/decimal";
import { roundToMinor } from "../kernel/money";
import { monthlyMinor } from "../pricing";
import type { Subscription } from "../subscriptions/model";

/** The kinds of movement. */
export type MovementKind = "new" | "expansion" | "contraction" | "churn" | "reactivation";

const COUNTED = new Set<Subscription["status"]>(["active", "past_due"]);

/** What the ledger keeps after the point; a contribution is compared with the kept one, so it has no more digits. */
const KEPT_DIGITS = 12;

/** Minor units a month that a subscription contributes, to 12 digits; null and uncounted ones contribute nothing. */
export function mrrOf(subscription: Pick<Subscription, "status" | "priceMinor" | "interval"> | null): Decimal {
  if (!subscription || !COUNTED.has(subscription.status)) return new Decimal(0);
  return monthlyMinor(subscription.priceMinor, subscription.interval).toDecimalPlaces(KEPT_DIGITS);
}

/** The movement from one contribution to another; null when nothing moved. `paidBefore`: it has ever contributed. */
export function movementKind(before: Decimal, after: Decimal, paidBefore: boolean): MovementKind | null {
  if (before.eq(after)) return null;
  if (after.isZero()) return "churn";
  if (before.isZero()) return paidBefore ? "reactivation" : "new";
  return after.gt(before) ? "expansion" : "contraction";
}

/** Exact minor units as they are shown: rounded once, half up. */
export function shownMinor(exactMinor: string | Decimal): bigint {
  return roundToMinor(decimal(exactMinor));
}
