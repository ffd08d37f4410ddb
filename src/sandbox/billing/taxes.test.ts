import { describe, expect, it } from "vitest";
import { exclusiveTaxMinor, inclusiveTaxMinor, lineTaxes, totalTaxes } from "./taxes";

const rate = (percentage: number, inclusive = false, id = `txr_${percentage}${inclusive ? "i" : "e"}`) => ({
  id,
  percentage,
  inclusive,
});

describe("line taxes", () => {
  const cases: ReadonlyArray<[string, number, ReturnType<typeof rate>[], Array<[number, number]>]> = [
    ["8 % on top of 1000", 1_000, [rate(8)], [[80, 1_000]]],
    ["8 % inside 1080", 1_080, [rate(8, true)], [[80, 1_000]]],
    ["a negative line", -166, [rate(8)], [[-13, -166]]],
    ["half a cent goes up", 125, [rate(10)], [[13, 125]]],
    ["a fractional percentage without float error", 10_000, [rate(8.875)], [[888, 10_000]]],
    [
      "two rates on top",
      1_000,
      [rate(5), rate(9.975)],
      [
        [50, 1_000],
        [100, 1_000],
      ],
    ],
    [
      "two rates inside",
      1_150,
      [rate(5, true), rate(10, true)],
      [
        [50, 1_000],
        [100, 1_000],
      ],
    ],
    ["no rate", 1_000, [], []],
    ["nothing to tax", 0, [rate(8)], [[0, 0]]],
  ];
  it.each(cases)("%s", (_name, amount, rates, expected) => {
    expect(lineTaxes(amount, rates, "none", "usd").map((tax) => [tax.amount, tax.taxable_amount])).toEqual(expected);
  });

  it("an exempt customer pays none, and the entry says why", () => {
    expect(lineTaxes(1_000, [rate(8)], "exempt", "usd")).toMatchObject([
      { amount: 0, taxability_reason: "customer_exempt" },
    ]);
    expect(lineTaxes(1_000, [rate(8)], "reverse", "usd")).toMatchObject([
      { amount: 0, taxability_reason: "reverse_charge" },
    ]);
  });

  it("the invoice adds the rounded entries of its lines", () => {
    const amounts = [29_900, 2_250, 125, 125];
    const totals = totalTaxes(amounts.map((amount) => ({ taxes: lineTaxes(amount, [rate(8)], "none", "usd") })));
    expect(totals).toMatchObject([{ amount: 2_592, taxable_amount: 32_400, tax_rate_details: { tax_rate: "txr_8e" } }]);
    expect([exclusiveTaxMinor(totals), inclusiveTaxMinor(totals)]).toEqual([2_592, 0]);
  });
});
