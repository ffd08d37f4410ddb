import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
let price: Stripe.Price;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
  const product = await stage.stripe.products.create({ name: "World" });
  price = await stage.stripe.prices.create({
    currency: "usd",
    unit_amount: 1_000,
    recurring: { interval: "month" },
    product: product.id,
    currency_options: { eur: { unit_amount: 900 }, gbp: { unit_amount: 800 } },
  });
});
afterAll(() => stage.close());

async function codeWith(restrictions: Stripe.PromotionCodeCreateParams.Restrictions): Promise<string> {
  const coupon = await stage.stripe.coupons.create({ percent_off: 10 });
  const promotion = { type: "coupon" as const, coupon: coupon.id };
  return (await stage.stripe.promotionCodes.create({ promotion, restrictions })).id;
}

const subscribe = async (code: string, more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
  stage.stripe.subscriptions.create({
    customer: (await customerWithCard(stage)).id,
    items: [{ price: price.id }],
    discounts: [{ promotion_code: code }],
    ...more,
  });

describe("a code's least amount", () => {
  const minimums = {
    minimum_amount: 1_500,
    minimum_amount_currency: "usd",
    currency_options: { eur: { minimum_amount: 900 } },
  };
  it.each<[string, Partial<Stripe.SubscriptionCreateParams>, boolean]>([
    ["too little", {}, false],
    ["enough", { currency: "eur" }, true],
    ["a currency without one", { currency: "gbp" }, false],
  ])("decides over %s", async (_name, more, passes) => {
    const made = subscribe(await codeWith(minimums), more);
    if (passes) expect((await latestInvoice(stage, (await made).id)).total).toBe(810);
    else await expect(made).rejects.toMatchObject({ statusCode: 400, param: "discounts[0][promotion_code]" });
  });

  it("counts quantities", async () => {
    const made = await subscribe(await codeWith(minimums), { items: [{ price: price.id, quantity: 2 }] });
    expect((await latestInvoice(stage, made.id)).total).toBe(1_800);
  });
});

describe("a code for first orders", () => {
  it("is for customers without any, also when a subscription changes", async () => {
    const code = await codeWith({ first_time_transaction: true });
    const first = await subscribe(code);
    expect((await latestInvoice(stage, first.id)).total).toBe(900);
    await expect(subscribe(code, { customer: String(first.customer) })).rejects.toThrow(/prior transactions/);
    await expect(
      stage.stripe.subscriptions.update(first.id, { discounts: [{ promotion_code: code }] }),
    ).rejects.toThrow(/prior transactions/);
    const voided = await customerWithCard(stage, "pm_card_chargeCustomerFail");
    const failed = await stage.stripe.subscriptions.create({ customer: voided.id, items: [{ price: price.id }] });
    await stage.stripe.invoices.voidInvoice(String(failed.latest_invoice));
    await stage.stripe.paymentMethods
      .attach("pm_card_visa", { customer: voided.id })
      .then((method) =>
        stage.stripe.customers.update(voided.id, { invoice_settings: { default_payment_method: method.id } }),
      );
    expect((await subscribe(code, { customer: voided.id })).status).toBe("active");
  });
});

describe("a coupon for some products", () => {
  it("takes nothing off the others, in lines and in prorations", async () => {
    const other = await priceOf(stage, 3_000);
    const coupon = await stage.stripe.coupons.create({
      percent_off: 50,
      duration: "forever",
      applies_to: { products: [String(price.product)] },
    });
    const subscription = await stage.stripe.subscriptions.create({
      customer: (await customerWithCard(stage)).id,
      items: [{ price: price.id }, { price: other.id }],
      discounts: [{ coupon: coupon.id }],
    });
    const invoice = await latestInvoice(stage, subscription.id);
    expect(invoice.total).toBe(3_500);
    expect(invoice.lines.data.map((line) => line.discount_amounts?.map((one) => one.amount))).toEqual([[], [500]]);
    const [item] = subscription.items.data;
    const preview = await stage.stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items: [{ id: item?.id ?? "", quantity: 2 }], proration_behavior: "always_invoice" },
    });
    expect(preview.lines.data.map((line) => line.amount)).toEqual([1_000, -500]);
  });
});
