import { describe, expect, it } from "vitest";
import type { PlanVersion } from "@/billing/catalog/model";
import { isFinal, savingText } from "./plan-facts";

const plan = (monthlyPriceMinor: bigint | null, annualPriceMinor: bigint | null) =>
  ({ monthlyPriceMinor, annualPriceMinor }) as PlanVersion;

describe("what a year saves", () => {
  it.each([
    ["the same on every plan", [plan(0n, 0n), plan(29_900n, 299_000n), plan(99_900n, 999_000n)], "save 16.7%"],
    ["more on one than on another", [plan(31_900n, 299_000n), plan(54_900n, 499_000n)], "save up to 24.3%"],
    ["on one plan alone", [plan(2_000n, 24_000n), plan(5_000n, 50_000n)], "save up to 16.7%"],
    ["nothing", [plan(2_000n, 24_000n), plan(null, null)], null],
  ])("%s", (_what, plans, text) => {
    expect(savingText(plans)).toBe(text);
  });
});

it("an annual plan that ends next year has invoices of months before its final one", () => {
  const current = { cancelAtPeriodEnd: true, currentPeriodEndAt: new Date("2027-11-21") };
  expect(isFinal(current, { renewsAt: new Date("2026-12-21") })).toBe(false);
  expect(isFinal(current, { renewsAt: new Date("2027-11-21") })).toBe(true);
  expect(isFinal({ ...current, cancelAtPeriodEnd: false }, { renewsAt: new Date("2027-11-21") })).toBe(false);
});
