/**
 * A year of a monthly subscription as a table: overage in some months, a card that fails from the fifth on, a new card in
 * the sixth. 100.00 a month and 8 % tax, from the 31st, so that short months bill on their last day.
 *
 * Each row is a moment, what a person does then, and what there is to see afterwards: the latest invoice, the
 * subscription, and every event since the row before, as a multiset. The letters are spelled out in `families`.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { customerWithCard, day, isoOf, latestInvoice, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-01-31T10:00:00Z");
});
afterAll(() => stage.close());

/** Sets of events that always come together. */
const families: Record<string, string> = {
  // A period begins: the items move, and a draft is open for an hour.
  renews: "customer.subscription.updated invoice.created",
  // The notice three days before.
  upcoming: "invoice.upcoming",
  overage: "invoiceitem.created invoice.updated",
  // The hour is over.
  finalised: "invoice.updated invoice.finalized payment_intent.created",
  paid: `charge.succeeded payment_intent.succeeded invoice.updated invoice.paid invoice.payment_succeeded
    invoice_payment.paid`,
  refused: "charge.failed payment_intent.payment_failed invoice.updated invoice.payment_failed",
  // The standing of the subscription and of its customer changes.
  standing: "customer.subscription.updated customer.updated",
  card: "payment_method.attached customer.updated",
};

type Act = number | "bad card" | "new card" | "";

/** When, what a person does, then the invoice (total, status, attempts), the subscription and the events. */
type Row = readonly [
  when: string,
  act: Act,
  total: number,
  invoice: string,
  attempts: number,
  status: string,
  events: string,
];

const year: readonly Row[] = [
  ["2026-02-28T10:00", 100, 10_908, "draft", 0, "active", "upcoming renews overage"],
  ["2026-02-28T11:00", "", 10_908, "paid", 1, "active", "finalised paid"],
  ["2026-03-31T10:00", 250, 11_070, "draft", 0, "active", "upcoming renews overage"],
  ["2026-03-31T11:00", "", 11_070, "paid", 1, "active", "finalised paid"],
  ["2026-04-30T10:00", "", 10_800, "draft", 0, "active", "upcoming renews"],
  ["2026-04-30T11:00", "", 10_800, "paid", 1, "active", "finalised paid"],
  ["2026-05-20T10:00", "bad card", 10_800, "paid", 1, "active", "card"],
  ["2026-05-31T10:00", 333, 11_160, "draft", 0, "active", "upcoming renews overage"],
  ["2026-05-31T11:00", "", 11_160, "open", 1, "past_due", "finalised refused standing"],
  ["2026-06-03T11:00", "", 11_160, "open", 2, "past_due", "refused"],
  ["2026-06-06T11:00", "new card", 11_160, "open", 2, "past_due", "card"],
  ["2026-06-08T11:00", "", 11_160, "paid", 3, "active", "paid standing"],
  ["2026-06-30T10:00", 1, 10_801, "draft", 0, "active", "upcoming renews overage"],
  ["2026-06-30T11:00", "", 10_801, "paid", 1, "active", "finalised paid"],
  ["2026-07-31T11:00", "", 10_800, "paid", 1, "active", "upcoming renews finalised paid"],
  ["2026-08-31T11:00", "", 10_800, "paid", 1, "active", "upcoming renews finalised paid"],
  ["2026-09-30T10:00", 5_000, 16_200, "draft", 0, "active", "upcoming renews overage"],
  ["2026-09-30T11:00", "", 16_200, "paid", 1, "active", "finalised paid"],
  ["2026-10-31T11:00", "", 10_800, "paid", 1, "active", "upcoming renews finalised paid"],
  ["2026-11-30T11:00", "", 10_800, "paid", 1, "active", "upcoming renews finalised paid"],
  ["2026-12-31T10:00", 99, 10_907, "draft", 0, "active", "upcoming renews overage"],
  ["2026-12-31T11:00", "", 10_907, "paid", 1, "active", "finalised paid"],
  ["2027-01-31T11:00", "", 10_800, "paid", 1, "active", "upcoming renews finalised paid"],
];

