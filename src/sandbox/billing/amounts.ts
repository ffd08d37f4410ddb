/**
 * From a price and a quantity to the amount of one line, in minor units.
 *
 * Owns: the pricing models (per unit, package, graduated and volume tiers) over exact decimals, and the only rounding a
 * line ever sees: once, half up, at the end. Graduated example: 10 units at 5.00, the rest at 4.00; 12 units cost
 * 10 × 500 + 2 × 400 = 5800.
 *
 * Refuses: currencies, taxes, discounts, and prices whose tiers do not reach the quantity.
 */
import { Decimal } from "decimal.js";
import { invalidRequest } from "../http/errors";

const Exact = Decimal.clone({ precision: 80, rounding: Decimal.ROUND_HALF_UP });

/** Twelve digits: a sum over the lines of any invoice is still an exact integer. */
const largestAmount = 999_999_999_999;

/** One step of a tiered price. Decimal strings win over the integer fields, as on Stripe. */
export interface TierTerms {
  up_to: number | null;
  unit_amount: number | null;
  unit_amount_decimal: DecimalText | null;
  flat_amount: number | null;
  flat_amount_decimal: DecimalText | null;
}

/** A decimal as the wire carries it: text, or the SDK's Decimal, which prints itself as that text. */
export type DecimalText = string | { toString(): string };

/** The part of a price that decides amounts. */
export interface PriceTerms {
  billing_scheme: string;
  unit_amount: number | null;
  unit_amount_decimal: DecimalText | null;
  tiers_mode: string | null;
  tiers?: readonly TierTerms[];
  transform_quantity: { divide_by: number; round: string } | null;
}

/** The amount of `quantity` units at a price, rounded once to the minor unit. Quantities may be fractional text. */
export function lineAmountMinor(price: PriceTerms, quantity: number | string): number {
  const units = new Exact(quantity);
  if (price.billing_scheme === "tiered") return roundMinor(tieredAmount(price, units));
  return roundMinor(unitAmount(price).times(billedUnits(price, units)));
}

/** The amount of a plain unit price times a quantity, rounded once; for invoice items that name no price. */
export function unitAmountTimes(unitAmountDecimal: string, quantity: number | string): number {
  return roundMinor(new Exact(unitAmountDecimal).times(new Exact(quantity)));
}

/** Rounds an exact decimal to the minor unit: half up for charges, and by symmetry half down (away from 0) for credits. */
export function roundMinor(exact: Decimal): number {
  const rounded = exact.toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  if (rounded.abs().gt(largestAmount)) {
    throw invalidRequest(`The amount exceeds the largest possible one, ${largestAmount}.`, {
      code: "amount_too_large",
    });
  }
  return rounded.isZero() ? 0 : rounded.toNumber();
}

/** `amountMinor × numerator ÷ denominator`, rounded once. The one place where a share of an amount is taken. */
export function shareOf(amountMinor: number, numerator: number | string, denominator: number | string): number {
  return roundMinor(new Exact(amountMinor).times(new Exact(numerator)).div(new Exact(denominator)));
}

function billedUnits(price: PriceTerms, units: Decimal): Decimal {
  if (!price.transform_quantity) return units;
  const packages = units.div(price.transform_quantity.divide_by);
  return price.transform_quantity.round === "up" ? packages.ceil() : packages.floor();
}

function unitAmount(price: { unit_amount: number | null; unit_amount_decimal: DecimalText | null }): Decimal {
  return new Exact(price.unit_amount_decimal?.toString() ?? price.unit_amount ?? 0);
}

function flatAmount(tier: TierTerms): Decimal {
  return new Exact(tier.flat_amount_decimal?.toString() ?? tier.flat_amount ?? 0);
}

function tieredAmount(price: PriceTerms, units: Decimal): Decimal {
  const tiers = price.tiers ?? [];
  if (tiers.length === 0) throw invalidRequest("A tiered price without tiers has no amount.");
  return price.tiers_mode === "volume" ? volumeAmount(tiers, units) : graduatedAmount(tiers, units);
}

function volumeAmount(tiers: readonly TierTerms[], units: Decimal): Decimal {
  const tier = tiers.find((candidate) => candidate.up_to === null || units.lte(candidate.up_to));
  if (!tier) throw invalidRequest("The price's tiers end below the quantity.");
  return unitAmount(tier).times(units).plus(flatAmount(tier));
}

function graduatedAmount(tiers: readonly TierTerms[], units: Decimal): Decimal {
  let below = new Exact(0);
  let total = new Exact(0);
  for (const [index, tier] of tiers.entries()) {
    // A tier's flat fee is due once a unit lies in it; the first tier's also for zero units.
    if (index > 0 && units.lte(below)) return total;
    const top = tier.up_to === null ? units : Decimal.min(units, tier.up_to);
    total = total.plus(flatAmount(tier)).plus(unitAmount(tier).times(Decimal.max(top.minus(below), 0)));
    if (tier.up_to === null) return total;
    below = new Exact(tier.up_to);
  }
  if (units.gt(below)) throw invalidRequest("The price's tiers end below the quantity.");
  return total;
}
