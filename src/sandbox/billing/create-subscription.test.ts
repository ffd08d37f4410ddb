import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, isoOf, latestInvoice, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-01-31T10:00:00Z");
});
afterAll(() => stage.close());

describe("creating a subscription", () => {
  it("is active and paid at once with a good card, and tells so in this order", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 29_900);
    const rate = await taxRateOf(stage, 8);
    await stage.events();
    const subscription = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_tax_rates: [rate.id],
      metadata: { tenant: "t1" },
      expand: ["latest_invoice.payments"],
    });
    expect(subscription).toMatchObject({
      status: "active",
      billing_mode: { type: "flexible" },
      metadata: { tenant: "t1" },
    });
    expect(isoOf(subscription.items.data[0]?.current_period_start)).toBe("2026-01-31T10:00");
    expect(isoOf(subscription.items.data[0]?.current_period_end)).toBe("2026-02-28T10:00");
    expect(subscription.latest_invoice).toMatchObject({
      status: "paid",
      billing_reason: "subscription_create",
      subtotal: 29_900,
      total: 32_292,
      amount_paid: 32_292,
      amount_remaining: 0,
      attempt_count: 1,
      total_taxes: [{ amount: 2_392, taxable_amount: 29_900, tax_rate_details: { tax_rate: rate.id } }],
      payments: { data: [{ status: "paid", amount_paid: 32_292 }] },
      parent: { type: "subscription_details", subscription_details: { subscription: subscription.id } },
    });
    expect(await stage.events()).toEqual([
      "customer.subscription.created",
      "invoice.created",
      "customer.updated",
      "payment_intent.created",
      "invoice.updated",
      "invoice.finalized",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice.updated",
      "invoice.paid",
      "invoice.payment_succeeded",
      "invoice_payment.paid",
      "customer.subscription.updated",
    ]);
  });

  it("stays incomplete after a refusal, and error_if_incomplete leaves nothing behind", async () => {
    const customer = await customerWithCard(stage, "pm_card_chargeCustomerFail");
    const price = await priceOf(stage, 1_000);
    const terms = { customer: customer.id, items: [{ price: price.id }] };
    const subscription = await stage.stripe.subscriptions.create(terms);
    expect(subscription.status).toBe("incomplete");
    expect(await latestInvoice(stage, subscription.id)).toMatchObject({
      status: "open",
      attempted: true,
      attempt_count: 1,
      auto_advance: false,
      next_payment_attempt: null,
    });
    const before = await stage.events();
    expect(before).toContain("invoice.payment_failed");
    await expect(
      stage.stripe.subscriptions.create({ ...terms, payment_behavior: "error_if_incomplete" }),
    ).rejects.toMatchObject({ statusCode: 402, type: "StripeCardError", code: "card_declined" });
    expect(await stage.events()).toEqual([]);
    expect((await stage.stripe.subscriptions.list({ customer: customer.id, status: "all" })).data).toHaveLength(1);
  });

  it("refuses a customer without any card, unless the first payment comes from the browser", async () => {
    const customer = await customerWithCard(stage, null);
    const price = await priceOf(stage, 1_000);
    const terms = { customer: customer.id, items: [{ price: price.id }] };
    await expect(stage.stripe.subscriptions.create(terms)).rejects.toMatchObject({
      statusCode: 400,
      code: "resource_missing",
    });
    const subscription = await stage.stripe.subscriptions.create({
      ...terms,
      payment_behavior: "default_incomplete",
      payment_settings: { save_default_payment_method: "on_subscription" },
      expand: ["latest_invoice.confirmation_secret", "pending_setup_intent"],
    });
    expect(subscription.status).toBe("incomplete");
    expect(subscription.pending_setup_intent).toBeNull();
    if (subscription.latest_invoice === null || typeof subscription.latest_invoice === "string") {
      throw new Error("expected an expanded invoice");
    }
    const secret = subscription.latest_invoice.confirmation_secret?.client_secret ?? "";
    expect(secret).toMatch(/^pi_.+_secret_.+/);
    const intent = await stage.stripe.paymentIntents.confirm(secret.split("_secret_")[0] ?? "", {
      payment_method: "pm_card_visa",
      return_url: "http://127.0.0.1/done",
    });
    expect(intent.status).toBe("succeeded");
    const paid = await stage.stripe.subscriptions.retrieve(subscription.id);
    expect(paid.status).toBe("active");
    expect(paid.default_payment_method).toBe(intent.payment_method);
    expect((await latestInvoice(stage, subscription.id)).status).toBe("paid");
    const found = await stage.stripe.invoicePayments.list({
      payment: { type: "payment_intent", payment_intent: intent.id },
    });
    expect(found.data.map((payment) => payment.invoice)).toEqual([subscription.latest_invoice.id]);
  });

  it("waits for an authentication, and becomes active with it", async () => {
    const customer = await customerWithCard(stage, "pm_card_authenticationRequired");
    const price = await priceOf(stage, 1_000);
    await stage.events();
    const subscription = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      expand: ["latest_invoice.confirmation_secret"],
    });
    expect(subscription.status).toBe("incomplete");
    const seen = await stage.events();
    expect(seen).toContain("payment_intent.requires_action");
    expect(seen).toContain("invoice.payment_action_required");
    expect(seen).not.toContain("invoice.payment_failed");
    const invoice = await latestInvoice(stage, subscription.id);
    const response = await fetch(`${stage.sandbox.url}/_sandbox/authenticate`, {
      method: "POST",
      body: JSON.stringify({ client_secret: invoice.confirmation_secret?.client_secret, outcome: "succeed" }),
    });
    expect(await response.text()).toContain("succeeded");
    expect((await stage.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
    const updated = await stage.stripe.events.list({ type: "customer.subscription.updated", limit: 1 });
    expect(updated.data[0]?.data.previous_attributes).toEqual({ status: "incomplete" });
  });

  it("stays incomplete when the authentication fails, and says so", async () => {
    const customer = await customerWithCard(stage, "pm_card_authenticationRequired");
    const price = await priceOf(stage, 1_000);
    const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const invoice = await latestInvoice(stage, id);
    await stage.events();
    await fetch(`${stage.sandbox.url}/_sandbox/authenticate`, {
      method: "POST",
      body: JSON.stringify({ client_secret: invoice.confirmation_secret?.client_secret, outcome: "fail" }),
    });
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("incomplete");
    expect(await stage.events()).toEqual([
      "payment_intent.payment_failed",
      "invoice.updated",
      "invoice.payment_failed",
    ]);
  });

  it("expires after 23 hours without a payment", async () => {
    const customer = await customerWithCard(stage, "pm_card_chargeCustomerFail");
    const price = await priceOf(stage, 1_000);
    const subscription = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    await stage.events();
    await stage.advanceBy(23 * 3_600 - 60);
    expect((await stage.stripe.subscriptions.retrieve(subscription.id)).status).toBe("incomplete");
    await stage.events();
    await stage.advanceBy(120);
    expect((await stage.stripe.subscriptions.retrieve(subscription.id)).status).toBe("incomplete_expired");
    expect((await latestInvoice(stage, subscription.id)).status).toBe("void");
    expect(await stage.events()).toEqual(
      expect.arrayContaining(["payment_intent.canceled", "invoice.voided", "customer.subscription.updated"]),
    );
  });

  it("starts a trial with an invoice over nothing and asks for a card by a SetupIntent", async () => {
    const customer = await customerWithCard(stage, null);
    const price = await priceOf(stage, 1_000, "month", "Professional");
    const subscription = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 14,
      expand: ["latest_invoice", "pending_setup_intent"],
    });
    expect(subscription.status).toBe("trialing");
    expect(subscription.latest_invoice).toMatchObject({
      status: "paid",
      total: 0,
      lines: { data: [{ amount: 0, description: "Free trial for 1 x Professional" }] },
    });
    expect(subscription.pending_setup_intent).toMatchObject({ status: "requires_payment_method" });
    expect(subscription.billing_cycle_anchor).toBe(subscription.trial_end);
  });

  it("refuses what makes no sense, and says where", async () => {
    const customer = await customerWithCard(stage);
    const oneTime = await stage.stripe.prices.create({
      currency: "usd",
      unit_amount: 5,
      product_data: { name: "Once" },
    });
    const price = await priceOf(stage, 1_000);
    const create = (items: Array<{ price: string }>, more = {}) =>
      stage.stripe.subscriptions.create({ customer: customer.id, items, ...more });
    await expect(create([{ price: oneTime.id }])).rejects.toMatchObject({ param: "items[0][price]" });
    await expect(create([{ price: "price_none" }])).rejects.toMatchObject({ code: "resource_missing" });
    await expect(create([])).rejects.toMatchObject({ statusCode: 400 });
    await expect(create([{ price: price.id }], { collection_method: "send_invoice" })).rejects.toMatchObject({
      param: "days_until_due",
    });
    await expect(create([{ price: price.id }], { automatic_tax: { enabled: true } })).rejects.toMatchObject({
      code: "customer_tax_location_invalid",
    });
  });
});
