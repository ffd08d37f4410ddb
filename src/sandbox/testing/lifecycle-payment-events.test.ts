/** The events of payments that are no invoice's: as a table, one scenario a row. */
import type Stripe from "stripe";
import { expect, it } from "vitest";
import { day } from "../billing/test-stage";
import { control, intentOf, latestOf, subscribe, type World } from "./lifecycle";
import { checkScenario, type Scenario } from "./lifecycle-event-table";

const pay = ({ stripe, customer }: World, card: string, params: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({
    amount: 5_000,
    currency: "usd",
    customer,
    payment_method: card,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
    ...params,
  });
const reserved = async (world: World) => (await pay(world, "pm_card_mastercard", { capture_method: "manual" })).id;
const asked = async (world: World) => (await pay(world, "pm_card_authenticationRequired")).client_secret ?? "";
const debited = (account: string) => async (world: World) =>
  (await pay(world, account, { mandate_data: { customer_acceptance: { type: "offline" } } })).id;
const charged = async (world: World, card: string) => String((await pay(world, card)).latest_charge);

const scenarios: Record<string, Scenario> = {
  "a card pays": {
    when: (world) => pay(world, "pm_card_mastercard"),
    causes: "payment_intent.created charge.succeeded payment_intent.succeeded",
  },
  "a card pays and is kept": {
    when: (world) => pay(world, "pm_card_mastercard", { setup_future_usage: "off_session" }),
    causes: "payment_intent.created payment_method.attached charge.succeeded payment_intent.succeeded",
  },
  "a card is refused": {
    when: (world) => pay(world, "pm_card_chargeDeclined").catch((error: Error) => error),
    causes: "payment_intent.created charge.failed payment_intent.payment_failed",
  },
  "a card asks its holder": {
    when: asked,
    causes: "payment_intent.created payment_intent.requires_action",
  },
  "…who passes": {
    given: asked,
    when: (world, secret) => control(world, "/authenticate", { client_secret: secret, outcome: "succeed" }),
    causes: "charge.succeeded payment_intent.succeeded",
    byTime: true,
  },
  "…who fails": {
    given: asked,
    when: (world, secret) => control(world, "/authenticate", { client_secret: secret, outcome: "fail" }),
    causes: "payment_intent.payment_failed",
    byTime: true,
  },
  "money is reserved": {
    when: reserved,
    causes: "payment_intent.created charge.succeeded payment_intent.amount_capturable_updated",
  },
  "…and taken": {
    given: reserved,
    when: ({ stripe }, id) => stripe.paymentIntents.capture(id),
    causes: "charge.captured payment_intent.succeeded",
  },
  "…and let go": {
    given: reserved,
    when: ({ stripe }, id) => stripe.paymentIntents.cancel(id),
    causes: "charge.refunded payment_intent.canceled",
  },
  "…and forgotten for a week": {
    given: reserved,
    when: ({ stage }) => stage.advanceBy(7 * day),
    causes: "charge.expired payment_intent.canceled",
    byTime: true,
  },
  "…and taken before the week is over": {
    given: async (world) => (await world.stripe.paymentIntents.capture(await reserved(world))).id,
    when: ({ stage }) => stage.advanceBy(8 * day),
    causes: "",
  },
  "an account is debited": {
    when: debited("pm_usBankAccount_success"),
    causes: "payment_intent.created charge.pending payment_intent.processing",
  },
  "…and days later it has paid": {
    given: debited("pm_usBankAccount_success"),
    when: ({ stage }) => stage.advanceBy(5 * day),
    causes: "charge.succeeded payment_intent.succeeded",
    byTime: true,
  },
  "…or has not": {
    given: debited("pm_usBankAccount_insufficientFunds"),
    when: ({ stage }) => stage.advanceBy(5 * day),
    causes: "charge.failed payment_intent.payment_failed",
    byTime: true,
  },
  "a first invoice's debit fails days later": {
    given: async (world) => {
      const { id } = await subscribe(world, { payment_behavior: "default_incomplete" });
      const intent = intentOf(await latestOf(world, id));
      const method = "pm_usBankAccount_insufficientFunds";
      await world.stripe.paymentIntents.confirm(intent, {
        payment_method: method,
        mandate_data: { customer_acceptance: { type: "offline" } },
      });
      return id;
    },
    when: ({ stage }) => stage.advanceBy(5 * day),
    causes: `charge.failed payment_intent.payment_failed payment_intent.canceled invoice.payment_failed invoice.updated
      invoice.voided`,
    byTime: true,
  },
  "a card is renewed by its network": {
    given: async ({ stripe, customer }) => (await stripe.customers.listPaymentMethods(customer)).data[0]?.id ?? "",
    when: (world, id) => control(world, `/payment_methods/${id}/renew`, { exp_month: 1, exp_year: 2_040 }),
    causes: "payment_method.automatically_updated",
    previous: { "payment_method.automatically_updated": { card: { exp_year: expect.any(Number) } } },
    byTime: true,
  },
  "a refund that takes its time": {
    given: async (world) => {
      const charge = await charged(world, "pm_card_pendingRefund");
      await world.stripe.refunds.create({ charge });
      return charge;
    },
    when: ({ stage }) => stage.advanceBy(day),
    causes: "charge.refund.updated refund.updated",
    byTime: true,
  },
  "a refund that fails": {
    given: async (world) => {
      const charge = await charged(world, "pm_card_refundFail");
      await world.stripe.refunds.create({ charge });
      return charge;
    },
    when: ({ stage }) => stage.advanceBy(day),
    causes: "charge.refund.updated refund.updated refund.failed charge.updated",
    byTime: true,
  },
  "a dispute is answered and won": {
    given: async (world) => {
      const charge = await charged(world, "pm_card_createDispute");
      await world.stage.advanceBy(60);
      return (await world.stripe.disputes.list({ charge })).data[0]?.id ?? "";
    },
    when: async ({ stripe, stage }, id) => {
      await stripe.disputes.update(id, { evidence: { uncategorized_text: "winning_evidence" }, submit: true });
      await stage.advanceBy(60);
    },
    causes: "charge.dispute.updated charge.dispute.closed charge.dispute.funds_reinstated",
    mixed: true,
  },
};

it.each(Object.entries(scenarios))("%s", (_name, scenario) => checkScenario(scenario));
