import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestSandbox, type TestSandbox } from "../testing/start";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

it("a session sells in the currency it is opened with, and holds codes to their restrictions in it", async () => {
  const { stripe } = test;
  const price = await stripe.prices.create({
    currency: "usd",
    unit_amount: 1_000,
    recurring: { interval: "month" },
    product_data: { name: "World" },
    currency_options: { eur: { unit_amount: 900 } },
  });
  const coupon = await stripe.coupons.create({
    amount_off: 200,
    currency: "usd",
    currency_options: { eur: { amount_off: 100 } },
  });
  const codeFor = (minimum: number) =>
    stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: coupon.id },
      restrictions: {
        minimum_amount: 1,
        minimum_amount_currency: "usd",
        currency_options: { eur: { minimum_amount: minimum } },
      },
    });
  const open = async (currency: string, code: { id: string }) =>
    stripe.checkout.sessions.create({
      mode: "subscription",
      currency,
      customer: (await stripe.customers.create()).id,
      line_items: [{ price: price.id, quantity: 2 }],
      discounts: [{ promotion_code: code.id }],
      success_url: "http://127.0.0.1/done",
    });
  const session = await open("eur", await codeFor(1_800));
  expect(session).toMatchObject({ currency: "eur", amount_subtotal: 1_800, amount_total: 1_700 });
  await expect(open("eur", await codeFor(1_801))).rejects.toMatchObject({ param: "discounts[0][promotion_code]" });
  await expect(open("gbp", await codeFor(1))).rejects.toMatchObject({ statusCode: 400 });
});