/** The invoices of the year, oldest first: their lines and when they were paid. */
const invoices = [
  ["2026-01-31T10:00", [10_000], "2026-01-31T10:00"],
  ["2026-02-28T10:00", [10_000, 100], "2026-02-28T11:00"],
  ["2026-03-31T10:00", [10_000, 250], "2026-03-31T11:00"],
  ["2026-04-30T10:00", [10_000], "2026-04-30T11:00"],
  ["2026-05-31T10:00", [10_000, 333], "2026-06-08T11:00"],
  ["2026-06-30T10:00", [10_000, 1], "2026-06-30T11:00"],
  ["2026-07-31T10:00", [10_000], "2026-07-31T11:00"],
  ["2026-08-31T10:00", [10_000], "2026-08-31T11:00"],
  ["2026-09-30T10:00", [10_000, 5_000], "2026-09-30T11:00"],
  ["2026-10-31T10:00", [10_000], "2026-10-31T11:00"],
  ["2026-11-30T10:00", [10_000], "2026-11-30T11:00"],
  ["2026-12-31T10:00", [10_000, 99], "2026-12-31T11:00"],
  ["2027-01-31T10:00", [10_000], "2027-01-31T11:00"],
];

it("twelve months", async () => {
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 10_000, "month", "Professional");
  const rate = await taxRateOf(stage, 8);
  const { id } = await stage.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_tax_rates: [rate.id],
  });
  await stage.events();
  for (const [when, act, ...expected] of year) {
    await stage.advanceTo(`${when}:00Z`);
    await carryOut(act, customer.id, id);
    const { total, status: invoice, attempt_count: attempts } = await latestInvoice(stage, id);
    const { status } = await stage.stripe.subscriptions.retrieve(id);
    const events = (await stage.events()).sort();
    expect([when, total, invoice, attempts, status, events]).toEqual([
      when,
      ...expected.slice(0, 4),
      expandFamilies(expected[4]),
    ]);
  }
  await checkTheWhole(id, customer.id);
});

it("ends the month as it began it: the anchor day comes back after short months", async () => {
  const { data } = await stage.stripe.subscriptions.list();
  const [item] = data[0]?.items.data ?? [];
  expect([isoOf(item?.current_period_start), isoOf(item?.current_period_end)]).toEqual([
    "2027-01-31T10:00",
    "2027-02-28T10:00",
  ]);
  expect(stage.now() - (item?.current_period_start ?? 0)).toBeLessThan(day);
});

async function carryOut(act: Act, customer: string, subscription: string): Promise<void> {
  if (act === "") return;
  if (typeof act === "number") {
    const { id = "" } = await latestInvoice(stage, subscription);
    const item = { customer, invoice: id, currency: "usd", description: "Overage", amount: act };
    await stage.stripe.invoiceItems.create(item);
    return;
  }
  const card = act === "bad card" ? "pm_card_chargeCustomerFail" : "pm_card_mastercard";
  const method = await stage.stripe.paymentMethods.attach(card, { customer });
  await stage.stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
}

/** Every cent that was invoiced was charged, once. */
async function checkTheWhole(subscription: string, customer: string): Promise<void> {
  const { data } = await stage.stripe.invoices.list({ subscription, limit: 100 });
  const seen = data.map((invoice) => [
    isoOf(invoice.created),
    invoice.lines.data.map(({ amount }) => amount),
    isoOf(invoice.status_transitions.paid_at),
  ]);
  expect(seen.reverse()).toEqual(invoices);
  expect(data.every((invoice) => invoice.status === "paid" && invoice.amount_remaining === 0)).toBe(true);
  const charges = (await stage.stripe.charges.list({ customer, limit: 100 })).data;
  expect(charges.filter((charge) => !charge.paid)).toHaveLength(2);
  const money = charges.filter((charge) => charge.paid).reduce((sum, charge) => sum + charge.amount, 0);
  expect(money).toBe(data.reduce((sum, invoice) => sum + invoice.total, 0));
}

function expandFamilies(names: string): string[] {
  return names
    .split(" ")
    .flatMap((name) => (families[name] ?? `no family ${name}`).trim().split(/\s+/))
    .sort();
}
