import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../kernel/decimal";
import { type MovementKind, movementKind, mrrOf, shownMinor } from "./rules";

describe("mrrOf", () => {
  it.each([
    ["active", "month", 29_900n, "29900"],
    ["past_due", "month", 29_900n, "29900"],
    ["active", "year", 299_000n, "24916.666666666667"],
    ["active", "month", 5_000n, "5000"],
    ["trialing", "month", 29_900n, "0"],
    ["incomplete", "month", 29_900n, "0"],
    ["unpaid", "month", 29_900n, "0"],
    ["paused", "month", 29_900n, "0"],
    ["canceled", "year", 299_000n, "0"],
  ] as const)("%s, a %s, %s minor: %s", (status, interval, priceMinor, expected) => {
    expect(mrrOf({ status, interval, priceMinor }).toString()).toBe(expected);
  });

  it("is nothing for a tenant on the free plan", () => {
    expect(mrrOf(null).toString()).toBe("0");
  });
});

describe("movementKind", () => {
  it.each<[number, number, boolean, MovementKind | null]>([
    [0, 299, false, "new"],
    [299, 999, true, "expansion"],
    [999, 499, true, "contraction"],
    [499, 0, true, "churn"],
    [0, 299, true, "reactivation"],
    [299, 299, true, null],
    [0, 0, false, null],
  ])("%i → %i, paid before %s: %s", (before, after, paidBefore, expected) => {
    expect(movementKind(new Decimal(before), new Decimal(after), paidBefore)).toBe(expected);
  });

  it("the movements of any history add up to where it ends", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 }), (levels) => {
        let at = new Decimal(0);
        let sum = new Decimal(0);
        let paidBefore = false;
        for (const level of levels) {
          const to = new Decimal(level).times(2990).div(12);
          const kind = movementKind(at, to, paidBefore);
          if (kind !== null) sum = sum.plus(to.minus(at));
          if (kind === "new") expect(paidBefore).toBe(false);
          if (kind === "reactivation") expect(paidBefore).toBe(true);
          paidBefore ||= to.gt(0);
          at = to;
        }
        expect(sum.eq(at)).toBe(true);
      }),
      { numRuns: 4096 },
    );
  });
});

it("an annual price of 250 a year is shown as 21 a month, rounded once", () => {
  expect(shownMinor(new Decimal(250).div(12))).toBe(21n);
});
