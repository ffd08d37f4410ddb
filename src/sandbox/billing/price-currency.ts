/**
 * A price in the currency it is sold in.
 *
 * Owns: choosing between a price's own currency and its `currency_options`, and that a customer's recurring business stays
 * in one currency. Items keep their price as it is in the catalog; whoever computes or prints an amount asks here first.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";

/** Whether a price has an amount in this currency. */
export function sellsIn(price: Stripe.Price, currency: string): boolean {
  return price.currency === currency || price.currency_options?.[currency] !== undefined;
}

/** The price with the amounts of a currency it sells in; its own currency is the fallback. */
export function priceIn(price: Stripe.Price, currency: string): Stripe.Price {
  const option = currency === price.currency ? undefined : price.currency_options?.[currency];
  if (option === undefined) return price;
  return {
    ...price,
    currency,
    tax_behavior: option.tax_behavior,
    ...(option.tiers === undefined ? {} : { tiers: option.tiers }),
    unit_amount: option.unit_amount,
    unit_amount_decimal: option.unit_amount_decimal,
  };
}

/** The item with its price in that currency, for its amount and its words; not for keeping. */
export function itemIn(item: Stripe.SubscriptionItem, currency: string): Stripe.SubscriptionItem {
  const price = priceIn(item.price, currency);
  return price === item.price ? item : { ...item, price };
}

/** Refuses recurring business in a second currency while there is some in a first. */
export function checkCustomerCurrency(tx: Transaction, customer: Stripe.Customer, currency: string): void {
  const other = currencyInUse(tx, customer, currency);
  if (other !== undefined) {
    throw invalidRequest(
      `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${other}`,
      { param: "items" },
    );
  }
  if (customer.currency && customer.currency !== currency && customer.balance !== 0) {
    throw invalidRequest(
      `You cannot combine currencies on a single customer. This customer has a balance in ${customer.currency}.`,
      { param: "items" },
    );
  }
}

function currencyInUse(tx: Transaction, customer: Stripe.Customer, currency: string): string | undefined {
  const subscriptions = tx
    .listBy("subscription", "customer", customer.id)
    .filter((one) => one.status !== "canceled" && one.status !== "incomplete_expired");
  const phases = tx
    .listBy("subscription_schedule", "customer", customer.id)
    .filter((one) => one.status === "not_started" || one.status === "active")
    .flatMap((one) => one.phases);
  const pending = tx.listBy("invoiceitem", "customer", customer.id).filter((item) => item.invoice === null);
  const coupon = tx.find("coupon", idOf(customer.discount?.source.coupon) ?? "");
  const discounts = coupon?.currency && coupon.currency_options?.[currency] === undefined ? [coupon] : [];
  const used = [...subscriptions, ...phases, ...pending, ...discounts].map((one) => one.currency ?? currency);
  return used.find((one) => one !== currency);
}
