/** Meters, events and adjustments over HTTP: what is accepted, what is refused and how, what is counted. */
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, day, type Stage, startStage } from "../billing/test-stage";
import { call } from "../testing/start";

let stage: Stage;
let customer: string;
beforeAll(async () => {
  stage = await startStage("2026-03-10T12:00:00Z");
  customer = (await stage.stripe.customers.create({ name: "Ada" })).id;
});
afterAll(() => stage.close());

const meterOf = (event: string, more: Partial<Stripe.Billing.MeterCreateParams> = {}) =>
  stage.stripe.billing.meters.create({
    display_name: event,
    event_name: event,
    default_aggregation: { formula: "sum" },
    ...more,
  });

const report = (event: string, value: string, more: Partial<Stripe.Billing.MeterEventCreateParams> = {}) =>
  stage.stripe.billing.meterEvents.create({
    event_name: event,
    payload: { stripe_customer_id: customer, value },
    ...more,
  });

const total = async (meter: string, start: string, end: string) => {
  const summaries = await stage.stripe.billing.meters.listEventSummaries(meter, {
    customer,
    start_time: at(start),
    end_time: at(end),
  });
  return summaries.data.map((summary) => summary.aggregated_value);
};

describe("meters", () => {
  it("live from active to inactive and back, one active per event name", async () => {
    const { meters } = stage.stripe.billing;
    const meter = await meterOf("lifecycle");
    expect(meter).toMatchObject({
      object: "billing.meter",
      status: "active",
      customer_mapping: { event_payload_key: "stripe_customer_id", type: "by_id" },
      value_settings: { event_payload_key: "value" },
      event_time_window: null,
    });
    await expect(meterOf("lifecycle")).rejects.toMatchObject({ code: "resource_already_exists", param: "event_name" });
    await stage.events();
    expect((await meters.update(meter.id, { display_name: "Calls" })).display_name).toBe("Calls");
    const off = await meters.deactivate(meter.id);
    expect([off.status, off.status_transitions.deactivated_at]).toEqual(["inactive", stage.now()]);
    await expect(meters.deactivate(meter.id)).rejects.toMatchObject({ code: "status_transition_invalid" });
    const second = await meterOf("lifecycle");
    await expect(meters.reactivate(meter.id)).rejects.toMatchObject({ code: "resource_already_exists" });
    await meters.deactivate(second.id);
    expect((await meters.reactivate(meter.id)).status).toBe("active");
    expect(await stage.events("billing.meter")).toEqual([
      "billing.meter.updated",
      "billing.meter.deactivated",
      "billing.meter.created",
      "billing.meter.deactivated",
      "billing.meter.reactivated",
    ]);
    const inactive = await meters.list({ status: "inactive" });
    expect(inactive.data.map(({ id }) => id)).toEqual([second.id]);
    expect(await meters.retrieve(meter.id)).toMatchObject({ id: meter.id, display_name: "Calls" });
    await expect(meters.retrieve("mtr_none")).rejects.toMatchObject({ statusCode: 404, code: "resource_missing" });
  });

  it("keep what they counted when another meter takes over the event", async () => {
    const first = await meterOf("handed");
    await report("handed", "4");
    await stage.stripe.billing.meters.deactivate(first.id);
    const second = await meterOf("handed");
    await report("handed", "7");
    expect(await total(first.id, "2026-03-10", "2026-03-11")).toEqual([4]);
    expect(await total(second.id, "2026-03-10", "2026-03-11")).toEqual([7]);
  });
});

