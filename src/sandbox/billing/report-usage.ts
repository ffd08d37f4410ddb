/**
 * Reporting usage and taking reports back.
 *
 * Owns: which reports are accepted (a known event, a known customer, a number, a moment near enough) and that one identifier
 * is accepted once. Time is the time of the customer's clock, also where the real service can only mean its own: the day in
 * which an identifier is unique, and in which a report can be taken back.
 */
import { randomUUID } from "node:crypto";
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import type { ReportedUsage } from "../store/usage-records";
import { nowOf } from "./records";
import { recountDrafts } from "./recount";

const secondsPerDay = 86_400;
const oldestSeconds = 35 * secondsPerDay;
const furthestSeconds = 300;

/** Digits that stay exact in everything that is computed from them. */
const value = /^-?\d{1,15}(\.\d{1,12})?$/;

/** A report as it arrives. */
export interface UsageReport {
  event_name: string;
  payload: Record<string, string>;
  identifier?: string | undefined;
  timestamp?: number | undefined;
}

/** Stores a report, or refuses it; it counts at once. */
export function reportUsage(tx: Transaction, report: UsageReport): ReportedUsage {
  const meter = activeMeter(tx, report.event_name);
  if (!meter) {
    throw invalidRequest(`No active meter found for event name "${report.event_name}"`, { param: "event_name" });
  }
  const key = meter.customer_mapping.event_payload_key;
  const customer = tx.get("customer", payloadValue(report, key), `payload[${key}]`);
  const now = nowOf(tx, customer);
  const timestamp = report.timestamp ?? now;
  checkMoment(timestamp, now);
  const identifier = report.identifier ?? randomUUID();
  const same = tx.listBy("reported_usage", "identifier", identifier);
  if (same.some((other) => now - other.receivedAt < secondsPerDay)) {
    throw invalidRequest(`An event already exists with identifier ${identifier}.`, { param: "identifier" });
  }
  const stored = tx.put("reported_usage", {
    id: tx.newId("usage"),
    meter: meter.id,
    customer: customer.id,
    identifier,
    value: countedValue(meter, report),
    timestamp,
    receivedAt: now,
    canceled: false,
  });
  recountDrafts(tx, meter.id, customer.id, timestamp);
  return stored;
}

/** Takes a report back, within a day of its arrival. What is on a final invoice stays there. */
export function cancelUsage(tx: Transaction, eventName: string, identifier: string): ReportedUsage {
  const found = tx
    .listBy("reported_usage", "identifier", identifier)
    .find((report) => tx.get("meter", report.meter).event_name === eventName);
  const param = "cancel[identifier]";
  if (!found)
    throw invalidRequest(`No event found with identifier ${identifier}.`, { code: "resource_missing", param });
  if (found.canceled) throw invalidRequest(`The event with identifier ${identifier} is already canceled.`, { param });
  const customer = tx.find("customer", found.customer);
  if (customer && nowOf(tx, customer) - found.receivedAt > secondsPerDay) {
    throw invalidRequest("You can only cancel events within 24 hours of Stripe receiving them.", { param });
  }
  const canceled = tx.put("reported_usage", { ...found, canceled: true });
  recountDrafts(tx, found.meter, found.customer, found.timestamp);
  return canceled;
}

/** The one meter that counts an event at present. */
export function activeMeter(tx: Transaction, eventName: string): Stripe.Billing.Meter | undefined {
  return tx.listBy("meter", "event_name", eventName).find((meter) => meter.status === "active");
}

function payloadValue(report: UsageReport, key: string): string {
  const found = Object.hasOwn(report.payload, key) ? report.payload[key] : undefined;
  if (found !== undefined && found !== "") return found;
  throw invalidRequest(`The payload of the event must contain the key "${key}".`, {
    code: "parameter_missing",
    param: `payload[${key}]`,
  });
}

/** What a report counts for; a meter that counts events does not look at values. */
function countedValue(meter: Stripe.Billing.Meter, report: UsageReport): string {
  if (meter.default_aggregation.formula === "count") return "1";
  const key = meter.value_settings.event_payload_key;
  const given = payloadValue(report, key);
  if (value.test(given)) return given;
  throw invalidRequest(`Invalid value for the payload key "${key}": it must be a number.`, {
    param: `payload[${key}]`,
  });
}

function checkMoment(timestamp: number, now: number): void {
  if (timestamp > now + furthestSeconds) {
    throw invalidRequest("The timestamp must not be more than 5 minutes in the future.", { param: "timestamp" });
  }
  if (timestamp < now - oldestSeconds) {
    throw invalidRequest("The timestamp must be within the past 35 calendar days.", { param: "timestamp" });
  }
}
