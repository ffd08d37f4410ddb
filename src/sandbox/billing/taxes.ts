/**
 * Tax on lines by fixed rates.
 *
 * Owns: the tax entries of one line (exclusive on top, inclusive inside) and their sum over an invoice. Each entry is
 * rounded on its own line, and the invoice adds the rounded entries, so that what the lines show is what the total says.
 *
 *   8 % exclusive on 1000: tax 80 on 1000, to pay 1080
 *   8 % inclusive in 1080: tax 1080 − 1080 ÷ 1.08 = 80 on 1000, to pay 1080
 *
 * Refuses: finding rates. Which rates apply is decided by the caller.
 */

import { Decimal } from "decimal.js";
import type Stripe from "stripe";
import { stepOf } from "../payments/currency-step";
import { roundMinor, shareOf } from "./amounts";

/** The part of a tax rate that decides amounts. */
export interface RateTerms {
  id: string;
  percentage: number;
  inclusive: boolean;
}

/** The tax entries of a line whose amount (after discounts) is given, in the steps of its currency. An exempt customer's entries are zero and say why. */
export function lineTaxes(
  amountMinor: number,
  rates: readonly RateTerms[],
  customerTaxExempt: string | null,
  currency: string,
): Stripe.InvoiceLineItem.Tax[] {
  const step = stepOf(currency);
  if (customerTaxExempt === "exempt" || customerTaxExempt === "reverse") {
    const reason = customerTaxExempt === "exempt" ? "customer_exempt" : "reverse_charge";
    return rates.map((rate) => entry(rate, 0, 0, reason));
  }
  const inclusivePercent = rates
    .filter((rate) => rate.inclusive)
    .reduce((sum, rate) => sum.plus(rate.percentage), zero);
  const divisor = inclusivePercent.plus(100);
  const inside = new Map<string, number>();
  for (const rate of rates) {
    if (rate.inclusive) inside.set(rate.id, shareOf(amountMinor, String(rate.percentage), divisor.toString(), step));
  }
  const base = [...inside.values()].reduce((rest, tax) => rest - tax, amountMinor);
  return rates.map((rate) => {
    const tax = inside.get(rate.id) ?? roundMinor(new Decimal(base).times(rate.percentage).div(100), step);
    return entry(rate, tax, base, "not_available");
  });
}

/** Sums the entries of all lines by rate, in the order in which the rates first appear. */
export function totalTaxes(
  lines: readonly { taxes: Stripe.InvoiceLineItem.Tax[] | null }[],
): Stripe.Invoice.TotalTax[] {
  const totals = new Map<string, Stripe.Invoice.TotalTax>();
  for (const tax of lines.flatMap((line) => line.taxes ?? [])) {
    const key = `${tax.tax_rate_details?.tax_rate ?? ""} ${tax.tax_behavior} ${tax.taxability_reason}`;
    const sum = totals.get(key);
    if (sum) {
      sum.amount += tax.amount;
      sum.taxable_amount = (sum.taxable_amount ?? 0) + (tax.taxable_amount ?? 0);
    } else {
      totals.set(key, { ...tax });
    }
  }
  return [...totals.values()];
}

/** The part of the entries that is added on top of the lines' amounts. */
export function exclusiveTaxMinor(taxes: readonly { amount: number; tax_behavior: string }[]): number {
  return taxes.reduce((sum, tax) => sum + (tax.tax_behavior === "exclusive" ? tax.amount : 0), 0);
}

/** The part of the entries that is contained in the lines' amounts. */
export function inclusiveTaxMinor(taxes: readonly { amount: number; tax_behavior: string }[]): number {
  return taxes.reduce((sum, tax) => sum + (tax.tax_behavior === "inclusive" ? tax.amount : 0), 0);
}

const zero = new Decimal(0);

function entry(rate: RateTerms, amount: number, taxable: number, reason: string): Stripe.InvoiceLineItem.Tax {
  return {
    amount,
    tax_behavior: rate.inclusive ? "inclusive" : "exclusive",
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: reason as Stripe.InvoiceLineItem.Tax.TaxabilityReason,
    taxable_amount: taxable,
    type: "tax_rate_details",
  };
}
