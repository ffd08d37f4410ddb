/** Phases with terms of their own: added items, discounts of items, how their invoices are collected and what they say. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, customerWithCard, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

async function feeOf(unit_amount: number) {
  const product = await stage.stripe.products.create({ name: "Set-up" });
  return stage.stripe.prices.create({ product: product.id, currency: "usd", unit_amount });
}

describe("the terms of a phase", () => {
  it("add items to the first invoice of each phase, once", async () => {
    const customer = await customerWithCard(stage);
    const [price, fee] = [await priceOf(stage, 1_000), await feeOf(300)];
    const half = await stage.stripe.coupons.create({ percent_off: 50, duration: "forever" });
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [
        {
          items: [{ price: price.id }],
          add_invoice_items: [{ price: fee.id, discounts: [{ coupon: half.id }] }],
          duration: { interval: "month", interval_count: 2 },
        },
        {
          items: [{ price: price.id, discounts: [{ coupon: half.id }] }],
          add_invoice_items: [
            { price: fee.id, quantity: 2, period: { start: { type: "phase_start" }, end: { type: "phase_end" } } },
          ],
          duration: { interval: "month", interval_count: 1 },
        },
      ],
    });
    expect(schedule.phases[0]?.add_invoice_items[0]).toMatchObject({
      price: fee.id,
      discounts: [{ coupon: half.id, discount: null, promotion_code: null }],
      period: { start: { type: "max_item_period_start" }, end: { type: "min_item_period_end" } },
    });
    expect(schedule.phases[1]?.items[0]?.discounts).toEqual([
      { coupon: half.id, discount: null, promotion_code: null },
    ]);
    await stage.advanceTo("2026-06-01T02:00:00Z");
    const id = String(schedule.subscription);
    const invoices = (await stage.stripe.invoices.list({ subscription: id })).data.reverse();
    expect(invoices.map((invoice) => invoice.total)).toEqual([1_150, 1_000, 1_100]);
    const periods = invoices.map((invoice) => invoice.lines.data.find((line) => line.amount % 300 === 0)?.period);
    expect(periods).toEqual([
      { start: at("2026-04-01T00:00:00Z"), end: at("2026-05-01T00:00:00Z") },
      undefined,
      { start: at("2026-06-01T00:00:00Z"), end: at("2026-07-01T00:00:00Z") },
    ]);
  });

  it("lay the phase's collection and words over the schedule's own", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const phases = [
      { items: [{ price: price.id }], duration: { interval: "month" as const, interval_count: 1 } },
      {
        items: [{ price: price.id }],
        collection_method: "send_invoice" as const,
        invoice_settings: { days_until_due: 14, footer: "Please transfer" },
        duration: { interval: "month" as const, interval_count: 1 },
      },
    ];
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      default_settings: {
        billing_cycle_anchor: "automatic",
        invoice_settings: { description: "By schedule", custom_fields: [{ name: "PO", value: "9" }] },
      },
      phases,
    });
    expect(schedule.default_settings.invoice_settings).toMatchObject({ description: "By schedule", footer: null });
    const id = String(schedule.subscription);
    expect(await latestInvoice(stage, id)).toMatchObject({
      collection_method: "charge_automatically",
      description: "By schedule",
    });
    await stage.advanceTo("2026-05-01T02:00:00Z");
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({
      collection_method: "send_invoice",
      days_until_due: 14,
      invoice_settings: { description: "By schedule", footer: "Please transfer" },
    });
    expect(await latestInvoice(stage, id)).toMatchObject({ collection_method: "send_invoice", status: "open" });
    await expect(
      stage.stripe.subscriptionSchedules.create({
        customer: customer.id,
        start_date: "now",
        default_settings: { collection_method: "send_invoice" },
        phases: [phases[0] ?? { items: [] }],
      }),
    ).rejects.toMatchObject({ param: "days_until_due" });
  });

  it("keep the collection of a subscription that is adopted, and itemize prorations when asked to", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      collection_method: "send_invoice",
      days_until_due: 5,
    });
    const adopted = await stage.stripe.subscriptionSchedules.create({ from_subscription: id });
    expect(adopted.default_settings).toMatchObject({
      collection_method: "send_invoice",
      invoice_settings: { days_until_due: 5 },
    });
    const made = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      billing_mode: { type: "flexible", flexible: { proration_discounts: "itemized" } },
      phases: [{ items: [{ price: price.id }], duration: { interval: "month", interval_count: 1 } }],
    });
    expect(await stage.stripe.subscriptions.retrieve(String(made.subscription))).toMatchObject({
      billing_mode: { type: "flexible", flexible: { proration_discounts: "itemized" } },
    });
    await expect(stage.stripe.subscriptionSchedules.update(made.id, { end_behavior: "renew" })).rejects.toMatchObject({
      statusCode: 501,
    });
  });

  it("announce seven days before the last of them is over", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [{ items: [{ price: price.id }], duration: { interval: "month", interval_count: 1 } }],
    });
    await stage.advanceTo("2026-04-23T23:00:00Z");
    expect(await stage.events("subscription_schedule.expiring")).toEqual([]);
    await stage.advanceTo("2026-04-24T01:00:00Z");
    expect(await stage.events("subscription_schedule.expiring")).toEqual(["subscription_schedule.expiring"]);
  });
});
