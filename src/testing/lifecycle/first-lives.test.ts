/** First payments and trials: what waits for a person, what runs out, and what begins without money. */
import { expect } from "vitest";
import {
  cancelSubscription,
  endTrial,
  getSubscription,
  pauseSubscription,
  resumeConfirmation,
  unpauseSubscription,
} from "@/billing/subscriptions";
import { change, confirm, type Life, PAID, start, tellStories } from "./stories";

const WAITS = "invoice.created invoice.finalized payment_intent.created customer.subscription.created";
const TRIAL = `customer.subscription.created invoice.created invoice.finalized invoice.paid invoice.payment_succeeded`;

/** Starts in a browser, which has yet to pay, and remembers what it has to confirm. */
async function startInBrowser(life: Life, planKey: string): Promise<void> {
  const started = await start(life, planKey, { paymentMethodId: null, canConfirm: true, trial: false });
  life.kept.clientSecret = started.confirmation?.clientSecret ?? "";
}

tellStories({
  "a first payment that a person makes": [
    {
      name: "waits for the browser, and the invoice is issued",
      page: "billing/subscriptions/overview",
      does: (life) => startInBrowser(life, "team"),
      causes: WAITS,
      stands: "free active, starts team, owes 10800",
    },
    {
      name: "is asked for by the bank",
      page: "billing/subscriptions/webhooks",
      does: (life) => confirm(life, "pm_card_authenticationRequired"),
      causes: "payment_intent.requires_action invoice.payment_action_required",
      stands: "free active, starts team, owes 10800",
    },
    {
      name: "is the same after a reload, and fails at the bank",
      page: "payments/3d-secure/authentication-flow",
      does: async ({ world, tenant, kept }) => {
        expect(await resumeConfirmation(world.ctx, tenant.id)).toMatchObject({ clientSecret: kept.clientSecret });
        await world.control.authenticate(kept.clientSecret, "fail");
      },
      causes: "payment_intent.payment_failed invoice.payment_failed",
      stands: "free active, starts team, owes 10800",
    },
    {
      name: "is declined with another card",
      page: "billing/subscriptions/webhooks",
      does: (life) => confirm(life, "pm_card_chargeDeclined"),
      causes: "charge.failed payment_intent.payment_failed invoice.payment_failed",
      stands: "free active, starts team, owes 10800",
    },
    {
      name: "is made with a third one",
      page: "billing/subscriptions/overview",
      does: (life) => confirm(life, "pm_card_visa"),
      causes: `charge.succeeded payment_intent.succeeded invoice.paid invoice.payment_succeeded invoice_payment.paid
        payment_method.attached customer.subscription.updated`,
      stands: "team active, paid 10800",
    },
    {
      // 21 of 31 days of 100.00: 67.74, tax 5.42.
      name: "is refunded in part when the subscription ends at once",
      page: "billing/subscriptions/cancel",
      does: async ({ world, plain, until }) => {
        await until("2026-01-25T10:00:00Z");
        await cancelSubscription(world.ctx, { ...plain(), immediate: true });
      },
      causes: `customer.subscription.deleted invoice.created invoice.finalized invoice.paid refund.created
        charge.refunded customer.updated`,
      stands: "free active, paid 10800, back 7316",
    },
    {
      name: "waits once more",
      page: "billing/subscriptions/overview",
      does: (life) => startInBrowser(life, "solo"),
      causes: WAITS,
      stands: "free active, starts solo, paid 10800, back 7316, owes 2052",
    },
    {
      name: "gives way to a start of another plan",
      page: "billing/subscriptions/overview",
      does: (life) => startInBrowser(life, "company"),
      causes: `${WAITS} invoice.voided payment_intent.canceled`,
      stands: "free active, starts company, paid 10800, back 7316, owes 54000",
    },
    {
      name: "runs out after 23 hours",
      page: "billing/subscriptions/overview",
      does: ({ until }) => until("2026-01-26T10:00:00Z"),
      causes: "invoice.voided payment_intent.canceled customer.subscription.updated",
      stands: "free active, paid 10800, back 7316",
    },
    {
      name: "is refused where nobody can confirm, and leaves nothing behind",
      page: "api/subscriptions/create",
      does: async (life) => {
        const refused = start(life, "solo", { paymentMethodId: "pm_card_chargeCustomerFail" });
        await expect(refused).rejects.toMatchObject({ code: "payment.card_declined" });
      },
      causes: "payment_method.attached payment_method.detached",
      stands: "free active, paid 10800, back 7316",
    },
  ],
  "a first payment by debit": [
    {
      name: "serves at once, although the money takes days",
      page: "billing/subscriptions/overview#payment-status",
      does: (life) => start(life, "solo", { paymentMethodId: "pm_usBankAccount_success", canConfirm: true }),
      causes: `customer.subscription.created invoice.created invoice.finalized payment_intent.created
        payment_intent.processing`,
      stands: "solo active, owes 2052",
    },
    {
      name: "arrives",
      page: "payments/ach-direct-debit",
      does: ({ until }) => until("2026-01-21T10:00:00Z"),
      causes: "charge.succeeded payment_intent.succeeded invoice.paid invoice.payment_succeeded invoice_payment.paid",
      stands: "solo active, paid 2052",
    },
  ],
  "a first payment by a debit that bounces": [
    {
      name: "serves at once",
      page: "billing/subscriptions/overview#payment-status",
      does: (life) => start(life, "solo", { paymentMethodId: "pm_usBankAccount_insufficientFunds", canConfirm: true }),
      causes: `customer.subscription.created invoice.created invoice.finalized payment_intent.created
        payment_intent.processing`,
      stands: "solo active, owes 2052",
    },
    {
      name: "bounces, which voids the invoice and ends nothing",
      page: "billing/subscriptions/overview#payment-status",
      does: ({ until }) => until("2026-01-21T10:00:00Z"),
      causes: "charge.failed payment_intent.payment_failed invoice.payment_failed invoice.voided",
      stands: "solo active",
    },
  ],
  "a trial with a card": [
    {
      name: "begins with an invoice of nothing",
      page: "billing/subscriptions/trials",
      does: (life) => start(life, "company"),
      causes: TRIAL,
      stands: "company trialing",
    },
    {
      name: "has seats added for nothing",
      page: "billing/subscriptions/trials",
      does: (life) => change(life, { seats: 25 }),
      causes: "customer.subscription.updated",
      stands: "company trialing",
    },
    {
      name: "is announced three days before its end",
      page: "billing/subscriptions/trials",
      does: ({ until }) => until("2026-01-26T10:00:00Z"),
      causes: "customer.subscription.trial_will_end",
      stands: "company trialing",
    },
    {
      name: "ends with a draft",
      page: "billing/subscriptions/trials",
      does: ({ until }) => until("2026-01-29T10:00:00Z"),
      causes: "customer.subscription.updated invoice.created",
      stands: "company active",
    },
    {
      // 500.00 and five seats of 15.00.
      name: "is paid for an hour later",
      page: "billing/subscriptions/trials",
      does: ({ until }) => until("2026-01-29T11:00:00Z"),
      causes: PAID,
      stands: "company active, paid 62100",
    },
    {
      // The period ends on 28 February: 18 of its 30 days of 575.00 are 345.00, tax 27.60.
      name: "is paused, and the next invoice credits what is not used",
      page: "billing/subscriptions/pause",
      does: async ({ world, plain, until }) => {
        await until("2026-02-10T10:00:00Z");
        await pauseSubscription(world.ctx, plain());
      },
      causes: "customer.subscription.paused",
      stands: "company paused, serves free, paid 62100",
    },
    {
      name: "goes on with a full period, which the credit pays in part",
      page: "billing/subscriptions/pause",
      does: ({ world, plain }) => unpauseSubscription(world.ctx, plain()),
      causes: `customer.subscription.resumed ${PAID} invoice.created`,
      stands: "company active, paid 86940",
    },
  ],
  "a trial that is cut short": [
    {
      name: "begins with an invoice of nothing",
      page: "billing/subscriptions/trials",
      does: (life) => start(life, "company"),
      causes: TRIAL,
      stands: "company trialing",
    },
    {
      name: "is paid for at once",
      page: "billing/subscriptions/trials",
      does: ({ world, plain }) => endTrial(world.ctx, plain()),
      causes: `customer.subscription.updated invoice.created ${PAID}`,
      stands: "company active, paid 54000",
    },
  ],
  "a trial without a card": [
    {
      name: "begins all the same",
      page: "billing/subscriptions/trials/free-trials",
      does: (life) => start(life, "company", { paymentMethodId: null, canConfirm: true }),
      causes: TRIAL,
      stands: "company trialing",
    },
    {
      name: "ends in the free plan",
      page: "billing/subscriptions/trials/free-trials",
      does: ({ until }) => until("2026-01-29T12:00:00Z"),
      causes: "customer.subscription.trial_will_end customer.subscription.deleted",
      stands: "free active",
    },
    {
      name: "is had once",
      page: "billing/subscriptions/trials",
      does: async (life) => {
        await start(life, "company");
        const { trialTaken, trialEndAt } = await getSubscription(life.world.ctx, life.tenant.id);
        expect({ trialTaken, trialEndAt }).toEqual({ trialTaken: true, trialEndAt: null });
      },
      causes: `${PAID} customer.subscription.created invoice.created`,
      stands: "company active, paid 54000",
    },
  ],
});
