/** Metered items through the moments of a subscription: its start, renewals, changes, pauses and ends. */
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FrozenStage, startFrozenStage } from "./test-frozen-stage";
import { at, day, latestInvoice, priceOf } from "./test-stage";

let stage: FrozenStage;
let customer: string;
let meter: string;
beforeEach(async () => {
  stage = await startFrozenStage("2026-01-01T00:00:00Z");
  customer = stage.customer;
  meter = (await meterOf("calls")).id;
});
afterEach(() => stage.close());

const meterOf = (event: string) =>
  stage.stripe.billing.meters.create({
    display_name: event,
    event_name: event,
    default_aggregation: { formula: "sum" },
  });

const metered = (more: Partial<Stripe.PriceCreateParams>, of = meter, name = "Calls") =>
  stage.stripe.prices.create({
    currency: "usd",
    recurring: { interval: "month", usage_type: "metered", meter: of },
    product_data: { name },
    ...more,
  });

const report = (value: number, timestamp?: number, event = "calls") =>
  stage.stripe.billing.meterEvents.create({
    event_name: event,
    payload: { stripe_customer_id: customer, value: String(value) },
    ...(timestamp === undefined ? {} : { timestamp }),
  });

const subscribe = (...prices: Stripe.Price[]) =>
  stage.stripe.subscriptions.create({ customer, items: prices.map(({ id }) => ({ price: id })) });

const rows = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => [line.description, line.quantity, line.amount]);

const itemOf = (subscription: Stripe.Subscription, index = 0) => subscription.items.data[index]?.id ?? "";

const pending = async () => {
  const items = await stage.stripe.invoiceItems.list({ customer, pending: true });
  return items.data.map((item) => [item.description, item.quantity, item.amount, item.proration]);
};

describe("the start", () => {
  it("of a metered subscription makes no invoice and is active at once", async () => {
    const subscription = await subscribe(await metered({ unit_amount: 10 }));
    expect(subscription).toMatchObject({ status: "active", latest_invoice: null });
    const [item] = subscription.items.data;
    expect([item?.quantity, item?.price.recurring?.meter, item?.plan.meter]).toEqual([undefined, meter, meter]);
    expect((await stage.stripe.invoices.list({ customer })).data).toEqual([]);
  });

  it("of a mixed one bills the licensed item alone", async () => {
    const subscription = await subscribe(await priceOf(stage, 900), await metered({ unit_amount: 10 }));
    expect(rows(await latestInvoice(stage, subscription.id))).toEqual([["1 × Plan 900 (at $9.00 / month)", 1, 900]]);
  });

  it("refuses a quantity of usage", async () => {
    const price = await metered({ unit_amount: 10 });
    const create = stage.stripe.subscriptions.create({ customer, items: [{ price: price.id, quantity: 2 }] });
    await expect(create).rejects.toMatchObject({ statusCode: 400, param: "items[0][quantity]" });
    const subscription = await subscribe(price);
    const update = stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), quantity: 2 }],
    });
    await expect(update).rejects.toMatchObject({ statusCode: 400, param: "items[0][quantity]" });
  });
});

