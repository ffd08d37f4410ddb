import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestSandbox, type TestSandbox } from "../testing/start";
import { wireDecimal } from "./price-amounts";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

const currencies = { expand: ["currency_options"] };
const texts = (price: Stripe.Price) =>
  Object.entries(price.currency_options ?? {}).map(([code, option]) => `${code} ${String(option.unit_amount_decimal)}`);

describe("prices in several currencies", () => {
  it("show all of them when expanded, and take more later", async () => {
    const { prices } = test.stripe;
    const price = await prices.create({
      currency: "usd",
      unit_amount: 1_000,
      recurring: { interval: "month" },
      product_data: { name: "World" },
      currency_options: { eur: { unit_amount: 900, tax_behavior: "inclusive" } },
      ...currencies,
    });
    expect(texts(price)).toEqual(["usd 1000", "eur 900"]);
    expect(price.currency_options?.eur?.tax_behavior).toBe("inclusive");
    expect(await prices.retrieve(price.id)).not.toHaveProperty("currency_options");
    const more = await prices.update(price.id, {
      currency_options: {
        gbp: { unit_amount_decimal: wireDecimal("799.5") },
      },
      ...currencies,
    });
    expect(texts(more)).toEqual(["usd 1000", "eur 900", "gbp 799.5"]);
    expect(more.currency_options?.gbp?.unit_amount).toBeNull();
    const none = await prices.update(price.id, { currency_options: "", ...currencies });
    expect(texts(none)).toEqual(["usd 1000"]);
  });

  const tier = (amount: number, upTo: number | "inf" = "inf") => ({ up_to: upTo, unit_amount: amount });
  it.each<[string, Partial<Stripe.PriceCreateParams>, string]>([
    [
      "their own currency again",
      { unit_amount: 1, currency_options: { usd: { unit_amount: 2 } } },
      "currency_options[usd]",
    ],
    [
      "no amount",
      { unit_amount: 1, currency_options: { eur: { tax_behavior: "exclusive" } } },
      "currency_options[eur][unit_amount]",
    ],
    [
      "tiers beside a unit amount",
      { unit_amount: 1, currency_options: { eur: { tiers: [tier(1)] } } },
      "currency_options[eur]",
    ],
    [
      "other bounds of tiers",
      {
        billing_scheme: "tiered",
        tiers_mode: "volume",
        tiers: [tier(2, 5), tier(1)],
        currency_options: { eur: { tiers: [tier(2, 6), tier(1)] } },
      },
      "currency_options[eur][tiers]",
    ],
    ["no currency", { unit_amount: 1, currency_options: { euro: { unit_amount: 1 } } }, "currency_options[euro]"],
  ])("refuse %s", async (_name, params, param) => {
    const base = { currency: "usd", product_data: { name: "Odd" } };
    await expect(test.stripe.prices.create({ ...base, ...params })).rejects.toMatchObject({ statusCode: 400, param });
  });

  it("may let the customer say the amount, as data", async () => {
    const base = { currency: "usd", product_data: { name: "Gift" } };
    const custom = { enabled: true, minimum: 500, preset: 1_000 };
    const gift = await test.stripe.prices.create({ ...base, custom_unit_amount: custom });
    expect(gift).toMatchObject({
      unit_amount: null,
      custom_unit_amount: { minimum: 500, preset: 1_000, maximum: null },
    });
    const recurring = { interval: "month" } as const;
    await expect(test.stripe.prices.create({ ...base, custom_unit_amount: custom, recurring })).rejects.toMatchObject({
      param: "custom_unit_amount",
    });
  });
});

describe("a currency that Stripe does not have", () => {
  const product = { product_data: { name: "Odd" } };
  const item = { price_data: { currency: "zzz", product: "prod_x", unit_amount: 1 } };
  const refused = (param: string) => ({
    ...{ statusCode: 400, type: "StripeInvalidRequestError", param },
    message: expect.stringMatching(
      /^Invalid currency: zzz\. Stripe currently supports these currencies: usd, aed, .*, zmw$/,
    ),
  });
  it.each<[string, string, (stripe: Stripe, customer: string) => Promise<unknown>]>([
    ["a payment", "currency", ({ paymentIntents }) => paymentIntents.create({ amount: 500, currency: "ZZZ" })],
    ["a price", "currency", ({ prices }) => prices.create({ currency: "zzz", unit_amount: 1, ...product })],
    [
      "a further currency of a price",
      "currency_options[zzz]",
      ({ prices }) =>
        prices.create({ currency: "usd", unit_amount: 1, ...product, currency_options: { zzz: { unit_amount: 1 } } }),
    ],
    ["a coupon", "currency", ({ coupons }) => coupons.create({ amount_off: 5, currency: "zzz" })],
    [
      "an invoice item",
      "currency",
      ({ invoiceItems }, customer) => invoiceItems.create({ customer, amount: 5, currency: "zzz" }),
    ],
    ["an invoice", "currency", ({ invoices }, customer) => invoices.create({ customer, currency: "zzz" })],
    [
      "a balance",
      "currency",
      ({ customers }, customer) => customers.createBalanceTransaction(customer, { amount: 5, currency: "zzz" }),
    ],
    [
      "a subscription",
      "currency",
      ({ subscriptions }, customer) =>
        subscriptions.create({ customer, currency: "zzz", items: [{ price: "price_x" }] }),
    ],
    [
      "a price within an item",
      "items[0][price_data][currency]",
      ({ subscriptions }, customer) =>
        subscriptions.create({
          customer,
          items: [{ price_data: { ...item.price_data, recurring: { interval: "month" } } }],
        }),
    ],
    ["a preview", "currency", ({ invoices }, customer) => invoices.createPreview({ customer, currency: "zzz" })],
    [
      "a checkout",
      "line_items[0][price_data][currency]",
      ({ checkout }) =>
        checkout.sessions.create({
          mode: "payment",
          success_url: "https://example.test/",
          line_items: [{ ...item, quantity: 1 }],
        }),
    ],
  ])("is refused by name for %s", async (_what, param, ask) => {
    const { id } = await test.stripe.customers.create({ name: "Noor" });
    await expect(ask(test.stripe, id)).rejects.toMatchObject(refused(param));
  });
});

