/** What a checkout session may be opened with, and what that comes to: amounts, customers, invoices, debits, recovery. */
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { customerWithCard, isoOf, priceOf, type Stage, startStage, taxRateOf } from "../billing/test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

const urls = { success_url: "http://127.0.0.1:9/done" };
type Params = Stripe.Checkout.SessionCreateParams;
const open = (params: Params) => stage.stripe.checkout.sessions.create({ ...urls, ...params });
const retrieve = (id: string, ...expand: string[]) => stage.stripe.checkout.sessions.retrieve(id, { expand });

async function step(id: string, name: string, fields: Record<string, string> = {}) {
  const body = new URLSearchParams({ email: "ada@example.com", name: "Ada", ...fields });
  const response = await fetch(`${stage.sandbox.url}/_sandbox/checkout/${id}/${name}`, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function pay(id: string, method = "pm_card_visa", fields: Record<string, string> = {}) {
  const { body } = await step(id, "begin", fields);
  const intent = body.clientSecret?.split("_secret_")[0] ?? "";
  const confirmed = await stage.stripe.paymentIntents.confirm(intent, { payment_method: method });
  await step(id, "finish");
  return confirmed;
}

const hat = (amount: number): Stripe.Checkout.SessionCreateParams.LineItem => ({
  price_data: { currency: "usd", unit_amount: amount, product_data: { name: "Hat" } },
  quantity: 1,
});

it("counts discounts and taxes as the invoice will, and shows them by rate", async () => {
  const rate = await taxRateOf(stage, 8);
  const coupon = await stage.stripe.coupons.create({ percent_off: 25, duration: "once", max_redemptions: 1 });
  const price = await priceOf(stage, 1_000);
  const session = await open({
    mode: "subscription",
    line_items: [{ price: price.id, quantity: 2, tax_rates: [rate.id] }, hat(500)],
    discounts: [{ coupon: coupon.id }],
    expand: ["total_details.breakdown", "line_items.data.taxes", "line_items.data.discounts"],
  });
  // 2000 − 500 = 1500, taxed 120; the hat 500 − 125 = 375, untaxed.
  expect(session).toMatchObject({
    amount_subtotal: 2_500,
    amount_total: 1_995,
    discounts: [{ coupon: coupon.id, promotion_code: null }],
    total_details: {
      amount_discount: 625,
      amount_tax: 120,
      breakdown: {
        discounts: [{ amount: 625 }],
        taxes: [{ amount: 120, taxable_amount: 1_500, rate: { id: rate.id } }],
      },
    },
    line_items: { data: [{ amount_tax: 120, amount_total: 1_620, taxes: [{ amount: 120 }] }, { amount_total: 375 }] },
  });
  const paid = await pay(session.id);
  expect(paid.amount_received).toBe(1_995);
  const done = await retrieve(session.id, "subscription", "invoice");
  expect(done).toMatchObject({ payment_status: "paid", invoice: { total: 1_995 }, subscription: { status: "active" } });
  expect((await stage.stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1);
  expect((await retrieve(session.id)).total_details?.breakdown).toBeUndefined();
});

it("takes promotion codes and quantities on its page, also after a card was declined", async () => {
  const coupon = await stage.stripe.coupons.create({ amount_off: 300, currency: "usd", duration: "once" });
  await stage.stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id }, code: "SPRING" });
  const item = { ...hat(700), adjustable_quantity: { enabled: true, minimum: 1, maximum: 5 } };
  const session = await open({ mode: "payment", line_items: [item], allow_promotion_codes: true });
  const refused = await step(session.id, "begin");
  const first = refused.body.clientSecret?.split("_secret_")[0] ?? "";
  const declined = stage.stripe.paymentIntents.confirm(first, { payment_method: "pm_card_chargeDeclined" });
  await expect(declined).rejects.toMatchObject({ statusCode: 402 });
  expect(await step(session.id, "promotion", { code: "WINTER" })).toMatchObject({ status: 400 });
  expect((await step(session.id, "promotion", { code: "spring" })).body.summary).toContain("Discount (SPRING)");
  const line = (await stage.stripe.checkout.sessions.listLineItems(session.id)).data[0];
  expect(line).toMatchObject({ amount_total: 400, adjustable_quantity: { minimum: 1, maximum: 5 } });
  expect(await step(session.id, "quantity", { item: line?.id ?? "", quantity: "6" })).toMatchObject({ status: 400 });
  await step(session.id, "quantity", { item: line?.id ?? "", quantity: "2" });
  expect((await retrieve(session.id)).amount_total).toBe(1_100);
  expect((await pay(session.id)).amount_received).toBe(1_100);
  expect((await stage.stripe.paymentIntents.retrieve(first)).status).toBe("canceled");
  expect((await stage.stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1);
});

it("leaves an invoice behind a one-off payment, paid by the same intent", async () => {
  const session = await open({
    mode: "payment",
    line_items: [hat(900)],
    invoice_creation: { enabled: true, invoice_data: { footer: "Thanks", metadata: { order: "7" } } },
    payment_intent_data: { description: "Order 7" },
  });
  const intent = await pay(session.id);
  const done = await retrieve(session.id, "invoice.payments", "customer");
  expect(done).toMatchObject({
    customer: { email: "ada@example.com" },
    invoice: { status: "paid", total: 900, footer: "Thanks", metadata: { order: "7" } },
  });
  const { data } = await stage.stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: intent.id },
  });
  expect(data).toMatchObject([{ status: "paid", amount_paid: 900 }]);
  expect(intent.description).toBe("Order 7");
});