describe("a renewal", () => {
  /** The price, what is reported, and the lines: description, quantity, amount. */
  const models: ReadonlyArray<[string, Partial<Stripe.PriceCreateParams>, number, unknown[][]]> = [
    ["per unit", { unit_amount: 10 }, 12, [["12 × Calls (at $0.10 / month)", 12, 120]]],
    ["nothing used", { unit_amount: 10 }, 0, [["0 × Calls (at $0.10 / month)", 0, 0]]],
    [
      "packages",
      { unit_amount: 250, transform_quantity: { divide_by: 100, round: "up" } },
      101,
      [["101 × Calls (at $2.50 / month)", 101, 500]],
    ],
    [
      "volume",
      {
        billing_scheme: "tiered",
        tiers_mode: "volume",
        tiers: [
          { up_to: 10, unit_amount: 50 },
          { up_to: "inf", unit_amount: 40 },
        ],
      },
      11,
      [["11 × Calls (Tier 2 at $0.40 / month)", 11, 440]],
    ],
    [
      "graduated with a flat fee",
      {
        billing_scheme: "tiered",
        tiers_mode: "graduated",
        tiers: [
          { up_to: 10, unit_amount: 50 },
          { up_to: "inf", unit_amount: 40, flat_amount: 700 },
        ],
      },
      13,
      [
        ["10 × Calls (Tier 1 at $0.50 / month)", 10, 500],
        ["3 × Calls (Tier 2 at $0.40 / month)", 3, 120],
        ["Calls (Tier 2 flat fee, $7.00 / month)", 1, 700],
      ],
    ],
  ];
  it.each(models)("bills the closed period in arrears: %s", async (_name, price, used, expected) => {
    const { id } = await subscribe(await metered(price));
    await stage.advanceTo("2026-01-20T00:00:00Z");
    if (used > 0) await report(used);
    const preview = await stage.stripe.invoices.createPreview({ subscription: id });
    expect(rows(preview)).toEqual(expected);
    await stage.advanceTo("2026-02-01T01:00:00Z");
    const invoice = await latestInvoice(stage, id);
    expect(rows(invoice)).toEqual(expected);
    expect([invoice.status, invoice.total]).toEqual(["paid", preview.total]);
    for (const line of invoice.lines.data) {
      expect(line.period).toEqual({ start: at("2026-01-01"), end: at("2026-02-01") });
    }
  });

  it("counts what its period holds: the start, not the end, and late reports until it is final", async () => {
    const tiers: Stripe.PriceCreateParams.Tier[] = [
      { up_to: 10, unit_amount: 50 },
      { up_to: "inf", unit_amount: 40 },
    ];
    const price = await metered({ billing_scheme: "tiered", tiers_mode: "graduated", tiers });
    const { id } = await subscribe(price, await priceOf(stage, 900));
    await report(1, at("2025-12-31T23:59:59Z"));
    await report(2, at("2026-01-01"));
    await stage.advanceTo("2026-02-01T00:00:00Z");
    await report(4, at("2026-02-01"));
    await report(8, at("2026-01-31T23:59:59Z"));
    const wrong = await report(500, at("2026-01-31T23:59:59Z"));
    const draft = await latestInvoice(stage, id);
    expect(draft.status).toBe("draft");
    expect(rows(draft)).toEqual([
      ["1 × Plan 900 (at $9.00 / month)", 1, 900],
      ["10 × Calls (Tier 1 at $0.50 / month)", 10, 500],
      ["500 × Calls (Tier 2 at $0.40 / month)", 500, 20_000],
    ]);
    const cancel = { identifier: wrong.identifier };
    await stage.stripe.billing.meterEventAdjustments.create({ event_name: "calls", type: "cancel", cancel });
    await stage.advanceTo("2026-02-01T01:00:00Z");
    await report(16, at("2026-01-31T23:59:59Z"));
    const final = await latestInvoice(stage, id);
    expect([final.status, final.total]).toEqual(["paid", 1_400]);
    expect(rows(final)).toHaveLength(2);
    await stage.advanceTo("2026-03-01T01:00:00Z");
    expect((await latestInvoice(stage, id)).total).toBe(900 + 4 * 50);
  });

  it("bills nothing for usage of a trial", async () => {
    const price = await metered({ unit_amount: 10 });
    const trial = { customer, items: [{ price: price.id }], trial_period_days: 7 };
    const { id, status } = await stage.stripe.subscriptions.create(trial);
    expect(status).toBe("trialing");
    await report(50);
    await stage.advanceBy(7 * day);
    await report(3);
    await stage.advanceBy(3_600);
    expect(rows(await latestInvoice(stage, id))).toEqual([["Free trial for 50 x Calls", 50, 0]]);
    await stage.advanceTo("2026-02-08T01:00:00Z");
    expect(rows(await latestInvoice(stage, id))).toEqual([["3 × Calls (at $0.10 / month)", 3, 30]]);
  });
});

