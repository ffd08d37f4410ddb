/** Laws of discounts that hold whatever the lines and the coupons are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DiscountTerms, shareParts, spreadDiscounts, sumOfParts } from "./discounts";

const runs = { numRuns: 4_096 };

const terms = (id: string): fc.Arbitrary<DiscountTerms> =>
  fc.oneof(
    fc.integer({ min: 1, max: 10_000 }).map((hundredths) => ({
      id,
      percentOff: hundredths / 100,
      amountOffMinor: null,
    })),
    fc.integer({ min: 1, max: 500_000 }).map((amountOffMinor) => ({ id, percentOff: null, amountOffMinor })),
  );
const pool = fc.tuple(...["a", "b", "c", "d", "e"].map(terms));
const invoice = pool.chain((all) => {
  const line = fc.record({
    amountMinor: fc.integer({ min: -100_000, max: 300_000 }),
    discountable: fc.boolean(),
    own: fc.subarray(all.slice(0, 3)),
  });
  return fc.record({ lines: fc.array(line, { maxLength: 7 }), shared: fc.subarray(all) });
});

describe("discounts over any lines", () => {
  it("never take more off a line than it costs, and nothing off credits and undiscountable lines", () => {
    fc.assert(
      fc.property(invoice, ({ lines, shared }) => {
        for (const [index, parts] of spreadDiscounts(lines, shared, 1).entries()) {
          const line = lines[index];
          const most = line?.discountable === true ? Math.max(0, line.amountMinor) : 0;
          expect(sumOfParts(parts)).toBeLessThanOrEqual(most);
          expect(parts.every((part) => Number.isInteger(part.amountMinor) && part.amountMinor > 0)).toBe(true);
        }
      }),
      runs,
    );
  });

  it("take an amount off exactly, as far as there is something to take it off", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 60_000 }),
        (amounts, off) => {
          const lines = amounts.map((amountMinor) => ({ amountMinor, discountable: true }));
          const parts = spreadDiscounts(lines, [{ id: "a", percentOff: null, amountOffMinor: off }], 1).flat();
          expect(sumOfParts(parts)).toBe(
            Math.min(
              off,
              amounts.reduce((sum, amount) => sum + amount, 0),
            ),
          );
        },
      ),
      runs,
    );
  });

  it("keep a line's own discounts to the lines that name them, and apply each once", () => {
    fc.assert(
      fc.property(invoice, ({ lines, shared }) => {
        const own = new Set(lines.flatMap((line) => line.own).map((one) => one.id));
        for (const [index, parts] of spreadDiscounts(lines, shared, 1).entries()) {
          const names = parts.map((part) => part.discount);
          expect(new Set(names).size).toBe(names.length);
          const mine = (lines[index]?.own ?? []).map((one) => one.id);
          expect(names.filter((name) => own.has(name) && !mine.includes(name))).toEqual([]);
        }
      }),
      runs,
    );
  });

  it("shrink in parts that add up to the whole and exceed no part", () => {
    const parts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 1, noNaN: true }), (amounts, share) => {
        const whole = amounts.map((amountMinor, index) => ({ discount: `d${index}`, amountMinor }));
        const off = Math.floor(sumOfParts(whole) * share);
        const shared = shareParts(whole, off, 1);
        expect(sumOfParts(shared)).toBe(off);
        for (const part of shared) {
          const limit = whole.find((one) => one.discount === part.discount)?.amountMinor ?? 0;
          expect(part.amountMinor).toBeLessThanOrEqual(limit);
        }
      }),
      runs,
    );
  });
});
