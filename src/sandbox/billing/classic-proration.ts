/**
 * Prorations in classic billing mode.
 *
 * Owns: what a classic change credits. It does not look at what was charged: the unused time is credited at the price, the
 * quantity and the latest discount in force, even if no more than another price was ever paid; and a discount counts whole
 * against the one item that changes. A second invoice of 20.00 after an upgrade that was not prorated is thus given back in
 * part, though only 10.00 was paid.
 */
import type Stripe from "stripe";
import { stepOf } from "../payments/currency-step";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { type Period, periodAt } from "./calendar";
import { fixedAmount, isMetered } from "./charge-parts";
import { discountsInForce, discountTermsOf, inForce } from "./discount-terms";
import { type DiscountPart, spreadDiscounts } from "./discounts";
import { itemIn } from "./price-currency";
import { remainingShare } from "./proration";
import { customerOf, nowOf } from "./records";
import { recurrenceOf } from "./terms";

/** What a full period of an item costs, and what the latest discount takes off it, as if it stood alone. */
export function classicAmount(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): { grossMinor: number; parts: DiscountPart[] } {
  const { currency } = subscription;
  const now = nowOf(tx, subscription);
  const shared = discountsInForce(tx, subscription, customerOf(tx, subscription), now);
  const last = [...shared, ...inForce(tx, item.discounts, now)].slice(-1);
  const grossMinor = fixedAmount(itemIn(item, currency));
  const line = { amountMinor: grossMinor, discountable: true, product: idOf(item.price.product) ?? undefined };
  const terms = last.flatMap((id) => discountTermsOf(tx, id, currency));
  return { grossMinor, parts: spreadDiscounts([line], terms, stepOf(currency))[0] ?? [] };
}

/** The unused time of an item's period, credited at its price; null when that comes to nothing. */
export function classicCredit(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  at: number,
): { amountMinor: number; parts: DiscountPart[]; period: Period } | null {
  const period = { start: Math.max(at, item.current_period_start), end: item.current_period_end };
  if (isMetered(item.price) || period.start >= period.end) return null;
  const natural = periodAt(gridOf(subscription), recurrenceOf(item.price), period.start);
  const step = stepOf(subscription.currency);
  const share = (amount: number) =>
    remainingShare(amount, natural, period.start, step) - remainingShare(amount, natural, period.end, step);
  const { grossMinor, parts } = classicAmount(tx, subscription, item);
  const offMinor = parts.reduce((sum, part) => sum + part.amountMinor, 0);
  const amountMinor = share(grossMinor - offMinor);
  if (amountMinor === 0) return null;
  const off = share(grossMinor) - amountMinor;
  return {
    amountMinor: -amountMinor,
    parts: parts.slice(0, 1).map((part) => ({ discount: part.discount, amountMinor: off })),
    period,
  };
}
