/** Discounts on items, subscriptions, customers, invoices and invoice items: their order, their sums, their ends. */
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, day, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

const percent = (percent_off: number, duration: "once" | "forever" = "forever") =>
  stage.stripe.coupons.create({ percent_off, duration });
const amount = (amount_off: number, duration: "once" | "forever" = "forever") =>
  stage.stripe.coupons.create({ amount_off, currency: "usd", duration });

/** What is said about discounts must add up, on every line and on the invoice. */
function expectExact(invoice: Stripe.Invoice): void {
  const totals = new Map<string, number>();
  for (const line of invoice.lines.data) {
    for (const { amount: off, discount } of line.discount_amounts ?? []) {
      totals.set(String(discount), (totals.get(String(discount)) ?? 0) + off);
    }
  }
  expect(invoice.total_discount_amounts?.map((one) => [one.discount, one.amount])).toEqual([...totals]);
  const off = [...totals.values()].reduce((sum, one) => sum + one, 0);
  const taxes = (invoice.total_taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0);
  expect(invoice.total).toBe(invoice.subtotal - off + taxes);
}

async function discountCustomer(customer: string, coupon: string): Promise<void> {
  const reply = await fetch(`${stage.sandbox.url}/_sandbox/customers/${customer}/discount`, {
    method: "POST",
    body: JSON.stringify({ coupon }),
  });
  expect(reply.status).toBe(200);
}

describe("stacked discounts", () => {
  it("come off the item first and off the whole invoice after it", async () => {
    const customer = await customerWithCard(stage);
    const [ten, twenty] = [await priceOf(stage, 1_000), await priceOf(stage, 2_000)];
    const [half, tenth, five] = [await percent(50), await percent(10), await amount(333)];
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: ten.id, discounts: [{ coupon: half.id }] }, { price: twenty.id }],
      discounts: [{ coupon: tenth.id }, { coupon: five.id }],
    });
    expect(items.data.map((item) => item.discounts.length)).toEqual([1, 0]);
    const invoice = await latestInvoice(stage, id);
    expectExact(invoice);
    // 1000 - 500 = 500; 500 + 2000 less 10 % = 2250; less 3.33 = 1917
    expect(invoice.total).toBe(1_917);
    const preview = await stage.stripe.invoices.createPreview({ subscription: id });
    expect([preview.total, preview.total_discount_amounts?.length]).toEqual([1_917, 3]);
  });

  it("are inherited from the customer where there are no others, also by invoices made by hand", async () => {
    const customer = await customerWithCard(stage);
    const [price, quarter, fifth] = [await priceOf(stage, 1_000), await percent(25), await percent(20)];
    await stage.events();
    await discountCustomer(customer.id, fifth.id);
    await discountCustomer(customer.id, quarter.id);
    expect(await stage.events("customer.discount")).toEqual(["customer.discount.created", "customer.discount.updated"]);
    const inherited = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const own = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      discounts: [{ coupon: fifth.id }],
    });
    expect((await latestInvoice(stage, inherited.id)).total).toBe(750);
    expect((await latestInvoice(stage, own.id)).total).toBe(800);
    const manual = await stage.stripe.invoices.create({ customer: customer.id });
    const bare = await stage.stripe.invoices.create({ customer: customer.id, discounts: "" });
    for (const invoice of [manual, bare]) {
      await stage.stripe.invoiceItems.create({ customer: customer.id, invoice: invoice.id, amount: 1_000 });
    }
    expect((await stage.stripe.invoices.retrieve(manual.id)).total).toBe(750);
    expect((await stage.stripe.invoices.retrieve(bare.id)).total).toBe(1_000);
    expect(await stage.stripe.customers.deleteDiscount(customer.id)).toMatchObject({
      object: "discount",
      deleted: true,
    });
    expect(await stage.stripe.customers.retrieve(customer.id)).toMatchObject({ discount: null });
    expect((await stage.stripe.invoices.createPreview({ subscription: inherited.id })).total).toBe(1_000);
    await expect(stage.stripe.customers.deleteDiscount(customer.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it("stand on invoice items and drafts, and follow every change", async () => {
    const customer = await customerWithCard(stage);
    const [half, tenth] = [await percent(50), await percent(10)];
    const invoice = await stage.stripe.invoices.create({ customer: customer.id, discounts: [{ coupon: tenth.id }] });
    const item = await stage.stripe.invoiceItems.create({
      customer: customer.id,
      invoice: invoice.id,
      amount: 1_000,
      discounts: [{ coupon: half.id }],
      expand: ["discounts"],
    });
    expect(item.discounts?.[0]).toMatchObject({ invoice_item: item.id, source: { coupon: half.id } });
    const first = await stage.stripe.invoices.retrieve(invoice.id);
    expectExact(first);
    expect(first.total).toBe(450);
    await stage.stripe.invoiceItems.update(item.id, { discounts: "" });
    expect((await stage.stripe.invoices.retrieve(invoice.id)).total).toBe(900);
    const changed = await stage.stripe.invoices.update(invoice.id, { discounts: [{ coupon: half.id }] });
    expect([changed.total, changed.discounts.length]).toEqual([500, 1]);
    const [kept] = changed.discounts;
    const same = await stage.stripe.invoices.update(invoice.id, { discounts: [{ discount: String(kept) }] });
    expect(same.discounts).toEqual(changed.discounts);
    await expect(
      stage.stripe.invoices.update(invoice.id, { discounts: [{ discount: "di_gone" }] }),
    ).rejects.toMatchObject({ param: "discounts[0][discount]" });
  });
});

