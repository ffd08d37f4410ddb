/**
 * Meter events and their adjustments, in both generations of the API: /v1/billing/… as forms, /v2/billing/… as JSON. One
 * report is the same report in either.
 */
import type Stripe from "stripe";
import { cancelUsage, reportUsage, type UsageReport } from "../billing/report-usage";
import { invalidParameter } from "../http/errors";
import { hash, Kind, oneOf, string, timestamp } from "../http/params";
import { defineRoute } from "../http/route";
import { idOf } from "../store/indexes";
import type { ReportedUsage } from "../store/usage-records";

/** Names with text values; which names matter is the meter's to say. */
const payload = new Kind<Record<string, string>, true>(
  (value, path) => {
    if (typeof value === "string") {
      throw invalidParameter("parameter_invalid_hash", path, `Invalid object: ${path} must be a hash.`);
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => {
        if (typeof entry === "string") return [name, entry];
        throw invalidParameter("parameter_invalid_string", `${path}[${name}]`, "Payload values must be strings.");
      }),
    );
  },
  true,
  false,
);

/** A moment as /v2 writes it, read as Unix seconds. */
const isoTimestamp = new Kind<number, false>(
  (value, path) => {
    const isTime =
      typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value);
    const seconds = isTime ? Math.floor(Date.parse(value) / 1_000) : Number.NaN;
    if (Number.isNaN(seconds)) {
      throw invalidParameter("parameter_invalid_string", path, `Invalid timestamp: ${path} must be an RFC 3339 time.`);
    }
    return seconds;
  },
  false,
  false,
);

const isoText = (seconds: number) => new Date(seconds * 1_000).toISOString();

const report = { event_name: string({ maxLength: 100 }).required(), payload, identifier: string({ maxLength: 100 }) };

function event(stored: ReportedUsage, given: UsageReport): Stripe.Billing.MeterEvent {
  return {
    object: "billing.meter_event",
    created: stored.receivedAt,
    event_name: given.event_name,
    identifier: stored.identifier,
    livemode: false,
    payload: given.payload,
    timestamp: stored.timestamp,
  };
}

/** The routes of meter events and adjustments. */
export const meterEventRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/billing/meter_events",
    accepts: { ...report, timestamp: timestamp() },
    handle: (tx, { params }) => event(reportUsage(tx, params), params),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/billing/meter_event_adjustments",
    accepts: {
      event_name: string({ maxLength: 100 }).required(),
      type: oneOf("cancel").required(),
      cancel: hash({ identifier: string({ maxLength: 100 }) }),
    },
    handle(tx, { params }): Stripe.Billing.MeterEventAdjustment {
      const identifier = params.cancel?.identifier;
      if (identifier === undefined) {
        const param = "cancel[identifier]";
        throw invalidParameter("parameter_missing", param, `Missing required param: ${param}.`);
      }
      cancelUsage(tx, params.event_name, identifier);
      return {
        object: "billing.meter_event_adjustment",
        cancel: { identifier },
        event_name: params.event_name,
        livemode: false,
        status: "complete",
        type: "cancel",
      };
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v2/billing/meter_events",
    accepts: { ...report, timestamp: isoTimestamp },
    handle(tx, { params }): Stripe.V2.Billing.MeterEvent {
      const { created, timestamp: at, ...rest } = event(reportUsage(tx, params), params);
      return { ...rest, object: "v2.billing.meter_event", created: isoText(created), timestamp: isoText(at) };
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v2/billing/meter_event_adjustments",
    accepts: {
      event_name: string({ maxLength: 100 }).required(),
      type: oneOf("cancel").required(),
      cancel: hash({ identifier: string({ maxLength: 100 }).required() }).required(),
    },
    handle(tx, { params }): Stripe.V2.Billing.MeterEventAdjustment {
      const canceled = cancelUsage(tx, params.event_name, params.cancel.identifier);
      const customer = tx.find("customer", canceled.customer);
      return {
        id: tx.newId("mtrevtadj"),
        object: "v2.billing.meter_event_adjustment",
        cancel: { identifier: canceled.identifier },
        created: isoText(tx.now(idOf(customer?.test_clock))),
        event_name: params.event_name,
        livemode: false,
        status: "complete",
        type: "cancel",
      };
    },
  }),
];
