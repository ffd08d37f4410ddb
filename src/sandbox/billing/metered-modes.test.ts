/** Metered items beside what else a subscription can have: schedules, other intervals, the classic mode, discounts. */
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FrozenStage, startFrozenStage } from "./test-frozen-stage";
import { at, latestInvoice, priceOf, taxRateOf } from "./test-stage";

let stage: FrozenStage;
let customer: string;
let meter: string;
beforeEach(async () => {
  stage = await startFrozenStage("2026-01-01T00:00:00Z");
  customer = stage.customer;
  const made = await stage.stripe.billing.meters.create({
    display_name: "Calls",
    event_name: "calls",
    default_aggregation: { formula: "sum" },
  });
  meter = made.id;
});
afterEach(() => stage.close());

const metered = (unit_amount: number, more: Partial<Stripe.PriceCreateParams> = {}) =>
  stage.stripe.prices.create({
    currency: "usd",
    unit_amount,
    recurring: { interval: "month", usage_type: "metered", meter },
    product_data: { name: `Calls ${unit_amount}` },
    ...more,
  });

const report = (value: number, timestamp?: number) =>
  stage.stripe.billing.meterEvents.create({
    event_name: "calls",
    payload: { stripe_customer_id: customer, value: String(value) },
    ...(timestamp === undefined ? {} : { timestamp }),
  });

const amounts = (invoice: Stripe.Invoice) => invoice.lines.data.map((line) => [line.quantity, line.amount]);

const idOf = (value: string | { id: string } | null) => (typeof value === "string" ? value : (value?.id ?? ""));

describe("a schedule", () => {
  it("bills each phase's usage at its own price, and the last when it ends", async () => {
    const [cheap, dear] = [await metered(10), await metered(100)];
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer,
      start_date: "now",
      end_behavior: "cancel",
      phases: [
        { items: [{ price: cheap.id }], duration: { interval: "month", interval_count: 1 } },
        { items: [{ price: dear.id }], duration: { interval: "month", interval_count: 1 } },
      ],
    });
    const id = idOf(schedule.subscription);
    await stage.advanceTo("2026-01-20T00:00:00Z");
    await report(7);
    await stage.advanceTo("2026-02-01T00:00:00Z");
    await report(1);
    await stage.advanceTo("2026-02-01T01:00:00Z");
    expect((await latestInvoice(stage, id)).total).toBe(70);
    await report(2);
    await stage.advanceTo("2026-03-01T01:00:00Z");
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("canceled");
    const last = await latestInvoice(stage, id);
    expect([last.status, amounts(last)]).toEqual(["paid", [[3, 300]]]);
  });

  it("refuses a quantity of usage", async () => {
    const phases = [
      { items: [{ price: (await metered(10)).id, quantity: 1 }], duration: { interval: "month" as const } },
    ];
    const create = stage.stripe.subscriptionSchedules.create({ customer, start_date: "now", phases });
    await expect(create).rejects.toMatchObject({ statusCode: 400, param: "phases[0][items][0][quantity]" });
  });
});

it("bills monthly usage under a yearly price every month", async () => {
  const items = [{ price: (await priceOf(stage, 12_000, "year")).id }, { price: (await metered(10)).id }];
  const { id } = await stage.stripe.subscriptions.create({ customer, items });
  for (const [month, used] of [
    ["02", 3],
    ["03", 0],
    ["04", 5],
  ] as const) {
    if (used > 0) await report(used);
    await stage.advanceTo(`2026-${month}-01T01:00:00Z`);
    expect(amounts(await latestInvoice(stage, id))).toEqual([[used, used * 10]]);
  }
});

describe("the classic mode", () => {
  const classic = (...prices: Stripe.Price[]) =>
    stage.stripe.subscriptions.create({
      customer,
      items: prices.map(({ id }) => ({ price: id })),
      billing_mode: { type: "classic" },
    });

  it("starts with a line of zero, and bills all usage at the current price", async () => {
    const [cheap, dear] = [await metered(10), await metered(100)];
    const subscription = await classic(cheap);
    expect(amounts(await latestInvoice(stage, subscription.id))).toEqual([[0, 0]]);
    await stage.advanceTo("2026-01-16T00:00:00Z");
    await report(7);
    const items = [{ id: subscription.items.data[0]?.id ?? "", price: dear.id }];
    await stage.stripe.subscriptions.update(subscription.id, { items });
    await report(1);
    await stage.advanceTo("2026-02-01T01:00:00Z");
    expect(amounts(await latestInvoice(stage, subscription.id))).toEqual([[8, 800]]);
  });

  it("drops the usage of a removed item", async () => {
    const subscription = await classic(await priceOf(stage, 500), await metered(10));
    await report(7);
    await stage.stripe.subscriptionItems.del(subscription.items.data[1]?.id ?? "");
    await stage.advanceTo("2026-02-01T01:00:00Z");
    expect((await latestInvoice(stage, subscription.id)).total).toBe(500);
  });
});

