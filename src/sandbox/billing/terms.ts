/**
 * The terms of subscription items: which prices may be subscribed to, and Stripe's shape of an item.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { Period, Recurrence } from "./calendar";
import { isInline } from "./inline-prices";
import { sellsIn } from "./price-currency";

/** How often a subscribed price recurs. */
export function recurrenceOf(price: Stripe.Price): Recurrence {
  if (!price.recurring) throw new Error(`The price ${price.id} of a subscription item does not recur.`);
  return price.recurring;
}

/** A price that a subscription can have, or Stripe's refusal. */
export function subscribablePrice(
  tx: Transaction,
  id: string | undefined,
  param: string,
  currency: string | null,
): Stripe.Price {
  if (id === undefined) throw invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  const price = tx.find("price", id);
  if (!price) throw invalidRequest(`No such price: '${id}'`, { code: "resource_missing", param });
  if (!price.active && !isInline(tx, price)) {
    throw invalidRequest("The price specified is inactive. This field only accepts active prices.", { param });
  }
  if (price.type !== "recurring" || !price.recurring) {
    throw invalidRequest(
      "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
      { param },
    );
  }
  if (currency !== null && !sellsIn(price, currency)) {
    const offered = Object.keys(price.currency_options ?? { [price.currency]: true });
    throw invalidRequest(
      `The price specified only supports ${offered.map((code) => `\`${code}\``).join(", ")}. This doesn't match the expected currency: \`${currency}\`.`,
      { param },
    );
  }
  return price;
}

/** An item's quantity: one unless given; metered items have none, and Stripe refuses one. */
export function itemQuantity(price: Stripe.Price, given: number | undefined, path: string): number | undefined {
  if (price.recurring?.usage_type !== "metered") return given ?? 1;
  if (given === undefined) return undefined;
  throw invalidRequest(
    `Quantity should not be specified where usage_type is \`metered\`. Remove quantity from \`${path}\``,
    { param: `${path}[quantity]` },
  );
}

/** The tax rates of the given ids; only active ones may be newly used. */
export function taxRates(tx: Transaction, ids: readonly string[], param: string): Stripe.TaxRate[] {
  return ids.map((id, index) => {
    const rate = tx.find("tax_rate", id);
    const at = `${param}[${index}]`;
    if (!rate) throw invalidRequest(`No such tax rate: '${id}'`, { code: "resource_missing", param: at });
    if (!rate.active) throw invalidRequest(`The tax rate ${id} is inactive and cannot be used.`, { param: at });
    return rate;
  });
}

/** A payment method the customer has, or Stripe's refusal. */
export function ownedPaymentMethod(tx: Transaction, id: string, customer: string, param: string): string {
  const method = tx.find("payment_method", id);
  if (!method) throw invalidRequest(`No such PaymentMethod: '${id}'`, { code: "resource_missing", param });
  if (idOf(method.customer) !== customer) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      { code: "resource_missing", param },
    );
  }
  return method.id;
}

/** A new subscription item in Stripe's shape. */
export function subscriptionItem(input: {
  id: string;
  created: number;
  subscription: string;
  price: Stripe.Price;
  /** Undefined for a metered price. */
  quantity: number | undefined;
  taxRates: Stripe.TaxRate[];
  metadata: Record<string, string>;
  period: Period;
}): Stripe.SubscriptionItem {
  return {
    id: input.id,
    object: "subscription_item",
    billing_thresholds: null,
    created: input.created,
    current_period_end: input.period.end,
    current_period_start: input.period.start,
    current_trial: null,
    discounts: [],
    metadata: input.metadata,
    plan: planOf(input.price),
    price: input.price,
    ...(input.quantity === undefined ? {} : { quantity: input.quantity }),
    subscription: input.subscription,
    tax_rates: input.taxRates,
  };
}

/** The legacy mirror of a price that subscription items still carry. */
export function planOf(price: Stripe.Price): Stripe.Plan {
  const recurrence = recurrenceOf(price);
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: recurrence.interval,
    interval_count: recurrence.interval_count,
    livemode: false,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: price.recurring?.usage_type ?? "licensed",
  };
}
