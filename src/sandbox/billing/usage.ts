/**
 * Reported usage: what a meter has counted for a customer.
 *
 * Owns: how reports become one number, by the meter's formula and its time window, and which reports an item has already
 * been billed for. Reports count from the moment they are stored: the asynchronous aggregation of the real service, and with
 * it summaries that lag behind, is not imitated.
 *
 * Refuses: prices, and deciding when usage is billed (usage-charges.ts).
 */
import { Decimal } from "decimal.js";
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import type { ReportedUsage, UsageMark } from "../store/usage-records";
import type { Period } from "./calendar";

const Exact = Decimal.clone({ precision: 80 });

const windowSeconds: Record<string, number> = { day: 86_400, hour: 3_600 };

/** The part of a meter that decides numbers. */
export type MeterTerms = Pick<Stripe.Billing.Meter, "default_aggregation" | "event_time_window">;

/** A report as far as counting is concerned. */
export type Counted = Pick<ReportedUsage, "value" | "timestamp">;

/** All reports of a customer to a meter, canceled ones included, the last received first. */
export function reportsOf(tx: Transaction, meter: string, customer: string): ReportedUsage[] {
  return tx.listBy("reported_usage", "usage", `${meter}/${customer}`);
}

/** Whether a moment lies in a period: its start does, its end does not. */
export function isWithin(period: Period, timestamp: number): boolean {
  return timestamp >= period.start && timestamp < period.end;
}

/** One exact number out of reports, given with the last received first. */
export function aggregate(meter: MeterTerms, reports: readonly Counted[]): string {
  const counted = latestPerWindow(meter, reports);
  switch (meter.default_aggregation.formula) {
    case "count":
      return String(counted.length);
    case "last": {
      const last = counted.reduce<Counted | null>(
        (best, report) => (best === null || report.timestamp > best.timestamp ? report : best),
        null,
      );
      return last === null ? "0" : new Exact(last.value).toFixed();
    }
    default:
      return counted.reduce((sum, report) => sum.plus(report.value), new Exact(0)).toFixed();
  }
}

/** Usage as an invoice bills it: corrections may outweigh what they correct, but nobody is paid for usage. */
export function billedQuantity(meter: MeterTerms, reports: readonly Counted[]): string {
  const total = aggregate(meter, reports);
  return new Exact(total).isNegative() ? "0" : total;
}

/** Of all reports those of a period that stand and that an item with this mark has not been billed for. */
export function unbilledReports(
  reports: readonly ReportedUsage[],
  period: Period,
  mark: UsageMark | null,
): ReportedUsage[] {
  const later = mark === null ? reports.length : reports.findIndex((report) => report.id === mark.lastReport);
  return reports.filter((report, index) => {
    if (report.canceled || !isWithin(period, report.timestamp)) return false;
    if (mark === null || report.timestamp >= mark.before) return true;
    // What was reported after the mark for a time before it is billed now: each unit at the price in force by then.
    return report.timestamp >= mark.from && (later < 0 || index < later);
  });
}

/** Pre-aggregated meters let a later report replace an earlier one of the same hour or day, in UTC. */
function latestPerWindow(meter: MeterTerms, reports: readonly Counted[]): readonly Counted[] {
  const seconds = meter.event_time_window === null ? undefined : windowSeconds[meter.event_time_window];
  if (seconds === undefined) return reports;
  const seen = new Set<number>();
  return reports.filter((report) => {
    const window = Math.floor(report.timestamp / seconds);
    if (seen.has(window)) return false;
    seen.add(window);
    return true;
  });
}
