/**
 * Rating: how events become a quantity, and a quantity becomes money.
 *
 * Owns the arithmetic of overage and of monthly values; the browser runs the same code for live prices. Does no IO, reads
 * no clock, and rounds only in `lineAmountMinor`, once per line.
 *
 *   Professional, 145 jobs used, 100 included, 0.50 each:
 *     overage 45 × 0.50 = 22.50
 *   the same after `generateInvoice` billed 40 of them:
 *     overage 45 − 40 billed = 5 × 0.50 = 2.50
 */
import type { Aggregation } from "../catalog/model";
import { Decimal, type DecimalInput, decimal } from "../kernel/decimal";
import { lineAmountMinor } from "../kernel/money";
import type { BillingInterval } from "../subscriptions/model";

/** What is known of one meter of one period when it is rated. */
export interface OverageFacts {
  used: DecimalInput;
  /** Null: without limit, hence never overage. */
  included: DecimalInput | null;
  /** Overage of the period that earlier invoices have billed. */
  billed: DecimalInput;
  /** Major units; null when overage is not charged. */
  unitPrice: DecimalInput | null;
  currency: string;
}

/** The overage of a period, and what of it is still to be billed. */
export interface Overage {
  /** Used beyond the included quantity, whoever has billed it. */
  overage: Decimal;
  /** Still to be billed; never negative, also when a larger plan has lifted the included quantity since. */
  quantity: Decimal;
  /** `quantity` × unit price, rounded once; 0 when overage is not charged. */
  amountMinor: bigint;
}

/** Rates one meter of one period. */
export function rateOverage(facts: OverageFacts): Overage {
  const none = new Decimal(0);
  if (facts.included === null) return { overage: none, quantity: none, amountMinor: 0n };
  const overage = Decimal.max(none, decimal(facts.used).minus(decimal(facts.included)));
  const quantity = Decimal.max(none, overage.minus(decimal(facts.billed)));
  const amountMinor = facts.unitPrice === null ? 0n : lineAmountMinor(quantity, facts.unitPrice, facts.currency);
  return { overage, quantity, amountMinor };
}

/** The quantity of one meter after one more event; `null` before is a period without events. */
export function accumulate(aggregation: Aggregation, before: Decimal | null, quantity: Decimal): Decimal {
  switch (aggregation) {
    case "sum":
      return (before ?? new Decimal(0)).plus(quantity);
    case "count":
      return (before ?? new Decimal(0)).plus(1);
    case "max":
      return before === null ? quantity : Decimal.max(before, quantity);
    case "last":
      return quantity;
  }
}

/** The quantity that a period's events amount to, in the order in which they were received; 0 without events. */
export function aggregate(aggregation: Aggregation, quantities: readonly DecimalInput[]): Decimal {
  let total: Decimal | null = null;
  for (const quantity of quantities) total = accumulate(aggregation, total, decimal(quantity));
  return total ?? new Decimal(0);
}

/** What a flat price is worth a month, exact: an annual price is divided by twelve and not rounded. */
export function monthlyMinor(priceMinor: bigint, interval: BillingInterval): Decimal {
  const price = new Decimal(priceMinor.toString());
  return interval === "month" ? price : price.div(12);
}
