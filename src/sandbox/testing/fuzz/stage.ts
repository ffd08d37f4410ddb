/** One of everything, so that the ids in fuzzed requests hit. */
import type Stripe from "stripe";
import { collectionNames } from "../../store/collections";
import type { TestSandbox } from "../start";
import type { IdSource } from "./parameters";
import { START } from "./parameters";
import type { PathIds } from "./requests";

/** Makes customers with cards, subscriptions, invoices in several states, intents and what hangs on them. */
export async function populate({ stripe }: TestSandbox): Promise<void> {
  const recurring = { interval: "month" } as const;
  const { id: price } = await stripe.prices.create({
    currency: "usd",
    unit_amount: 2_900,
    recurring,
    product_data: { name: "P" },
  });
  await stripe.taxRates.create({ display_name: "Tax", inclusive: false, percentage: 8 });
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10, duration: "forever" });
  await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon } });
  const aggregation = { default_aggregation: { formula: "sum" } };
  const meter = await stripe.billing.meters.create({ display_name: "Calls", event_name: "calls", ...aggregation });
  const { id: usage } = await stripe.prices.create({
    currency: "usd",
    billing_scheme: "tiered",
    tiers_mode: "graduated",
    tiers: [
      { up_to: 10, unit_amount: 1 },
      { up_to: "inf", flat_amount: 5 },
    ],
    recurring: { ...recurring, usage_type: "metered", meter: meter.id },
    product_data: { name: "Calls" },
  });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  for (const place of [{}, { test_clock: clock.id }]) {
    const { id: customer } = await stripe.customers.create({ payment_method: "pm_card_visa", ...place });
    const [method] = (await stripe.customers.listPaymentMethods(customer)).data;
    const items = [{ price }];
    await stripe.subscriptions.create({ customer, items, default_payment_method: method?.id ?? "" });
    await stripe.subscriptions.create({ customer, items, payment_behavior: "default_incomplete" });
    await stripe.subscriptions.create({ customer, items: [{ price: usage }] });
    const payload = { stripe_customer_id: customer, value: "12" };
    await stripe.billing.meterEvents.create({ event_name: "calls", payload });
    await stripe.subscriptionSchedules.create({
      customer,
      start_date: START + 864_000,
      phases: [{ items, duration: { interval: "month", interval_count: 1 } }],
    });
    await stripe.invoiceItems.create({ customer, amount: 100, currency: "usd" });
    await openInvoices(stripe, customer);
    await stripe.paymentIntents.create({ amount: 500, currency: "usd", customer });
    const paid = { amount: 700, currency: "usd", customer, confirm: true, return_url: "https://example.test/" };
    await stripe.paymentIntents.create({ ...paid, payment_method: method?.id ?? "" });
    await stripe.setupIntents.create({ customer });
    await stripe.customers.createBalanceTransaction(customer, { amount: -50, currency: "usd" });
    await stripe.customers.createTaxId(customer, { type: "eu_vat", value: "DE123456789" });
    await stripe.billingPortal.sessions.create({ customer, return_url: "https://example.test/" });
    await stripe.checkout.sessions.create({
      customer,
      mode: "setup",
      currency: "usd",
      success_url: "https://example.test/",
    });
  }
  // Wants what nothing sends: the fuzz must not wait for a network.
  await stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/", enabled_events: ["payout.paid"] });
}

async function openInvoices(stripe: Stripe, customer: string): Promise<void> {
  for (const step of ["draft", "open", "paid"]) {
    const { id = "" } = await stripe.invoices.create({ customer, auto_advance: false });
    await stripe.invoiceItems.create({ customer, invoice: id, amount: 1_500, currency: "usd" });
    if (step !== "draft") await stripe.invoices.finalizeInvoice(id);
    if (step === "paid") await stripe.invoices.pay(id, { paid_out_of_band: true });
  }
}

/** The collection behind a word of a path or a parameter: "payment_intents", "default_payment_method" … */
function kindsOf(word: string) {
  const exact = collectionNames.filter((kind) => `${kind}s` === word || kind === word);
  return exact.length > 0 ? exact : collectionNames.filter((kind) => word.endsWith(kind) || kind.endsWith(`_${word}`));
}

/** The ids that exist at the moment of asking. */
export function idsOf({ sandbox: { store } }: TestSandbox): IdSource & { after: PathIds } {
  const of = (kinds: readonly (typeof collectionNames)[number][]) =>
    kinds.flatMap((kind) => [...store.records(kind)].slice(0, 200).map(({ id }) => id));
  const all = of(collectionNames);
  return {
    all: () => all,
    named: (name) => of(kindsOf(name)),
    after: (word) => of(kindsOf(word)),
  };
}
