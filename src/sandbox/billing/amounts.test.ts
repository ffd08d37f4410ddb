import { describe, expect, it } from "vitest";
import { lineAmountMinor, type PriceTerms, type TierTerms, unitAmountTimes } from "./amounts";

const perUnit = (unitAmountDecimal: string): PriceTerms => ({
  currency: "usd",
  billing_scheme: "per_unit",
  unit_amount: null,
  unit_amount_decimal: unitAmountDecimal,
  tiers_mode: null,
  transform_quantity: null,
});
const tier = (upTo: number | null, unit: string, flat: number | null = null): TierTerms => ({
  up_to: upTo,
  unit_amount: null,
  unit_amount_decimal: unit,
  flat_amount: flat,
  flat_amount_decimal: null,
});
const tiered = (mode: string, tiers: TierTerms[]): PriceTerms => ({
  ...perUnit("0"),
  billing_scheme: "tiered",
  tiers_mode: mode,
  tiers,
});
const steps = [tier(10, "500"), tier(20, "400"), tier(null, "300.5")];
const packages = (round: string): PriceTerms => ({ ...perUnit("2500"), transform_quantity: { divide_by: 100, round } });

describe("line amounts", () => {
  const cases: ReadonlyArray<[string, PriceTerms, number | string, number]> = [
    ["a flat price", perUnit("29900"), 1, 29_900],
    ["per unit", perUnit("50"), 45, 2_250],
    ["a tenth of a cent, rounded once", perUnit("0.1"), 1_247, 125],
    ["exactly half a cent goes up", perUnit("0.5"), 1, 1],
    ["exactly half a cent of a fractional quantity", perUnit("10"), "12.45", 125],
    ["just below half stays down", perUnit("0.499999999999"), 1, 0],
    ["a sum that floats cannot hold", perUnit("0.1"), 3, 0],
    ["1.005 as a float would be lost", perUnit("100.5"), 1, 101],
    [
      "the integer field when no decimal is given",
      { ...perUnit("0"), unit_amount: 700, unit_amount_decimal: null },
      3,
      2_100,
    ],
    ["graduated inside the first tier", tiered("graduated", steps), 10, 5_000],
    ["graduated across two tiers", tiered("graduated", steps), 12, 5_800],
    ["graduated into the open tier", tiered("graduated", steps), 21, 9_301],
    ["graduated zero units", tiered("graduated", steps), 0, 0],
    [
      "graduated flat fees of the tiers reached",
      tiered("graduated", [tier(10, "0", 1_000), tier(null, "100", 250)]),
      11,
      1_350,
    ],
    [
      "graduated flat fee of the first tier for zero units",
      tiered("graduated", [tier(10, "0", 1_000), tier(null, "1")]),
      0,
      1_000,
    ],
    ["volume: all units at the tier's price", tiered("volume", steps), 12, 4_800],
    ["volume on the edge of a tier", tiered("volume", steps), 10, 5_000],
    ["volume with a flat fee", tiered("volume", [tier(5, "100"), tier(null, "80", 500)]), 6, 980],
    ["packages rounded up", packages("up"), 101, 5_000],
    ["packages rounded down", packages("down"), 199, 2_500],
    ["an exact package", packages("up"), 100, 2_500],
    ["no units", perUnit("50"), 0, 0],
  ];
  it.each(cases)("%s", (_name, price, quantity, expected) => {
    expect(lineAmountMinor(price, quantity)).toBe(expected);
  });

  it("rounds credits away from zero, as charges", () => {
    expect(unitAmountTimes("-0.5", 1, "usd")).toBe(-1);
    expect(unitAmountTimes("-166.35", 1, "usd")).toBe(-166);
  });

  it("refuses what it cannot price", () => {
    expect(() => lineAmountMinor(tiered("graduated", [tier(5, "1")]), 6)).toThrow("tiers end");
    expect(() => lineAmountMinor(tiered("volume", [tier(5, "1")]), 6)).toThrow("tiers end");
    expect(() => lineAmountMinor(tiered("volume", []), 6)).toThrow("without tiers");
    expect(() => lineAmountMinor(perUnit("9007199254740993"), 1)).toThrow("largest possible");
  });
});
