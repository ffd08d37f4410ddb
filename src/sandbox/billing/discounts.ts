/**
 * Discounts over the lines of an invoice.
 *
 * Owns: how a percentage or an amount is spread over discountable lines: in proportion to what each still costs, rounded
 * down, the last line taking the rest. 5.00 off 10.00 + 20.00 gives 1.66 and 3.34.
 *
 * Refuses: deciding which discounts are in force, and redemption limits (discount-terms.ts).
 */
import { Decimal } from "decimal.js";
import { shareOf } from "./amounts";

/** What a discount takes off. Exactly one of the two is set. */
export interface DiscountTerms {
  id: string;
  percentOff: number | null;
  amountOffMinor: number | null;
}

/** A line as far as discounts are concerned. */
export interface DiscountableLine {
  amountMinor: number;
  discountable: boolean;
}

/** A discount's part on one line. */
export interface DiscountPart {
  discount: string;
  amountMinor: number;
}

/** For each line, what each discount takes off it, in the order of the discounts. Lines that cost nothing get no part. */
export function spreadDiscounts(
  lines: readonly DiscountableLine[],
  discounts: readonly DiscountTerms[],
): DiscountPart[][] {
  const parts: DiscountPart[][] = lines.map(() => []);
  const rest = lines.map((line) => (line.discountable ? Math.max(0, line.amountMinor) : 0));
  for (const discount of discounts) {
    const total = rest.reduce((sum, amount) => sum + amount, 0);
    if (total === 0) continue;
    const off = Math.min(total, offMinor(discount, total));
    for (const [index, amount] of allocate(off, rest).entries()) {
      if (amount === 0) continue;
      parts[index]?.push({ discount: discount.id, amountMinor: amount });
      rest[index] = (rest[index] ?? 0) - amount;
    }
  }
  return parts;
}

function offMinor(discount: DiscountTerms, total: number): number {
  return discount.percentOff === null
    ? (discount.amountOffMinor ?? 0)
    : shareOf(total, String(discount.percentOff), 100);
}

function allocate(amountMinor: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const last = weights.findLastIndex((weight) => weight > 0);
  let left = amountMinor;
  return weights.map((weight, index) => {
    const part = index === last ? left : new Decimal(amountMinor).times(weight).div(total).floor().toNumber();
    left -= part;
    return part;
  });
}
