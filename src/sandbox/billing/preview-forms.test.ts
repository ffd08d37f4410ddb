/** Previews in all their forms, each held against the invoice that is then really made. */
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, customerWithCard, latestInvoice, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

/** What must be the same on a preview and on the invoice itself. */
const shape = (invoice: Stripe.Invoice) => ({
  lines: invoice.lines.data.map((line) => [
    line.amount,
    line.period,
    (line.discount_amounts ?? []).map((one) => one.amount),
    (line.taxes ?? []).map((tax) => tax.amount),
  ]),
  totals: [invoice.subtotal, invoice.total, invoice.amount_due],
});

describe("previews of one invoice", () => {
  it("take other discounts than there are, or none at all", async () => {
    const customer = await customerWithCard(stage);
    const [price, half] = [
      await priceOf(stage, 1_000),
      await stage.stripe.coupons.create({ percent_off: 50, duration: "forever", max_redemptions: 1 }),
    ];
    const quarter = await stage.stripe.coupons.create({ percent_off: 25, duration: "forever" });
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      discounts: [{ coupon: quarter.id }],
    });
    const total = async (params: Stripe.InvoiceCreatePreviewParams) =>
      (await stage.stripe.invoices.createPreview(params)).total;
    expect(await total({ subscription: id })).toBe(750);
    expect(await total({ subscription: id, discounts: [{ coupon: half.id }] })).toBe(500);
    expect(await total({ subscription: id, discounts: "" })).toBe(1_000);
    const fresh = { customer: customer.id, subscription_details: { items: [{ price: price.id }] } };
    expect(await total({ ...fresh, discounts: [{ coupon: half.id }] })).toBe(500);
    expect(await stage.stripe.coupons.retrieve(half.id)).toMatchObject({ times_redeemed: 0, valid: true });
  });

  it("show pending items changed, and new ones with their own discounts", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const half = await stage.stripe.coupons.create({ percent_off: 50, duration: "once" });
    const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const item = await stage.stripe.invoiceItems.create({ customer: customer.id, amount: 300, currency: "usd" });
    const preview = await stage.stripe.invoices.createPreview({
      subscription: id,
      invoice_items: [
        { invoiceitem: item.id, amount: 700 },
        { amount: 400, currency: "usd", discounts: [{ coupon: half.id }] },
      ],
    });
    expect(preview.total).toBe(1_000 + 700 + 200);
    expect(await stage.stripe.invoiceItems.retrieve(item.id)).toMatchObject({ amount: 300, invoice: null });
  });

  it("show what comes again and again, without prorations and single items", async () => {
    const customer = await customerWithCard(stage);
    const [ten, forty] = [await priceOf(stage, 1_000), await priceOf(stage, 4_000)];
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: ten.id }],
      trial_period_days: 3,
    });
    await stage.stripe.invoiceItems.create({ customer: customer.id, amount: 999, currency: "usd" });
    await stage.advanceTo("2026-04-20T00:00:00Z");
    const details = { items: [{ id: items.data[0]?.id, price: forty.id }] };
    const recurring = await stage.stripe.invoices.createPreview({
      subscription: id,
      subscription_details: details,
      preview_mode: "recurring",
    });
    expect(recurring.lines.data.map((line) => line.amount)).toEqual([4_000]);
    const next = await stage.stripe.invoices.createPreview({ subscription: id, subscription_details: details });
    expect(next.lines.data.length).toBe(3);
  });

  it("begin subscriptions later or earlier than now", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const preview = await stage.stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: [{ price: price.id }], start_date: at("2026-06-01T00:00:00Z") },
    });
    expect(preview.lines.data[0]?.period).toEqual({
      start: at("2026-06-01T00:00:00Z"),
      end: at("2026-07-01T00:00:00Z"),
    });
  });
});

describe("previews of schedules", () => {
  it("equal what the schedule then bills, at its start and at each change of phase", async () => {
    const customer = await customerWithCard(stage);
    const [ten, forty] = [await priceOf(stage, 1_000), await priceOf(stage, 4_000)];
    const rate = await taxRateOf(stage, 7.7);
    const tenth = await stage.stripe.coupons.create({ percent_off: 10, duration: "forever" });
    const month = { interval: "month" as const, interval_count: 1 };
    const phases = [
      { items: [{ price: ten.id, quantity: 3 }], duration: month, default_tax_rates: [rate.id] },
      { items: [{ price: forty.id }], duration: month, discounts: [{ coupon: tenth.id }] },
    ];
    const first = await stage.stripe.invoices.createPreview({ customer: customer.id, schedule_details: { phases } });
    expect(await stage.stripe.subscriptionSchedules.list({ customer: customer.id })).toMatchObject({ data: [] });
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases,
    });
    const id = String(schedule.subscription);
    expect(shape(first)).toEqual(shape(await latestInvoice(stage, id)));
    const second = await stage.stripe.invoices.createPreview({ subscription: id });
    const changed = await stage.stripe.invoices.createPreview({
      schedule: schedule.id,
      schedule_details: {
        phases: [
          { items: [{ price: ten.id, quantity: 3 }], start_date: at("2026-04-01T00:00:00Z"), duration: month },
          { items: [{ price: ten.id }], duration: month },
        ],
      },
    });
    expect([second.total, changed.total]).toEqual([3_600, 1_000]);
    expect(shape(await stage.stripe.invoices.createPreview({ schedule: schedule.id }))).toEqual(shape(second));
    await stage.advanceTo("2026-05-01T00:00:10Z");
    expect(shape(second)).toEqual(shape(await latestInvoice(stage, id)));
    await expect(
      stage.stripe.invoices.createPreview({ subscription: id, schedule: schedule.id }),
    ).rejects.toMatchObject({ param: "subscription" });
  });

  it("reach the start of one that has not begun, and end with one that cancels", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: at("2026-04-10T00:00:00Z"),
      end_behavior: "cancel",
      phases: [{ items: [{ price: price.id }], duration: { interval: "month", interval_count: 1 } }],
    });
    const preview = await stage.stripe.invoices.createPreview({ schedule: schedule.id });
    expect(preview.lines.data[0]).toMatchObject({ amount: 1_000, period: { start: at("2026-04-10T00:00:00Z") } });
    expect(await stage.stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: "not_started" });
    await stage.advanceTo("2026-04-11T00:00:00Z");
    await expect(stage.stripe.invoices.createPreview({ schedule: schedule.id })).rejects.toMatchObject({
      code: "invoice_upcoming_none",
    });
  });
});
