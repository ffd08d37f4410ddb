/** What a start, a change, a pause mean in Stripe's words: one place for the call and for its preview, so both agree. */
import type Stripe from "stripe";
import type { DiscountChoice, ItemEdit, NextDiscounts } from "@/billing/subscriptions/model";
import type { ChangeRequest, StartRequest } from "./gateway";
import { PRORATION_BEHAVIOR } from "./proration";
import { unixSeconds } from "./translate/values";

/** Pausing credits the unused time; the credit waits for the resumption. */
export const PAUSE = {
  type: "subscription",
  bill_for: { unused_time_from: { type: "now" } },
  invoicing_behavior: "pending_invoice_item",
} as const satisfies Stripe.SubscriptionPauseParams;

/** Coming back starts a full period now. */
export const RESUMPTION = {
  billing_cycle_anchor: { type: "now" },
  proration_behavior: "none",
} as const satisfies Stripe.SubscriptionResumeParams;

/** The parameters of a start that move money. */
export function startParams(request: StartRequest) {
  const { items, discount, trialDays, stripeTaxRateId, automaticTax } = request;
  return {
    customer: request.stripeCustomerId,
    items: items.map(({ stripePriceId, quantity }) => ({ price: stripePriceId, quantity })),
    billing_mode: { type: "flexible" },
    ...(discount && { discounts: [discountParam(discount)] }),
    ...(trialDays !== null && {
      trial_period_days: trialDays,
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
    }),
    ...(automaticTax && { automatic_tax: { enabled: true } }),
    ...(!automaticTax && stripeTaxRateId && { default_tax_rates: [stripeTaxRateId] }),
  } satisfies Stripe.SubscriptionCreateParams;
}

/** The parameters of a change that move money. */
export function changeParams(request: ChangeRequest) {
  const { proration, prorationAt, discounts, withdraws } = request;
  return {
    items: request.items.map(itemParam),
    proration_behavior: PRORATION_BEHAVIOR[proration],
    ...(proration !== "none" && prorationAt !== null && { proration_date: unixSeconds(prorationAt) }),
    ...(request.restartPeriod && { billing_cycle_anchor: { type: "now" } as const }),
    ...withdrawal(withdraws),
    ...(discounts && { discounts: discountParams(discounts) }),
  };
}

/** The parameters of ending a trial now: its first period begins and is charged. */
export function trialEndParams(withdraws: ChangeRequest["withdraws"]) {
  return { trial_end: "now", proration_behavior: "none", ...withdrawal(withdraws) } as const;
}

/** An end may be set as a flag or, by Stripe's own portal in flexible mode, as a date; only the one in use is cleared. */
function withdrawal(withdraws: ChangeRequest["withdraws"]) {
  return {
    ...(withdraws === "flag" && { cancel_at_period_end: false }),
    ...(withdraws === "date" && { cancel_at: "" as const }),
  };
}

/** Without the item's id Stripe would add a second item; without the quantity it would reset it to 1. */
export function itemParam(edit: ItemEdit) {
  if ("remove" in edit) return { id: edit.stripeItemId, deleted: true };
  const { stripeItemId, stripePriceId, quantity } = edit;
  return { ...(stripeItemId !== null && { id: stripeItemId }), price: stripePriceId, quantity };
}

/** A discount in a request. */
export function discountParam(choice: DiscountChoice) {
  return "stripeCouponId" in choice
    ? { coupon: choice.stripeCouponId }
    : { promotion_code: choice.stripePromotionCodeId };
}

/** The discounts from now on, in full: a list that left some out would take them away, an empty text takes all. */
export function discountParams({ kept, added }: NextDiscounts) {
  const discounts = [...kept.map((discount) => ({ discount })), ...(added === null ? [] : [discountParam(added)])];
  return discounts.length === 0 ? ("" as const) : discounts;
}
