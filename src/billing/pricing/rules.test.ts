/** Rating as tables, and what must hold for any quantity: parts bill the whole, nothing is negative, nothing is made up. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal, decimal } from "../kernel/decimal";
import { lineAmountMinor } from "../kernel/money";
import { accumulate, aggregate, monthlyMinor, type OverageFacts, rateOverage } from "./rules";

const RUNS = { numRuns: 4_096 };

const facts: OverageFacts = { used: "0", included: "0", billed: "0", unitPrice: "1", currency: "usd" };

function rated(more: Partial<OverageFacts>) {
  const { overage, quantity, amountMinor } = rateOverage({ ...facts, ...more });
  return { overage: overage.toFixed(), quantity: quantity.toFixed(), amountMinor };
}

const BIG = 9_007_199_254_740_993n;
function whole(quantity: string, amountMinor: bigint) {
  return { overage: quantity, quantity, amountMinor };
}

describe("overage of the worked example", () => {
  it.each([
    ["145 jobs", { used: "145", included: "100", unitPrice: "0.50" }, "45", 2_250n],
    ["62.5 GB", { used: "62.5", included: "50", unitPrice: "0.10" }, "12.5", 125n],
    ["1,247 API calls", { used: "1247", included: "0", unitPrice: "0.001" }, "1247", 125n],
  ])("%s", (_what, more, quantity, amountMinor) => {
    expect(rated(more)).toEqual({ overage: quantity, quantity, amountMinor });
  });
});

describe("overage", () => {
  const cases: Array<[string, Partial<OverageFacts>, ReturnType<typeof rated>]> = [
    ["nothing used", { included: "100" }, { overage: "0", quantity: "0", amountMinor: 0n }],
    ["less than included", { used: "99.999", included: "100" }, { overage: "0", quantity: "0", amountMinor: 0n }],
    ["exactly what is included", { used: "100", included: "100" }, { overage: "0", quantity: "0", amountMinor: 0n }],
    [
      "the smallest step beyond",
      { used: "100.000000000001", included: "100" },
      { overage: "0.000000000001", quantity: "0.000000000001", amountMinor: 0n },
    ],
    ["without limit", { used: "1e12", included: null }, { overage: "0", quantity: "0", amountMinor: 0n }],
    ["not charged", { used: "12", included: "10", unitPrice: null }, { overage: "2", quantity: "2", amountMinor: 0n }],
    [
      "some billed",
      { used: "145", billed: "40", included: "100" },
      { overage: "45", quantity: "5", amountMinor: 500n },
    ],
    ["all billed", { used: "145", billed: "45", included: "100" }, { overage: "45", quantity: "0", amountMinor: 0n }],
    [
      "billed on a smaller plan",
      { used: "145", billed: "45", included: "500" },
      { overage: "0", quantity: "0", amountMinor: 0n },
    ],
    [
      "a unit price below the coin",
      { used: "4", unitPrice: "0.001" },
      { overage: "4", quantity: "4", amountMinor: 0n },
    ],
    ["half a coin rounds up", { used: "5", unitPrice: "0.001" }, { overage: "5", quantity: "5", amountMinor: 1n }],
    ["yen have no minor unit", { used: "3", unitPrice: "0.5", currency: "jpy" }, whole("3", 2n)],
    ["yen below a half", { used: "4", unitPrice: "0.1", currency: "jpy" }, whole("4", 0n)],
    ["dinars have three digits", { used: "7", unitPrice: "0.0005", currency: "kwd" }, whole("7", 4n)],
    ["dinars of the worked example", { used: "1247", unitPrice: "0.001", currency: "kwd" }, whole("1247", 1_247n)],
    ["beyond what a double holds", { used: "900719925474099.3", unitPrice: "0.1" }, whole("900719925474099.3", BIG)],
  ];
  it.each(cases)("%s", (_what, more, expected) => {
    expect(rated(more)).toEqual(expected);
  });
});

/** Exact quantities with up to twelve digits after the point, as the books keep them. */
const quantity = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.constantFrom(0, 1, 3, 12))
  .map(([digits, places]) => new Decimal(digits.toString()).div(new Decimal(10).pow(places)));
const price = fc.integer({ min: 0, max: 100_000 }).map((millis) => new Decimal(millis).div(1_000));
const currency = fc.constantFrom("usd", "jpy", "kwd");

