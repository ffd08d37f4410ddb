/** Changes that wait: for a bank's answer, for the end of a period; what carries them out and what drops them. */
import { expect } from "vitest";
import {
  cancelScheduledChange,
  cancelSubscription,
  commitQuote,
  quoteSubscription,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import { change, type Life, PAID, saveCard, start, tellStories } from "./stories";

const ISSUED = "invoice.created invoice.finalized payment_intent.created";

async function commit(life: Life, wanted: object): Promise<void> {
  const { world, tenant, plain } = life;
  const wish = subscriptionWishSchema.parse(wanted);
  const { id: quoteId } = await quoteSubscription(world.ctx, { tenantId: tenant.id, wish });
  const done = await commitQuote(world.ctx, { ...plain(), quoteId, paymentMethodId: null, canConfirm: true });
  life.kept.clientSecret = done.confirmation?.clientSecret ?? "";
}

tellStories({
  "an upgrade that waits for the bank": [
    {
      name: "begins with a plan and a card that asks its holder",
      page: "billing/subscriptions/pending-updates",
      does: async (life) => {
        await start(life, "team");
        await saveCard(life, "pm_card_authenticationRequired");
        await life.until("2026-01-25T10:00:00Z");
      },
      causes: `${PAID} customer.subscription.created`,
      stands: "team active, paid 10800",
    },
    {
      // 400.00 for 21 of 31 days, line by line: 338.71 − 67.74, tax 27.10 − 5.42.
      name: "is parked, and the plan stays",
      page: "billing/subscriptions/pending-updates",
      does: (life) => commit(life, { verb: "change", planKey: "company" }),
      causes: `${ISSUED} customer.subscription.updated payment_intent.requires_action invoice.payment_action_required`,
      stands: "team active, waits until 2026-01-26, paid 10800, owes 29265",
    },
    {
      name: "is dropped after 23 hours, and its invoice with it",
      page: "billing/subscriptions/pending-updates",
      does: ({ until }) => until("2026-01-26T10:00:00Z"),
      causes: `customer.subscription.updated customer.subscription.pending_update_expired invoice.voided
        payment_intent.canceled`,
      stands: "team active, paid 10800",
    },
    {
      // 20 of 31 days: 322.58 − 64.52, tax 25.81 − 5.16.
      name: "is asked for once more",
      page: "billing/subscriptions/pending-updates",
      does: (life) => commit(life, { verb: "change", planKey: "company" }),
      causes: `${ISSUED} customer.subscription.updated payment_intent.requires_action`,
      stands: "team active, waits until 2026-01-27, paid 10800, owes 27871",
    },
    {
      name: "is in force once its holder has answered",
      page: "billing/subscriptions/pending-updates",
      does: ({ world, kept }) => world.control.authenticate(kept.clientSecret, "succeed"),
      causes: `charge.succeeded payment_intent.succeeded invoice.paid invoice.payment_succeeded invoice_payment.paid
        customer.subscription.updated customer.subscription.pending_update_applied`,
      stands: "company active, paid 38671",
    },
    {
      name: "is refused where nobody can answer, and changes nothing",
      page: "api/subscriptions/update",
      does: async (life) => {
        const refused = change(life, { seats: 30 });
        await expect(refused).rejects.toMatchObject({ code: "payment.authentication_required" });
      },
      causes: "nothing",
      stands: "company active, paid 38671",
    },
  ],
  "a downgrade that waits for the period's end": [
    {
      name: "is scheduled",
      page: "billing/subscriptions/subscription-schedules",
      does: async (life) => {
        await start(life, "company", { trial: false });
        await change(life, { planKey: "team" });
      },
      causes: `${PAID} customer.subscription.created subscription_schedule.created subscription_schedule.updated
        customer.subscription.updated`,
      stands: "company active, then team, paid 54000",
    },
    {
      name: "is released, and the subscription stays as it is",
      page: "billing/subscriptions/subscription-schedules",
      does: ({ world, plain }) => cancelScheduledChange(world.ctx, plain()),
      causes: "subscription_schedule.released customer.subscription.updated",
      stands: "company active, paid 54000",
    },
    {
      name: "is scheduled again",
      page: "billing/subscriptions/subscription-schedules",
      does: (life) => change(life, { planKey: "team" }),
      causes: "subscription_schedule.created subscription_schedule.updated",
      stands: "company active, then team, paid 54000",
    },
    {
      name: "gives way to an upgrade of the seats",
      page: "billing/subscriptions/quantities",
      does: (life) => change(life, { seats: 21 }),
      causes: `subscription_schedule.released customer.subscription.updated ${PAID}`,
      stands: "company active, paid 55620",
    },
    {
      name: "is scheduled for the last time",
      page: "billing/subscriptions/subscription-schedules",
      does: (life) => change(life, { planKey: "team", seats: 5 }),
      causes: "subscription_schedule.created subscription_schedule.updated",
      stands: "company active, then team, paid 55620",
    },
    {
      name: "is in force when its phase begins",
      page: "billing/subscriptions/subscription-schedules",
      does: ({ until }) => until("2026-02-15T10:00:00Z"),
      causes: "customer.subscription.updated invoice.created",
      stands: "team active, paid 55620",
    },
    {
      name: "is paid at its own price",
      page: "billing/invoices/subscription",
      does: ({ until }) => until("2026-02-15T11:00:00Z"),
      causes: PAID,
      stands: "team active, paid 66420",
    },
    {
      // 18 of 28 days of 100.00: 64.29, tax 5.14.
      name: "does not survive an end of the subscription, which leaves credit",
      page: "billing/subscriptions/cancel",
      does: async (life) => {
        const { world, plain, until } = life;
        await until("2026-02-25T10:00:00Z");
        await change(life, { planKey: "solo" });
        await cancelSubscription(world.ctx, { ...plain(), immediate: true, settlement: "credit" });
      },
      causes: `subscription_schedule.updated subscription_schedule.released customer.subscription.deleted
        invoice.created invoice.finalized invoice.paid invoice.payment_succeeded customer.updated`,
      stands: "free active, paid 66420, credit 6943",
    },
  ],
});
