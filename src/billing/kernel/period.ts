/**
 * Months counted from an anchor, half-open, in UTC.
 *
 * Every boundary is computed from the anchor, never from the boundary before it, so an anchor on the 31st bills on the last
 * day of short months and returns to the 31st:
 *
 *   anchor 31 Jan ──► 28 Feb ──► 31 Mar ──► 30 Apr
 *          [ month 0 )[ month 1 )[ month 2 )
 */
import { Temporal } from "temporal-polyfill";

/** A span of time: the start belongs to it, the end does not. */
export interface Period {
  startAt: Date;
  endAt: Date;
}

/** The anchor plus n months (n may be negative), on the anchor's day or the month's last day if that is earlier. */
export function addMonths(anchorAt: Date, months: number): Date {
  const anchor = Temporal.Instant.fromEpochMilliseconds(anchorAt.getTime()).toZonedDateTimeISO("UTC");
  return new Date(anchor.add({ months }).epochMilliseconds);
}

/** The anchored month that contains an instant. */
export function anchoredMonth(anchorAt: Date, at: Date): Period {
  const anchorMonths = anchorAt.getUTCFullYear() * 12 + anchorAt.getUTCMonth();
  let index = at.getUTCFullYear() * 12 + at.getUTCMonth() - anchorMonths;
  if (addMonths(anchorAt, index) > at) index -= 1;
  return { startAt: addMonths(anchorAt, index), endAt: addMonths(anchorAt, index + 1) };
}

/** The calendar month in UTC that contains an instant: the free plan's period. */
export function calendarMonth(at: Date): Period {
  return anchoredMonth(new Date(Date.UTC(2000, 0, 1)), at);
}

/** Whether an instant lies in a period. */
export function contains(period: Period, at: Date): boolean {
  return period.startAt <= at && at < period.endAt;
}

/** An instant some whole days later. */
export function addDays(at: Date, days: number): Date {
  return new Date(at.getTime() + days * 86_400_000);
}
