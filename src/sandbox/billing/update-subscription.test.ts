import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  at,
  customerWithCard,
  day,
  isoOf,
  latestInvoice,
  priceOf,
  type Stage,
  startStage,
  taxRateOf,
} from "./test-stage";

let stage: Stage;
let small: Stripe.Price;
let large: Stripe.Price;
beforeAll(async () => {
  // April has thirty days: the documentation's thirds and halves come out as printed.
  stage = await startStage("2026-04-01T00:00:00Z");
  small = await priceOf(stage, 1_000, "month", "Small");
  large = await priceOf(stage, 2_000, "month", "Large");
});
afterAll(() => stage.close());

const april = (days: number) => at("2026-04-01T00:00:00Z") + days * day;
const amounts = (invoice: Stripe.Invoice) => invoice.lines.data.map((line) => line.amount);

/** A subscription whose period is exactly April, whatever the clock says when the test runs. */
async function subscribed(card = "pm_card_visa", price = small) {
  const clock = await stage.stripe.testHelpers.testClocks.create({ frozen_time: april(0) });
  const customer = await stage.stripe.customers.create({ test_clock: clock.id });
  const method = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  const subscription = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  if (card !== "pm_card_visa") {
    const other = await stage.stripe.paymentMethods.attach(card, { customer: customer.id });
    await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: other.id } });
  }
  const goTo = async (time: number) => {
    const response = await fetch(`${stage.sandbox.url}/_sandbox/clocks/${clock.id}/advance`, {
      method: "POST",
      body: JSON.stringify({ to: time }),
    });
    if (!response.ok) throw new Error(await response.text());
  };
  return { id: subscription.id, item: subscription.items.data[0]?.id ?? "", customer: customer.id, goTo };
}

