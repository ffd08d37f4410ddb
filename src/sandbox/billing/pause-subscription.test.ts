/** Pausing and resuming: what is credited, what a resumption costs, and what its payment does to the pause. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { customerWithCard, day, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

async function monthly(card = "pm_card_visa") {
  const customer = await customerWithCard(stage, card);
  const price = await priceOf(stage, 3_000);
  const subscription = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  return { customer, subscription };
}

it("credits the unused time, as a pending item or on an invoice at once, and bills no period while paused", async () => {
  const { customer, subscription } = await monthly();
  await stage.advanceTo("2026-04-16T00:00:00Z");
  await stage.events();
  const preview = await stage.stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { pause: { invoicing_behavior: "invoice" } },
  });
  expect(preview.total).toBe(-1_500);
  const paused = await stage.stripe.subscriptions.pause(subscription.id);
  expect(paused.status).toBe("paused");
  expect(paused.status_details?.paused).toMatchObject({
    type: "subscription",
    subscription: { type: "pause_requested" },
    transitioned_at: stage.now(),
  });
  expect(await stage.events("customer.subscription")).toEqual([
    "customer.subscription.updated",
    "customer.subscription.paused",
  ]);
  const pending = await stage.stripe.invoiceItems.list({ customer: customer.id, pending: true });
  expect(pending.data.map((item) => item.amount)).toEqual([-1_500]);
  await stage.advanceTo("2026-06-20T00:00:00Z");
  expect((await stage.stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(1);
  await expect(stage.stripe.subscriptions.pause(subscription.id)).rejects.toMatchObject({ statusCode: 400 });
});

it.each([
  ["now", 1_500, -1_500],
  ["item_current_period_start", 0, -3_000],
  ["none", 3_000, 0],
] as const)("bills for unused time from %s", async (type, _kept, credit) => {
  const { customer, subscription } = await monthly();
  await stage.advanceTo("2026-04-16T00:00:00Z");
  const paused = await stage.stripe.subscriptions.pause(subscription.id, {
    bill_for: { unused_time_from: { type } },
    invoicing_behavior: "invoice",
  });
  const invoice = await latestInvoice(stage, paused.id);
  const { balance } = await stage.stripe.customers.retrieve(customer.id).then((c) => (c.deleted ? { balance: 0 } : c));
  expect(balance).toBe(credit);
  if (credit !== 0)
    expect(invoice).toMatchObject({ total: credit, status: "paid", billing_reason: "subscription_update" });
});

it("resumes with a full new period from now, minus the credit of the pause", async () => {
  const { subscription } = await monthly();
  await stage.advanceTo("2026-04-16T00:00:00Z");
  await stage.stripe.subscriptions.pause(subscription.id);
  await stage.advanceTo("2026-05-10T00:00:00Z");
  await stage.events();
  const preview = await stage.stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { resume_at: "now" },
  });
  const resumed = await stage.stripe.subscriptions.resume(subscription.id);
  expect(resumed.status).toBe("active");
  expect(resumed.status_details).toBeUndefined();
  expect(isoOf(resumed.items.data[0]?.current_period_end)).toBe("2026-06-10T00:00");
  const invoice = await latestInvoice(stage, subscription.id);
  expect(invoice).toMatchObject({ total: 1_500, status: "paid" });
  expect(preview.total).toBe(invoice.total);
  const events = await stage.events();
  expect(events).toContain("invoice.paid");
  expect(events.at(-1)).toBe("customer.subscription.resumed");
  await stage.advanceTo("2026-06-10T02:00:00Z");
  expect(await latestInvoice(stage, subscription.id)).toMatchObject({ total: 3_000, status: "paid" });
});

it("keeps the anchor when told to, and prorates only what was not paid for", async () => {
  const { subscription } = await monthly();
  await stage.advanceTo("2026-04-16T00:00:00Z");
  await stage.stripe.subscriptions.pause(subscription.id, { bill_for: { unused_time_from: { type: "none" } } });
  await stage.advanceTo("2026-04-20T00:00:00Z");
  const resumed = await stage.stripe.subscriptions.resume(subscription.id, {
    billing_cycle_anchor: { type: "unchanged" },
    proration_behavior: "always_invoice",
  });
  expect(resumed.status).toBe("active");
  expect((await stage.stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(1);
  await stage.stripe.subscriptions.pause(subscription.id);
  await stage.advanceTo("2026-05-11T00:00:00Z");
  const again = await stage.stripe.subscriptions.resume(subscription.id, {
    billing_cycle_anchor: { type: "unchanged" },
    proration_behavior: "always_invoice",
  });
  expect(isoOf(again.items.data[0]?.current_period_start)).toBe("2026-05-01T00:00");
  // 21 of 31 days of May at 3000, minus 11 of 30 days of April given back.
  expect(await latestInvoice(stage, subscription.id)).toMatchObject({ total: 2_032 - 1_100, status: "paid" });
});

it("is past due after a failed attempt, or stays paused until the payment when that is asked for", async () => {
  const fail = async (id: string) =>
    stage.stripe.customers.update(id, {
      invoice_settings: {
        default_payment_method: (
          await stage.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: id })
        ).id,
      },
    });
  const [first, second] = [await monthly(), await monthly()];
  for (const { customer, subscription } of [first, second]) {
    await stage.stripe.subscriptions.pause(subscription.id, { bill_for: { unused_time_from: { type: "none" } } });
    await fail(customer.id);
  }
  const attempted = await stage.stripe.subscriptions.resume(first.subscription.id);
  expect(attempted.status).toBe("past_due");
  const waiting = await stage.stripe.subscriptions.resume(second.subscription.id, {
    payment_behavior: "resume_on_payment_success",
  });
  expect(waiting.status).toBe("paused");
  const open = await latestInvoice(stage, waiting.id);
  expect(open.status).toBe("open");
  await expect(stage.stripe.subscriptions.resume(waiting.id)).rejects.toMatchObject({ statusCode: 400 });
  const card = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: second.customer.id });
  await stage.stripe.invoices.pay(open.id ?? "", { payment_method: card.id });
  expect((await stage.stripe.subscriptions.retrieve(waiting.id)).status).toBe("active");
});

it("voids a resumption that nobody could try for 23 hours and stays paused; voiding it by hand does the same", async () => {
  const customer = await customerWithCard(stage, null);
  const price = await priceOf(stage, 3_000);
  const { id } = await stage.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: "pause" } },
  });
  await stage.advanceBy(7 * day);
  const paused = await stage.stripe.subscriptions.retrieve(id);
  expect(paused.status).toBe("paused");
  expect(paused.status_details?.paused.subscription.type).toBe("trial_end_without_payment_method");
  expect(await stage.events("customer.subscription.paused")).toHaveLength(1);
  expect((await stage.stripe.subscriptions.resume(id)).status).toBe("paused");
  await stage.advanceBy(22 * 3_600);
  expect((await latestInvoice(stage, id)).status).toBe("open");
  await stage.advanceBy(3_600);
  expect((await latestInvoice(stage, id)).status).toBe("void");
  await stage.stripe.subscriptions.resume(id);
  await stage.stripe.invoices.voidInvoice((await latestInvoice(stage, id)).id ?? "");
  expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("paused");
  const method = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stage.stripe.subscriptions.update(id, { default_payment_method: method.id });
  expect((await stage.stripe.subscriptions.resume(id)).status).toBe("active");
  expect(await latestInvoice(stage, id)).toMatchObject({ total: 3_000, status: "paid" });
});

it("goes on with what is left of a trial: that bills nothing, and what is upcoming is the invoice at its end", async () => {
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 3_000);
  const items = [{ price: price.id }];
  const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items, trial_period_days: 7 });
  await stage.stripe.subscriptions.pause(id);
  await stage.advanceBy(2 * day);
  const details = { subscription: id, subscription_details: { resume_at: "now" as const } };
  const preview = await stage.stripe.invoices.createPreview(details);
  const before = await latestInvoice(stage, id);
  expect((await stage.stripe.subscriptions.resume(id)).status).toBe("trialing");
  expect((await latestInvoice(stage, id)).id).toBe(before.id);
  await stage.advanceBy(5 * day + 7_200);
  const { total, created } = await latestInvoice(stage, id);
  expect({ total, created }).toEqual({ total: preview.total, created: preview.created });
});

it("ends a paused subscription where its end was planned", async () => {
  const { subscription } = await monthly();
  await stage.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await stage.stripe.subscriptions.pause(subscription.id);
  await stage.advanceTo("2026-05-01T00:00:00Z");
  expect((await stage.stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
});
