import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { majorText } from "./currency";
import { Decimal, decimal } from "./decimal";
import {
  chargeStepMinor,
  currencyExponent,
  formatMoney,
  formatQuantity,
  formatUnitPrice,
  fromMajor,
  isChargeable,
  lineAmountMinor,
  roundToMinor,
  toMajor,
  toMajorNumber,
} from "./money";

describe("rounding", () => {
  it.each([
    ["0.5", 1n],
    ["0.4999999999999999999999", 0n],
    ["1.5", 2n],
    ["2.5", 3n],
    ["-0.5", -1n],
    ["-1.4", -1n],
    ["124.7", 125n],
    ["99999999999999999999.5", 100000000000000000000n],
  ])("%s minor units are %s", (exact, rounded) => {
    expect(roundToMinor(decimal(exact))).toBe(rounded);
  });
});

describe("a line's amount", () => {
  it.each([
    ["45", "0.50", "usd", 2250n],
    ["12.5", "0.10", "usd", 125n],
    ["1247", "0.001", "usd", 125n],
    ["1", "0.00001", "usd", 0n],
    ["500", "0.00001", "usd", 1n],
    ["3", "0.5", "jpy", 2n],
    ["7", "0.0015", "kwd", 10n],
    ["7", "0.0005", "kwd", 0n],
    ["133", "0.0035", "kwd", 470n],
    ["-1", "0.005", "bhd", -10n],
    ["3", "0.5", "isk", 200n],
    ["1", "1.49", "ugx", 100n],
  ])("%s × %s %s", (quantity, unitPrice, currency, amount) => {
    expect(lineAmountMinor(quantity, unitPrice, currency)).toBe(amount);
  });

  it("is within half a step of the exact product, whatever the digits, and can be charged", () => {
    const number = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 0, max: 12 }));
    const text = ([digits, places]: [bigint, number]) =>
      new Decimal(digits.toString()).div(new Decimal(10).pow(places));
    fc.assert(
      fc.property(number, number, fc.constantFrom("usd", "jpy", "kwd", "isk"), (q, p, currency) => {
        const [quantity, price] = [text(q), text(p)];
        const exact = quantity.times(price).times(new Decimal(10).pow(currencyExponent(currency)));
        const amount = lineAmountMinor(quantity, price, currency);
        const off = exact.minus(amount.toString()).abs();
        expect(off.lte(new Decimal(chargeStepMinor(currency).toString()).div(2))).toBe(true);
        expect(isChargeable(amount, currency)).toBe(true);
      }),
      { numRuns: 4096 },
    );
  });
});

describe("major units", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.constantFrom("usd", "jpy", "kwd"),
        (minor, currency) => {
          expect(fromMajor(toMajor(minor, currency), currency)).toBe(minor);
        },
      ),
      { numRuns: 4096 },
    );
  });

  it("refuse more digits than the currency keeps", () => {
    expect(() => fromMajor("1.005", "usd")).toThrow(/more digits/);
    expect(() => fromMajor("0.5", "jpy")).toThrow(/more digits/);
    expect(fromMajor("299.00", "usd")).toBe(29_900n);
  });

  it("are JSON numbers in REST bodies", () => {
    expect(toMajorNumber(34_992n, "usd")).toBe(349.92);
    expect(toMajorNumber(-1n, "kwd")).toBe(-0.001);
  });
});

describe("currencies, as Stripe keeps them", () => {
  it.each([
    [0, "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"],
    [2, "usd eur gbp chf huf twd isk ugx"],
    [3, "bhd jod kwd omr tnd"],
  ])("%i digits: %s", (digits, currencies) => {
    const told = currencies.split(" ").map((currency) => `${currency} ${currencyExponent(currency)}`);
    expect(told).toEqual(currencies.split(" ").map((currency) => `${currency} ${digits}`));
  });

  it.each([
    [1n, "usd eur jpy krw huf twd"],
    [10n, "bhd jod kwd omr tnd"],
    [100n, "isk ugx"],
  ])("steps of %s: %s", (step, currencies) => {
    const told = currencies.split(" ").map((currency) => `${currency} ${chargeStepMinor(currency)}`);
    expect(told).toEqual(currencies.split(" ").map((currency) => `${currency} ${step}`));
  });

  it.each([
    [34_992n, "usd", "349.92"],
    [-5n, "usd", "-0.05"],
    [-12_345n, "kwd", "-12.345"],
    [7n, "kwd", "0.007"],
    [-1_200n, "jpy", "-1200"],
    [0n, "jpy", "0"],
  ])("%s of %s is %s", (amountMinor, currency, text) => {
    expect(majorText(amountMinor, currency)).toBe(text);
  });
});

describe("for people", () => {
  it.each([
    [34_992n, "usd", "$349.92"],
    [-500n, "usd", "−$5.00"],
    [1200n, "jpy", "¥1,200"],
    [123_456_789_012_345_678n, "usd", "$1,234,567,890,123,456.78"],
  ])("%s %s is %s", (amountMinor, currency, text) => {
    expect(formatMoney({ amountMinor, currency })).toBe(text);
  });

  it("keeps every digit of a unit price and a quantity", () => {
    expect(formatUnitPrice("0.001", "usd")).toBe("$0.001");
    expect(formatUnitPrice("0.5", "usd")).toBe("$0.50");
    expect(formatUnitPrice("0.00001", "usd")).toBe("$0.00001");
    expect(formatQuantity("1247")).toBe("1,247");
    expect(formatQuantity("12.500000000000")).toBe("12.5");
  });
});

it("a decimal is finite", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, "Infinity"])
    expect(() => decimal(value)).toThrow(RangeError);
  expect(decimal(0.1).plus(0.2).toString()).toBe("0.3");
});
