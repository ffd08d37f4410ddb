/** A card that pays: a start, changes, renewals, a refund and the end, each as Stripe's documentation states it. */
import { listPaymentMethods, listPayments, refundPayment, removePaymentMethod } from "@/billing/payments";
import {
  cancelSubscription,
  quoteSubscription,
  resumeSubscription,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import { recordUsage } from "@/billing/usage";
import { change, PAID, saveCard, start, tellStories } from "./stories";

tellStories({
  "a subscription whose card pays": [
    {
      name: "is charged inside the request that starts it",
      page: "billing/subscriptions/webhooks",
      does: (life) => start(life, "solo"),
      causes: `${PAID} invoice.created customer.subscription.created customer.updated payment_method.attached`,
      stands: "solo active, paid 2052",
    },
    {
      // 67.74 − 12.87 for 21 of 31 days, tax 5.42 − 1.03.
      name: "is upgraded at once by an invoice of its own",
      page: "billing/subscriptions/prorations",
      does: async (life) => {
        await life.until("2026-01-25T10:00:00Z");
        const calls = { tenantId: life.tenant.id, meterKey: "call", quantity: "120", unit: null, metadata: {} };
        await recordUsage(life.world.ctx, { ...calls, key: null });
        await change(life, { planKey: "team" });
      },
      causes: `${PAID} invoice.created invoiceitem.created×2 customer.subscription.updated`,
      stands: "team active, paid 7978",
    },
    {
      name: "is previewed without a trace",
      page: "api/invoices/create_preview",
      does: ({ world, tenant }) => {
        const wish = subscriptionWishSchema.parse({ verb: "change", planKey: "company" });
        return quoteSubscription(world.ctx, { tenantId: tenant.id, wish });
      },
      causes: "nothing",
      stands: "team active, paid 7978",
    },
    {
      name: "has another card saved as the default",
      page: "api/payment_methods/attach",
      does: (life) => saveCard(life, "pm_card_mastercard"),
      causes: "payment_method.attached customer.updated",
      stands: "team active, paid 7978",
    },
    {
      name: "has its first card removed",
      page: "api/payment_methods/detach",
      does: async ({ world, tenant, plain }) => {
        const methods = await listPaymentMethods(world.ctx, tenant.id);
        const first = methods.find(({ brand }) => brand === "visa");
        const { stripePaymentMethodId: paymentMethodId } = first ?? { stripePaymentMethodId: "" };
        await removePaymentMethod(world.ctx, { ...plain(), paymentMethodId });
      },
      causes: "payment_method.detached",
      stands: "team active, paid 7978",
    },
    {
      name: "is to end with its period",
      page: "billing/subscriptions/cancel",
      does: ({ world, plain }) => cancelSubscription(world.ctx, { ...plain(), immediate: false }),
      causes: "customer.subscription.updated",
      stands: "team active, ends 2026-02-15, paid 7978",
    },
    {
      name: "is resumed before it ends",
      page: "billing/subscriptions/cancel",
      does: ({ world, plain }) => resumeSubscription(world.ctx, plain()),
      causes: "customer.subscription.updated",
      stands: "team active, paid 7978",
    },
    {
      name: "is announced some days before it renews",
      page: "billing/subscriptions/webhooks",
      does: ({ until }) => until("2026-02-15T09:00:00Z"),
      causes: "invoice.upcoming",
      stands: "team active, paid 7978",
    },
    {
      name: "moves its period first, its invoice a draft",
      page: "billing/invoices/subscription",
      does: ({ until }) => until("2026-02-15T10:00:00Z"),
      causes: "customer.subscription.updated invoice.created",
      stands: "team active, paid 7978",
    },
    {
      // 100.00 and 20 calls of January at 0.50, with 8 %.
      name: "is charged an hour later",
      page: "billing/invoices/subscription",
      does: ({ until }) => until("2026-02-15T11:00:00Z"),
      causes: PAID,
      stands: "team active, paid 19858",
    },
    {
      // Two of 20.00 for 18 of 28 days: 25.71, tax 2.06.
      name: "has seats added",
      page: "billing/subscriptions/quantities",
      does: async (life) => {
        await life.until("2026-02-25T10:00:00Z");
        await change(life, { seats: 7 });
      },
      causes: `${PAID} invoice.created customer.subscription.updated`,
      stands: "team active, paid 22635",
    },
    {
      // 12.21 − 64.29 − 25.71, tax 0.98 − 5.14 − 2.06.
      name: "is downgraded at once, which pays nothing back",
      page: "billing/subscriptions/prorations",
      does: (life) => change(life, { planKey: "solo", timing: "now_prorated" }),
      causes: `invoice.created invoice.finalized invoice.paid invoice.payment_succeeded customer.subscription.updated
        customer.updated`,
      stands: "solo active, paid 22635, credit 8401",
    },
    {
      name: "has a part of a payment refunded",
      page: "refunds",
      does: async ({ world, tenant, plain }) => {
        const payments = await listPayments(world.ctx, { tenantId: tenant.id, limit: 10 });
        const renewal = payments.find(({ amountMinor }) => amountMinor === 11_880n);
        await refundPayment(world.ctx, {
          ...plain(),
          paymentId: renewal?.stripePaymentIntentId ?? "",
          amountMinor: 500n,
        });
      },
      causes: "refund.created charge.refunded",
      stands: "solo active, paid 22635, back 500, credit 8401",
    },
    {
      name: "renews from the balance without a payment",
      page: "billing/customer/balance",
      does: async ({ until }) => {
        await until("2026-03-15T10:00:00Z");
      },
      causes: "customer.subscription.updated invoice.created",
      stands: "solo active, paid 22635, back 500, credit 8401",
    },
    {
      name: "uses the balance when the draft is issued",
      page: "billing/customer/balance",
      does: ({ until }) => until("2026-03-15T11:00:00Z"),
      causes: "invoice.finalized invoice.paid invoice.payment_succeeded customer.updated",
      stands: "solo active, paid 22635, back 500, credit 6349",
    },
    {
      name: "ends with its period",
      page: "billing/subscriptions/cancel",
      does: async ({ world, plain, until }) => {
        await cancelSubscription(world.ctx, { ...plain(), immediate: false });
        await until("2026-04-15T11:00:00Z");
      },
      causes: "customer.subscription.updated customer.subscription.deleted",
      stands: "free active, paid 22635, back 500, credit 6349",
    },
  ],
});