describe("a change", () => {
  it("of the price bills every unit at the price in force when it was reported, also in the same second", async () => {
    const [cheap, dear] = [await metered({ unit_amount: 10 }), await metered({ unit_amount: 100 })];
    const subscription = await subscribe(cheap);
    await stage.advanceTo("2026-01-16T00:00:00Z");
    await report(7);
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price: dear.id }],
    });
    expect(await pending()).toEqual([["7 × Calls (at $0.10 / month)", 7, 70, false]]);
    await report(1);
    await report(2, at("2026-01-10"));
    await stage.advanceTo("2026-02-01T01:00:00Z");
    const invoice = await latestInvoice(stage, subscription.id);
    expect(rows(invoice)).toEqual([
      ["7 × Calls (at $0.10 / month)", 7, 70],
      ["3 × Calls (at $1.00 / month)", 3, 300],
    ]);
    expect(invoice.lines.data[0]?.period).toEqual({ start: at("2026-01-01"), end: at("2026-01-16") });
    expect(invoice.lines.data[1]?.period).toEqual({ start: at("2026-01-16"), end: at("2026-02-01") });
  });

  it("to another meter, or from a licensed price, starts to count there", async () => {
    const other = await meterOf("other");
    const subscription = await subscribe(await priceOf(stage, 1_000), await metered({ unit_amount: 10 }));
    await stage.advanceTo("2026-01-16T00:00:00Z");
    await report(5, at("2026-01-10"), "other");
    await report(7);
    const moved = await metered({ unit_amount: 20 }, other.id, "Other");
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [
        { id: itemOf(subscription, 0), deleted: true },
        { id: itemOf(subscription, 1), price: moved.id },
      ],
      proration_behavior: "always_invoice",
    });
    const now = await latestInvoice(stage, subscription.id);
    expect(rows(now)).toEqual([
      ["Unused time on Plan 1000 after 16 Jan 2026", 1, -516],
      ["7 × Calls (at $0.10 / month)", 7, 70],
    ]);
    await stage.advanceTo("2026-01-20T00:00:00Z");
    await report(3, undefined, "other");
    await stage.advanceTo("2026-02-01T01:00:00Z");
    expect(rows(await latestInvoice(stage, subscription.id))).toEqual([["3 × Other (at $0.20 / month)", 3, 60]]);
  });

  /** What a removal says, and what is left to bill of seven units at 10 cents. */
  const removals: ReadonlyArray<[string, Stripe.SubscriptionItemDeleteParams, number]> = [
    ["bills its usage", {}, 70],
    ["without prorations drops its usage", { proration_behavior: "none" }, 0],
    ["clears its usage when asked to", { clear_usage: true }, 0],
  ];
  it.each(removals)("that removes an item %s", async (_name, params, left) => {
    const subscription = await subscribe(await priceOf(stage, 1_000), await metered({ unit_amount: 10 }));
    await stage.advanceTo("2026-01-16T00:00:00Z");
    await report(7);
    await stage.stripe.subscriptionItems.del(itemOf(subscription, 1), params);
    await report(9);
    await stage.advanceTo("2026-02-01T01:00:00Z");
    expect((await latestInvoice(stage, subscription.id)).total).toBe(1_000 + left);
  });

  it("refuses to clear the usage of a licensed item", async () => {
    const subscription = await subscribe(await priceOf(stage, 1_000), await metered({ unit_amount: 10 }));
    const removal = stage.stripe.subscriptionItems.del(itemOf(subscription, 0), { clear_usage: true });
    await expect(removal).rejects.toMatchObject({ param: "clear_usage" });
  });

  it("of the anchor bills usage so far with the new period", async () => {
    const subscription = await subscribe(await priceOf(stage, 3_100), await metered({ unit_amount: 10 }));
    await stage.advanceTo("2026-01-16T00:00:00Z");
    await report(7);
    const anchor = { billing_cycle_anchor: { type: "now" } } as const;
    await stage.stripe.subscriptions.update(subscription.id, { ...anchor, proration_behavior: "none" });
    expect((await latestInvoice(stage, subscription.id)).total).toBe(3_100 + 70);
    await stage.advanceTo("2026-02-16T01:00:00Z");
    expect(rows(await latestInvoice(stage, subscription.id))[0]).toEqual(["0 × Calls (at $0.10 / month)", 0, 0]);
  });
});

