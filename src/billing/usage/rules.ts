/**
 * Which reports are accepted, and what a running period has come to. Pure.
 *
 * A quantity is exact text from the caller to the invoice line; what has no exact place in the books (too many digits, not
 * finite, nothing at all) is refused at the door.
 */
import type { Aggregation, AppliedCatalog, Meter, PlanVersion } from "../catalog/model";
import { allowanceOf } from "../catalog/rules";
import { Decimal } from "../kernel/decimal";
import { BillingError } from "../kernel/errors";
import { overageMinor, rateOverage } from "../pricing";
import type { MeterCount, MeterUsage, RatedOverage, RecordUsageInput } from "./model";

/** The books keep 12 digits after the point, and room for the sum of 10^11 reports of 15 digits before it. */
const FRACTION_DIGITS_MAX = 12;
const INTEGER_DIGITS_MAX = 15;
const METADATA_KEYS_MAX = 50;
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** The exact quantity of a report. Throws `usage.invalid_quantity`. */
export function readQuantity(text: string, aggregation: Aggregation): Decimal {
  const refuse = (what: string) =>
    new BillingError("invalid", "usage.invalid_quantity", `The quantity ${what}.`, {
      details: { quantity: text.slice(0, 60) },
    });
  if (text.length > 60 || !/^[+-]?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(text)) {
    throw refuse('must be a finite decimal number such as 1 or "12.5"');
  }
  const quantity = new Decimal(text);
  if (quantity.isNegative() && !quantity.isZero()) throw refuse("must not be negative");
  if (quantity.isZero() && aggregation !== "max" && aggregation !== "last") throw refuse("must be greater than zero");
  if (quantity.decimalPlaces() > FRACTION_DIGITS_MAX) {
    throw refuse(`has more than ${FRACTION_DIGITS_MAX} digits after the point`);
  }
  if (quantity.greaterThanOrEqualTo(new Decimal(10).pow(INTEGER_DIGITS_MAX))) {
    throw refuse(`has more than ${INTEGER_DIGITS_MAX} digits before the point`);
  }
  return quantity.abs();
}

/** Throws `usage.wrong_unit` unless the unit is one of the meter's words for it, in any case. */
export function checkUnit(unit: string | null, meter: Meter): void {
  if (unit === null) return;
  const words = [meter.unit, meter.unitPlural, ...meter.unitAliases];
  if (words.some((word) => word.toLowerCase() === unit.trim().toLowerCase())) return;
  const message = `"${meter.key}" is measured in ${meter.unitPlural}, not in "${unit}".`;
  throw new BillingError("invalid", "usage.wrong_unit", message, { details: { unit, expected: meter.unitPlural } });
}

/** Throws `usage.invalid_metadata` unless it is a small flat record that comes back from the database as it was. */
export function checkMetadata(metadata: RecordUsageInput["metadata"]): void {
  const refuse = (what: string) => new BillingError("invalid", "usage.invalid_metadata", `The metadata ${what}.`);
  const prototype: unknown = Object.getPrototypeOf(metadata);
  if (prototype !== Object.prototype && prototype !== null) throw refuse("must be a plain object");
  const entries = Object.entries(metadata);
  if (entries.length > METADATA_KEYS_MAX) throw refuse(`has more than ${METADATA_KEYS_MAX} keys`);
  for (const [key, value] of entries) {
    if (FORBIDDEN_KEYS.has(key)) throw refuse(`must not have a key "${key}"`);
    if (key === "" || key.length > 60 || !isStorable(key))
      throw refuse("has a key that is empty, too long or unreadable");
    if (typeof value === "string" && (value.length > 500 || !isStorable(value))) {
      throw refuse(`has a value under "${key}" that is too long or unreadable`);
    }
    if (typeof value === "number" && !Number.isFinite(value)) throw refuse(`has no finite number under "${key}"`);
    if (typeof value === "object" && value !== null) throw refuse(`must be flat; "${key}" is not`);
  }
}

/** Throws `usage.invalid_metadata` unless a report names the value that its meter counts. */
export function checkCountedValue(metadata: RecordUsageInput["metadata"], meter: Meter): void {
  if (meter.uniqueProperty === null) return;
  const value = Object.hasOwn(metadata, meter.uniqueProperty) ? metadata[meter.uniqueProperty] : null;
  if (value !== null && value !== undefined && value !== "") return;
  const message = `The metadata must have a value under "${meter.uniqueProperty}": "${meter.key}" counts different ones.`;
  throw new BillingError("invalid", "usage.invalid_metadata", message, {
    details: { usageType: meter.key, property: meter.uniqueProperty },
  });
}

/** The meter of that key, in force or still named by the tenant's older plan. Throws `usage.unknown_type`. */
export function findMeter(catalog: AppliedCatalog, meterKey: string, plan: PlanVersion | null): Meter {
  const active = catalog.meters.find((meter) => meter.key === meterKey);
  if (active) return active;
  const retired = catalog.retiredMeters.find((meter) => meter.key === meterKey);
  if (retired && plan?.terms.allowances.some((allowance) => allowance.meter === meterKey)) return retired;
  const known = catalog.meters.map((meter) => meter.key).join(", ");
  throw new BillingError("invalid", "usage.unknown_type", `There is no usage type "${meterKey}". Known: ${known}.`, {
    details: { usageType: meterKey.slice(0, 60) },
  });
}