describe("whatever the numbers", () => {
  it("overage billed in any number of parts covers exactly the whole quantity", () => {
    const reports = fc.array(fc.tuple(quantity, fc.boolean()), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(quantity, price, currency, reports, (included, unitPrice, inCurrency, steps) => {
        let used = new Decimal(0);
        let billed = new Decimal(0);
        const parts: bigint[] = [];
        const rate = () => rateOverage({ used, included, billed, unitPrice, currency: inCurrency });
        const bill = () => {
          const { quantity: owed, amountMinor } = rate();
          billed = billed.plus(owed);
          parts.push(amountMinor);
        };
        for (const [reported, billsNow] of steps) {
          used = used.plus(reported);
          if (billsNow) bill();
        }
        bill();
        const once = rateOverage({ used, included, billed: 0, unitPrice, currency: inCurrency });
        expect(billed.toFixed()).toBe(once.quantity.toFixed());
        expect(rate()).toMatchObject({ amountMinor: 0n });
        expect(rate().quantity.isZero()).toBe(true);
        // Each part is rounded once, so the parts are off by half a coin each at most.
        const off = decimal(parts.reduce((sum, part) => sum + part, 0n) - once.amountMinor).abs();
        expect(off.lessThanOrEqualTo(new Decimal(parts.length + 1).div(2))).toBe(true);
      }),
      RUNS,
    );
  });

  it("overage is never negative and never more than was used", () => {
    const limit = fc.option(quantity);
    fc.assert(
      fc.property(quantity, limit, quantity, fc.option(price), currency, (used, included, billed, unitPrice, coin) => {
        const found = rateOverage({ used, included, billed, unitPrice, currency: coin });
        expect(found.overage.isNegative()).toBe(false);
        expect(found.overage.lessThanOrEqualTo(used)).toBe(true);
        expect(found.quantity.isNegative()).toBe(false);
        expect(found.quantity.lessThanOrEqualTo(found.overage)).toBe(true);
        expect(found.amountMinor).toBe(unitPrice ? lineAmountMinor(found.quantity, unitPrice, coin) : 0n);
        if (included && billed.isZero()) {
          // Included and overage are the whole: nothing is dropped and nothing made up.
          expect(Decimal.min(used, included).plus(found.overage).toFixed()).toBe(used.toFixed());
        }
      }),
      RUNS,
    );
  });

  it("more usage never costs less", () => {
    fc.assert(
      fc.property(quantity, quantity, quantity, price, currency, (used, more, included, unitPrice, inCurrency) => {
        const base = { included, billed: 0, unitPrice, currency: inCurrency };
        const before = rateOverage({ ...base, used });
        const after = rateOverage({ ...base, used: used.plus(more) });
        expect(after.amountMinor >= before.amountMinor).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("aggregation", () => {
  it.each([
    ["sum", ["1", "2.5", "0.000000000001"], "3.500000000001"],
    ["sum", ["0.1", "0.2"], "0.3"],
    ["count", ["7", "0.5", "100"], "3"],
    ["max", ["3", "10", "2"], "10"],
    ["max", ["0"], "0"],
    ["last", ["3", "10", "2"], "2"],
    ["last", ["5", "0"], "0"],
    ["sum", [], "0"],
    ["count", [], "0"],
    ["max", [], "0"],
    ["last", [], "0"],
  ] as const)("%s of %j is %s", (aggregation, quantities, expected) => {
    expect(aggregate(aggregation, quantities).toFixed()).toBe(expected);
  });

  it("does not depend on the order, but for the last", () => {
    const kinds = fc.constantFrom("sum" as const, "count" as const, "max" as const);
    fc.assert(
      fc.property(kinds, fc.array(quantity, { maxLength: 8 }), (aggregation, quantities) => {
        const forth = aggregate(aggregation, quantities);
        const back = aggregate(aggregation, [...quantities].reverse());
        expect(back.toFixed()).toBe(forth.toFixed());
        // One more event never makes less of what there is.
        const next = accumulate(aggregation, quantities.length === 0 ? null : forth, decimal("1"));
        expect(next.greaterThanOrEqualTo(forth)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("what a flat price is worth a month", () => {
  it("is the monthly price, or an exact twelfth of the annual one", () => {
    expect(monthlyMinor(29_900n, "month").toFixed()).toBe("29900");
    expect(monthlyMinor(299_000n, "year").times(12).toDecimalPlaces(20).toFixed()).toBe("299000");
    expect(monthlyMinor(299_000n, "year").toDecimalPlaces(4).toFixed()).toBe("24916.6667");
    expect(monthlyMinor(120_000n, "year").toFixed()).toBe("10000");
  });
});
