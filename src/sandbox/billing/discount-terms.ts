/**
 * From stored Discount objects to what they take off, and which of them are in force.
 *
 * Owns: a coupon's duration (once, repeating, forever). Refuses: arithmetic (discounts.ts).
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { DiscountTerms } from "./discounts";

/** The terms of a stored discount; empty when it, or its coupon, no longer exists. */
export function discountTermsOf(tx: Transaction, discountId: string): DiscountTerms[] {
  const discount = tx.find("discount", discountId);
  const coupon = discount ? couponOf(tx, discount) : undefined;
  if (!discount || !coupon) return [];
  return [{ id: discount.id, percentOff: coupon.percent_off, amountOffMinor: coupon.amount_off }];
}

/** The coupon behind a discount. */
export function couponOf(tx: Transaction, discount: Stripe.Discount): Stripe.Coupon | undefined {
  const id = idOf(discount.source.coupon);
  return id === null ? undefined : tx.find("coupon", id);
}

/** The discounts of a subscription (else its customer's) that an invoice made at this moment gets. */
export function discountsInForce(
  tx: Transaction,
  subscription: Stripe.Subscription,
  customer: Stripe.Customer,
  at: number,
): string[] {
  const own = subscription.discounts.flatMap((reference) => tx.find("discount", idOf(reference) ?? "") ?? []);
  const inherited = own.length === 0 && customer.discount ? [customer.discount] : [];
  return [...own, ...inherited].filter((discount) => discount.end === null || discount.end > at).map((one) => one.id);
}
