/** /v1/billing/meters: what counts usage. A meter never changes what it counts, only its name and whether it counts. */
import type Stripe from "stripe";
import { activeMeter } from "../billing/report-usage";
import { usageSummaries } from "../billing/usage-summaries";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { hash, oneOf, string, timestamp } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";

type Meter = Stripe.Billing.Meter;

const payloadKey = () => string({ maxLength: 100 }).required();

function refuseSecond(tx: Transaction, eventName: string): void {
  const active = activeMeter(tx, eventName);
  if (!active) return;
  throw invalidRequest(`An active meter (\`${active.id}\`) already exists for the event name "${eventName}".`, {
    code: "resource_already_exists",
    param: "event_name",
  });
}

function reviseMeter(tx: Transaction, before: Meter, change: Partial<Meter>, event: Stripe.Event["type"]): Meter {
  const after = tx.put("meter", { ...before, ...change, updated: tx.now(null) });
  tx.emit(event, after, event === "billing.meter.updated" ? (previousAttributes(before, after) ?? {}) : undefined);
  return after;
}

function wrongStatus(meter: Meter, verb: string) {
  return invalidRequest(`You cannot ${verb} this meter because its status is \`${meter.status}\`.`, {
    code: "status_transition_invalid",
  });
}

/** The routes of meters. */
export const billingMeterRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/billing/meters",
    accepts: {
      display_name: string({ maxLength: 250 }).required(),
      event_name: string({ maxLength: 100 }).required(),
      default_aggregation: hash({ formula: oneOf("count", "last", "sum").required() }).required(),
      customer_mapping: hash({ event_payload_key: payloadKey(), type: oneOf("by_id").required() }),
      event_time_window: oneOf("day", "hour"),
      value_settings: hash({ event_payload_key: payloadKey() }),
    },
    handle(tx, { params }) {
      refuseSecond(tx, params.event_name);
      const now = tx.now(null);
      const meter = tx.put("meter", {
        id: tx.newId("mtr"),
        object: "billing.meter",
        created: now,
        customer_mapping: params.customer_mapping ?? { event_payload_key: "stripe_customer_id", type: "by_id" },
        default_aggregation: params.default_aggregation,
        display_name: params.display_name,
        event_name: params.event_name,
        event_time_window: params.event_time_window ?? null,
        livemode: false,
        status: "active",
        status_transitions: { deactivated_at: null },
        updated: now,
        value_settings: params.value_settings ?? { event_payload_key: "value" },
      });
      tx.emit("billing.meter.created", meter);
      return meter;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/billing/meters",
    accepts: { ...pageParameters, status: oneOf("active", "inactive") },
    handle(tx, { params }) {
      const { status } = params;
      const matching = tx.list("meter", (meter) => status === undefined || meter.status === status);
      return paginate(matching, params, "/v1/billing/meters");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/billing/meters/:id",
    accepts: {},
    handle: (tx, input) => tx.get("meter", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/billing/meters/:id",
    accepts: { display_name: string({ maxLength: 250 }) },
    handle(tx, input) {
      const meter = tx.get("meter", pathValue(input, "id"));
      const name = input.params.display_name;
      if (name === undefined || name === meter.display_name) return meter;
      return reviseMeter(tx, meter, { display_name: name }, "billing.meter.updated");
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/billing/meters/:id/deactivate",
    accepts: {},
    handle(tx, input) {
      const meter = tx.get("meter", pathValue(input, "id"));
      if (meter.status !== "active") throw wrongStatus(meter, "deactivate");
      const change = { status: "inactive", status_transitions: { deactivated_at: tx.now(null) } };
      return reviseMeter(tx, meter, change, "billing.meter.deactivated");
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/billing/meters/:id/reactivate",
    accepts: {},
    handle(tx, input) {
      const meter = tx.get("meter", pathValue(input, "id"));
      if (meter.status !== "inactive") throw wrongStatus(meter, "reactivate");
      refuseSecond(tx, meter.event_name);
      const change = { status: "active", status_transitions: { deactivated_at: null } };
      return reviseMeter(tx, meter, change, "billing.meter.reactivated");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/billing/meters/:id/event_summaries",
    accepts: {
      ...pageParameters,
      customer: string().required(),
      end_time: timestamp().required(),
      start_time: timestamp().required(),
      value_grouping_window: oneOf("day", "hour"),
    },
    handle(tx, input) {
      const meter = tx.get("meter", pathValue(input, "id"));
      const url = `/v1/billing/meters/${meter.id}/event_summaries`;
      return paginate(usageSummaries(tx, meter, input.params), input.params, url);
    },
  }),
];