it("writes what its form collects to the customer, as far as it may", async () => {
  const customer = await customerWithCard(stage, null);
  const price = await priceOf(stage, 1_000);
  const base: Params = { mode: "subscription", line_items: [{ price: price.id, quantity: 1 }], customer: customer.id };
  const taxed: Params = { ...base, tax_id_collection: { enabled: true } };
  await expect(open(taxed)).rejects.toMatchObject({ statusCode: 400, param: "customer_update[name]" });
  const session = await open({
    ...taxed,
    customer_update: { name: "auto", address: "auto" },
    billing_address_collection: "required",
    phone_number_collection: { enabled: true },
  });
  expect(await step(session.id, "begin")).toMatchObject({ status: 400, body: { error: { param: "address" } } });
  const address = { line1: "1 Main St", city: "Berlin", postal_code: "10115", country: "DE" };
  expect(await step(session.id, "begin", address)).toMatchObject({ body: { error: { param: "phone" } } });
  const business = { business_name: "Ada Ltd", tax_id_type: "eu_vat", tax_id_value: "DE123456789" };
  await pay(session.id, "pm_card_visa", { ...address, ...business, phone: "+49 30 1234567" });
  expect(await stage.stripe.customers.retrieve(customer.id, { expand: ["tax_ids"] })).toMatchObject({
    name: "Ada Ltd",
    phone: "+49 30 1234567",
    address: { line1: "1 Main St", country: "DE" },
    tax_ids: { data: [{ type: "eu_vat" }] },
  });
  expect((await retrieve(session.id)).customer_details).toMatchObject({
    business_name: "Ada Ltd",
    address: { city: "Berlin" },
    tax_ids: [{ type: "eu_vat", value: "DE123456789" }],
  });
});

describe("a bank debit", () => {
  it.each([
    ["pm_usBankAccount_success", "checkout.session.async_payment_succeeded", "paid"],
    ["pm_usBankAccount_insufficientFunds", "checkout.session.async_payment_failed", "unpaid"],
  ])("%s completes the session at once, and days later: %s", async (method, event, status) => {
    const session = await open({
      mode: "payment",
      line_items: [hat(900)],
      allowed_payment_method_types: ["card", "us_bank_account"],
    });
    expect(session.payment_method_types).toEqual(["card", "us_bank_account"]);
    await pay(session.id, method);
    expect(await retrieve(session.id)).toMatchObject({ status: "complete", payment_status: "unpaid" });
    expect(await stage.events("checkout")).toEqual(["checkout.session.completed"]);
    await stage.advanceTo("2026-04-07T00:00:00Z");
    expect(await stage.events("checkout")).toEqual([event]);
    expect((await retrieve(session.id)).payment_status).toBe(status);
  });
});

it("subscribes with all that subscription_data says, without a card where none is needed", async () => {
  const rate = await taxRateOf(stage, 10);
  const price = await priceOf(stage, 1_000);
  const session = await open({
    mode: "subscription",
    line_items: [{ price: price.id, quantity: 1 }],
    payment_method_collection: "if_required",
    subscription_data: {
      default_tax_rates: [rate.id],
      invoice_settings: { footer: "Thanks" },
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
    },
  });
  expect(session.amount_total).toBe(0);
  expect((await step(session.id, "begin")).body).toEqual({ kind: "nothing" });
  await step(session.id, "finish");
  const done = await retrieve(session.id, "subscription");
  expect(done).toMatchObject({
    payment_status: "no_payment_required",
    subscription: {
      status: "trialing",
      default_tax_rates: [{ id: rate.id }],
      invoice_settings: { footer: "Thanks" },
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
    },
  });
});