describe("products", () => {
  it("are made with a default price, a size and tax details", async () => {
    const product = await test.stripe.products.create({
      name: "Box",
      default_price_data: {
        currency: "usd",
        unit_amount: 700,
        recurring: { interval: "year" },
        currency_options: { eur: { unit_amount: 600 } },
      },
      package_dimensions: { height: 1, length: 2.5, weight: 3, width: 4 },
      tax_details: { tax_code: "txcd_10103000" },
      expand: ["default_price.currency_options"],
    });
    const price = product.default_price as Stripe.Price;
    expect(price).toMatchObject({ unit_amount: 700, product: product.id, recurring: { interval: "year" } });
    expect(texts(price)).toEqual(["usd 700", "eur 600"]);
    expect(product.package_dimensions).toEqual({ height: 1, length: 2.5, weight: 3, width: 4 });
    expect(product.tax_details).toEqual({ performance_location: null, tax_code: "txcd_10103000" });
    const bare = await test.stripe.products.update(product.id, { package_dimensions: "" });
    expect(bare.package_dimensions).toBeNull();
    await expect(
      test.stripe.products.create({ name: "Broken", default_price_data: { currency: "usd" } }),
    ).rejects.toMatchObject({ statusCode: 400 });
    expect((await test.stripe.products.list({ limit: 1 })).data[0]?.name).toBe("Box");
  });
});

describe("coupons and codes", () => {
  it("take amounts in several currencies and name products", async () => {
    const product = await test.stripe.products.create({ name: "Only this" });
    const expand = ["currency_options", "applies_to"];
    const coupon = await test.stripe.coupons.create({
      amount_off: 500,
      currency: "usd",
      currency_options: { eur: { amount_off: 450 } },
      applies_to: { products: [product.id] },
      expand,
    });
    expect(coupon.applies_to).toEqual({ products: [product.id] });
    expect(coupon.currency_options).toEqual({ usd: { amount_off: 500 }, eur: { amount_off: 450 } });
    expect(await test.stripe.coupons.retrieve(coupon.id)).not.toHaveProperty("applies_to");
    const more = await test.stripe.coupons.update(coupon.id, {
      currency_options: { gbp: { amount_off: 400 } },
      expand,
    });
    expect(more.currency_options).toMatchObject({ eur: { amount_off: 450 }, gbp: { amount_off: 400 } });
    await expect(
      test.stripe.coupons.create({ percent_off: 5, currency_options: { eur: { amount_off: 1 } } }),
    ).rejects.toMatchObject({ param: "currency_options" });
    await expect(
      test.stripe.coupons.create({ percent_off: 5, applies_to: { products: ["prod_none"] } }),
    ).rejects.toMatchObject({ code: "resource_missing", param: "applies_to[products][0]" });
  });

  it("keep their restrictions", async () => {
    const coupon = await test.stripe.coupons.create({ percent_off: 10 });
    const promotion = { type: "coupon" as const, coupon: coupon.id };
    const code = await test.stripe.promotionCodes.create({
      promotion,
      restrictions: {
        first_time_transaction: true,
        minimum_amount: 1_000,
        minimum_amount_currency: "usd",
        currency_options: { eur: { minimum_amount: 900 } },
      },
      expand: ["restrictions.currency_options"],
    });
    expect(code.restrictions).toEqual({
      first_time_transaction: true,
      minimum_amount: 1_000,
      minimum_amount_currency: "usd",
      currency_options: { usd: { minimum_amount: 1_000 }, eur: { minimum_amount: 900 } },
    });
    await expect(
      test.stripe.promotionCodes.create({ promotion, restrictions: { minimum_amount: 1 } }),
    ).rejects.toMatchObject({ param: "restrictions[minimum_amount]" });
  });
});
