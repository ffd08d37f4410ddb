/**
 * Discounts that the operator gives without a code: who may, and the coupon that stands for what is given.
 *
 * A coupon is made for the terms, not for the tenant: the same terms find the same coupon, so asking for a price again makes
 * nothing new. It takes nothing off before it is put on a subscription.
 */
import type { BillingContext } from "../context";
import type { Actor } from "../kernel/actor";
import { BillingError } from "../kernel/errors";
import type { Coupon, Subscription } from "./model";
import type { DiscountTerms } from "./model-promotions";
import { planCoupon } from "./rules/promotions";

/** Throws `auth.forbidden` unless the installation's own people or programs ask. */
export function requireOperator(actor: Actor): void {
  const isOperator = actor.kind === "operator" || actor.kind === "system";
  if (isOperator || (actor.kind === "api_key" && actor.tenantId === null)) return;
  throw new BillingError("forbidden", "auth.forbidden", "Discounts without a code are given by operators.");
}

/** The coupon of these terms in the subscription's currency. Throws `promotion.invalid`, `subscription.none`. */
export async function makeGift(
  ctx: BillingContext,
  terms: DiscountTerms,
  live: Subscription | null,
): Promise<Coupon | null> {
  if (live === null) return null;
  const coupon = planCoupon(terms, live.currency);
  if (typeof coupon === "string") throw new BillingError("invalid", "promotion.invalid", coupon);
  return { ...coupon, stripeCouponId: await ctx.stripe.ensureCoupon(coupon) };
}
