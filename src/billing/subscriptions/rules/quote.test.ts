/** A quote's lines in their order, its sums, and a discount in words. */
import { describe, expect, it } from "vitest";
import type { Coupon } from "../model";
import type { SubscriptionPlan } from "./plan";
import { moneyOf, type PricedLine, worthText } from "./quote";

const at = { periodStartAt: new Date(0), periodEndAt: new Date(1), metadata: {} };

function line(description: string, amountMinor: bigint, more: Partial<PricedLine> = {}): PricedLine {
  return { ...at, description, amountMinor, proration: true, source: "subscription", stripePriceId: "plan", ...more };
}

const plan = { do: "end_trial", stripeSubscriptionId: "sub_1", withdraws: null } satisfies SubscriptionPlan;
const terms = {
  tax: { displayName: "Tax", percentage: "0", stripeTaxRateId: null },
  taxMode: "rate" as const,
  seatPriceIds: new Set(["seat"]),
};

it("tells what is given back first, and the plan before its seats", () => {
  const seat = { stripePriceId: "seat" };
  const lines = [
    line("seats from now", 200n, { ...seat, proration: false }),
    line("calls", 50n, { proration: false, source: "item", stripePriceId: null, metadata: { meter: "call" } }),
    line("seats unused", -20n, seat),
    line("remaining time", 900n),
    line("plan from now", 1_000n, { proration: false }),
    line("plan unused", -100n),
  ];
  const sums = { subtotalMinor: 2_030n, discountMinor: 0n, taxMinor: 0n, totalMinor: 2_030n, startingBalanceMinor: 0n };
  const money = moneyOf(plan, { invoice: { ...sums, taxes: [], lines }, dueNowMinor: 2_030n, refundMinor: 0n }, terms);
  expect(money.lines.map(({ description }) => description)).toEqual([
    ...["plan unused", "seats unused", "remaining time", "plan from now", "seats from now", "calls"],
  ]);
});

describe("the sums", () => {
  // Total, balance before, due now and refund; then what of the balance was used, what is carried on, and what becomes credit.
  it.each<[string, [bigint, bigint, bigint, bigint], [bigint, bigint, bigint]]>([
    ["all is due", [500n, 0n, 500n, 0n], [0n, 0n, 0n]],
    ["credit pays a part", [500n, -200n, 300n, 0n], [200n, 0n, 0n]],
    ["credit pays all", [500n, -900n, 0n, 0n], [500n, 0n, 0n]],
    ["what was owed comes on top", [500n, 30n, 530n, 0n], [-30n, 0n, 0n]],
    ["too little to charge is carried on", [20n, 0n, 0n, 0n], [0n, 20n, 0n]],
    ["with what was owed before", [20n, 15n, 0n, 0n], [-15n, 35n, 0n]],
    ["less what credit paid", [40n, -15n, 0n, 0n], [15n, 25n, 0n]],
    ["nothing", [0n, 30n, 0n, 0n], [0n, 0n, 0n]],
    ["all goes back to the card", [-500n, 0n, 0n, 500n], [0n, 0n, 0n]],
    ["a part goes back to the card", [-500n, 0n, 0n, 180n], [0n, 0n, 320n]],
    ["nothing goes back to the card", [-500n, -70n, 0n, 0n], [0n, 0n, 500n]],
  ])("%s", (_what, [totalMinor, startingBalanceMinor, dueNowMinor, refundMinor], expected) => {
    const sums = { subtotalMinor: totalMinor, discountMinor: 0n, taxMinor: 0n, totalMinor, startingBalanceMinor };
    const money = moneyOf(plan, { invoice: { ...sums, taxes: [], lines: [] }, dueNowMinor, refundMinor }, terms);
    expect([money.balanceAppliedMinor, money.carriedMinor, money.creditMinor]).toEqual(expected);
  });
});

describe("a discount in words", () => {
  const coupon: Coupon = {
    ...{ stripeCouponId: "co_1", name: "New", percentOff: "12.5", amountOffMinor: null, currency: null },
    ...{ duration: "repeating", durationMonths: 1 },
  };
  it.each<[Partial<Coupon>, string]>([
    [{}, "12.5% off for 1 month"],
    [{ durationMonths: 3 }, "12.5% off for 3 months"],
    [{ duration: "once", durationMonths: null }, "12.5% off once"],
    [{ duration: "forever", durationMonths: null }, "12.5% off"],
    [{ percentOff: null, amountOffMinor: 500n, currency: "usd" }, "$5.00 off for 1 month"],
  ])("%o is %s", (more, words) => {
    expect(worthText({ ...coupon, ...more })).toBe(words);
  });
});