describe("the ends of discounts", () => {
  it("come once, after their months, or by request, each with its event", async () => {
    const customer = await customerWithCard(stage);
    const [price, once] = [await priceOf(stage, 1_000), await percent(50, "once")];
    const months = await stage.stripe.coupons.create({ percent_off: 10, duration: "repeating", duration_in_months: 2 });
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id, discounts: [{ coupon: once.id }, { coupon: months.id }] }],
    });
    // The coupon for once went with the first invoice, inside the request.
    expect(items.data[0]?.discounts.length).toBe(1);
    await stage.events();
    await stage.advanceBy(62 * day);
    expect(await stage.events("customer.discount")).toEqual(["customer.discount.deleted"]);
    const { data } = await stage.stripe.invoices.list({ subscription: id });
    expect(data.map((invoice) => invoice.total).reverse()).toEqual([450, 900, 1_000]);
    await stage.stripe.subscriptions.update(id, { discounts: [{ coupon: months.id }] });
    expect(await stage.stripe.subscriptions.deleteDiscount(id)).toMatchObject({ subscription: id, deleted: true });
    expect((await stage.stripe.subscriptions.retrieve(id)).discounts).toEqual([]);
    expect(await stage.events("customer.discount")).toEqual(["customer.discount.created", "customer.discount.deleted"]);
    await expect(stage.stripe.subscriptions.deleteDiscount(id)).rejects.toMatchObject({ code: "resource_missing" });
  });

  it("leave a coupon for once to the first invoice that costs something", async () => {
    const customer = await customerWithCard(stage);
    const [price, once] = [await priceOf(stage, 1_000), await percent(50, "once")];
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      discounts: [{ coupon: once.id }],
      trial_period_days: 7,
    });
    expect((await stage.stripe.subscriptions.retrieve(id)).discounts.length).toBe(1);
    await stage.advanceBy(8 * day);
    expect(await latestInvoice(stage, id)).toMatchObject({ total: 500 });
    expect((await stage.stripe.subscriptions.retrieve(id)).discounts).toEqual([]);
  });
});

describe("prorations of discounted items", () => {
  it.each([
    ["included", [-375, 1_500], [0, 0]],
    ["itemized", [-500, 2_000], [-125, 500]],
  ] as const)("show their discounts %s, and cost the same", async (proration_discounts, amounts, offs) => {
    const customer = await customerWithCard(stage);
    const [ten, forty, quarter] = [await priceOf(stage, 1_000), await priceOf(stage, 4_000), await percent(25)];
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: ten.id }],
      discounts: [{ coupon: quarter.id }],
      billing_mode: { type: "flexible", flexible: { proration_discounts } },
    });
    const [item] = items.data;
    await stage.advanceBy(((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)) / 2);
    const change = { items: [{ id: item?.id, price: forty.id }], proration_behavior: "always_invoice" as const };
    const preview = await stage.stripe.invoices.createPreview({ subscription: id, subscription_details: change });
    await stage.stripe.subscriptions.update(id, change);
    const invoice = await latestInvoice(stage, id);
    expectExact(invoice);
    const shape = (one: Stripe.Invoice) =>
      one.lines.data.map((line) => [
        line.amount,
        (line.discount_amounts ?? []).reduce((sum, off) => sum + off.amount, 0),
      ]);
    expect(shape(invoice).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual(amounts.map((one, at) => [one, offs[at]]));
    expect([invoice.total, preview.total]).toEqual([1_125, 1_125]);
    expect(shape(preview)).toEqual(shape(invoice));
    const made = await stage.stripe.invoiceItems.list({ customer: customer.id, invoice: invoice.id });
    expect(made.data.map((one) => one.net_amount)).toEqual([1_500, -375]);
  });
});