describe("changing a subscription", () => {
  it("half-way from 10 to 20: −5 + 10, pending until the renewal, which the preview shows to the cent", async () => {
    const { id, item, customer, goTo } = await subscribed();
    await goTo(april(15));
    await stage.events();
    const updated = await stage.stripe.subscriptions.update(id, { items: [{ id: item, price: large.id }] });
    expect(updated.items.data[0]).toMatchObject({ id: item, quantity: 1, price: { id: large.id } });
    expect(await stage.events()).toEqual([
      "invoiceitem.created",
      "invoiceitem.created",
      "customer.subscription.updated",
    ]);
    const pending = await stage.stripe.invoiceItems.list({ customer, pending: true });
    expect(pending.data.map((one) => [one.amount, one.proration, one.description])).toEqual([
      [1_000, true, "Remaining time on Large after 16 Apr 2026"],
      [-500, true, "Unused time on Small after 16 Apr 2026"],
    ]);
    const preview = await stage.stripe.invoices.createPreview({ subscription: id });
    await goTo(april(30) + 3_600);
    const renewal = await latestInvoice(stage, id);
    expect(amounts(renewal)).toEqual([1_000, -500, 2_000]);
    expect(amounts(preview)).toEqual(amounts(renewal));
    expect([preview.subtotal, preview.total, preview.period_start, preview.period_end]).toEqual([
      renewal.subtotal,
      renewal.total,
      renewal.period_start,
      renewal.period_end,
    ]);
    expect(preview.id).toMatch(/^upcoming_in_/);
    expect(renewal).toMatchObject({ status: "paid", total: 2_500 });
  });

  it("invoices an upgrade at once when told to, exactly as previewed, with tax", async () => {
    const { id, item, goTo } = await subscribed();
    const rate = await taxRateOf(stage, 8);
    await stage.stripe.subscriptions.update(id, { default_tax_rates: [rate.id] });
    await goTo(april(20) + 12_345);
    const change = {
      items: [{ id: item, price: large.id, quantity: 3 }],
      proration_behavior: "always_invoice" as const,
      proration_date: april(20) + 12_345,
    };
    const preview = await stage.stripe.invoices.createPreview({ subscription: id, subscription_details: change });
    const again = await stage.stripe.invoices.createPreview({ subscription: id, subscription_details: change });
    const untouched = await stage.stripe.subscriptions.retrieve(id);
    expect(untouched.items.data[0]?.price.id).toBe(small.id);
    expect(amounts(again)).toEqual(amounts(preview));
    await stage.events();
    const updated = await stage.stripe.subscriptions.update(id, change);
    expect(updated.status).toBe("active");
    const invoice = await latestInvoice(stage, id);
    expect(invoice).toMatchObject({ status: "paid", billing_reason: "subscription_update" });
    expect(amounts(invoice)).toEqual(amounts(preview));
    expect([invoice.subtotal, invoice.total, invoice.total_taxes]).toEqual([
      preview.subtotal,
      preview.total,
      preview.total_taxes,
    ]);
    const seconds = 30 * day;
    const left = seconds - (20 * day + 12_345);
    expect(invoice.subtotal).toBe(Math.round((6_000 * left) / seconds) - Math.round((1_000 * left) / seconds));
    expect(invoice.parent?.subscription_details?.subscription_proration_date).toBe(change.proration_date);
    expect(invoice.lines.data.map((line) => line.parent?.subscription_item_details?.proration)).toEqual([true, true]);
    const seen = await stage.events();
    expect(seen.slice(0, 4)).toEqual([
      "invoiceitem.created",
      "invoiceitem.created",
      "customer.subscription.updated",
      "invoice.created",
    ]);
    expect(seen).toContain("invoice.paid");
  });

  it("credits what was charged: up with none, down with always_invoice comes to nothing", async () => {
    const { id, item, goTo } = await subscribed();
    await goTo(april(10));
    await stage.stripe.subscriptions.update(id, { items: [{ id: item, price: large.id }], proration_behavior: "none" });
    await goTo(april(20));
    await stage.stripe.subscriptions.update(id, {
      items: [{ id: item, price: small.id }],
      proration_behavior: "always_invoice",
    });
    const invoice = await latestInvoice(stage, id);
    expect(amounts(invoice).sort((a, b) => a - b)).toEqual([-333, 333]);
    const credit = invoice.lines.data.find((line) => line.amount < 0);
    const details = credit?.parent?.subscription_item_details?.proration_details?.credited_items;
    expect(details?.invoice_line_items).toHaveLength(1);
    expect(invoice).toMatchObject({ status: "paid", total: 0, amount_due: 0 });
  });

  it("leaves the credit of a downgrade on the balance and uses it at the renewal", async () => {
    const { id, item, customer, goTo } = await subscribed("pm_card_visa", large);
    await goTo(april(15));
    await stage.stripe.subscriptions.update(id, {
      items: [{ id: item, price: small.id }],
      proration_behavior: "always_invoice",
    });
    expect(await latestInvoice(stage, id)).toMatchObject({ status: "paid", total: -500, ending_balance: -500 });
    expect(await stage.stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
    await goTo(april(30) + 3_600);
    const renewal = await latestInvoice(stage, id);
    expect(renewal).toMatchObject({ total: 1_000, starting_balance: -500, ending_balance: 0, amount_paid: 500 });
    expect(await stage.stripe.customers.retrieve(customer)).toMatchObject({ balance: 0 });
  });

  it("keeps a change whose payment fails and is past due, or undoes all of it when told to", async () => {
    const { id, item, goTo } = await subscribed("pm_card_chargeCustomerFail");
    await goTo(april(15));
    const change = { items: [{ id: item, price: large.id }], proration_behavior: "always_invoice" as const };
    await stage.events();
    await expect(
      stage.stripe.subscriptions.update(id, { ...change, payment_behavior: "error_if_incomplete" }),
    ).rejects.toMatchObject({ statusCode: 402, code: "card_declined" });
    expect(await stage.events()).toEqual([]);
    const unchanged = await stage.stripe.subscriptions.retrieve(id);
    expect(unchanged).toMatchObject({ status: "active", items: { data: [{ price: { id: small.id } }] } });
    const kept = await stage.stripe.subscriptions.update(id, { ...change, payment_behavior: "allow_incomplete" });
    expect(kept).toMatchObject({ status: "past_due", items: { data: [{ price: { id: large.id } }] } });
    const invoice = await latestInvoice(stage, id);
    expect(invoice).toMatchObject({ status: "open", total: 500 });
    await expect(stage.stripe.invoices.pay(invoice.id ?? "")).rejects.toMatchObject({ statusCode: 402 });
    const good = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: String(kept.customer) });
    const paid = await stage.stripe.invoices.pay(invoice.id ?? "", { payment_method: good.id });
    expect(paid.status).toBe("paid");
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("active");
  });

  it("waits for the browser with default_incomplete", async () => {
    const { id, item, goTo } = await subscribed();
    await goTo(april(15));
    const waiting = await stage.stripe.subscriptions.update(id, {
      items: [{ id: item, price: large.id }],
      proration_behavior: "always_invoice",
      payment_behavior: "default_incomplete",
      expand: ["latest_invoice.confirmation_secret"],
    });
    expect(waiting.status).toBe("past_due");
    const invoice = await latestInvoice(stage, id);
    const secret = invoice.confirmation_secret?.client_secret ?? "";
    await stage.stripe.paymentIntents.confirm(secret.split("_secret_")[0] ?? "", {
      payment_method: "pm_card_visa",
      return_url: "http://127.0.0.1/done",
    });
    expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("active");
  });

  it("starts new periods from an anchor set to now, and refuses the anchor as text", async () => {
    const { id, item, goTo } = await subscribed();
    const yearly = await priceOf(stage, 10_000, "year", "Yearly");
    await goTo(april(15));
    const updated = await stage.stripe.subscriptions.update(id, {
      items: [{ id: item, price: yearly.id }],
      billing_cycle_anchor: { type: "now" },
      proration_behavior: "always_invoice",
    });
    expect(isoOf(updated.items.data[0]?.current_period_end)).toBe("2027-04-16T00:00");
    expect(amounts(await latestInvoice(stage, id))).toEqual([-500, 10_000]);
    const asText = stage.stripe.rawRequest("POST", `/v1/subscriptions/${id}`, { billing_cycle_anchor: "now" });
    await expect(asText).rejects.toMatchObject({ statusCode: 400, param: "billing_cycle_anchor" });
  });

  it("adds, changes and removes items one by one", async () => {
    const { id, item, goTo } = await subscribed();
    await goTo(april(15));
    const seat = await priceOf(stage, 300, "month", "Seat");
    const added = await stage.stripe.subscriptionItems.create({ subscription: id, price: seat.id, quantity: 2 });
    expect(added).toMatchObject({ subscription: id, quantity: 2 });
    const changed = await stage.stripe.subscriptionItems.update(added.id, { quantity: 5, proration_behavior: "none" });
    expect(changed.quantity).toBe(5);
    expect((await stage.stripe.subscriptionItems.list({ subscription: id })).data).toHaveLength(2);
    const preview = await stage.stripe.invoices.createPreview({ subscription: id });
    expect(amounts(preview)).toEqual([300, 1_500, 1_000]);
    await stage.stripe.subscriptionItems.del(added.id);
    await expect(stage.stripe.subscriptionItems.del(item)).rejects.toMatchObject({ statusCode: 400 });
    expect((await stage.stripe.subscriptions.retrieve(id)).items.data.map((one) => one.id)).toEqual([item]);
  });

  it("cancels now: with prorate and invoice_now the unused time is credited, without neither is", async () => {
    const first = await subscribed();
    await first.goTo(april(15));
    const canceled = await stage.stripe.subscriptions.cancel(first.id, { prorate: true, invoice_now: true });
    expect(canceled).toMatchObject({ status: "canceled", ended_at: april(15), canceled_at: april(15) });
    expect(await stage.stripe.customers.retrieve(first.customer)).toMatchObject({ balance: -500 });
    const second = await subscribed();
    await second.goTo(april(15));
    await stage.stripe.subscriptions.cancel(second.id, { cancellation_details: { feedback: "too_expensive" } });
    const gone = await stage.stripe.subscriptions.retrieve(second.id);
    expect(gone.cancellation_details).toMatchObject({ reason: "cancellation_requested", feedback: "too_expensive" });
    expect((await stage.stripe.invoiceItems.list({ customer: second.customer })).data).toEqual([]);
    await expect(stage.stripe.subscriptions.cancel(second.id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(stage.stripe.subscriptions.update(second.id, { description: "late" })).rejects.toMatchObject({
      code: "invalid_canceled_subscription_fields",
    });
  });

  it("ends a trial now: new periods and an invoice at once, with extra items on it", async () => {
    const customer = await customerWithCard(stage);
    const setup = await stage.stripe.prices.create({
      currency: "usd",
      unit_amount: 99,
      product_data: { name: "Setup" },
    });
    const { id, status } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: small.id }],
      trial_period_days: 14,
    });
    expect(status).toBe("trialing");
    const changed = await stage.stripe.subscriptions.update(id, {
      trial_end: "now",
      add_invoice_items: [{ price: setup.id }],
    });
    expect(changed).toMatchObject({ status: "active", trial_end: stage.now(), billing_cycle_anchor: stage.now() });
    const invoice = await latestInvoice(stage, id);
    expect(amounts(invoice)).toEqual([99, 1_000]);
    expect(invoice).toMatchObject({ status: "paid", billing_reason: "subscription_update" });
    const longer = await stage.stripe.subscriptions.update(id, { trial_end: stage.now() + 40 * day });
    expect(longer).toMatchObject({
      status: "trialing",
      items: { data: [{ current_period_end: stage.now() + 40 * day }] },
    });
  });

  it("shortens the period by a planned end inside it, and lengthens it again", async () => {
    const { id, customer, goTo } = await subscribed();
    await goTo(april(5));
    await stage.stripe.subscriptions.update(id, { cancel_at: april(15) });
    const pending = async () =>
      (await stage.stripe.invoiceItems.list({ customer, pending: true })).data.map((one) => one.amount);
    expect(await pending()).toEqual([-500]);
    await stage.stripe.subscriptions.update(id, { cancel_at: april(21) });
    expect(await pending()).toEqual([200, -500]);
    await goTo(april(21));
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "canceled", ended_at: april(21) });
  });
});
