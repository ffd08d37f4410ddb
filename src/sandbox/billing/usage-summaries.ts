/**
 * Summaries of reported usage: a meter's numbers for one customer, whole or by hour or day.
 *
 * Owns: the rules of alignment and the windows. Refuses: counting (usage.ts).
 */
import { createHash } from "node:crypto";
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { aggregate, isWithin, reportsOf } from "./usage";

const windowSeconds = { hour: 3_600, day: 86_400 };
const secondsPerMinute = 60;

/** What is to be summed up. */
export interface SummaryRequest {
  customer: string;
  start_time: number;
  end_time: number;
  value_grouping_window?: "hour" | "day" | undefined;
}

/** One summary of the whole span, or one per window in which anything was reported; the newest first. */
export function usageSummaries(
  tx: Transaction,
  meter: Stripe.Billing.Meter,
  request: SummaryRequest,
): Stripe.Billing.MeterEventSummary[] {
  const customer = tx.get("customer", request.customer, "customer").id;
  const window = request.value_grouping_window;
  checkSpan(request, window === undefined ? secondsPerMinute : windowSeconds[window]);
  const span = { start: request.start_time, end: request.end_time };
  const reports = reportsOf(tx, meter.id, customer).filter((one) => !one.canceled && isWithin(span, one.timestamp));
  const summary = (start: number, end: number): Stripe.Billing.MeterEventSummary => ({
    id: `mtrusg_test_${hashText(`${meter.id}/${customer}/${start}/${end}`)}`,
    object: "billing.meter_event_summary",
    aggregated_value: Number(
      aggregate(
        meter,
        reports.filter((one) => isWithin({ start, end }, one.timestamp)),
      ),
    ),
    end_time: end,
    livemode: false,
    meter: meter.id,
    start_time: start,
  });
  if (window === undefined) return [summary(span.start, span.end)];
  const seconds = windowSeconds[window];
  const starts = new Set(reports.map((one) => one.timestamp - (one.timestamp % seconds)));
  return [...starts].sort((a, b) => b - a).map((start) => summary(start, start + seconds));
}

function checkSpan(request: SummaryRequest, seconds: number): void {
  const unit = { [secondsPerMinute]: "minute", 3600: "hour", 86400: "day" }[seconds] ?? "minute";
  for (const name of ["start_time", "end_time"] as const) {
    if (request[name] % seconds === 0) continue;
    throw invalidRequest(`Invalid ${name}: it must be aligned with ${unit} boundaries.`, { param: name });
  }
  if (request.end_time <= request.start_time) {
    throw invalidRequest("The end_time must be after the start_time.", { param: "end_time" });
  }
}

/** The same summary has the same id whenever it is asked for, so that pages of a list fit together. */
function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}
