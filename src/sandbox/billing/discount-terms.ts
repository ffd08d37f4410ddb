/**
 * From stored Discount objects to what they take off, and which of them are in force.
 *
 * Owns: a coupon's duration (once, repeating, forever). Refuses: arithmetic (discounts.ts).
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { DiscountTerms } from "./discounts";

/** The terms of a stored discount in a currency; empty when it, or its coupon, no longer exists. */
export function discountTermsOf(tx: Transaction, discountId: string, currency: string): DiscountTerms[] {
  const discount = tx.find("discount", discountId);
  const coupon = discount ? couponOf(tx, discount) : undefined;
  if (!discount || !coupon) return [];
  const { applies_to: only, percent_off: percentOff } = coupon;
  const amountOffMinor = coupon.currency_options?.[currency]?.amount_off ?? coupon.amount_off;
  return [{ id: discount.id, percentOff, amountOffMinor, ...(only === undefined ? {} : { products: only.products }) }];
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
  const own = inForce(tx, subscription.discounts, at);
  return own.length > 0 ? own : customerDiscount(customer, at);
}

/** The customer's own discount, which invoices inherit that have no other. */
export function customerDiscount(customer: Stripe.Customer, at: number): string[] {
  const { discount } = customer;
  return discount && (discount.end === null || discount.end > at) ? [discount.id] : [];
}

/** Those of the discounts that have not ended at a moment. */
export function inForce(
  tx: Transaction,
  references: ReadonlyArray<string | { id: string }> | null | undefined,
  at: number,
): string[] {
  return (references ?? []).flatMap((reference) => {
    const discount = tx.find("discount", idOf(reference) ?? "");
    return discount && (discount.end === null || discount.end > at) ? [discount.id] : [];
  });
}