describe("a pause", () => {
  it("bills usage so far unless told otherwise, once", async () => {
    const price = await metered({ unit_amount: 10 });
    for (const [type, expected] of [
      ["now", 70],
      ["none", 0],
    ] as const) {
      const subscription = await subscribe(price);
      await stage.advanceBy(day);
      await report(7);
      const bill_for = { outstanding_usage_through: { type } };
      await stage.stripe.subscriptions.pause(subscription.id, {
        type: "subscription",
        bill_for,
        invoicing_behavior: "invoice",
      });
      const total = await stage.stripe.invoices.list({ subscription: subscription.id });
      expect(total.data.reduce((sum, invoice) => sum + invoice.total, 0)).toBe(expected);
      await stage.stripe.subscriptions.cancel(subscription.id);
    }
  });
});

describe("a resumption", () => {
  it("begins to count anew, and bills nothing twice", async () => {
    const subscription = await subscribe(await priceOf(stage, 3_100), await metered({ unit_amount: 10 }));
    await stage.advanceTo("2026-01-16T00:00:00Z");
    await report(7);
    await stage.stripe.subscriptions.pause(subscription.id, { type: "subscription" });
    expect(await pending()).toEqual([
      ["7 × Calls (at $0.10 / month)", 7, 70, false],
      ["Unused time on Plan 3100 after 16 Jan 2026", 1, -1_600, true],
    ]);
    await stage.advanceTo("2026-01-20T00:00:00Z");
    await stage.stripe.subscriptions.resume(subscription.id);
    expect((await latestInvoice(stage, subscription.id)).total).toBe(3_100 + 70 - 1_600);
    await report(3);
    await stage.advanceTo("2026-02-20T01:00:00Z");
    expect((await latestInvoice(stage, subscription.id)).total).toBe(3_100 + 30);
  });
});

describe("an end", () => {
  const mixed = async () => {
    const subscription = await subscribe(await metered({ unit_amount: 10 }));
    await stage.advanceTo("2026-01-16T00:00:00Z");
    await report(7);
    return subscription.id;
  };

  it("now invoices usage with invoice_now, as its preview says", async () => {
    const id = await mixed();
    const details = { subscription_details: { cancel_now: true } };
    const preview = await stage.stripe.invoices.createPreview({ subscription: id, ...details });
    await stage.stripe.subscriptions.cancel(id, { invoice_now: true });
    const invoice = await latestInvoice(stage, id);
    expect(rows(invoice)).toEqual([["7 × Calls (at $0.10 / month)", 7, 70]]);
    expect([invoice.status, invoice.total, preview.total]).toEqual(["paid", 70, 70]);
    expect(rows(preview)).toEqual(rows(invoice));
  });

  it("now discards usage without invoice_now", async () => {
    const id = await mixed();
    await stage.stripe.subscriptions.cancel(id);
    await stage.advanceTo("2026-03-01T00:00:00Z");
    expect((await stage.stripe.invoices.list({ customer })).data).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  it("with the period bills its usage on a last invoice that still counts for an hour", async () => {
    const id = await mixed();
    await stage.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    const preview = await stage.stripe.invoices.createPreview({ subscription: id });
    expect(preview.total).toBe(70);
    await stage.advanceTo("2026-02-01T00:00:00Z");
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("canceled");
    await report(2, at("2026-01-31"));
    await stage.advanceTo("2026-02-01T01:00:00Z");
    const invoice = await latestInvoice(stage, id);
    expect([invoice.status, invoice.billing_reason, invoice.total]).toEqual(["paid", "subscription_cycle", 90]);
  });
});
