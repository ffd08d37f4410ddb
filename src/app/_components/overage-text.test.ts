/** What pages and invoices say of overage: each price model in words, and how an amount came to be. */
import { describe, expect, it } from "vitest";
import type { OveragePrice } from "@/billing/catalog/model";
import { decimal } from "@/billing/kernel/decimal";
import { priceOf, rateOverage } from "@/billing/pricing";
import { detailTexts, overageText } from "./overage-text";

const meter = { unit: "call", unitPlural: "calls" };
const tiers = [
  { upTo: "1000", unitPrice: "0.10" },
  { upTo: "5000", unitPrice: "0.00001" },
  { upTo: null, unitPrice: "0" },
];
const graduated: OveragePrice = { model: "graduated", tiers };
const boxes: OveragePrice = { model: "package", size: "1000", price: "5.00", rounding: "up" };

describe("a price in words", () => {
  it.each<[string, OveragePrice | null, string | null]>([
    ["nothing", null, null],
    ["per unit", { model: "per_unit", unitPrice: "0.00001" }, "$0.00001 per call"],
    [
      "graduated",
      graduated,
      "up to 1,000: $0.10 per call; 1,000 to 5,000: $0.00001 per call; over 5,000: $0.00 per call",
    ],
    ["volume", { model: "volume", tiers: tiers.slice(2) }, "$0.00 per call; the last step reached prices all of them"],
    ["packages", boxes, "$5.00 per 1,000 calls, begun ones count"],
    ["full packages", { ...boxes, rounding: "down" }, "$5.00 per 1,000 calls, full ones only"],
  ])("%s", (_what, overage, text) => {
    expect(overageText({ meter: "call", included: "0", limit: "soft", overage }, meter, "usd")).toBe(text);
  });
});

describe("an amount in words", () => {
  const details = (price: OveragePrice, quantity: string) => priceOf(price, decimal(quantity)).details;

  it("needs none where quantity times price says it all", () => {
    expect(detailTexts([], "usd")).toEqual([]);
    expect(detailTexts(details({ model: "per_unit", unitPrice: "0.001" }, "1247"), "usd")).toEqual([]);
  });

  it("has a row for each tier, for packages, and for what was billed before", () => {
    expect(detailTexts(details(graduated, "1500"), "usd")).toEqual([
      "up to 1,000: 1,000 × $0.10 = $100.00",
      "1,000 to 5,000: 500 × $0.00001 = $0.005",
    ]);
    expect(detailTexts(details(boxes, "1247"), "usd")).toEqual(["2 × 1,000 for $5.00 = $10.00"]);
    const part = rateOverage({
      used: "45",
      included: "0",
      billed: "40",
      price: { model: "per_unit", unitPrice: "0.50" },
      currency: "usd",
    });
    expect(detailTexts(part.details, "usd")).toEqual(["45 × $0.50 = $22.50", "40 billed before = −$20.00"]);
  });
});
