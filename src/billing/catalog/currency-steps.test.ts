/** Prices, of a catalog and of promotion codes, that lie between two amounts their currency can be charged in. */
import { describe, expect, it } from "vitest";
import { planPromotion } from "../subscriptions/rules/promotions";
import { catalog as dnalang } from "./presets/dnalang";
import { catalogProblems } from "./rules";

/** The preset in another currency, with one paid plan. */
function priced(currency: string, plan: { monthlyPrice: string; annualPrice: string | null; seats?: object }) {
  const [free, paid] = structuredClone(dnalang).plans;
  return { ...structuredClone(dnalang), currency, plans: [free, { ...paid, ...plan }] };
}

describe("a catalog's prices", () => {
  it.each([
    ["kwd", "5.120", "51.200"],
    ["tnd", "5.1", null],
    ["isk", "1990", "19900"],
    ["usd", "5.12", "51.21"],
    ["jpy", "1901", null],
  ])("in %s may be %s", (currency, monthlyPrice, annualPrice) => {
    expect(catalogProblems(priced(currency, { monthlyPrice, annualPrice }))).toEqual([]);
  });

  it.each([
    ["kwd", "5.125", "KWD is charged in steps of 0.010"],
    ["bhd", "0.001", "BHD is charged in steps of 0.010"],
    ["isk", "1990.50", "ISK is charged in steps of 1.00"],
    ["ugx", "10000.01", "UGX is charged in steps of 1.00"],
  ])("in %s cannot be %s", (currency, price, why) => {
    const message = `lies between two amounts that can be paid: ${why}`;
    const seats = { included: 1, monthlyPrice: price, annualPrice: price, max: null };
    expect(catalogProblems(priced(currency, { monthlyPrice: price, annualPrice: price, seats }))).toEqual(
      ["monthlyPrice", "annualPrice", "seats.monthlyPrice", "seats.annualPrice"].map((field) => ({
        ...{ path: `plans[1].${field}`, message },
      })),
    );
  });
});

describe("an amount off", () => {
  const input = {
    ...{ code: "OFF", name: "Off", duration: { kind: "once" as const }, expiresAt: null, maxRedemptions: null },
    ...{ firstOrderOnly: false, minimumAmount: null, onlyPlans: [], onlyTenant: null },
    ...{ requestId: "r", reason: "A test" },
  };
  const plan = (amount: string, currency: string) =>
    planPromotion(
      { ...input, off: { kind: "amount", amount } },
      { currency, now: new Date(0), stripeCustomerId: null, stripeProductIds: [] },
    );

  it("is one that the currency moves in", () => {
    expect(plan("1.250", "kwd")).toMatchObject({ amountOffMinor: 1_250n });
    expect(plan("1.255", "kwd")).toBe("KWD is charged in steps of 0.010.");
  });
});
