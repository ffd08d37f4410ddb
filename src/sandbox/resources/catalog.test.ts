import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestSandbox, type TestSandbox } from "../testing/start";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

describe("customers", () => {
  it("are created, changed, listed and deleted", async () => {
    const { customers } = test.stripe;
    const ada = await customers.create({
      email: "ada@example.test",
      name: "Ada",
      address: { line1: "1 Main", country: "US", state: "CA" },
      metadata: { tenant: "t1", gone: "x" },
      shipping: { name: "Ada", address: { line1: "2 Main" } },
    });
    expect(ada).toMatchObject({ email: "ada@example.test", balance: 0, tax_exempt: "none", test_clock: null });
    expect(ada.address).toMatchObject({ line1: "1 Main", city: null });
    const changed = await customers.update(ada.id, { name: "", metadata: { gone: "", more: "y" }, balance: -500 });
    expect(changed).toMatchObject({ name: null, metadata: { tenant: "t1", more: "y" }, balance: -500 });
    const movements = await customers.listBalanceTransactions(ada.id);
    expect(movements.data.map((one) => [one.type, one.amount, one.ending_balance])).toEqual([
      ["adjustment", -500, -500],
    ]);
    expect((await customers.list({ email: "ada@example.test" })).data.map(({ id }) => id)).toEqual([ada.id]);
    expect(await customers.del(ada.id)).toEqual(expect.objectContaining({ id: ada.id, deleted: true }));
    expect(await customers.retrieve(ada.id)).toMatchObject({ id: ada.id, deleted: true });
    await expect(customers.update(ada.id, { name: "x" })).rejects.toMatchObject({ code: "resource_missing" });
  });

  it("say in events what has changed", async () => {
    const { customers, events } = test.stripe;
    const customer = await customers.create({ name: "Eve", payment_method: "pm_card_visa" });
    const [method] = (await customers.listPaymentMethods(customer.id)).data;
    await customers.update(customer.id, {
      name: "Eva",
      invoice_settings: { default_payment_method: method?.id ?? "" },
    });
    const [event] = (await events.list({ type: "customer.updated", limit: 1 })).data;
    expect(event?.data.previous_attributes).toEqual({
      name: "Eve",
      invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    });
    expect(event?.request?.id).toMatch(/^req_/);
    const nothing = await customers.update(customer.id, { name: "Eva" });
    expect(nothing.name).toBe("Eva");
    expect((await events.list({ type: "customer.updated", limit: 1 })).data[0]?.id).toBe(event?.id);
  });

  it("refuse a default payment method of somebody else", async () => {
    const customer = await test.stripe.customers.create();
    const method = await test.stripe.paymentMethods.create({ type: "card", card: { token: "tok_visa" } });
    await expect(
      test.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } }),
    ).rejects.toMatchObject({ statusCode: 400, param: "invoice_settings[default_payment_method]" });
  });
});

describe("products and prices", () => {
  it("are flat, decimal, tiered and transformed", async () => {
    const { products, prices } = test.stripe;
    const product = await products.create({ name: "Jobs", marketing_features: [{ name: "fast" }], unit_label: "job" });
    const flat = await prices.create({
      product: product.id,
      currency: "usd",
      unit_amount: 29900,
      recurring: { interval: "month" },
      lookup_key: "pro",
    });
    expect(flat).toMatchObject({ type: "recurring", unit_amount: 29900, billing_scheme: "per_unit" });
    expect(String(flat.unit_amount_decimal)).toBe("29900");
    const exact = await prices.create({ product: product.id, currency: "usd", unit_amount_decimal: "0.10" as never });
    expect([exact.unit_amount, String(exact.unit_amount_decimal)]).toEqual([null, "0.1"]);
    const tiered = await prices.create({
      product: product.id,
      currency: "usd",
      billing_scheme: "tiered",
      tiers_mode: "graduated",
      recurring: { interval: "year" },
      tiers: [
        { up_to: 10, unit_amount: 500 },
        { up_to: "inf", unit_amount: 300, flat_amount: 100 },
      ],
      expand: ["tiers"],
    });
    expect(tiered.tiers?.map(({ up_to, unit_amount }) => [up_to, unit_amount])).toEqual([
      [10, 500],
      [null, 300],
    ]);
    const plain = await prices.retrieve(tiered.id, { expand: ["product"] });
    expect(plain).not.toHaveProperty("tiers");
    expect(plain.product).toMatchObject({ id: product.id, name: "Jobs" });
    const packs = await prices.create({
      product_data: { name: "Packs" },
      currency: "usd",
      unit_amount: 5,
      transform_quantity: { divide_by: 100, round: "up" },
    });
    expect(packs.transform_quantity).toEqual({ divide_by: 100, round: "up" });
    expect((await prices.list({ lookup_keys: ["pro"] })).data.map(({ id }) => id)).toEqual([flat.id]);
    expect((await prices.list({ product: product.id })).data).toHaveLength(3);
    await expect(products.del(product.id)).rejects.toMatchObject({ statusCode: 400 });
    await products.update(product.id, { default_price: flat.id, active: false });
    expect((await products.retrieve(product.id)).default_price).toBe(flat.id);
  });

  it("hand a lookup key over only when told to", async () => {
    const { prices } = test.stripe;
    const make = (transfer: boolean) =>
      prices.create({
        currency: "usd",
        unit_amount: 100,
        product_data: { name: "Key" },
        lookup_key: "moving",
        ...(transfer ? { transfer_lookup_key: true } : {}),
      });
    const first = await make(false);
    await expect(make(false)).rejects.toMatchObject({ statusCode: 400, param: "lookup_key" });
    const second = await make(true);
    expect((await prices.retrieve(first.id)).lookup_key).toBeNull();
    expect((await prices.list({ lookup_keys: ["moving"] })).data.map(({ id }) => id)).toEqual([second.id]);
  });

  it("refuse amounts that make no price", async () => {
    const base = { currency: "usd", product_data: { name: "Odd" } };
    const { prices } = test.stripe;
    await expect(prices.create(base)).rejects.toMatchObject({ code: "parameter_missing" });
    await expect(prices.create({ ...base, unit_amount: -1 })).rejects.toMatchObject({ param: "unit_amount" });
    await expect(
      prices.create({ ...base, billing_scheme: "tiered", tiers_mode: "volume", tiers: [{ up_to: 5, unit_amount: 1 }] }),
    ).rejects.toMatchObject({ param: "tiers[0][up_to]" });
    await expect(
      prices.create({ ...base, unit_amount: 1, recurring: { interval: "year", interval_count: 4 } }),
    ).rejects.toMatchObject({ param: "recurring[interval_count]" });
  });
});

describe("tax rates", () => {
  it("keep their percentage and can be archived", async () => {
    const { taxRates } = test.stripe;
    const rate = await taxRates.create({ display_name: "Sales tax", inclusive: false, percentage: 8 });
    expect(rate).toMatchObject({ percentage: 8, effective_percentage: 8, active: true, rate_type: "percentage" });
    expect((await taxRates.update(rate.id, { active: false, metadata: { a: "b" } })).active).toBe(false);
    expect((await taxRates.list({ active: false })).data.map(({ id }) => id)).toContain(rate.id);
    await expect(taxRates.update(rate.id, { percentage: 9 } as never)).rejects.toMatchObject({
      code: "parameter_unknown",
      param: "percentage",
    });
  });
});
