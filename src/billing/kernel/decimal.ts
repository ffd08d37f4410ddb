/**
 * Exact decimals for unit prices, quantities and percentages.
 *
 * Why: 0.001 has no exact binary form. Everything that is multiplied before the one rounding of a line is a Decimal; a
 * number enters only through its shortest decimal text. Refuses what is not finite.
 */
import DecimalLibrary from "decimal.js";

/** decimal.js with room for 40 significant digits, so no product of a price and a quantity is cut. */
export const Decimal = DecimalLibrary.clone({ precision: 40, rounding: DecimalLibrary.ROUND_HALF_UP });

/** An exact decimal. */
export type Decimal = InstanceType<typeof Decimal>;

/** What a decimal can be made of: its text, a finite number (read by its shortest text), or another decimal. */
export type DecimalInput = string | number | { toString(): string };

/** The exact decimal of a value. Throws RangeError when it is not a finite number. */
export function decimal(value: DecimalInput): Decimal {
  const exact = new Decimal(value.toString());
  if (!exact.isFinite()) throw new RangeError(`Not a finite decimal: ${String(value)}`);
  return exact;
}
