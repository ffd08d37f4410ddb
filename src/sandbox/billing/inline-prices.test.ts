import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, day, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
let product: string;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
  product = (await stage.stripe.products.create({ name: "Seat" })).id;
});
afterAll(() => stage.close());

const monthly = (unitAmount: number, code = "usd") => ({
  currency: code,
  product,
  recurring: { interval: "month" as const },
  unit_amount: unitAmount,
});
const linesOf = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => `${line.amount} ${line.currency} ${line.description}`);

describe("prices in several currencies", () => {
  const both = () =>
    stage.stripe.prices.create({
      currency: "usd",
      unit_amount: 1_000,
      recurring: { interval: "month" },
      product,
      currency_options: { eur: { unit_amount: 900 } },
    });

  it("bill in the currency that is asked for, also later", async () => {
    const price = await both();
    const customer = await customerWithCard(stage);
    const subscription = await stage.stripe.subscriptions.create({
      customer: customer.id,
      currency: "eur",
      items: [{ price: price.id, quantity: 2 }],
    });
    expect(subscription).toMatchObject({ currency: "eur", status: "active" });
    expect(linesOf(await latestInvoice(stage, subscription.id))).toEqual(["1800 eur 2 × Seat (at €9.00 / month)"]);
    const [item] = subscription.items.data;
    const preview = await stage.stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items: [{ id: item?.id ?? "", quantity: 3 }], proration_behavior: "always_invoice" },
    });
    expect(linesOf(preview).map((line) => line.slice(0, 9))).toEqual(["2700 eur ", "-1800 eur"]);
    const renewal = await stage.stripe.invoices.createPreview({ subscription: subscription.id });
    expect(linesOf(renewal)).toEqual(["1800 eur 2 × Seat (at €9.00 / month)"]);
    await expect(
      stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] }),
    ).rejects.toThrow(/cannot combine currencies.*with currency eur/);
    const coupon = await stage.stripe.coupons.create({
      amount_off: 500,
      currency: "usd",
      currency_options: { eur: { amount_off: 300 } },
    });
    await stage.stripe.subscriptions.update(subscription.id, { discounts: [{ coupon: coupon.id }] });
    const discounted = await stage.stripe.invoices.createPreview({ subscription: subscription.id });
    expect(discounted.total).toBe(1_500);
  });

  it("refuse a currency they lack", async () => {
    const customer = await customerWithCard(stage);
    const price = await both();
    const items = [{ price: price.id }];
    await expect(
      stage.stripe.subscriptions.create({ customer: customer.id, currency: "gbp", items }),
    ).rejects.toMatchObject({ param: "items[0][price]", message: expect.stringContaining("`usd`, `eur`") });
    const usdOnly = await priceOf(stage, 500);
    await expect(
      stage.stripe.subscriptions.create({
        customer: customer.id,
        currency: "eur",
        items: [...items, { price: usdOnly.id }],
      }),
    ).rejects.toMatchObject({ param: "items[1][price]" });
  });

  it("follow the currency of a phase", async () => {
    const price = await both();
    const customer = await customerWithCard(stage);
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [{ currency: "eur", items: [{ price: price.id }], duration: { interval: "month" } }],
    });
    const subscription = await stage.stripe.subscriptions.retrieve(String(schedule.subscription));
    expect(subscription.currency).toBe("eur");
    expect((await latestInvoice(stage, subscription.id)).total).toBe(900);
  });
});

describe("prices inside requests", () => {
  it("are inactive, stay where they were made, and serve nobody else", async () => {
    const customer = await customerWithCard(stage);
    const subscription = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price_data: monthly(1_234), quantity: 2 }],
      add_invoice_items: [{ price_data: { currency: "usd", product, unit_amount: -234 } }],
    });
    const [item] = subscription.items.data;
    expect(item?.price).toMatchObject({ active: false, unit_amount: 1_234, product });
    expect((await latestInvoice(stage, subscription.id)).total).toBe(2_234);
    await expect(
      stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: item?.price.id ?? "" }] }),
    ).rejects.toMatchObject({ param: "items[0][price]", message: expect.stringContaining("inactive") });
    const kept = await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item?.id ?? "", price: item?.price.id ?? "", quantity: 3 }],
      proration_behavior: "none",
    });
    expect(kept.items.data[0]?.quantity).toBe(3);
    const changed = await stage.stripe.subscriptionItems.update(item?.id ?? "", { price_data: monthly(999) });
    expect(changed).toMatchObject({ quantity: 1, price: { unit_amount: 999 } });
    const added = await stage.stripe.subscriptionItems.create({
      subscription: subscription.id,
      price_data: monthly(77),
    });
    expect(added.price.unit_amount).toBe(77);
    await stage.advanceBy(31 * day);
    expect((await latestInvoice(stage, subscription.id)).lines.data.map((line) => line.amount)).toEqual(
      expect.arrayContaining([999, 77]),
    );
  });

  it("can be previewed without being made", async () => {
    const customer = await customerWithCard(stage);
    const before = await stage.stripe.prices.list({ active: false, product, limit: 100 });
    const preview = await stage.stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: [{ price_data: monthly(4_000) }] },
      invoice_items: [{ price_data: { currency: "usd", product, unit_amount: 50 } }],
    });
    expect(preview.total).toBe(4_050);
    const after = await stage.stripe.prices.list({ active: false, product, limit: 100 });
    expect(after.data.length).toBe(before.data.length);
  });

  it("serve invoice items and lines, which may bring their product", async () => {
    const customer = await customerWithCard(stage);
    const draft = await stage.stripe.invoices.create({ customer: customer.id });
    await stage.stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id,
      price_data: { currency: "usd", product, unit_amount: 300 },
      quantity: 2,
    });
    const more = await stage.stripe.invoices.addLines(draft.id, {
      lines: [{ price_data: { currency: "usd", unit_amount: 25, product_data: { name: "Sticker" } }, quantity: 4 }],
    });
    expect(linesOf(more)).toEqual(["600 usd Seat", "100 usd Sticker"]);
  });

  it("serve phases of schedules", async () => {
    const customer = await customerWithCard(stage);
    const month = { interval: "month" as const };
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [
        { items: [{ price_data: monthly(500) }], duration: month },
        { items: [{ price_data: monthly(800) }], duration: month },
      ],
    });
    await stage.advanceBy(31 * day);
    const { items } = await stage.stripe.subscriptions.retrieve(String(schedule.subscription));
    expect(items.data.map((item) => item.price.unit_amount)).toEqual([800]);
  });

  it.each<[string, () => Stripe.SubscriptionCreateParams.Item, string]>([
    ["a price beside it", () => ({ price: "price_x", price_data: monthly(1) }), "items[0][price_data]"],
    ["no product", () => ({ price_data: { ...monthly(1), product: "prod_none" } }), "items[0][price_data][product]"],
    ["no amount", () => ({ price_data: { ...monthly(1), unit_amount: undefined } }), "unit_amount"],
    ["a negative amount", () => ({ price_data: monthly(-1) }), "items[0][price_data][unit_amount]"],
    ["neither", () => ({ quantity: 1 }), "items[0][price]"],
  ])("are refused with %s", async (_name, item, param) => {
    const customer = await customerWithCard(stage);
    await expect(stage.stripe.subscriptions.create({ customer: customer.id, items: [item()] })).rejects.toMatchObject({
      statusCode: 400,
      param,
    });
  });
});
