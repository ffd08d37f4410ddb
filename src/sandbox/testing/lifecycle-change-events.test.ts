/** The events of changes, ends, refunds and the catalog: as a table, one scenario a row. */
import type Stripe from "stripe";
import { expect, it } from "vitest";
import { control, giveCard, latestOf, subscribe, type World } from "./lifecycle";
import { checkScenario, failing, monthly, paid, type Scenario } from "./lifecycle-event-table";

const hour = 3_600;
const bigger = async (world: World) =>
  (
    await world.stripe.prices.create({
      currency: "usd",
      unit_amount: 20_000,
      recurring: { interval: "month" },
      product_data: { name: "Bigger" },
    })
  ).id;
const change = async (world: World, id: string, amount: number, params: Stripe.SubscriptionUpdateParams) => {
  const [item] = (await world.stripe.subscriptions.retrieve(id)).items.data;
  const price = await world.stripe.prices.create({
    currency: "usd",
    unit_amount: amount,
    recurring: { interval: "month" },
    product_data: { name: `Plan ${amount}` },
  });
  await world.heard();
  return world.stripe.subscriptions.update(id, { items: [{ id: item?.id ?? "", price: price.id }], ...params });
};
const chargeOf = async (world: World) =>
  (await world.stripe.charges.list({ customer: world.customer })).data[0]?.id ?? "";
const bill = async (world: World) => {
  await subscribe(world);
  return chargeOf(world);
};

const scenarios: Record<string, Scenario> = {
  "upgrade, create_prorations": {
    given: monthly,
    when: (world, id) => change(world, id, 20_000, {}),
    causes: "invoiceitem.created×2 customer.subscription.updated",
    previous: { "customer.subscription.updated": { items: expect.anything() } },
  },
  "upgrade, always_invoice": {
    given: monthly,
    when: (world, id) => change(world, id, 20_000, { proration_behavior: "always_invoice" }),
    causes: `invoiceitem.created×2 customer.subscription.updated invoice.created invoice.updated×2 ${paid}`,
  },
  "downgrade, always_invoice": {
    given: monthly,
    when: (world, id) => change(world, id, 5_000, { proration_behavior: "always_invoice" }),
    causes: `invoiceitem.created×2 customer.subscription.updated invoice.created invoice.updated invoice.finalized
      invoice.paid invoice.payment_succeeded customer.updated`,
    previous: { "customer.updated": { balance: 0 } },
  },
  "upgrade, pending_if_incomplete, refused": {
    given: failing,
    when: (world, id) =>
      change(world, id, 20_000, {
        proration_behavior: "always_invoice",
        payment_behavior: "pending_if_incomplete",
      }),
    causes: `invoiceitem.created×2 customer.subscription.updated invoice.created invoice.updated×2 invoice.finalized
      payment_intent.created charge.failed payment_intent.payment_failed invoice.payment_failed`,
    previous: { "customer.subscription.updated": { pending_update: null } },
  },
  "…then paid": {
    given: async (world) => {
      const id = await failing(world);
      await change(world, id, 20_000, {
        proration_behavior: "always_invoice",
        payment_behavior: "pending_if_incomplete",
      });
      await giveCard(world, "pm_card_visa");
      return (await latestOf(world, id)).id;
    },
    when: ({ stripe }, invoice) => stripe.invoices.pay(invoice),
    causes: `charge.succeeded payment_intent.succeeded invoice.updated invoice.paid invoice.payment_succeeded
      invoice_payment.paid customer.subscription.updated customer.subscription.pending_update_applied`,
  },
  "…never paid": {
    given: async (world) => {
      const id = await failing(world);
      await change(world, id, 20_000, {
        proration_behavior: "always_invoice",
        payment_behavior: "pending_if_incomplete",
      });
      return id;
    },
    when: ({ stage }) => stage.advanceBy(23 * hour),
    causes: `invoice.updated invoice.voided payment_intent.canceled customer.subscription.updated
      customer.subscription.pending_update_expired`,
    byTime: true,
  },
  "plan to cancel at the period's end": {
    given: monthly,
    when: ({ stripe }, id) => stripe.subscriptions.update(id, { cancel_at_period_end: true }),
    causes: "customer.subscription.updated",
    previous: { "customer.subscription.updated": { cancel_at_period_end: false, canceled_at: null } },
  },
  "…and the period ends": {
    given: async (world) => {
      const { id } = await subscribe(world);
      return (await world.stripe.subscriptions.update(id, { cancel_at_period_end: true })).id;
    },
    when: ({ stage }) => stage.advanceTo("2026-05-01T00:00:00Z"),
    causes: "customer.subscription.deleted",
    byTime: true,
  },
  "cancel now": {
    given: monthly,
    when: ({ stripe }, id) => stripe.subscriptions.cancel(id),
    causes: "customer.subscription.deleted",
  },
  "cancel now with prorate and invoice_now": {
    given: monthly,
    when: ({ stripe }, id) => stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true }),
    causes: `invoiceitem.created customer.subscription.deleted invoice.created invoice.updated invoice.finalized
      invoice.paid invoice.payment_succeeded customer.updated`,
  },
  "refund a charge": {
    given: bill,
    when: ({ stripe }, charge) => stripe.refunds.create({ charge }),
    causes: "refund.created charge.refunded",
  },
  "refund by a credit note": {
    given: async (world) => (await latestOf(world, await monthly(world))).id,
    when: ({ stripe }, invoice) => stripe.creditNotes.create({ invoice, amount: 100, refund_amount: 100 }),
    causes: "credit_note.created invoice.updated refund.created charge.refunded",
  },
  "a charge is disputed": {
    given: bill,
    when: (world, charge) => control(world, `/charges/${charge}/dispute`, {}),
    causes: "charge.dispute.created charge.dispute.funds_withdrawn charge.updated",
    byTime: true,
  },
  "attach a card": {
    when: ({ stripe, customer }) => stripe.paymentMethods.attach("pm_card_mastercard", { customer }),
    causes: "payment_method.attached",
  },
  "detach the default card": {
    given: ({ stripe, customer }) =>
      stripe.customers
        .retrieve(customer)
        .then((one) => ("deleted" in one ? "" : String(one.invoice_settings.default_payment_method))),
    when: ({ stripe }, method) => stripe.paymentMethods.detach(method),
    causes: "payment_method.detached customer.updated",
  },
  "open the portal": {
    // The first session makes the account's default configuration.
    given: async ({ stripe, customer }) => (await stripe.billingPortal.sessions.create({ customer })).id,
    when: ({ stripe, customer }) => stripe.billingPortal.sessions.create({ customer }),
    causes: "billing_portal.session.created",
  },
  "make a recurring price of a new product": {
    when: bigger,
    causes: "product.created price.created plan.created",
  },
};

it.each(Object.entries(scenarios))("%s", (_name, scenario) => checkScenario(scenario));
