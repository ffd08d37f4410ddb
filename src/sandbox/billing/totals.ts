/**
 * The sums of an invoice, and what a customer's balance does to them.
 *
 *   subtotal = Σ lines          total = subtotal − discounts + exclusive taxes
 *   due      = total + balance  (a negative balance is the customer's credit)
 *
 * Example: lines 299.00 + 22.50 + 1.25 + 1.25 = 324.00, 8 % on each line = 25.92, total 349.92.
 *
 * Refuses: reading or storing anything.
 */
import type Stripe from "stripe";
import { exclusiveTaxMinor, inclusiveTaxMinor, totalTaxes } from "./taxes";

/** The fields of an invoice that follow from its lines alone. */
export type LineTotals = Pick<
  Stripe.Invoice,
  "subtotal" | "subtotal_excluding_tax" | "total" | "total_excluding_tax" | "total_taxes" | "total_discount_amounts"
>;

/** Sums lines whose discounts and taxes are already on them. */
export function sumLines(
  lines: readonly Pick<Stripe.InvoiceLineItem, "amount" | "taxes" | "discount_amounts">[],
): LineTotals {
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const discounts = sumDiscounts(lines.flatMap((line) => line.discount_amounts ?? []));
  const discounted = discounts.reduce((sum, discount) => sum + discount.amount, 0);
  const taxes = totalTaxes(lines);
  const total = subtotal - discounted + exclusiveTaxMinor(taxes);
  const allTaxes = taxes.reduce((sum, tax) => sum + tax.amount, 0);
  return {
    subtotal,
    subtotal_excluding_tax: subtotal - inclusiveTaxMinor(taxes),
    total,
    total_excluding_tax: total - allTaxes,
    total_taxes: taxes,
    total_discount_amounts: discounts,
  };
}

/** What remains to be paid, and the balance afterwards. */
export interface Settlement {
  amountDue: number;
  endingBalance: number;
}

/**
 * Applies the balance to a total. Credit pays first; a negative result stays with the customer as credit; a debt on the
 * balance is collected with the invoice; an amount too small to charge waits on the balance for the next invoice.
 */
export function applyBalance(total: number, startingBalance: number, currency: string): Settlement {
  const due = total + startingBalance;
  if (due <= 0) return { amountDue: 0, endingBalance: due };
  if (due < smallestCharge(currency)) return { amountDue: 0, endingBalance: due };
  return { amountDue: due, endingBalance: 0 };
}

/** The least amount a card can be charged, in minor units. */
export function smallestCharge(currency: string): number {
  return minimums[currency] ?? 50;
}

const minimums: Record<string, number> = { gbp: 30, sek: 300, nok: 300, dkk: 250, mxn: 1_000, hkd: 400, pln: 200 };

function sumDiscounts(amounts: readonly Stripe.InvoiceLineItem.DiscountAmount[]): Stripe.Invoice.TotalDiscountAmount[] {
  const totals = new Map<string, number>();
  for (const { amount, discount } of amounts) {
    const id = typeof discount === "string" ? discount : discount.id;
    totals.set(id, (totals.get(id) ?? 0) + amount);
  }
  return [...totals].map(([discount, amount]) => ({ amount, discount }));
}
