/** An operator's discount on the running subscription: given directly, without a code, and taken off again. */
import type { BillingContext } from "../context";
import type { PlainVerbInput, SubscriptionChanged } from "./model";
import type { DiscountTerms } from "./model-promotions";
import { perform } from "./perform";

/**
 * Gives a discount from the next invoice on, beside those there are. Charges nothing and gives nothing back of what is paid.
 * Throws `promotion.invalid`, `subscription.none`, `subscription.change_scheduled`, `subscription.payment_pending`.
 */
export function giveDiscount(
  ctx: BillingContext,
  { terms, ...input }: PlainVerbInput & { terms: DiscountTerms },
): Promise<SubscriptionChanged> {
  const call = { ...input, quoteId: null, paymentMethodId: null, canConfirm: false };
  return perform(ctx, { verb: "discount", give: terms, take: null }, call);
}

/** Takes a discount off, from the next invoice on. Throws `subscription.discount_unknown` and as `giveDiscount` does. */
export function takeDiscount(
  ctx: BillingContext,
  { stripeDiscountId, ...input }: PlainVerbInput & { stripeDiscountId: string },
): Promise<SubscriptionChanged> {
  const call = { ...input, quoteId: null, paymentMethodId: null, canConfirm: false };
  return perform(ctx, { verb: "discount", give: null, take: stripeDiscountId }, call);
}
