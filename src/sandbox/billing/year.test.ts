/** A year in the life of a subscription as a table: overage every month, a card that fails in May and a new one in June. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { customerWithCard, day, isoOf, latestInvoice, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-01-31T10:00:00Z");
});
afterAll(() => stage.close());

/** Renewal, overage in cents, total with 8 % tax, and what had become of the invoice and the subscription an hour later. */
const year = [
  ["2026-02-28", 100, 10_908, "paid", "active"],
  ["2026-03-31", 250, 11_070, "paid", "active"],
  ["2026-04-30", 0, 10_800, "paid", "active"],
  ["2026-05-31", 333, 11_160, "open", "past_due"],
  ["2026-06-30", 1, 10_801, "paid", "active"],
  ["2026-07-31", 0, 10_800, "paid", "active"],
  ["2026-08-31", 0, 10_800, "paid", "active"],
  ["2026-09-30", 5_000, 16_200, "paid", "active"],
  ["2026-10-31", 0, 10_800, "paid", "active"],
  ["2026-11-30", 0, 10_800, "paid", "active"],
  ["2026-12-31", 99, 10_907, "paid", "active"],
  ["2027-01-31", 0, 10_800, "paid", "active"],
] as const;

it("twelve months", async () => {
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 10_000, "month", "Professional");
  const rate = await taxRateOf(stage, 8);
  const { id } = await stage.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_tax_rates: [rate.id],
  });
  const seen: unknown[] = [];
  for (const [renewal, overage] of year) {
    await stage.advanceTo(`${renewal}T10:00:00Z`);
    const draft = await latestInvoice(stage, id);
    expect(draft.status).toBe("draft");
    if (overage > 0) {
      const item = { customer: customer.id, invoice: draft.id ?? "", currency: "usd", description: "Overage" };
      await stage.stripe.invoiceItems.create({ ...item, amount: overage });
    }
    if (renewal === "2026-05-31") await switchCard(customer.id, "pm_card_chargeCustomerFail");
    await stage.advanceBy(3_600);
    const invoice = await latestInvoice(stage, id);
    const { status, items } = await stage.stripe.subscriptions.retrieve(id);
    expect(isoOf(items.data[0]?.current_period_start)).toBe(`${renewal}T10:00`);
    seen.push([renewal, overage, invoice.total, invoice.status, status]);
    if (renewal === "2026-05-31") await recover(id, customer.id);
  }
  expect(seen).toEqual(year.map((row) => [...row]));
  const invoices = await stage.stripe.invoices.list({ subscription: id, limit: 100 });
  expect(invoices.data).toHaveLength(13);
  expect(invoices.data.every((invoice) => invoice.status === "paid" && invoice.amount_remaining === 0)).toBe(true);
  const charged = await stage.stripe.charges.list({ customer: customer.id, limit: 100 });
  const money = charged.data.filter((charge) => charge.paid).reduce((sum, charge) => sum + charge.amount, 0);
  expect(money).toBe(invoices.data.reduce((sum, invoice) => sum + invoice.total, 0));
  expect(charged.data.filter((charge) => !charge.paid)).toHaveLength(2);
});

async function switchCard(customer: string, card: string): Promise<void> {
  const method = await stage.stripe.paymentMethods.attach(card, { customer });
  await stage.stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
}

/** The first retry fails in June as well; then a new card is there for the second. */
async function recover(subscription: string, customer: string): Promise<void> {
  const failed = await latestInvoice(stage, subscription);
  await stage.advanceBy(3 * day);
  expect(await latestInvoice(stage, subscription)).toMatchObject({ id: failed.id, status: "open", attempt_count: 2 });
  await switchCard(customer, "pm_card_mastercard");
  await stage.advanceBy(5 * day);
  expect(await latestInvoice(stage, subscription)).toMatchObject({ id: failed.id, status: "paid", attempt_count: 3 });
  expect((await stage.stripe.subscriptions.retrieve(subscription)).status).toBe("active");
}
