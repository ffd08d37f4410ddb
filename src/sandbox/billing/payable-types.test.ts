/** Invoices are paid with the kinds of payment method that they, or their subscriptions, name. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { customerWithCard, day, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-01-15T10:00:00Z");
});
afterAll(() => stage.close());

it("a subscription's kinds limit its invoices, their payments, and what they are charged to", async () => {
  const { stripe } = stage;
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 2_000);
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_settings: { payment_method_types: ["us_bank_account"] },
  });
  const first = await latestInvoice(stage, id);
  expect(first.payment_settings.payment_method_types).toEqual(["us_bank_account"]);
  // The card that is at hand is none of them.
  expect([first.status, (await stripe.subscriptions.retrieve(id)).status]).toEqual(["open", "incomplete"]);
  const [payment] = (await stripe.invoicePayments.list({ invoice: first.id })).data;
  const intent = await stripe.paymentIntents.retrieve(String(payment?.payment.payment_intent));
  expect(intent).toMatchObject({
    allowed_payment_method_types: ["us_bank_account"],
    payment_method_types: ["us_bank_account"],
    status: "requires_payment_method",
  });
  await expect(stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" })).rejects.toMatchObject({
    param: "payment_method",
  });
  await expect(stripe.invoices.pay(first.id)).rejects.toMatchObject({ param: "payment_method" });
  const account = await stripe.paymentMethods.attach("pm_usBankAccount_success", { customer: customer.id });
  await stripe.invoices.pay(first.id, { payment_method: account.id });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: "active" });
});

it("an invoice's own kinds are kept, and kinds that nobody serves limit nothing", async () => {
  const { stripe } = stage;
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 2_000);
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_settings: { payment_method_types: ["card", "link"] },
  });
  expect(await latestInvoice(stage, id)).toMatchObject({
    status: "paid",
    payment_settings: { payment_method_types: ["card", "link"] },
  });
  await stripe.subscriptions.update(id, { payment_settings: { payment_method_types: "" } });
  await stage.advanceBy(32 * day);
  expect(await latestInvoice(stage, id)).toMatchObject({
    billing_reason: "subscription_cycle",
    status: "paid",
    payment_settings: { payment_method_types: null },
  });
});