/** The limit that refuses, or null when nothing is refused. */
export function hardLimit(plan: PlanVersion, meterKey: string): string | null {
  const allowance = allowanceOf(plan.terms, meterKey);
  return allowance.limit === "hard" ? allowance.included : null;
}

/** What billing has put on invoices for one meter of a period so far. */
export interface BilledSoFar {
  meterKey: string;
  quantity: string;
  amountMinor: bigint;
}

/** Everything a period is rated from. */
export interface PeriodFacts {
  plan: PlanVersion;
  /** In catalog order. */
  meters: readonly Meter[];
  counts: readonly MeterCount[];
  billed: readonly BilledSoFar[];
}

/** The meters of a period as people see them: those in force, those the plan names, and those that were used. */
export function describeMeters(facts: PeriodFacts, inForce: ReadonlySet<string>): MeterUsage[] {
  const shown = facts.meters.filter(
    (meter) =>
      inForce.has(meter.key) ||
      facts.plan.terms.allowances.some((allowance) => allowance.meter === meter.key) ||
      (countOf(facts, meter.key)?.eventCount ?? 0n) > 0n,
  );
  return shown.map((meter) => {
    const allowance = allowanceOf(facts.plan.terms, meter.key);
    const count = countOf(facts, meter.key);
    const rated = rateMeter(facts, meter.key);
    const billedMinor = billedOf(facts, meter.key)?.amountMinor ?? 0n;
    return {
      meterKey: meter.key,
      displayName: meter.displayName,
      unit: meter.unit,
      unitPlural: meter.unitPlural,
      aggregation: meter.aggregation,
      usedQuantity: count?.quantity ?? "0",
      carriedQuantity: count?.carried ?? "0",
      eventCount: count?.eventCount ?? 0n,
      includedQuantity: allowance.included,
      limit: allowance.limit,
      overageQuantity: rated.overage.toFixed(),
      overage: allowance.overage,
      usedCostMinor: overageMinor(allowance.overage, count?.quantity ?? "0", facts.plan.currency),
      overageMinor: billedMinor + rated.amountMinor,
      billedMinor,
    };
  });
}

/**
 * Overage of a period that no invoice has billed yet: one entry per meter with something to bill, in catalog order.
 *
 *   Professional, 145 jobs, 62.5 GB, 1,247 calls
 *     45    × 0.50  = 22.50
 *     12.5  × 0.10  =  1.25
 *     1,247 × 0.001 =  1.247 → 1.25
 */
export function ratePeriodFacts(facts: PeriodFacts): RatedOverage[] {
  return facts.meters.flatMap((meter) => {
    const { included, overage: price } = allowanceOf(facts.plan.terms, meter.key);
    const count = countOf(facts, meter.key);
    if (!count || included === null || price === null) return [];
    const rated = rateMeter(facts, meter.key);
    if (rated.quantity.isZero()) return [];
    const entry: RatedOverage = {
      meterKey: meter.key,
      usedQuantity: count.quantity,
      includedQuantity: included,
      billedQuantity: billedBefore(facts, meter.key).toFixed(),
      quantity: rated.quantity.toFixed(),
      unitPrice: price.model === "per_unit" ? price.unitPrice : null,
      amountMinor: rated.amountMinor,
      currency: facts.plan.currency,
      eventCount: count.eventCount,
      description: meter.overageName,
      details: rated.details,
    };
    return [entry];
  });
}

function rateMeter(facts: PeriodFacts, meterKey: string) {
  const { included, overage: price } = allowanceOf(facts.plan.terms, meterKey);
  const used = countOf(facts, meterKey)?.quantity ?? "0";
  const billed = billedBefore(facts, meterKey);
  return rateOverage({ used, included, billed, price, currency: facts.plan.currency });
}

/** Overage that is not this period's to bill any more: what its charges have billed, and what an earlier part carried over. */
function billedBefore(facts: PeriodFacts, meterKey: string): Decimal {
  const { included } = allowanceOf(facts.plan.terms, meterKey);
  const carried = new Decimal(countOf(facts, meterKey)?.carried ?? "0");
  const before = included === null ? new Decimal(0) : Decimal.max(0, carried.minus(included));
  return before.plus(billedOf(facts, meterKey)?.quantity ?? "0");
}

function countOf(facts: PeriodFacts, meterKey: string): MeterCount | undefined {
  return facts.counts.find((count) => count.meterKey === meterKey);
}

function billedOf(facts: PeriodFacts, meterKey: string): BilledSoFar | undefined {
  return facts.billed.find((billed) => billed.meterKey === meterKey);
}

/** PostgreSQL keeps no zero byte and no half of a surrogate pair. */
function isStorable(text: string): boolean {
  return !text.includes("\u0000") && !/\p{Surrogate}/u.test(text);
}
