/** The ends of dunning: what the account's settings make of a subscription when no retry is left. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { customerWithCard, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

async function decide(afterRetries: string): Promise<number> {
  const body = JSON.stringify({ afterRetries });
  return (await fetch(`${stage.sandbox.url}/_sandbox/settings`, { method: "POST", body })).status;
}

async function exhausted() {
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 1_000);
  const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  const bad = await stage.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: customer.id });
  await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } });
  await stage.advanceTo("2026-05-20T00:00:00Z");
  const good = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  return { id, good: good.id };
}

it("leaves an unpaid subscription's new invoices as drafts, and revives it by paying the latest", async () => {
  expect(await decide("unpaid")).toBe(200);
  const { id, good } = await exhausted();
  expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("unpaid");
  await stage.advanceTo("2026-06-03T00:00:00Z");
  const { data } = await stage.stripe.invoices.list({ subscription: id });
  expect(data.map((invoice) => [invoice.status, invoice.attempt_count])).toEqual([
    ["draft", 0],
    ["open", 4],
    ["paid", 1],
  ]);
  await stage.stripe.invoices.pay(data[1]?.id ?? "", { payment_method: good });
  expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("unpaid");
  await stage.stripe.invoices.pay(data[0]?.id ?? "", { payment_method: good });
  expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("active");
});

it("can leave a subscription past due, which goes on making invoices", async () => {
  expect(await decide("past_due")).toBe(200);
  const { id } = await exhausted();
  expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("past_due");
  await stage.advanceTo("2026-06-03T00:00:00Z");
  expect(await latestInvoice(stage, id)).toMatchObject({ status: "open", attempt_count: 1 });
});

it("cancels without a setting, and refuses one that does not exist", async () => {
  expect(await decide("forgotten")).toBe(400);
  const { id } = await exhausted();
  expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({
    status: "canceled",
    cancellation_details: { reason: "payment_failed" },
  });
});
