import { describe, expect, it } from "vitest";
import { type DiscountTerms, spreadDiscounts } from "./discounts";

const percent = (percentOff: number): DiscountTerms => ({ id: `p${percentOff}`, percentOff, amountOffMinor: null });
const amount = (amountOffMinor: number): DiscountTerms => ({
  id: `a${amountOffMinor}`,
  percentOff: null,
  amountOffMinor,
});

describe("discounts over lines", () => {
  const cases: ReadonlyArray<[string, number[], DiscountTerms[], number[]]> = [
    ["5.00 off 10 + 20", [1_000, 2_000], [amount(500)], [166, 334]],
    ["a quarter off each", [1_000, 2_000], [percent(25)], [250, 500]],
    ["never more than there is", [300, 200], [amount(900)], [300, 200]],
    ["credits are not discounted", [-500, 1_000], [percent(50)], [0, 500]],
    ["the second discount sees what the first left", [1_000], [percent(50), percent(50)], [750]],
    ["a fractional percentage", [999], [percent(33.3)], [333]],
    ["nothing costs nothing", [0], [percent(100)], [0]],
  ];
  it.each(cases)("%s", (_name, amounts, discounts, expected) => {
    const lines = amounts.map((amountMinor) => ({ amountMinor, discountable: true }));
    const sums = spreadDiscounts(lines, discounts, 1).map((parts) =>
      parts.reduce((sum, part) => sum + part.amountMinor, 0),
    );
    expect(sums).toEqual(expected);
  });

  it("leaves lines alone that may not be discounted", () => {
    const lines = [
      { amountMinor: 1_000, discountable: false },
      { amountMinor: 1_000, discountable: true },
    ];
    expect(spreadDiscounts(lines, [amount(300)], 1)).toEqual([[], [{ discount: "a300", amountMinor: 300 }]]);
  });
});
