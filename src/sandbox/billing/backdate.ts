/**
 * Subscriptions that began before they were made: `backdate_start_date`.
 *
 * Owns: what the time that has already passed costs. Flexible subscriptions get a line for each cycle of their grid, the
 * first one for its rest; classic ones get a single line, counted in intervals that begin with the start itself:
 *
 *   start ──► │ cycle │ cycle │ now      flexible: three lines        classic: start ═══════════════════ now, one line
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { stepOf } from "../payments/currency-step";
import type { Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { type Anchor, type Period, periodAt, type Recurrence } from "./calendar";
import { fixedAmount, isMetered, tierLines } from "./charge-parts";
import type { ItemCharge } from "./issue";
import { itemDescription } from "./lines";
import { itemIn } from "./price-currency";
import { remainingShare } from "./proration";
import { recurrenceOf } from "./terms";

/** Stripe puts at most this many lines on an invoice. */
const maximumLines = 250;

/** The start of a new subscription: now, or the past moment that was asked for. */
export function startOf(params: { backdate_start_date?: number | undefined }, now: number): number {
  const start = params.backdate_start_date ?? now;
  if (start <= now) return start;
  throw invalidRequest("backdate_start_date must be in the past.", { param: "backdate_start_date" });
}

/** Where the first period of an item begins that is not behind it; a classic stub takes all the past in. */
export function firstPeriodStart(
  grid: Anchor,
  recurrence: Recurrence,
  terms: { start: number; now: number; isStub: boolean; isClassic: boolean },
): number {
  if (!terms.isStub || terms.start === terms.now) return terms.now;
  return terms.isClassic ? terms.start : Math.max(terms.start, periodAt(grid, recurrence, terms.now).start);
}

/** What an item costs for a span, by the cycles of a grid, in the steps of its currency. */
export function spanAmount(full: number, grid: Anchor, recurrence: Recurrence, span: Period, step: number): number {
  const shareOfCycle = (cycle: Period) => {
    const natural = periodAt(grid, recurrence, cycle.start);
    return remainingShare(full, natural, cycle.start, step) - remainingShare(full, natural, cycle.end, step);
  };
  return cyclesOf(grid, recurrence, span).reduce((sum, cycle) => sum + shareOfCycle(cycle), 0);
}

/** The charges for the time before an item's first period. */
export function backdatedCharges(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): ItemCharge[] {
  const span = { start: subscription.start_date, end: item.current_period_start };
  if (span.start >= span.end || isMetered(item.price)) return [];
  const isClassic = subscription.billing_mode.type === "classic";
  const recurrence = recurrenceOf(item.price);
  const grid = isClassic ? span.start : gridOf(subscription);
  const priced = itemIn(item, subscription.currency);
  const full = fixedAmount(priced);
  const periods = isClassic ? [span] : cyclesOf(grid, recurrence, span);
  if (periods.length >= maximumLines) {
    throw invalidRequest("A subscription cannot be backdated by more cycles than an invoice has lines.", {
      param: "backdate_start_date",
    });
  }
  return periods.map((period) => {
    const amountMinor = spanAmount(full, grid, recurrence, period, stepOf(subscription.currency));
    return {
      item,
      period,
      amountMinor,
      description: itemDescription(tx, priced),
      ...tierLines(tx, priced, amountMinor),
    };
  });
}

function cyclesOf(grid: Anchor, recurrence: Recurrence, span: Period): Period[] {
  const cycles: Period[] = [];
  for (let start = span.start; start < span.end && cycles.length <= maximumLines; ) {
    const end = Math.min(span.end, periodAt(grid, recurrence, start).end);
    cycles.push({ start, end });
    start = end;
  }
  return cycles;
}
