/**
 * Rating: how events become a quantity, and a quantity becomes money.
 *
 * Owns the arithmetic of overage and of monthly values; the browser runs the same code for live prices. Does no IO, reads
 * no clock, and rounds only in `lineAmountMinor`, once per line.
 *
 *   Professional, 145 jobs used, 100 included, 0.50 each:
 *     overage 45 × 0.50 = 22.50
 *   the same after `generateInvoice` billed 40 of them:
 *     overage 45 × 0.50 = 22.50, less 20.00 billed = 2.50
 *
 * Whatever the price model, a part is the price of all overage less the price of what was billed before, each rounded. So
 * the parts of a period add up to its whole to the cent, however often it is billed in between.
 */
import type { Aggregation, OveragePrice } from "../catalog/model";
import { Decimal, type DecimalInput, decimal } from "../kernel/decimal";
import { currencyExponent, roundToCharge, toMajor } from "../kernel/money";
import type { BillingInterval } from "../subscriptions/model";
import type { OverageDetail } from "./model";
import { priceOf } from "./price-models";

/** What is known of one meter of one period when it is rated. */
export interface OverageFacts {
  used: DecimalInput;
  /** Null: without limit, hence never overage. */
  included: DecimalInput | null;
  /** Overage of the period that earlier invoices have billed. */
  billed: DecimalInput;
  /** Null when overage is not charged. */
  price: OveragePrice | null;
  currency: string;
}

/** The overage of a period, and what of it is still to be billed. */
export interface Overage {
  /** Used beyond the included quantity, whoever has billed it. */
  overage: Decimal;
  /** Still to be billed; never negative, also when a larger plan has lifted the included quantity since. */
  quantity: Decimal;
  /**
   * What the quantity costs, rounded once; 0 when overage is not charged. Negative when a volume price has fallen by more
   * than the quantity costs.
   */
  amountMinor: bigint;
  /** How the amount came to be; its rows add up to it before it is rounded. Empty when there is nothing to bill. */
  details: OverageDetail[];
}

/** Rates one meter of one period. */
export function rateOverage(facts: OverageFacts): Overage {
  const none = new Decimal(0);
  const billed = decimal(facts.billed);
  const overage =
    facts.included === null ? none : Decimal.max(none, decimal(facts.used).minus(decimal(facts.included)));
  const quantity = Decimal.max(none, overage.minus(billed));
  if (facts.price === null || quantity.isZero()) return { overage, quantity, amountMinor: 0n, details: [] };
  const whole = priceOf(facts.price, overage);
  const billedMinor = overageMinor(facts.price, billed, facts.currency);
  const amountMinor = minorOf(whole.exact, facts.currency) - billedMinor;
  const before = billed.isZero() ? [] : [billedRow(billed, billedMinor, facts.currency)];
  return { overage, quantity, amountMinor, details: [...whole.details, ...before] };
}

/** What a quantity beyond the included one costs in all, rounded once. */
export function overageMinor(price: OveragePrice | null, quantity: DecimalInput, currency: string): bigint {
  return price === null ? 0n : minorOf(priceOf(price, decimal(quantity)).exact, currency);
}

function minorOf(exactMajor: Decimal, currency: string): bigint {
  return roundToCharge(exactMajor.times(new Decimal(10).pow(currencyExponent(currency))), currency);
}

function billedRow(billed: Decimal, billedMinor: bigint, currency: string): OverageDetail {
  const amount = toMajor(-billedMinor, currency).toFixed();
  const quantity = billed.toFixed();
  return { kind: "billed", from: "0", to: quantity, quantity, unitPrice: null, packageSize: null, amount };
}

/**
 * The quantity of one meter after one more event; `null` before is a period without events. For `unique` the event is one
 * whose value was not seen before: whether it was, only the books know.
 */
export function accumulate(aggregation: Aggregation, before: Decimal | null, quantity: Decimal): Decimal {
  switch (aggregation) {
    case "sum":
      return (before ?? new Decimal(0)).plus(quantity);
    case "count":
    case "unique":
      return (before ?? new Decimal(0)).plus(1);
    case "max":
      return before === null ? quantity : Decimal.max(before, quantity);
    case "last":
      return quantity;
  }
}

/** The quantity that a period's events amount to, in the order in which they were received; 0 without events. */
export function aggregate(aggregation: Exclude<Aggregation, "unique">, quantities: readonly DecimalInput[]): Decimal {
  let total: Decimal | null = null;
  for (const quantity of quantities) total = accumulate(aggregation, total, decimal(quantity));
  return total ?? new Decimal(0);
}

/** What a flat price is worth a month, exact: an annual price is divided by twelve and not rounded. */
export function monthlyMinor(priceMinor: bigint, interval: BillingInterval): Decimal {
  const price = new Decimal(priceMinor.toString());
  return interval === "month" ? price : price.div(12);
}
