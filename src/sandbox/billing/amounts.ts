/**
 * From a price and a quantity to the amounts of its lines, in minor units.
 *
 * Owns: the pricing models (per unit, package, graduated and volume tiers) over exact decimals, and the only rounding a
 * line ever sees: once, half up, at the end, to the step of its currency (payments/currency-step.ts). A tiered price has a line per tier reached, and one per flat fee, each rounded
 * on its own; what the price costs is the sum of its lines. Graduated example: 10 units at 5.00, the rest at 4.00; 12 units
 * cost 10 × 500 + 2 × 400 = 5800, on two lines.
 *
 * Refuses: taxes, discounts, and prices whose tiers do not reach the quantity.
 */
import { Decimal } from "decimal.js";
import { invalidRequest } from "../http/errors";
import { stepOf } from "../payments/currency-step";

const Exact = Decimal.clone({ precision: 80, rounding: Decimal.ROUND_HALF_UP });

/** Twelve digits: a sum over the lines of any invoice is still an exact integer. */
export const largestAmount = 999_999_999_999;

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
  currency: string;
  billing_scheme: string;
  unit_amount: number | null;
  unit_amount_decimal: DecimalText | null;
  tiers_mode: string | null;
  tiers?: readonly TierTerms[];
  transform_quantity: { divide_by: number; round: string } | null;
}

/** What a quantity costs on one line: all its units, the units of one tier, or a tier's flat fee. */
export interface AmountPart {
  /** Tiers are counted from 1; null for a price without tiers. */
  tier: number | null;
  isFlat: boolean;
  quantity: string;
  unitAmount: string;
  amountMinor: number;
}

/** The lines of `quantity` units at a price, at least one. Quantities may be fractional text. */
export function amountParts(price: PriceTerms, quantity: number | string): AmountPart[] {
  const units = new Exact(quantity);
  if (price.billing_scheme === "tiered") return tieredParts(price, units);
  const unit = unitAmount(price);
  const amountMinor = roundMinor(unit.times(billedUnits(price, units)), stepOf(price.currency));
  return [{ tier: null, isFlat: false, quantity: units.toFixed(), unitAmount: unit.toFixed(), amountMinor }];
}

/** The amount of `quantity` units at a price: the sum of its lines. */
export function lineAmountMinor(price: PriceTerms, quantity: number | string): number {
  const parts = amountParts(price, quantity);
  return roundMinor(parts.reduce((sum, part) => sum.plus(part.amountMinor), new Exact(0)));
}

/** The amount of a plain unit price times a quantity, rounded once; for invoice items that name no price. */
export function unitAmountTimes(unitAmountDecimal: string, quantity: number | string, currency: string): number {
  return roundMinor(new Exact(unitAmountDecimal).times(new Exact(quantity)), stepOf(currency));
}

/**
 * Rounds an exact decimal to the minor unit, or to a step of several: half up for charges, and by symmetry half down (away
 * from 0) for credits.
 */
export function roundMinor(exact: Decimal, step = 1): number {
  const rounded = exact.div(step).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).times(step);
  if (rounded.abs().gt(largestAmount)) {
    throw invalidRequest(`The amount exceeds the largest possible one, ${largestAmount}.`, {
      code: "amount_too_large",
    });
  }
  return rounded.isZero() ? 0 : rounded.toNumber();
}

/** `amountMinor × numerator ÷ denominator`, rounded once. The one place where a share of an amount is taken. */
export function shareOf(
  amountMinor: number,
  numerator: number | string,
  denominator: number | string,
  step = 1,
): number {
  return roundMinor(new Exact(amountMinor).times(new Exact(numerator)).div(new Exact(denominator)), step);
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

function tieredParts(price: PriceTerms, units: Decimal): AmountPart[] {
  const step = stepOf(price.currency);
  const tiers = price.tiers ?? [];
  if (tiers.length === 0) throw invalidRequest("A tiered price without tiers has no amount.");
  return price.tiers_mode === "volume" ? volumeParts(tiers, units, step) : graduatedParts(tiers, units, step);
}

function volumeParts(tiers: readonly TierTerms[], units: Decimal, step: number): AmountPart[] {
  const index = tiers.findIndex((candidate) => candidate.up_to === null || units.lte(candidate.up_to));
  const tier = tiers[index];
  if (!tier) throw invalidRequest("The price's tiers end below the quantity.");
  return tierParts(tier, index + 1, units, step);
}

function graduatedParts(tiers: readonly TierTerms[], units: Decimal, step: number): AmountPart[] {
  let below = new Exact(0);
  const parts: AmountPart[] = [];
  for (const [index, tier] of tiers.entries()) {
    // A tier's flat fee is due once a unit lies in it; the first tier's also for zero units.
    if (index > 0 && units.lte(below)) return parts;
    const top = tier.up_to === null ? units : Decimal.min(units, tier.up_to);
    parts.push(...tierParts(tier, index + 1, Decimal.max(top.minus(below), 0), step));
    if (tier.up_to === null) return parts;
    below = new Exact(tier.up_to);
  }
  if (units.gt(below)) throw invalidRequest("The price's tiers end below the quantity.");
  return parts;
}

function tierParts(tier: TierTerms, number: number, units: Decimal, step: number): AmountPart[] {
  const unit = unitAmount(tier);
  const flat = flatAmount(tier);
  const ofUnits: AmountPart = {
    tier: number,
    isFlat: false,
    quantity: units.toFixed(),
    unitAmount: unit.toFixed(),
    amountMinor: roundMinor(unit.times(units), step),
  };
  if (flat.isZero()) return [ofUnits];
  const fee = { tier: number, isFlat: true, quantity: "1", unitAmount: flat.toFixed() };
  return [ofUnits, { ...fee, amountMinor: roundMinor(flat, step) }];
}
