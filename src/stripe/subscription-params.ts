/** What a start, a change, a pause mean in Stripe's words: one place for the call and for its preview, so both agree. */
import type Stripe from "stripe";
import type { DiscountChoice, ItemEdit } from "@/billing/subscriptions/model";
import type { ChangeRequest, StartRequest } from "./gateway";
import { PRORATION_BEHAVIOR } from "./proration";
import { idOf, unixSeconds } from "./translate/values";

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

/**
 * The parameters of a change that move money. Reads the discounts there are when one is to be put beside them, unless the
 * caller knows them.
 */
export async function changeParams(
  stripe: Stripe,
  request: ChangeRequest & { stripeDiscountIds?: readonly string[] | undefined },
) {
  const { proration, prorationAt, discount } = request;
  return {
    items: request.items.map(itemParam),
    proration_behavior: PRORATION_BEHAVIOR[proration],
    ...(proration !== "none" && prorationAt !== null && { proration_date: unixSeconds(prorationAt) }),
    ...(request.restartPeriod && { billing_cycle_anchor: { type: "now" } as const }),
    ...(discount && { discounts: await discountsWith(stripe, request, discount) }),
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

async function discountsWith(
  stripe: Stripe,
  {
    stripeSubscriptionId,
    stripeDiscountIds,
  }: { stripeSubscriptionId: string; stripeDiscountIds?: readonly string[] | undefined },
  choice: DiscountChoice,
) {
  if (stripeDiscountIds === undefined) return withDiscount(stripe, stripeSubscriptionId, choice);
  return [...stripeDiscountIds.map((discount) => ({ discount })), discountParam(choice)];
}

/** The discounts there are and one more: a list that left them out would take them away. */
export async function withDiscount(stripe: Stripe, stripeSubscriptionId: string, choice: DiscountChoice) {
  const { discounts } = await stripe.subscriptions.retrieve(stripeSubscriptionId);
  return [...discounts.map((discount) => ({ discount: idOf(discount) })), discountParam(choice)];
}
