/** Renewals that fail: Stripe's retries, what ends them well, and each of the three ways in which they can run out. */
import { expect } from "vitest";
import { payInvoice } from "@/billing/invoices";
import { change, type Life, PAID, saveCard, start, tellStories } from "./stories";

const FAILED = "charge.failed payment_intent.payment_failed invoice.payment_failed invoice.updated";
const RECOVERED = `charge.succeeded payment_intent.succeeded invoice.paid invoice.payment_succeeded invoice_payment.paid
  customer.subscription.updated customer.updated`;

/** What becomes of a subscription at Stripe when no retry is left. */
async function endRetriesWith({ world }: Life, afterRetries: string): Promise<void> {
  const body = JSON.stringify({ afterRetries });
  const answer = await fetch(`${world.sandbox.url}/_sandbox/settings`, { method: "POST", body });
  expect(answer.ok).toBe(true);
}

/** Pays the invoice that is open. */
async function payOpen({ world, tenant, plain }: Life): Promise<void> {
  const where = { tenantId: tenant.id, status: "open" as const };
  const { id: invoiceId } = await world.db.prisma.invoice.findFirstOrThrow({ where, orderBy: { createdAt: "asc" } });
  await payInvoice(world.ctx, { ...plain(), invoiceId, paymentMethodId: null });
}

/** A month that was paid and a renewal that was not, in a chapter each. */
const FAILS = (afterRetries: string) => [
  {
    name: "is paid for its first month, with a card that will fail",
    page: "billing/subscriptions/webhooks",
    does: async (life: Life) => {
      await endRetriesWith(life, afterRetries);
      await start(life, "solo");
      await saveCard(life, "pm_card_chargeCustomerFail");
    },
    causes: `${PAID} customer.subscription.created payment_method.attached×2`,
    stands: "solo active, paid 2052",
  },
  {
    name: "is past due when its renewal fails",
    page: "billing/subscriptions/overview",
    does: ({ until }: Life) => until("2026-02-15T11:00:00Z"),
    causes: `customer.subscription.updated×2 invoice.created invoice.finalized payment_intent.created ${FAILED}
      customer.updated`,
    stands: "solo past_due, paid 2052, owes 2052, dunned first_notice",
  },
];

tellStories({
  "a renewal that fails and is saved by a retry": [
    ...FAILS("canceled"),
    {
      name: "is changed by nobody, because time that is not paid would be credited",
      page: "billing/subscriptions/prorations",
      does: async (life) => {
        await expect(change(life, { planKey: "team" })).rejects.toMatchObject({ code: "subscription.payment_pending" });
      },
      causes: "nothing",
      stands: "solo past_due, paid 2052, owes 2052, dunned first_notice",
    },
    {
      name: "fails again three days later",
      page: "billing/revenue-recovery/smart-retries",
      does: ({ until }) => until("2026-02-18T12:00:00Z"),
      causes: FAILED,
      stands: "solo past_due, paid 2052, owes 2052, dunned reminded",
    },
    {
      name: "is given a good card, which only the next retry will charge",
      page: "billing/revenue-recovery/smart-retries",
      does: (life) => saveCard(life, "pm_card_visa"),
      causes: "payment_method.attached customer.updated",
      stands: "solo past_due, paid 2052, owes 2052, dunned reminded",
    },
    {
      name: "is paid by the next retry",
      page: "billing/revenue-recovery/smart-retries",
      does: ({ until }) => until("2026-02-23T12:00:00Z"),
      causes: RECOVERED,
      stands: "solo active, paid 4104, dunned recovered",
    },
  ],
  "retries that run out where Stripe then cancels": [
    ...FAILS("canceled"),
    {
      name: "ends with the last retry",
      page: "billing/revenue-recovery/smart-retries",
      does: ({ until }) => until("2026-03-03T12:00:00Z"),
      causes: `${FAILED} customer.subscription.deleted`,
      stands: "free active, paid 2052, owes 2052, dunned lapsed",
    },
    {
      name: "is paid for by hand afterwards, and stays ended",
      page: "billing/subscriptions/overview",
      does: async (life) => {
        await saveCard(life, "pm_card_visa");
        await payOpen(life);
      },
      causes: "charge.succeeded payment_intent.succeeded invoice.paid invoice_payment.paid",
      stands: "free active, paid 4104, dunned recovered",
    },
  ],
  "retries that run out where Stripe then marks it unpaid": [
    ...FAILS("unpaid"),
    {
      name: "is unpaid after the last retry",
      page: "billing/subscriptions/overview",
      does: ({ until }) => until("2026-03-03T12:00:00Z"),
      causes: `${FAILED} customer.subscription.updated`,
      stands: "solo unpaid, serves free, paid 2052, owes 2052, dunned reminded",
    },
    {
      name: "serves again as soon as it is paid",
      page: "billing/subscriptions/overview",
      does: async (life) => {
        await saveCard(life, "pm_card_visa");
        await payOpen(life);
      },
      causes:
        "charge.succeeded payment_intent.succeeded invoice.paid invoice_payment.paid customer.subscription.updated",
      stands: "solo active, paid 4104, dunned recovered",
    },
  ],
  "retries that run out where Stripe then leaves it past due": [
    ...FAILS("past_due"),
    {
      name: "goes on past due",
      page: "billing/revenue-recovery/smart-retries",
      does: ({ until }) => until("2026-03-03T12:00:00Z"),
      causes: FAILED,
      stands: "solo past_due, paid 2052, owes 2052, dunned reminded",
    },
    {
      name: "fails for a second month",
      page: "billing/subscriptions/overview",
      does: ({ until }) => until("2026-03-15T12:00:00Z"),
      causes: `invoice.created invoice.finalized payment_intent.created ${FAILED}`,
      stands: "solo past_due, paid 2052, owes 4104, dunned first_notice",
    },
    {
      name: "is ended by our grace, thirty days after the first failure",
      page: "billing/subscriptions/cancel",
      does: ({ until }) => until("2026-03-17T12:00:00Z"),
      causes: "customer.subscription.deleted",
      stands: "free active, paid 2052, owes 4104, dunned lapsed",
    },
  ],
});
