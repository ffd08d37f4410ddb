/**
 * Billing periods in virtual time, always counted from the billing cycle anchor.
 *
 * Owns: where the n-th period of an anchor begins, in UTC. A period is never derived from the end of the previous one,
 * because a subscription anchored on the 31st would then stay on the 28th for ever after its first February:
 *
 *   anchor 31 Jan ──► 28 Feb ──► 31 Mar ──► 30 Apr ──► 31 May
 *
 * Refuses: time zones, and any reading of a clock.
 */

/** How often a price recurs: the part of Stripe's `price.recurring` that decides periods. */
export interface Recurrence {
  interval: string;
  interval_count: number;
}

/** A half-open span of virtual time, in Unix seconds. */
export interface Period {
  start: number;
  end: number;
}

/** Where a grid of periods begins; with a day of the month that its first moment may be too early for (28 Feb for the 31st). */
export type Anchor = number | { at: number; day: number };

const secondsPerDay = 86_400;

/** The moment `count` periods after the anchor (before it, when negative); short months end on their last day. */
export function periodBoundary(anchor: Anchor, recurrence: Recurrence, count: number): number {
  const steps = count * recurrence.interval_count;
  const anchorAt = momentOf(anchor);
  switch (recurrence.interval) {
    case "day":
      return anchorAt + steps * secondsPerDay;
    case "week":
      return anchorAt + steps * 7 * secondsPerDay;
    case "month":
      return stepMonths(anchor, steps);
    case "year":
      return stepMonths(anchor, steps * 12);
    default:
      throw new RangeError(`No such billing interval: ${recurrence.interval}`);
  }
}

/** The period `[start, end)` of the anchor's grid that holds the given moment, also for moments before the anchor. */
export function periodAt(anchor: Anchor, recurrence: Recurrence, at: number): Period {
  let index = Math.floor((at - momentOf(anchor)) / approximateLength(recurrence));
  while (periodBoundary(anchor, recurrence, index) > at) index -= 1;
  while (periodBoundary(anchor, recurrence, index + 1) <= at) index += 1;
  return {
    start: periodBoundary(anchor, recurrence, index),
    end: periodBoundary(anchor, recurrence, index + 1),
  };
}

/** The first boundary of the anchor's grid that is later than the given moment. */
export function nextBoundary(anchor: Anchor, recurrence: Recurrence, after: number): number {
  return periodAt(anchor, recurrence, after).end;
}

/** Orders recurrences by length, shortest first; used to decide which items of a mixed subscription lead. */
export function compareRecurrence(left: Recurrence, right: Recurrence): number {
  return approximateLength(left) - approximateLength(right);
}

/** Adds calendar months in UTC and keeps the time of day; the day falls back to the last one of a shorter month. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at * 1000);
  const monthIndex = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const year = Math.floor(monthIndex / 12);
  const month = monthIndex - year * 12;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  const timeOfDay = ((at % secondsPerDay) + secondsPerDay) % secondsPerDay;
  return Date.UTC(year, month, day) / 1000 + timeOfDay;
}

/** The midnight of a day in the month of a moment; the last day of a shorter month. */
export function dayInMonth(at: number, day: number): number {
  const date = new Date(at * 1000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return Date.UTC(year, month, Math.min(day, new Date(Date.UTC(year, month + 1, 0)).getUTCDate())) / 1000;
}

function momentOf(anchor: Anchor): number {
  return typeof anchor === "number" ? anchor : anchor.at;
}

function stepMonths(anchor: Anchor, months: number): number {
  if (typeof anchor === "number") return addMonths(anchor, months);
  const timeOfDay = ((anchor.at % secondsPerDay) + secondsPerDay) % secondsPerDay;
  return dayInMonth(addMonths(anchor.at, months), anchor.day) + timeOfDay;
}

function approximateLength(recurrence: Recurrence): number {
  const days = { day: 1, week: 7, month: 30.436875, year: 365.2425 }[recurrence.interval];
  if (days === undefined) throw new RangeError(`No such billing interval: ${recurrence.interval}`);
  return days * recurrence.interval_count * secondsPerDay;
}
