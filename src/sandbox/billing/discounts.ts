/**
 * Discounts over the lines of an invoice.
 *
 * Owns: how a percentage or an amount is spread over discountable lines: in proportion to what each still costs, rounded
 * down to steps of the currency, the last line taking the rest. 5.00 off 10.00 + 20.00 gives 1.66 and 3.34. And the order of stacking: a line's own
 * discounts come before those of the whole invoice, and each sees what the ones before it left.
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
  /** The only products it applies to; all, when absent. */
  products?: readonly string[];
}

/** A line as far as discounts are concerned. */
export interface DiscountableLine {
  amountMinor: number;
  discountable: boolean;
  /** Its own discounts, in their order; a line without any shares in the invoice's alone. */
  own?: readonly DiscountTerms[];
  product?: string | undefined;
}

/** A discount's part on one line. */
export interface DiscountPart {
  discount: string;
  amountMinor: number;
}

/**
 * For each line, what each discount takes off it: the lines' own ones first, then those of the whole invoice. A discount
 * that several lines name is one discount, shared by them. Lines that cost nothing get no part.
 */
export function spreadDiscounts(
  lines: readonly DiscountableLine[],
  discounts: readonly DiscountTerms[],
  step: number,
): DiscountPart[][] {
  const parts: DiscountPart[][] = lines.map(() => []);
  const rest = lines.map((line) => (line.discountable ? Math.max(0, line.amountMinor) : 0));
  const names = (line: DiscountableLine, id: string) => (line.own ?? []).some((one) => one.id === id);
  const own = new Map(lines.flatMap((line) => line.own ?? []).map((one) => [one.id, one]));
  const shared = discounts.filter((discount) => !own.has(discount.id));
  for (const discount of [...own.values(), ...shared]) {
    const weights = rest.map((amount, index) => {
      const line = lines[index];
      const isOutside = discount.products !== undefined && !discount.products.includes(line?.product ?? "");
      return isOutside || (own.has(discount.id) && line && !names(line, discount.id)) ? 0 : amount;
    });
    const total = weights.reduce((sum, amount) => sum + amount, 0);
    if (total === 0) continue;
    const off = Math.min(total, offMinor(discount, total, step));
    for (const [index, amount] of allocate(off, weights, step).entries()) {
      if (amount === 0) continue;
      parts[index]?.push({ discount: discount.id, amountMinor: amount });
      rest[index] = (rest[index] ?? 0) - amount;
    }
  }
  return parts;
}

/** What the parts take off together. */
export function sumOfParts(parts: readonly { amountMinor: number }[]): number {
  return parts.reduce((sum, part) => sum + part.amountMinor, 0);
}

/**
 * A part of an amount's discounts, when only a share of the amount is charged or given back: the parts shrink with it and
 * still add up to `offMinor`, the last one taking what rounding leaves.
 */
export function shareParts(parts: readonly DiscountPart[], offMinor: number, step: number): DiscountPart[] {
  const amounts = allocate(
    offMinor,
    parts.map((part) => part.amountMinor),
    step,
  );
  return parts.flatMap((part, index) => {
    const amountMinor = amounts[index] ?? 0;
    return amountMinor === 0 ? [] : [{ discount: part.discount, amountMinor }];
  });
}

function offMinor(discount: DiscountTerms, total: number, step: number): number {
  return discount.percentOff === null
    ? (discount.amountOffMinor ?? 0)
    : shareOf(total, String(discount.percentOff), 100, step);
}

/** Shares in proportion to the weights, rounded down to steps; what rounding leaves goes to the last ones that can bear it. */
function allocate(amountMinor: number, weights: readonly number[], step: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  const share = (weight: number) => new Decimal(amountMinor).times(weight).div(total).div(step).floor().times(step);
  const parts = weights.map((weight) => share(weight).toNumber());
  let left = amountMinor - parts.reduce((sum, part) => sum + part, 0);
  for (let index = parts.length - 1; index >= 0 && left > 0; index -= 1) {
    const part = parts[index] ?? 0;
    const more = Math.min(left, (weights[index] ?? 0) - part);
    parts[index] = part + more;
    left -= more;
  }
  return parts;
}
