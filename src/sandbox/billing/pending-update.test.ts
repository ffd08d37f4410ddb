/** Updates that wait for their payment: parked, applied by a payment, expired by time or a void. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { customerWithCard, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

async function upgrade(card: string) {
  const customer = await customerWithCard(stage);
  const [small, large] = [await priceOf(stage, 1_000), await priceOf(stage, 4_000)];
  const { id, items } = await stage.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: small.id }],
  });
  const method = await stage.stripe.paymentMethods.attach(card, { customer: customer.id });
  await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  await stage.advanceTo("2026-04-16T00:00:00Z");
  await stage.events();
  const change = () =>
    stage.stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? "", price: large.id, quantity: 1 }],
      payment_behavior: "pending_if_incomplete",
      proration_behavior: "always_invoice",
    });
  return { customer, id, small, large, change };
}

it("changes at once what is paid at once", async () => {
  const { id, large, change } = await upgrade("pm_card_visa");
  const changed = await change();
  expect(changed).toMatchObject({ pending_update: null, items: { data: [{ price: { id: large.id } }] } });
  expect(await latestInvoice(stage, id)).toMatchObject({ total: 1_500, status: "paid" });
  const events = await stage.events("customer.subscription");
  expect(events).toEqual(["customer.subscription.updated"]);
});

it("parks what is not paid and leaves the subscription as it was; a payment applies it", async () => {
  const { customer, id, small, large, change } = await upgrade("pm_card_chargeCustomerFail");
  const parked = await change();
  expect(parked).toMatchObject({ status: "active", items: { data: [{ price: { id: small.id } }] } });
  expect(parked.pending_update?.subscription_items?.map((item) => item.price.id)).toEqual([large.id]);
  expect(isoOf(parked.pending_update?.expires_at)).toBe("2026-04-16T23:00");
  const invoice = await latestInvoice(stage, id);
  expect(invoice).toMatchObject({ total: 1_500, status: "open" });
  expect(await stage.events("customer.subscription")).toEqual(["customer.subscription.updated"]);
  const good = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: good.id } });
  await stage.advanceBy(3_600);
  await stage.stripe.invoices.pay(invoice.id ?? "", { payment_method: good.id });
  const applied = await stage.stripe.subscriptions.retrieve(id);
  expect(applied).toMatchObject({ pending_update: null, items: { data: [{ price: { id: large.id } }] } });
  expect(await stage.events("customer.subscription")).toEqual([
    "customer.subscription.updated",
    "customer.subscription.pending_update_applied",
  ]);
  // What the parked invoice charged is the base of a later credit: 4000 × 15/30 paid, of which 10 days are left.
  await stage.advanceTo("2026-04-21T00:00:00Z");
  await stage.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  expect((await latestInvoice(stage, id)).total).toBe(-1_333);
});

it.each(["time", "void"])("drops a parked change by %s", async (how) => {
  const { id, small, change } = await upgrade("pm_card_chargeCustomerFail");
  await change();
  const invoice = await latestInvoice(stage, id);
  await stage.events();
  if (how === "time") await stage.advanceBy(23 * 3_600);
  else await stage.stripe.invoices.voidInvoice(invoice.id ?? "");
  const kept = await stage.stripe.subscriptions.retrieve(id);
  expect(kept).toMatchObject({
    status: "active",
    pending_update: null,
    items: { data: [{ price: { id: small.id } }] },
  });
  expect((await stage.stripe.invoices.retrieve(invoice.id ?? "")).status).toBe("void");
  expect(await stage.events("customer.subscription")).toEqual([
    "customer.subscription.updated",
    "customer.subscription.pending_update_expired",
  ]);
  await stage.advanceTo("2026-04-25T00:00:00Z");
  await stage.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  expect((await latestInvoice(stage, id)).total).toBe(-200);
});

it("replaces a parked change by the next one, and refuses what cannot be parked", async () => {
  const { id, change } = await upgrade("pm_card_chargeCustomerFail");
  await change();
  const first = await latestInvoice(stage, id);
  await change();
  expect((await stage.stripe.invoices.retrieve(first.id ?? "")).status).toBe("void");
  expect((await latestInvoice(stage, id)).status).toBe("open");
  await expect(
    stage.stripe.subscriptions.update(id, { description: "x", payment_behavior: "pending_if_incomplete" }),
  ).rejects.toMatchObject({ statusCode: 400, param: "description" });
});
