/**
 * A Stripe subscription as our record, and what is left to confirm of it. Pure.
 *
 * Since basil the running period stands on the item, not on the subscription. Ours have one item for the plan and at most
 * one for additional seats, told apart by the `part` in the price's metadata; others are refused by name rather than billed
 * by their first item. `schedule` and `discounts.source.coupon` have to be expanded.
 */
import type Stripe from "stripe";
import { BillingError } from "@/billing/kernel/errors";
import type { BillingInterval, SubscriptionStatus } from "@/billing/subscriptions/model";
import type { Confirmation, DiscountRecord, ItemRecord, ScheduleRecord, SubscriptionRecord } from "../gateway";
import { decimalText, idOf, instant, minor, optionalId, optionalInstant, unknownValue, wordOf } from "./values";

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

/** Translates a subscription. Throws `upstream stripe.refused` unless its items are a plan's, by the month or the year. */
export function subscriptionRecord(subscription: Stripe.Subscription): SubscriptionRecord {
  const { item, seats } = itemsOf(subscription);
  const { price } = item;
  const recurring = price.recurring;
  if (recurring === null || recurring.interval_count !== 1) throw unknownValue("a price's interval", price.id);
  return {
    stripeSubscriptionId: subscription.id,
    stripeCustomerId: idOf(subscription.customer),
    tenantId: subscription.metadata.tenant_id ?? null,
    operationId: subscription.metadata.operation ?? null,
    status: wordOf(STATUSES, subscription.status, "a subscription's status"),
    stripeItemId: item.id,
    stripePriceId: price.id,
    interval: wordOf(INTERVALS, recurring.interval, "a price's interval"),
    quantity: item.quantity ?? 1,
    currency: subscription.currency,
    unitAmountMinor: unitAmount(price),
    seatItem: seats === null ? null : itemRecord(seats),
    discounts: subscription.discounts.map(discountRecord),
    schedule: scheduleRecord(subscription.schedule),
    pendingUpdateExpiresAt: optionalInstant(subscription.pending_update?.expires_at),
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
  const waits = subscription.status === "incomplete" || subscription.pending_update !== null;
  if (waits && invoice !== null && typeof invoice !== "string") {
    const secret = invoice.confirmation_secret?.client_secret;
    if (secret) return { clientSecret: secret, intent: "payment" };
  }
  const setup = subscription.pending_setup_intent;
  if (setup === null || typeof setup === "string" || !setup.client_secret) return null;
  return { clientSecret: setup.client_secret, intent: "setup" };
}

function itemsOf(subscription: Stripe.Subscription) {
  const items = subscription.items.data;
  const seats = items.filter((item) => item.price.metadata.part === "seat");
  const plans = items.filter((item) => item.price.metadata.part !== "seat");
  const [item] = plans;
  if (item !== undefined && plans.length === 1 && seats.length <= 1 && !subscription.items.has_more) {
    return { item, seats: seats[0] ?? null };
  }
  throw new BillingError("upstream", "stripe.refused", "A subscription at Stripe does not have exactly one plan.", {
    details: { stripeSubscriptionId: subscription.id, items: items.length },
  });
}

function itemRecord(item: Stripe.SubscriptionItem): ItemRecord {
  return {
    stripeItemId: item.id,
    stripePriceId: item.price.id,
    quantity: item.quantity ?? 0,
    unitAmountMinor: unitAmount(item.price),
  };
}

const DURATIONS: Readonly<Record<DiscountRecord["duration"], true>> = { once: true, repeating: true, forever: true };

function discountRecord(discount: string | Stripe.Discount): DiscountRecord {
  if (typeof discount === "string") throw unknownValue("a discount that is not expanded", discount);
  const { coupon } = discount.source;
  if (coupon === null || typeof coupon === "string") throw unknownValue("a coupon that is not expanded", discount.id);
  return {
    stripeDiscountId: discount.id,
    stripeCouponId: coupon.id,
    stripePromotionCodeId: optionalId(discount.promotion_code),
    name: coupon.name ?? coupon.id,
    percentOff: decimalText(coupon.percent_off),
    amountOffMinor: coupon.amount_off === null ? null : minor(coupon.amount_off),
    duration: wordOf(DURATIONS, coupon.duration, "a coupon's duration"),
    endsAt: optionalInstant(discount.end),
  };
}

function scheduleRecord(schedule: string | Stripe.SubscriptionSchedule | null): ScheduleRecord | null {
  if (schedule === null) return null;
  if (typeof schedule === "string") throw unknownValue("a schedule that is not expanded", schedule);
  if (schedule.status !== "active" && schedule.status !== "not_started") return null;
  const running = schedule.current_phase?.start_date ?? 0;
  const next = schedule.phases.find((phase) => phase.start_date > running) ?? null;
  const items = next?.items.map((item) => ({ stripePriceId: idOf(item.price), quantity: item.quantity ?? 1 })) ?? [];
  return {
    stripeScheduleId: schedule.id,
    next: next === null ? null : { startsAt: instant(next.start_date), items },
  };
}

function unitAmount(price: Stripe.Price): bigint {
  const exact = price.unit_amount ?? decimalText(price.unit_amount_decimal);
  const text = String(exact);
  if (!/^-?\d+$/.test(text)) throw unknownValue("a price's amount", `${price.id}: ${text}`);
  return BigInt(text);
}
