/** Days as people mean them: of a tenant's zone, with both borders in it; and how soon a card ends. */
import { Temporal } from "temporal-polyfill";
import type { CardExpiry } from "./model";

/**
 * The span of whole days in a zone, half-open: 29 to 29 March 2026 in Berlin is 28 March 23:00 to 29 March 22:00 UTC, a day
 * of 23 hours.
 */
export function daySpan(days: { from?: string; to?: string }, timeZone: string): { from?: Date; to?: Date } {
  const start = (day: string, plusDays: number) =>
    new Date(Temporal.PlainDate.from(day).add({ days: plusDays }).toZonedDateTime(timeZone).epochMilliseconds);
  return {
    ...(days.from !== undefined && { from: start(days.from, 0) }),
    ...(days.to !== undefined && { to: start(days.to, 1) }),
  };
}

const DAY_MS = 86_400_000;

/** How soon a card ends; it is good through the last day of its month. Null when that is more than 60 days away. */
export function cardExpiry(
  card: { expiryMonth: number | null; expiryYear: number | null },
  now: Date,
): CardExpiry | null {
  if (card.expiryMonth === null || card.expiryYear === null) return null;
  const days = (Date.UTC(card.expiryYear, card.expiryMonth, 1) - now.getTime()) / DAY_MS;
  if (days <= 0) return "expired";
  if (days <= 30) return "within_30_days";
  return days <= 60 ? "within_60_days" : null;
}