it("discounts and taxes usage, and bills it in the subscription's currency", async () => {
  const coupon = await stage.stripe.coupons.create({ percent_off: 50, duration: "forever" });
  const rate = await taxRateOf(stage, 10);
  const price = await metered(10, { currency_options: { eur: { unit_amount: 8 } } });
  const { id } = await stage.stripe.subscriptions.create({
    customer,
    currency: "eur",
    items: [{ price: price.id }],
    discounts: [{ coupon: coupon.id }],
    default_tax_rates: [rate.id],
  });
  await report(100);
  await stage.advanceTo("2026-02-01T00:00:00Z");
  await report(25, at("2026-01-31"));
  await stage.advanceTo("2026-02-01T01:00:00Z");
  const renewal = await latestInvoice(stage, id);
  expect([renewal.currency, renewal.subtotal, renewal.total]).toEqual(["eur", 1_000, 550]);
  await report(10);
  await stage.stripe.subscriptions.cancel(id, { invoice_now: true });
  const last = await latestInvoice(stage, id);
  expect([last.subtotal, last.total_excluding_tax, last.total]).toEqual([80, 40, 44]);
});

it("keeps usage of an unpaid month billed with later ones, each on its own invoice", async () => {
  const { id } = await stage.stripe.subscriptions.create({ customer, items: [{ price: (await metered(1_000)).id }] });
  const method = await stage.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await stage.stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  await report(2);
  await stage.advanceTo("2026-02-01T01:00:00Z");
  expect(await latestInvoice(stage, id)).toMatchObject({ status: "open", total: 2_000 });
  expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("past_due");
  await report(3);
  await stage.advanceTo("2026-02-02T00:00:00Z");
  await stage.stripe.subscriptions.cancel(id, { invoice_now: true });
  expect(await latestInvoice(stage, id)).toMatchObject({ total: 3_000 });
});

it("bills usage from before a backdated subscription was made, once", async () => {
  await stage.advanceTo("2026-01-11T00:00:00Z");
  await report(4, at("2026-01-05"));
  await report(8, at("2025-12-31"));
  const items = [{ price: (await metered(10)).id }];
  const { id } = await stage.stripe.subscriptions.create({ customer, items, backdate_start_date: at("2026-01-01") });
  await report(1);
  await stage.advanceTo("2026-02-11T01:00:00Z");
  const invoice = await latestInvoice(stage, id);
  expect([amounts(invoice), invoice.lines.data[0]?.period.start]).toEqual([[[5, 50]], at("2026-01-01")]);
  await stage.advanceTo("2026-03-11T01:00:00Z");
  expect(amounts(await latestInvoice(stage, id))).toEqual([[0, 0]]);
});

it("goes on in time when usage costs more than an invoice can say", async () => {
  const { id } = await stage.stripe.subscriptions.create({ customer, items: [{ price: (await metered(100)).id }] });
  await report(999_999_999_999_999);
  await stage.advanceTo("2026-02-01T01:00:00Z");
  expect((await latestInvoice(stage, id)).total).toBe(999_999_999_999);
  await stage.advanceTo("2026-02-01T02:00:00Z");
});

it("does not park a change of usage until it is paid", async () => {
  const { id } = await stage.stripe.subscriptions.create({ customer, items: [{ price: (await metered(10)).id }] });
  const change = { items: [{ price: (await priceOf(stage, 500)).id }], proration_behavior: "always_invoice" as const };
  const update = stage.stripe.subscriptions.update(id, { ...change, payment_behavior: "pending_if_incomplete" });
  await expect(update).rejects.toMatchObject({ statusCode: 501, param: "payment_behavior" });
});

it("counts a draft again in its place, beside what was added by hand", async () => {
  const items = [{ price: (await priceOf(stage, 500)).id }, { price: (await metered(10)).id }];
  const { id } = await stage.stripe.subscriptions.create({ customer, items });
  await report(4);
  await stage.advanceTo("2026-02-01T00:00:00Z");
  const draft = await latestInvoice(stage, id);
  await stage.stripe.invoiceItems.create({ customer, invoice: draft.id ?? "", amount: 99, currency: "usd" });
  await report(1, at("2026-01-31"));
  expect(amounts(await latestInvoice(stage, id))).toEqual([
    [5, 50],
    [1, 500],
    [1, 99],
  ]);
});