describe("events", () => {
  const now = at("2026-03-10T12:00:00Z");
  const refusals: ReadonlyArray<[string, Partial<Stripe.Billing.MeterEventCreateParams>, string, RegExp]> = [
    ["an unknown event", { event_name: "nobody" }, "event_name", /No active meter found/],
    [
      "an unknown customer",
      { payload: { stripe_customer_id: "cus_x", value: "1" } },
      "payload[stripe_customer_id]",
      /No such customer/,
    ],
    ["no customer", { payload: { value: "1" } }, "payload[stripe_customer_id]", /must contain/],
    ["no value", { payload: { stripe_customer_id: "CUSTOMER" } }, "payload[value]", /must contain/],
    ["a word", { payload: { stripe_customer_id: "CUSTOMER", value: "many" } }, "payload[value]", /number/],
    [
      "sixteen digits",
      { payload: { stripe_customer_id: "CUSTOMER", value: "1234567890123456" } },
      "payload[value]",
      /number/,
    ],
    ["the far future", { timestamp: now + 3_600 }, "timestamp", /future/],
    ["the far past", { timestamp: now - 35 * day - 1 }, "timestamp", /35/],
  ];
  beforeAll(() => meterOf("refusals"));
  it.each(refusals)("refuse %s", async (_name, given, param, message) => {
    const payload =
      given.payload?.stripe_customer_id === "CUSTOMER"
        ? { ...given.payload, stripe_customer_id: customer }
        : given.payload;
    const event = { event_name: "refusals", payload: { stripe_customer_id: customer, value: "1" }, ...given };
    await expect(
      stage.stripe.billing.meterEvents.create({ ...event, payload: payload ?? event.payload }),
    ).rejects.toMatchObject({
      statusCode: 400,
      type: "StripeInvalidRequestError",
      param,
      message: expect.stringMatching(message),
    });
  });

  it("are accepted up to the edges, once per identifier and day", async () => {
    const meter = await meterOf("edges");
    const now = stage.now();
    const stored = await report("edges", "2", { identifier: "one", timestamp: now + 300 });
    expect(stored).toMatchObject({ object: "billing.meter_event", identifier: "one", created: now, livemode: false });
    await report("edges", "3", { timestamp: now - 35 * day + 60 });
    await expect(report("edges", "9", { identifier: "one" })).rejects.toMatchObject({
      message: "An event already exists with identifier one.",
    });
    expect(await total(meter.id, "2026-02-01", "2026-03-11")).toEqual([5]);
    expect((await report("edges", "1")).identifier).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("map payloads as the meter says, and count without values", async () => {
    const meter = await meterOf("mapped", {
      default_aggregation: { formula: "count" },
      customer_mapping: { event_payload_key: "who", type: "by_id" },
      value_settings: { event_payload_key: "bytes" },
    });
    const payloads: Array<Record<string, string>> = [{ who: customer }, { who: customer, bytes: "900" }];
    for (const payload of payloads) {
      await stage.stripe.billing.meterEvents.create({ event_name: "mapped", payload });
    }
    expect(await total(meter.id, "2026-03-10", "2026-03-11")).toEqual([2]);
  });

  it("can be taken back within a day", async () => {
    const meter = await meterOf("undone");
    const cancel = (identifier: string) =>
      stage.stripe.billing.meterEventAdjustments.create({
        event_name: "undone",
        type: "cancel",
        cancel: { identifier },
      });
    await report("undone", "5", { identifier: "wrong" });
    await report("undone", "6", { identifier: "right" });
    expect(await cancel("wrong")).toMatchObject({ object: "billing.meter_event_adjustment", status: "complete" });
    expect(await total(meter.id, "2026-03-10", "2026-03-11")).toEqual([6]);
    await expect(cancel("wrong")).rejects.toMatchObject({ message: expect.stringMatching(/already canceled/) });
    await expect(cancel("unknown")).rejects.toMatchObject({ code: "resource_missing", param: "cancel[identifier]" });
    await stage.advanceBy(day + 1);
    await expect(cancel("right")).rejects.toMatchObject({ message: expect.stringMatching(/24 hours/) });
    await expect(report("undone", "1", { identifier: "right" })).resolves.toMatchObject({ identifier: "right" });
  });

  it("come as JSON to the second generation", async () => {
    const meter = await meterOf("second");
    const event = await stage.stripe.v2.billing.meterEvents.create({
      event_name: "second",
      identifier: "json",
      payload: { stripe_customer_id: customer, value: "25" },
      timestamp: "2026-03-10T11:00:00Z",
    });
    expect(event).toMatchObject({ object: "v2.billing.meter_event", timestamp: "2026-03-10T11:00:00.000Z" });
    expect(await total(meter.id, "2026-03-10", "2026-03-12")).toEqual([25]);
    await stage.stripe.v2.billing.meterEventAdjustments.create({
      event_name: "second",
      type: "cancel",
      cancel: { identifier: "json" },
    });
    expect(await total(meter.id, "2026-03-10", "2026-03-12")).toEqual([0]);
    const headers = { "content-type": "application/json" };
    for (const body of ["{", "[]", '"x"', '{"event_name":"second","payload":{"stripe_customer_id":"a","value":1}}']) {
      const reply = await call(stage.sandbox.url, "/v2/billing/meter_events", { body, headers });
      expect([body, reply.status]).toEqual([body, 400]);
    }
  });
});

describe("summaries", () => {
  it("group by hour and day, the newest first, and keep to their boundaries", async () => {
    const meter = await meterOf("grouped");
    for (const [time, value] of [
      ["2026-03-09T23:59:59Z", "1"],
      ["2026-03-10T00:00:00Z", "2"],
      ["2026-03-10T00:59:59Z", "3"],
      ["2026-03-10T09:30:00Z", "4"],
    ] as const) {
      await report("grouped", value, { timestamp: at(time) });
    }
    const list = (value_grouping_window: "hour" | "day", more: object = {}) =>
      stage.stripe.billing.meters.listEventSummaries(meter.id, {
        customer,
        start_time: at("2026-03-09"),
        end_time: at("2026-03-11"),
        value_grouping_window,
        ...more,
      });
    const hours = await list("hour");
    expect(hours.data.map((one) => [one.start_time, one.aggregated_value])).toEqual([
      [at("2026-03-10T09:00:00Z"), 4],
      [at("2026-03-10T00:00:00Z"), 5],
      [at("2026-03-09T23:00:00Z"), 1],
    ]);
    const days = await list("day", { limit: 1 });
    expect([days.has_more, days.data[0]?.aggregated_value]).toEqual([true, 9]);
    const rest = await list("day", { starting_after: days.data[0]?.id });
    expect(rest.data.map((one) => one.aggregated_value)).toEqual([1]);
    await expect(list("day", { start_time: at("2026-03-09T01:00:00Z") })).rejects.toMatchObject({
      param: "start_time",
    });
    await expect(list("hour", { end_time: at("2026-03-10T00:30:00Z") })).rejects.toMatchObject({ param: "end_time" });
    await expect(list("day", { end_time: at("2026-03-09") })).rejects.toMatchObject({ param: "end_time" });
  });
});

describe("metered prices", () => {
  it("need an active meter, and only they have one", async () => {
    const meter = await meterOf("priced");
    const price = (recurring: Stripe.PriceCreateParams.Recurring) =>
      stage.stripe.prices.create({ currency: "usd", unit_amount: 5, recurring, product_data: { name: "Calls" } });
    const made = await price({ interval: "month", usage_type: "metered", meter: meter.id });
    expect(made.recurring).toMatchObject({ usage_type: "metered", meter: meter.id });
    const param = "recurring[meter]";
    await expect(price({ interval: "month", usage_type: "metered" })).rejects.toMatchObject({ param });
    await expect(price({ interval: "month", meter: meter.id })).rejects.toMatchObject({ param });
    await expect(price({ interval: "month", usage_type: "metered", meter: "mtr_x" })).rejects.toMatchObject({ param });
    await stage.stripe.billing.meters.deactivate(meter.id);
    await expect(price({ interval: "month", usage_type: "metered", meter: meter.id })).rejects.toMatchObject({ param });
    const listed = await stage.stripe.prices.list({ recurring: { meter: meter.id } });
    expect(listed.data.map(({ id }) => id)).toEqual([made.id]);
  });
});
