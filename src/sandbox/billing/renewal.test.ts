import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, day, isoOf, latestInvoice, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-01-31T10:00:00Z");
});
afterAll(() => stage.close());

const invoicesOf = (subscription: string) =>
  stage.stripe.invoices.list({ subscription, limit: 100 }).autoPagingToArray({ limit: 100 });

/** The worked example's three meters beyond what the plan includes. */
async function addOverage(customer: string, invoice: string): Promise<void> {
  const overage = [
    { unit_amount_decimal: "50", quantity_decimal: "45", description: "45 quantum jobs" },
    { unit_amount_decimal: "10", quantity_decimal: "12.5", description: "12.5 GB of storage" },
    { unit_amount_decimal: "0.1", quantity_decimal: "1247", description: "1,247 API calls" },
  ];
  for (const { unit_amount_decimal, quantity_decimal, description } of overage) {
    await stage.stripe.invoiceItems.create({
      customer,
      invoice,
      currency: "usd",
      description,
      // The SDK's Decimal prints itself as this text.
      unit_amount_decimal: unit_amount_decimal as unknown as Stripe.Decimal,
      quantity_decimal: quantity_decimal as unknown as Stripe.Decimal,
    });
  }
}

describe("renewal", () => {
  it("moves the period, keeps a draft for an hour, then finalises and collects: the worked example", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 29_900, "month", "Professional");
    const rate = await taxRateOf(stage, 8);
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_tax_rates: [rate.id],
    });
    await stage.events();
    await stage.advanceTo("2026-02-28T10:00:00Z");
    expect(await stage.events()).toEqual(["invoice.upcoming", "customer.subscription.updated", "invoice.created"]);
    const renewed = await stage.stripe.subscriptions.retrieve(id);
    expect(renewed.status).toBe("active");
    expect(isoOf(renewed.items.data[0]?.current_period_end)).toBe("2026-03-31T10:00");
    const draft = await latestInvoice(stage, id);
    expect(draft).toMatchObject({
      status: "draft",
      billing_reason: "subscription_cycle",
      auto_advance: true,
      number: null,
    });
    expect(isoOf(draft.automatically_finalizes_at)).toBe("2026-02-28T11:00");
    expect([isoOf(draft.period_start), isoOf(draft.period_end)]).toEqual(["2026-01-31T10:00", "2026-02-28T10:00"]);
    await addOverage(customer.id, draft.id ?? "");
    await stage.stripe.invoices.update(draft.id ?? "", { number: "INV-2026-02-demo", metadata: { period: "2026-01" } });
    await stage.advanceBy(3_600);
    const invoice = await latestInvoice(stage, id);
    expect(invoice.lines.data.map((line) => [line.description, line.amount])).toEqual([
      ["1 × Professional (at $299.00 / month)", 29_900],
      ["45 quantum jobs", 2_250],
      ["12.5 GB of storage", 125],
      ["1,247 API calls", 125],
    ]);
    expect(invoice).toMatchObject({
      status: "paid",
      number: "INV-2026-02-demo",
      subtotal: 32_400,
      total: 34_992,
      amount_paid: 34_992,
      total_taxes: [{ amount: 2_592 }],
      attempt_count: 1,
      metadata: { period: "2026-01" },
    });
    const seen = await stage.events();
    expect(seen.slice(seen.indexOf("payment_intent.created"))).toEqual([
      "payment_intent.created",
      "invoice.updated",
      "invoice.finalized",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice.updated",
      "invoice.paid",
      "invoice.payment_succeeded",
      "invoice_payment.paid",
    ]);
    const timed = await stage.stripe.events.list({ type: "invoice.finalized", limit: 1 });
    expect(timed.data[0]?.request).toEqual({ id: null, idempotency_key: null });
    await stage.stripe.subscriptions.cancel(id);
  });

  it("walks twelve months on the anchor day", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const start = stage.now();
    const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stage.advanceBy(365 * day + 7_200);
    const invoices = await invoicesOf(id);
    expect(invoices).toHaveLength(13);
    expect(new Set(invoices.map((invoice) => invoice.status))).toEqual(new Set(["paid"]));
    expect(new Set(invoices.map((invoice) => invoice.number)).size).toBe(13);
    const starts = invoices.map((invoice) => invoice.lines.data[0]?.period.start ?? 0).reverse();
    expect(starts[0]).toBe(start);
    for (const [index, one] of invoices.slice(1).entries()) {
      // Each period begins where the one before it ended.
      expect(one.lines.data[0]?.period.end).toBe(invoices[index]?.lines.data[0]?.period.start);
    }
    await stage.stripe.subscriptions.cancel(id);
  });

  it("retries a failing card after 3, 5 and 7 days, and a new card recovers", async () => {
    const customer = await customerWithCard(stage, "pm_card_chargeCustomerFail");
    const price = await priceOf(stage, 1_000);
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 1,
    });
    await stage.advanceBy(day + 3_600);
    const failed = await latestInvoice(stage, id);
    expect(failed).toMatchObject({ status: "open", attempt_count: 1 });
    expect(failed.next_payment_attempt).toBe(stage.now() + 3 * day);
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("past_due");
    expect(await stage.stripe.customers.retrieve(customer.id)).toMatchObject({ delinquent: true });
    await stage.advanceBy(3 * day);
    expect(await latestInvoice(stage, id)).toMatchObject({
      attempt_count: 2,
      next_payment_attempt: stage.now() + 5 * day,
    });
    const good = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: good.id } });
    await stage.events();
    await stage.advanceBy(5 * day);
    expect(await latestInvoice(stage, id)).toMatchObject({
      status: "paid",
      attempt_count: 3,
      next_payment_attempt: null,
    });
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("active");
    expect(await stage.stripe.customers.retrieve(customer.id)).toMatchObject({ delinquent: false });
    expect(await stage.events("customer.")).toEqual(["customer.subscription.updated", "customer.updated"]);
    await stage.stripe.subscriptions.cancel(id);
  });

  it("asks for the customer when the card wants authentication, and tries no further charge by itself", async () => {
    const customer = await customerWithCard(stage, "pm_card_authenticationRequired");
    const price = await priceOf(stage, 1_000);
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 1,
    });
    await stage.events();
    await stage.advanceBy(day + 3_600);
    const seen = await stage.events("invoice.");
    expect(seen.slice(-2)).toEqual(["invoice.payment_failed", "invoice.payment_action_required"]);
    await stage.advanceBy(3 * day);
    expect(await latestInvoice(stage, id)).toMatchObject({ status: "open", attempt_count: 2 });
    expect((await stage.stripe.charges.list({ customer: customer.id })).data).toHaveLength(1);
    await stage.stripe.subscriptions.cancel(id);
  });

  it("cancels when no retry is left", async () => {
    const customer = await customerWithCard(stage, "pm_card_chargeCustomerFail");
    const price = await priceOf(stage, 1_000);
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 1,
    });
    await stage.advanceBy(day + 3_600);
    await stage.events();
    await stage.advanceBy(16 * day);
    const ended = await stage.stripe.subscriptions.retrieve(id);
    expect(ended).toMatchObject({ status: "canceled", cancellation_details: { reason: "payment_failed" } });
    const last = await latestInvoice(stage, id);
    expect(last).toMatchObject({ status: "open", attempt_count: 4, auto_advance: false, next_payment_attempt: null });
    const seen = await stage.events();
    expect(seen.filter((type) => type === "invoice.payment_failed")).toHaveLength(3);
    expect(seen.at(-1)).toBe("customer.subscription.deleted");
    await stage.advanceBy(60 * day);
    expect(await invoicesOf(id)).toHaveLength(2);
  });

  it("ends with the period when asked to, and invoices what is still pending for it", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const asked = await stage.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    const end = asked.items.data[0]?.current_period_end ?? 0;
    expect(asked).toMatchObject({
      status: "active",
      cancel_at_period_end: true,
      cancel_at: end,
      canceled_at: stage.now(),
    });
    const kept = await stage.stripe.subscriptions.update(id, { cancel_at_period_end: false });
    expect(kept).toMatchObject({ cancel_at_period_end: false, cancel_at: null, canceled_at: null });
    await stage.stripe.subscriptions.update(id, { cancel_at: "min_period_end" });
    await stage.stripe.invoiceItems.create({
      customer: customer.id,
      subscription: id,
      amount: 700,
      currency: "usd",
      description: "Overage",
    });
    await stage.events();
    await stage.advanceBy(end - stage.now());
    expect(await stage.events()).toEqual(["customer.subscription.deleted", "invoice.created"]);
    const ended = await stage.stripe.subscriptions.retrieve(id);
    expect(ended).toMatchObject({
      status: "canceled",
      ended_at: end,
      cancellation_details: { reason: "cancellation_requested" },
    });
    await stage.advanceBy(3_600);
    expect(await latestInvoice(stage, id)).toMatchObject({ status: "paid", total: 700 });
  });

  it("warns three days before a trial ends", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 10,
    });
    await stage.events();
    await stage.advanceBy(7 * day);
    expect(await stage.events()).toContain("customer.subscription.trial_will_end");
    await stage.advanceBy(3 * day + 3_600);
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "active" });
    expect(await latestInvoice(stage, id)).toMatchObject({
      status: "paid",
      total: 1_000,
      billing_reason: "subscription_cycle",
    });
  });

  it("an invoice that is sent waits for its customer, and the subscription is past due after the due date", async () => {
    const customer = await customerWithCard(stage, null);
    const price = await priceOf(stage, 1_000);
    const { id, status } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      collection_method: "send_invoice",
      days_until_due: 15,
    });
    expect(status).toBe("active");
    expect((await latestInvoice(stage, id)).status).toBe("draft");
    await stage.advanceBy(3_600);
    const sent = await latestInvoice(stage, id);
    expect(sent).toMatchObject({ status: "open", due_date: sent.created + 15 * day });
    await stage.advanceBy(15 * day + 1);
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("past_due");
    await stage.stripe.invoices.pay(sent.id ?? "", { paid_out_of_band: true });
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("active");
    await stage.stripe.subscriptions.cancel(id);
  });
});
