/**
 * What a quantity of overage costs under each price model, with the rows that explain it.
 *
 *   1,500 units; tiers up to 1,000 at 0.10, then 0.05
 *     graduated   0 → 1,000      1,000 × 0.10 = 100.00
 *                 1,000 → ∞        500 × 0.05 =  25.00
 *     volume      1,000 → ∞      1,500 × 0.05 =  75.00
 *   1,247 units in packages of 1,000 for 5.00, rounded up
 *     package                        2 × 5.00 =  10.00
 *
 * Exact: nothing is rounded here but packages, and those visibly. A quantity on a tier's last unit belongs to that tier.
 */
import type { OveragePrice, Tier } from "../catalog/model";
import { Decimal, decimal } from "../kernel/decimal";
import type { OverageDetail } from "./model";

/** A price with its explanation: the rows' amounts add up to it. */
export interface ExactPrice {
  /** Major units, not rounded. */
  exact: Decimal;
  /** Empty for a quantity of nothing. */
  details: OverageDetail[];
}

/** The exact price of a quantity; the quantity is not negative. */
export function priceOf(price: OveragePrice, quantity: Decimal): ExactPrice {
  if (quantity.isZero()) return { exact: new Decimal(0), details: [] };
  const details = rowsOf(price, quantity);
  return { exact: details.reduce((sum, row) => sum.plus(row.amount), new Decimal(0)), details };
}

function rowsOf(price: OveragePrice, quantity: Decimal): OverageDetail[] {
  switch (price.model) {
    case "per_unit":
      return [tierRow({ from: "0", to: null, unitPrice: price.unitPrice }, quantity)];
    case "graduated":
      return spansOf(price.tiers).flatMap((span) => {
        const inTier = Decimal.min(quantity, span.to ?? quantity).minus(span.from);
        return inTier.greaterThan(0) ? [tierRow(span, inTier)] : [];
      });
    case "volume": {
      const reached = spansOf(price.tiers).find(({ to }) => to === null || quantity.lessThanOrEqualTo(to));
      return reached ? [tierRow(reached, quantity)] : [];
    }
    case "package":
      return [packageRow(price, quantity)];
  }
}

interface Span {
  from: string;
  to: string | null;
  unitPrice: string;
}

function spansOf(tiers: readonly Tier[]): Span[] {
  return tiers.map(({ upTo, unitPrice }, index) => ({ from: tiers[index - 1]?.upTo ?? "0", to: upTo, unitPrice }));
}

function tierRow({ from, to, unitPrice }: Span, quantity: Decimal): OverageDetail {
  const amount = quantity.times(unitPrice).toFixed();
  return { kind: "tier", from, to, quantity: quantity.toFixed(), unitPrice, packageSize: null, amount };
}

function packageRow(price: Extract<OveragePrice, { model: "package" }>, quantity: Decimal): OverageDetail {
  const size = decimal(price.size);
  const full = quantity.divToInt(size);
  // Compared with what the full ones hold: a quotient of two long decimals would be rounded itself.
  const packages = price.rounding === "up" && full.times(size).lessThan(quantity) ? full.plus(1) : full;
  return {
    ...{ kind: "package", from: "0", to: null, quantity: packages.toFixed(), unitPrice: price.price },
    ...{ packageSize: price.size, amount: packages.times(price.price).toFixed() },
  };
}
