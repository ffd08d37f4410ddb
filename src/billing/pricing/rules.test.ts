/** Rating as tables, and what must hold for any quantity: parts bill the whole, nothing is negative, nothing is made up. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OveragePrice } from "../catalog/model";
import { Decimal, type DecimalInput, decimal } from "../kernel/decimal";
import { chargeStepMinor, currencyExponent, lineAmountMinor } from "../kernel/money";
import type { OverageDetail } from "./model";
import { accumulate, aggregate, monthlyMinor, type OverageFacts, overageMinor, rateOverage } from "./rules";

const RUNS = { numRuns: 4_096 };

type UnitFacts = Partial<Omit<OverageFacts, "price">> & { unitPrice?: string | null };

const perUnit = (unitPrice: DecimalInput): OveragePrice => ({
  model: "per_unit",
  unitPrice: decimal(unitPrice).toFixed(),
});

function rated({ unitPrice = "1", ...more }: UnitFacts) {
  const price = unitPrice === null ? null : perUnit(unitPrice);
  const facts = { used: "0", included: "0", billed: "0", currency: "usd", ...more, price };
  const { overage, quantity, amountMinor } = rateOverage(facts);
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
  const cases: Array<[string, UnitFacts, ReturnType<typeof rated>]> = [
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
    ["dinars have three digits and move in tens", { used: "7", unitPrice: "0.0005", currency: "kwd" }, whole("7", 0n)],
    ["dinars of the worked example", { used: "1247", unitPrice: "0.001", currency: "kwd" }, whole("1247", 1_250n)],
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
/** Down to a thousandth of a cent. */
const unitPrice = fc.integer({ min: 0, max: 10_000_000 }).map((parts) => new Decimal(parts).div(100_000));
const currency = fc.constantFrom("usd", "jpy", "kwd", "isk");

const tiers = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 2_000_000 }), { maxLength: 5 }),
    fc.array(unitPrice, { minLength: 6 }),
  )
  .map(([ends, prices]) =>
    [...ends.sort((a, b) => a - b).map((end) => new Decimal(end).div(1_000).toFixed()), null].map((upTo, index) => ({
      upTo,
      unitPrice: (prices[index] ?? new Decimal(0)).toFixed(),
    })),
  );
const positive = fc
  .integer({ min: 1, max: 10_000_000 })
  .map((thousandths) => new Decimal(thousandths).div(1_000).toFixed());
const anyPrice: fc.Arbitrary<OveragePrice> = fc.oneof(
  unitPrice.map(perUnit),
  tiers.map((list) => ({ model: "graduated" as const, tiers: list })),
  tiers.map((list) => ({ model: "volume" as const, tiers: list })),
  fc.record({
    model: fc.constant("package" as const),
    size: positive,
    price: unitPrice.map((price) => price.toFixed()),
    rounding: fc.constantFrom("up" as const, "down" as const),
  }),
);

/** The rows' exact amounts in minor units. */
function sumOf(details: readonly OverageDetail[], inCurrency: string): Decimal {
  const major = details.reduce((sum, row) => sum.plus(row.amount), new Decimal(0));
  return major.times(new Decimal(10).pow(currencyExponent(inCurrency)));
}

/** The nearest amount that can be charged, halves up. */
function nearest(minor: Decimal, inCurrency: string): string {
  const step = chargeStepMinor(inCurrency).toString();
  return minor.div(step).plus("0.5").floor().times(step).toFixed();
}

describe("whatever the numbers", () => {
  it("parts cover exactly the whole quantity and add up to its price to the cent, under every price model", () => {
    const reports = fc.array(fc.tuple(quantity, fc.boolean()), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(quantity, anyPrice, currency, reports, (included, price, inCurrency, steps) => {
        let used = new Decimal(0);
        let billed = new Decimal(0);
        let billedMinor = 0n;
        const rate = () => rateOverage({ used, included, billed, price, currency: inCurrency });
        const bill = () => {
          const { quantity: owed, amountMinor, details } = rate();
          // Half a coin is rounded up, also where the rest is half a coin below nothing.
          expect(nearest(sumOf(details, inCurrency), inCurrency)).toBe(amountMinor.toString());
          billed = billed.plus(owed);
          billedMinor += amountMinor;
        };
        for (const [reported, billsNow] of steps) {
          used = used.plus(reported);
          if (billsNow) bill();
        }
        bill();
        const once = rateOverage({ used, included, billed: 0, price, currency: inCurrency });
        expect(billed.toFixed()).toBe(once.quantity.toFixed());
        expect(billedMinor).toBe(once.amountMinor);
        expect(rate()).toMatchObject({ amountMinor: 0n, details: [] });
      }),
      RUNS,
    );
  });

  it("overage is never negative and never more than was used", () => {
    const limit = fc.option(quantity);
    fc.assert(
      fc.property(quantity, limit, quantity, fc.option(unitPrice), currency, (used, included, billed, one, coin) => {
        const price = one === null ? null : perUnit(one);
        const found = rateOverage({ used, included, billed, price, currency: coin });
        expect(found.overage.isNegative()).toBe(false);
        expect(found.overage.lessThanOrEqualTo(used)).toBe(true);
        expect(found.quantity.isNegative()).toBe(false);
        expect(found.quantity.lessThanOrEqualTo(found.overage)).toBe(true);
        if (billed.isZero()) {
          expect(found.amountMinor).toBe(one ? lineAmountMinor(found.quantity, one, coin) : 0n);
          // Included and overage are the whole: nothing is dropped and nothing made up.
          if (included) expect(Decimal.min(used, included).plus(found.overage).toFixed()).toBe(used.toFixed());
        }
      }),
      RUNS,
    );
  });

  it("more usage never costs less, except that a volume price may fall", () => {
    fc.assert(
      fc.property(quantity, quantity, quantity, anyPrice, currency, (used, more, included, price, inCurrency) => {
        fc.pre(price.model !== "volume");
        const base = { included, billed: 0, price, currency: inCurrency };
        const before = rateOverage({ ...base, used });
        const after = rateOverage({ ...base, used: used.plus(more) });
        expect(after.amountMinor >= before.amountMinor).toBe(true);
      }),
      RUNS,
    );
  });

  it("tiers of one price are that price, and volume and graduated agree up to the first tier's end", () => {
    fc.assert(
      fc.property(quantity, unitPrice, unitPrice, quantity, currency, (used, one, other, end, coin) => {
        fc.pre(end.greaterThan(0));
        const tiersOf = (last: Decimal) => [
          { upTo: end.toFixed(), unitPrice: one.toFixed() },
          { upTo: null, unitPrice: last.toFixed() },
        ];
        const cost = (price: OveragePrice, much: Decimal) => overageMinor(price, much, coin);
        expect(cost({ model: "graduated", tiers: tiersOf(one) }, used)).toBe(cost(perUnit(one), used));
        const within = Decimal.min(used, end);
        expect(cost({ model: "volume", tiers: tiersOf(other) }, within)).toBe(
          cost({ model: "graduated", tiers: tiersOf(other) }, within),
        );
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
