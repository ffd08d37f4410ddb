/**
 * A Stripe subscription as our record, and what is left to confirm of it. Pure.
 *
 * Since basil the running period stands on the item, not on the subscription. Ours have exactly one flat item; others are
 * refused by name rather than billed by their first item.
 */
import type Stripe from "stripe";
import { BillingError } from "@/billing/kernel/errors";
import type { BillingInterval, SubscriptionStatus } from "@/billing/subscriptions/model";
import type { Confirmation, SubscriptionRecord } from "../gateway";
import { decimalText, idOf, instant, optionalId, optionalInstant, unknownValue, wordOf } from "./values";

const STATUSES: Readonly<Record<SubscriptionStatus, true>> = {
  incomplete: true,
  incomplete_expired: true,
  trialing: true,
  active: true,
  past_due: true,
  canceled: true,
  unpaid: true,
  paused: true,
};

const INTERVALS: Readonly<Record<BillingInterval, true>> = { month: true, year: true };

/** Translates a subscription. Throws `upstream stripe.refused` unless it has one flat item per month or year. */
export function subscriptionRecord(subscription: Stripe.Subscription): SubscriptionRecord {
  const item = onlyItem(subscription);
  const { price } = item;
  const recurring = price.recurring;
  if (recurring === null || recurring.interval_count !== 1) throw unknownValue("a price's interval", price.id);
  return {
    stripeSubscriptionId: subscription.id,
    stripeCustomerId: idOf(subscription.customer),
    tenantId: subscription.metadata.tenant_id ?? null,
    status: wordOf(STATUSES, subscription.status, "a subscription's status"),
    stripeItemId: item.id,
    stripePriceId: price.id,
    interval: wordOf(INTERVALS, recurring.interval, "a price's interval"),
    quantity: item.quantity ?? 1,
    currency: subscription.currency,
    unitAmountMinor: unitAmount(price),
    anchorAt: instant(subscription.billing_cycle_anchor),
    currentPeriodStartAt: instant(item.current_period_start),
    currentPeriodEndAt: instant(item.current_period_end),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    cancelAt: optionalInstant(subscription.cancel_at),
    canceledAt: optionalInstant(subscription.canceled_at),
    endedAt: optionalInstant(subscription.ended_at),
    trialEndAt: optionalInstant(subscription.trial_end),
    startedAt: instant(subscription.start_date),
    latestStripeInvoiceId: optionalId(subscription.latest_invoice),
    defaultPaymentMethodId: optionalId(subscription.default_payment_method),
    testClockId: optionalId(subscription.test_clock),
  };
}

/** What the browser has to confirm: the first payment, or the card when nothing is due. Needs both expanded. */
export function confirmationOf(subscription: Stripe.Subscription): Confirmation | null {
  const invoice = subscription.latest_invoice;
  if (subscription.status === "incomplete" && invoice !== null && typeof invoice !== "string") {
    const secret = invoice.confirmation_secret?.client_secret;
    if (secret) return { clientSecret: secret, intent: "payment" };
  }
  const setup = subscription.pending_setup_intent;
  if (setup === null || typeof setup === "string" || !setup.client_secret) return null;
  return { clientSecret: setup.client_secret, intent: "setup" };
}

function onlyItem(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item, ...others] = subscription.items.data;
  if (item !== undefined && others.length === 0 && !subscription.items.has_more) return item;
  throw new BillingError("upstream", "stripe.refused", "A subscription at Stripe does not have exactly one item.", {
    details: { stripeSubscriptionId: subscription.id, items: subscription.items.data.length },
  });
}

function unitAmount(price: Stripe.Price): bigint {
  const exact = price.unit_amount ?? decimalText(price.unit_amount_decimal);
  const text = String(exact);
  if (!/^-?\d+$/.test(text)) throw unknownValue("a price's amount", `${price.id}: ${text}`);
  return BigInt(text);
}
