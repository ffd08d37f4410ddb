/** Currencies that move in steps: what is refused, and that nothing billing computes lies between two steps. */
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { day, type Stage, startStage } from "../billing/test-stage";
import { stepOf } from "./currency-step";

let stage: Stage;
let customer: Stripe.Customer;
beforeAll(async () => {
  stage = await startStage("2026-03-01T00:00:00Z");
  customer = await stage.stripe.customers.create({ email: "noor@example.com" });
  const method = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
});
afterAll(() => stage?.close());

const pay = (amount: number, currency: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stage.stripe.paymentIntents.create({
    ...{ amount, currency, customer: customer.id, payment_method: "pm_card_visa", confirm: true },
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
    ...more,
  });

const refusal = (param: string, divisor: number) => ({
  statusCode: 400,
  type: "StripeInvalidRequestError",
  param,
  message: expect.stringContaining(`must be evenly divisible by ${divisor}.`),
});

describe("an amount between two steps", () => {
  it.each([
    ["bhd", 5_124, 10],
    ["jod", 5_124, 10],
    ["kwd", 5_124, 10],
    ["omr", 5_125, 10],
    ["tnd", 5_129, 10],
    ["isk", 50_050, 100],
    ["ugx", 500_010, 100],
  ])("is not charged in %s", async (currency, amount, step) => {
    expect(stepOf(currency)).toBe(step);
    await expect(pay(amount, currency)).rejects.toMatchObject(refusal("amount", step));
    const rounded = Math.ceil(amount / step) * step;
    const paid = await pay(rounded, currency);
    expect(paid).toMatchObject({ status: "succeeded", amount_received: rounded });
    const half = stage.stripe.refunds.create({ payment_intent: paid.id, amount: step + 1 });
    await expect(half).rejects.toMatchObject(refusal("amount", step));
    expect((await stage.stripe.refunds.create({ payment_intent: paid.id, amount: step })).status).toBe("succeeded");
  });

  it.each(["usd", "jpy", "eur"])("does not exist in %s", async (currency) => {
    expect((await pay(5_123, currency)).amount_received).toBe(5_123);
  });

  it("is refused wherever it is stated outright", async () => {
    const { stripe } = stage;
    const held = await pay(5_000, "kwd", { capture_method: "manual" });
    const waiting = await pay(5_000, "kwd", { confirm: false });
    const part = { amount_to_capture: 4_999 };
    await expect(stripe.paymentIntents.capture(held.id, part)).rejects.toMatchObject(refusal("amount_to_capture", 10));
    await expect(stripe.paymentIntents.update(waiting.id, { amount: 15 })).rejects.toMatchObject(refusal("amount", 10));
    const item = { customer: customer.id, currency: "kwd", amount: 7 };
    await expect(stripe.invoiceItems.create(item)).rejects.toMatchObject(refusal("amount", 10));
    const credit = { amount: -11, currency: "kwd" };
    const credited = stripe.customers.createBalanceTransaction(customer.id, credit);
    await expect(credited).rejects.toMatchObject(refusal("amount", 10));
    await expect(stripe.coupons.create({ amount_off: 15, currency: "kwd" })).rejects.toMatchObject(
      refusal("amount_off", 10),
    );
  });
});

describe("what billing computes in dinars", () => {
  const price = (unit: string) =>
    stage.stripe.prices.create({
      currency: "kwd",
      unit_amount_decimal: unit as unknown as Stripe.Decimal,
      recurring: { interval: "month" },
      product_data: { name: `Plan ${unit}` },
    });

  /** Every amount of an invoice. */
  const amounts = (invoice: Stripe.Invoice) =>
    invoice.lines.data.flatMap((line) => [
      line.amount,
      ...(line.taxes ?? []).map((tax) => tax.amount),
      ...(line.discount_amounts ?? []).map((discount) => discount.amount),
    ]);

  it("can be paid, line by line: shares of a month, a percentage off, tax, fractions of a unit", async () => {
    const { stripe } = stage;
    const rate = await stripe.taxRates.create({ display_name: "VAT", percentage: 8.25, inclusive: false });
    const coupon = await stripe.coupons.create({ percent_off: 13, duration: "forever" });
    const [small, big] = [await price("5497.5"), await price("17253")];
    const started = await stripe.subscriptions.create({
      customer: customer.id,
      currency: "kwd",
      items: [{ price: small.id }],
      discounts: [{ coupon: coupon.id }],
      default_tax_rates: [rate.id],
    });
    await stage.advanceBy(10 * day + 12_345);
    const change = {
      items: [{ id: started.items.data[0]?.id ?? "", price: big.id }],
      proration_behavior: "always_invoice" as const,
    };
    await stripe.subscriptions.update(started.id, change);
    await stripe.invoiceItems.create({
      ...{ customer: customer.id, currency: "kwd", subscription: started.id },
      ...{ unit_amount_decimal: "3.5" as unknown as Stripe.Decimal, quantity: 133, tax_rates: [rate.id] },
    });
    await stage.advanceBy(25 * day);
    const invoices = await stripe.invoices.list({ customer: customer.id });
    expect(invoices.data.map(({ status }) => status)).toEqual(["paid", "paid", "paid"]);
    const all = invoices.data.flatMap(amounts);
    expect(all.length).toBeGreaterThan(12);
    expect(all.filter((amount) => amount % 10 !== 0)).toEqual([]);
    // 5497.5 → 5500 less 13 % (715 → 720); 8.25 % of 4780 is 394.35.
    expect(invoices.data.at(-1)).toMatchObject({ subtotal: 5_500, total: 5_500 - 720 + 390, amount_paid: 5_170 });
    // 133 × 3.5 = 465.5.
    expect(invoices.data[0]?.lines.data.map((line) => line.amount)).toContain(470);
  });

  it("is given back in steps by credit notes", async () => {
    const { stripe } = stage;
    const [invoice] = (await stripe.invoices.list({ customer: customer.id, limit: 1 })).data;
    const note = { invoice: invoice?.id ?? "", amount: 1_234, refund_amount: 1_234 };
    await expect(stripe.creditNotes.create(note)).rejects.toMatchObject(refusal("amount", 10));
    const made = await stripe.creditNotes.create({ ...note, amount: 1_230, refund_amount: 1_230 });
    expect(made).toMatchObject({ amount: 1_230, refunds: [{ amount_refunded: 1_230 }] });
  });
});