it("asks for a first part of the period when the anchor lies ahead", async () => {
  const price = await priceOf(stage, 3_000);
  const anchor = Date.parse("2026-04-16T00:00:00Z") / 1_000;
  const line_items = [{ price: price.id, quantity: 1 }];
  const whole = await open({ mode: "subscription", line_items, subscription_data: { billing_cycle_anchor: anchor } });
  expect(whole.amount_total).toBe(1_452);
  const free = await open({
    mode: "subscription",
    line_items,
    subscription_data: { billing_cycle_anchor: anchor, proration_behavior: "none" },
  });
  expect(free.amount_total).toBe(0);
});

it("can be recovered after it expired, as a new session", async () => {
  const session = await open({
    mode: "payment",
    line_items: [hat(900)],
    after_expiration: { recovery: { enabled: true, allow_promotion_codes: true } },
  });
  expect(session.after_expiration?.recovery).toMatchObject({ enabled: true, url: null, expires_at: null });
  const { body } = await step(session.id, "begin");
  await stage.advanceTo("2026-04-02T00:00:00Z");
  const expired = await retrieve(session.id);
  expect(expired.status).toBe("expired");
  const intent = await stage.stripe.paymentIntents.retrieve(body.clientSecret?.split("_secret_")[0] ?? "");
  expect(intent.status).toBe("canceled");
  const recovery = expired.after_expiration?.recovery;
  expect(isoOf(recovery?.expires_at)).toBe("2026-05-02T00:00");
  const reply = await fetch(recovery?.url ?? "", { redirect: "manual" });
  expect(reply.status).toBe(303);
  const copy = await retrieve(reply.headers.get("location")?.split("/").at(-1) ?? "");
  expect(copy).toMatchObject({
    status: "open",
    recovered_from: session.id,
    allow_promotion_codes: true,
    amount_total: 900,
  });
  await stage.advanceTo("2026-05-03T00:00:00Z");
  expect((await fetch(recovery?.url ?? "", { redirect: "manual" })).status).toBe(400);
});

it("gives embedded forms a client secret, and leads them back or leaves them where they are", async () => {
  const line_items = [hat(900)];
  const embedded: Params = { success_url: undefined, mode: "payment", line_items, ui_mode: "embedded_page" };
  await expect(open(embedded)).rejects.toMatchObject({ statusCode: 400, param: "return_url" });
  const led = await open({ ...embedded, return_url: "http://127.0.0.1:9/back?s={CHECKOUT_SESSION_ID}" });
  expect(led).toMatchObject({ url: null, redirect_on_completion: "always", ui_mode: "embedded_page" });
  expect(led.client_secret).toMatch(new RegExp(`^${led.id}_secret_\\w+$`));
  await pay(led.id);
  expect((await step(led.id, "finish")).body).toEqual({ returnTo: `http://127.0.0.1:9/back?s=${led.id}` });
  const staying = await open({ ...embedded, ui_mode: "elements", redirect_on_completion: "never" });
  await pay(staying.id);
  expect((await step(staying.id, "finish")).body).toEqual({ returnTo: null });
  expect((await retrieve(staying.id)).client_secret).toBeNull();
});

it.each<[string, Params, number]>([
  ["discounts beside codes", { allow_promotion_codes: true, discounts: [{ coupon: "c" }] }, 400],
  ["an unknown coupon", { discounts: [{ coupon: "c" }] }, 400],
  ["customer_update without a customer", { customer_update: { name: "auto" } }, 400],
  ["subscription_data in payment mode", { subscription_data: { description: "x" } }, 400],
  ["a page's return_url", { return_url: "http://127.0.0.1:9/" }, 400],
  ["debits only, in a currency they cannot take", { allowed_payment_method_types: ["sepa_debit"] }, 400],
  ["too little", { line_items: [hat(49)] }, 400],
  ["a form of Stripe's own", { ui_mode: "form" }, 501],
])("refuses %s", async (_name, params, statusCode) => {
  await expect(open({ mode: "payment", line_items: [hat(900)], ...params })).rejects.toMatchObject({ statusCode });
});

it("is free when a discount takes all of it", async () => {
  const coupon = await stage.stripe.coupons.create({ percent_off: 100, duration: "once" });
  const session = await open({ mode: "payment", line_items: [hat(900)], discounts: [{ coupon: coupon.id }] });
  expect((await step(session.id, "finish")).status).toBe(400);
  expect((await step(session.id, "begin")).body).toEqual({ kind: "nothing" });
  await step(session.id, "finish");
  expect(await retrieve(session.id)).toMatchObject({ status: "complete", payment_status: "no_payment_required" });
});
