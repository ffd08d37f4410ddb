/** The events of a subscription's beginning and of its time: as a table, one scenario a row. */
import { expect, it } from "vitest";
import { day } from "../billing/test-stage";
import { control, giveCard, intentOf, latestOf, subscribe, type World } from "./lifecycle";
import { checkScenario, failing, monthly, paid, type Scenario } from "./lifecycle-event-table";

const hour = 3_600;
const pastDue = async (world: World) => {
  const id = await failing(world);
  await world.stage.advanceTo("2026-05-01T01:00:00Z");
  return id;
};
const incomplete = async (world: World) => (await subscribe(world, { payment_behavior: "default_incomplete" })).id;

const scenarios: Record<string, Scenario> = {
  "save a card": {
    given: async ({ stripe, customer }) => (await stripe.customers.update(customer, { name: "B" })).id,
    when: ({ stripe, customer }) =>
      stripe.setupIntents.create({
        customer,
        payment_method: "pm_card_mastercard",
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: "never" },
      }),
    causes: "setup_intent.created payment_method.attached setup_intent.succeeded",
  },
  "save a card that asks its holder": {
    when: ({ stripe, customer }) =>
      stripe.setupIntents.create({
        customer,
        payment_method: "pm_card_authenticationRequired",
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: "never" },
      }),
    causes: "setup_intent.created setup_intent.requires_action",
  },
  "save a card that is refused": {
    when: ({ stripe, customer }) =>
      stripe.setupIntents
        .create({
          customer,
          payment_method: "pm_card_chargeDeclined",
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: "never" },
        })
        .catch((error: Error) => error),
    causes: "setup_intent.created setup_intent.setup_failed",
  },
  "set the customer's default card": {
    given: async ({ stripe, customer }) => (await stripe.paymentMethods.attach("pm_card_mastercard", { customer })).id,
    when: ({ stripe, customer }, method) =>
      stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } }),
    causes: "customer.updated",
    previous: { "customer.updated": { invoice_settings: { default_payment_method: expect.stringMatching(/^pm_/) } } },
  },
  "subscribe, paid at once": {
    when: (world) => subscribe(world),
    causes: `customer.subscription.created invoice.created invoice.updated×2 ${paid} customer.subscription.updated
      customer.updated`,
    previous: {
      "customer.subscription.updated": { status: "incomplete" },
      "customer.updated": { currency: null },
    },
  },
  "subscribe with default_incomplete": {
    when: (world) => incomplete(world),
    causes: `customer.subscription.created invoice.created invoice.updated invoice.finalized payment_intent.created
      customer.updated`,
  },
  "…then confirmed": {
    given: async (world) => intentOf(await latestOf(world, await incomplete(world))),
    when: ({ stripe }, intent) => stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" }),
    causes: `charge.succeeded payment_intent.succeeded invoice.updated invoice.paid invoice.payment_succeeded
      invoice_payment.paid customer.subscription.updated payment_method.attached`,
    previous: { "customer.subscription.updated": { status: "incomplete" } },
  },
  "…confirmed with a card that asks its holder": {
    given: async (world) => intentOf(await latestOf(world, await incomplete(world))),
    when: ({ stripe }, intent) =>
      stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_authenticationRequired" }),
    causes: "payment_intent.requires_action invoice.payment_action_required",
  },
  "…whose holder fails": {
    given: async (world) => {
      const intent = intentOf(await latestOf(world, await incomplete(world)));
      const waiting = await world.stripe.paymentIntents.confirm(intent, {
        payment_method: "pm_card_authenticationRequired",
      });
      return waiting.client_secret ?? "";
    },
    when: (world, secret) => control(world, "/authenticate", { client_secret: secret, outcome: "fail" }),
    causes: "payment_intent.payment_failed invoice.payment_failed invoice.updated",
    byTime: true,
  },
  "…then refused": {
    given: async (world) => intentOf(await latestOf(world, await incomplete(world))),
    when: ({ stripe }, intent) =>
      stripe.paymentIntents
        .confirm(intent, { payment_method: "pm_card_chargeDeclined" })
        .catch((error: Error) => error),
    causes: "charge.failed payment_intent.payment_failed invoice.updated invoice.payment_failed",
  },
  "…not paid in 23 hours": {
    given: incomplete,
    when: ({ stage }) => stage.advanceBy(23 * hour),
    causes: "invoice.updated invoice.voided payment_intent.canceled customer.subscription.updated",
    previous: { "customer.subscription.updated": { status: "incomplete", ended_at: null } },
    byTime: true,
  },
  "subscribe, invoiced by mail": {
    when: (world) => subscribe(world, { collection_method: "send_invoice", days_until_due: 5 }),
    causes: "customer.subscription.created invoice.created",
  },
  "…and an hour later": {
    given: async (world) => (await subscribe(world, { collection_method: "send_invoice", days_until_due: 5 })).id,
    when: ({ stage }) => stage.advanceBy(hour),
    causes: "invoice.updated invoice.finalized payment_intent.created invoice.sent customer.updated",
    byTime: true,
  },
  "…not paid when it is due": {
    given: async (world) => {
      const { id } = await subscribe(world, { collection_method: "send_invoice", days_until_due: 5 });
      await world.stage.advanceBy(hour);
      return id;
    },
    when: ({ stage }) => stage.advanceBy(5 * day),
    causes: "invoice.will_be_due invoice.overdue customer.subscription.updated",
    previous: { "customer.subscription.updated": { status: "active" } },
    byTime: true,
  },
  "start a trial": {
    when: (world) => subscribe(world, { trial_period_days: 10 }),
    causes: `customer.subscription.created invoice.created invoice.updated invoice.finalized invoice.paid
      invoice.payment_succeeded customer.updated`,
  },
  "three days before the trial ends": {
    given: async (world) => (await subscribe(world, { trial_period_days: 10 })).id,
    when: ({ stage }) => stage.advanceBy(7 * day),
    causes: "customer.subscription.trial_will_end invoice.upcoming",
    byTime: true,
  },
  "the trial ends": {
    given: async (world) => {
      const { id } = await subscribe(world, { trial_period_days: 10 });
      await world.stage.advanceBy(7 * day);
      return id;
    },
    when: ({ stage }) => stage.advanceBy(3 * day + hour),
    causes: `customer.subscription.updated invoice.created invoice.updated×2 ${paid}`,
    previous: { "customer.subscription.updated": { status: "trialing" } },
    byTime: true,
  },
  "some days before a renewal": {
    given: monthly,
    when: ({ stage }) => stage.advanceTo("2026-04-30T23:59:00Z"),
    causes: "invoice.upcoming",
    byTime: true,
  },
  "a renewal begins": {
    given: async (world) => {
      const { id } = await subscribe(world);
      await world.stage.advanceTo("2026-04-30T00:00:00Z");
      return id;
    },
    when: ({ stage }) => stage.advanceTo("2026-05-01T00:00:00Z"),
    causes: "customer.subscription.updated invoice.created",
    previous: { "customer.subscription.updated": { latest_invoice: expect.any(String), items: expect.anything() } },
    byTime: true,
  },
  "a renewal is paid": {
    given: async (world) => {
      const { id } = await subscribe(world);
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      return id;
    },
    when: ({ stage }) => stage.advanceBy(hour),
    causes: `invoice.updated×2 ${paid}`,
    byTime: true,
  },
  "a renewal fails": {
    given: async (world) => {
      const id = await failing(world);
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      return id;
    },
    when: ({ stage }) => stage.advanceBy(hour),
    causes: `invoice.updated×2 invoice.finalized payment_intent.created charge.failed payment_intent.payment_failed
      invoice.payment_failed customer.subscription.updated customer.updated`,
    previous: {
      "customer.subscription.updated": { status: "active" },
      "customer.updated": { delinquent: false },
    },
    byTime: true,
  },
  "a retry recovers": {
    given: async (world) => {
      const id = await pastDue(world);
      await giveCard(world, "pm_card_visa");
      return id;
    },
    when: ({ stage }) => stage.advanceBy(3 * day),
    causes: `charge.succeeded payment_intent.succeeded invoice.updated invoice.paid invoice.payment_succeeded
      invoice_payment.paid customer.subscription.updated customer.updated`,
    previous: {
      "customer.subscription.updated": { status: "past_due" },
      "customer.updated": { delinquent: true },
    },
    byTime: true,
  },
  "retries are exhausted, ends canceled": {
    given: async (world) => {
      const id = await pastDue(world);
      await world.stage.advanceBy(8 * day);
      return id;
    },
    when: ({ stage }) => stage.advanceBy(7 * day),
    causes: `charge.failed payment_intent.payment_failed invoice.updated×2 invoice.payment_failed
      customer.subscription.deleted`,
    byTime: true,
  },
  "retries are exhausted, ends unpaid": {
    given: async (world) => {
      await control(world, "/settings", { afterRetries: "unpaid" });
      const id = await pastDue(world);
      await world.stage.advanceBy(8 * day);
      return id;
    },
    when: ({ stage }) => stage.advanceBy(7 * day),
    causes: `charge.failed payment_intent.payment_failed invoice.updated invoice.payment_failed
      customer.subscription.updated`,
    previous: { "customer.subscription.updated": { status: "past_due" } },
    byTime: true,
  },
};

it.each(Object.entries(scenarios))("%s", (_name, scenario) => checkScenario(scenario));
