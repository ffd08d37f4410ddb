/** What the plans' buttons say in each state of a tenant, as a table. */
import { describe, expect, it } from "vitest";
import { type AppliedCatalog, changePolicySchema, dunningTermsSchema } from "@/billing/catalog/model";
import type { CurrentPlan, Subscription } from "@/billing/subscriptions/model";
import { planVersion, subscriptionRow } from "@/testing/plans";
import { planOffer } from "./plan-offer";

const NAMES = { free: "Free", professional: "Professional", team: "Team", contract: "Contract" };
type Key = keyof typeof NAMES;

const versions = (Object.keys(NAMES) as Key[]).map((key, rank) =>
  planVersion(key, {
    ...{ rank, name: NAMES[key] },
    ...(key === "contract" && { monthlyPriceMinor: null, annualPriceMinor: null }),
    ...(key === "team" && { terms: { trial: { days: 14, paymentMethod: "required" } } }),
  }),
);

function plan(key: Key) {
  const found = versions.find(({ planKey }) => planKey === key);
  if (!found) throw new Error(`There is no plan ${key}.`);
  return found;
}

const catalog: AppliedCatalog = {
  ...{ key: "table", productName: "Table", currency: "usd", meters: [], retiredMeters: [], plans: versions },
  tax: { displayName: "Tax", percentage: "8", stripeTaxRateId: null },
  contact: "sales@table.example",
  changePolicy: changePolicySchema.parse({}),
  dunning: dunningTermsSchema.parse({}),
  freePlan: plan("free"),
};

const END = new Date("2026-12-19T00:00:00Z");

function on(key: Key, row: Partial<Subscription> = {}, more: Partial<CurrentPlan> = {}): CurrentPlan {
  const subscription = key === "free" ? null : subscriptionRow({ planKey: key, planVersionId: `${key}@1`, ...row });
  return {
    ...{ tenantId: "ten_1", planVersionId: `${key}@1`, planKey: key, planName: NAMES[key], subscription },
    ...{ status: subscription?.status ?? "active", interval: subscription?.interval ?? null, priceMinor: 0n },
    ...{ currency: "usd", currentPeriodStartAt: new Date("2026-11-19T00:00:00Z"), currentPeriodEndAt: END },
    ...{ cancelAtPeriodEnd: subscription?.cancelAtPeriodEnd ?? false, scheduled: null, trialEndAt: null },
    ...{ trialTaken: false, pending: null, pendingChange: null },
    ...more,
  };
}

const scheduled = {
  planKey: "professional",
  planName: "Professional",
  interval: "month",
  seats: null,
  at: END,
} as const;

describe("the button of a plan", () => {
  const rows: Array<[Key, "month" | "year", CurrentPlan, string]> = [
    ["free", "month", on("free"), "current: Your plan"],
    ["professional", "month", on("free"), "checkout: Choose Professional"],
    ["team", "month", on("free"), "checkout: Start 14-day trial"],
    ["team", "month", on("free", {}, { trialTaken: true }), "checkout: Choose Team"],
    ["contract", "month", on("free"), "contact: Contact us"],
    [
      "professional",
      "month",
      on("free", {}, { pending: { planKey: "professional", planName: "Professional", stripeSubscriptionId: "sub_1" } }),
      "checkout: Finish the payment",
    ],
    ["professional", "month", on("professional"), "current: Your plan"],
    ["professional", "year", on("professional"), "change: Switch to annual"],
    ["professional", "month", on("professional", { interval: "year" }), "change: Switch to monthly"],
    ["team", "month", on("professional"), "change: Upgrade to Team"],
    ["professional", "month", on("team"), "change: Downgrade to Professional"],
    ["free", "month", on("team"), "cancel: Downgrade to Free"],
    ["contract", "month", on("team"), "contact: Contact us"],
    ["team", "month", on("team", { cancelAtPeriodEnd: true }), "resume: Resume Team"],
    ["free", "month", on("team", { cancelAtPeriodEnd: true }), "scheduled: Your next plan"],
    ["team", "month", on("team", {}, { scheduled }), "keep: Keep Team"],
    ["team", "month", on("team", {}, { pendingChange: { expiresAt: END } }), "keep: Keep Team"],
    ["professional", "month", on("team", {}, { scheduled }), "scheduled: Your next plan"],
    ["professional", "year", on("team", {}, { scheduled }), "change: Downgrade to Professional"],
    ["team", "month", on("team", { status: "trialing" }), "current: Your plan"],
    ["professional", "month", on("team", { status: "past_due" }), "blocked: Downgrade to Professional"],
    ["free", "month", on("team", { status: "past_due" }), "cancel: Downgrade to Free"],
    ["team", "month", on("team", { status: "paused" }), "unpause: Resume Team"],
    ["professional", "month", on("team", { status: "paused" }), "blocked: Downgrade to Professional"],
    ["contract", "month", on("contract", { interval: "year" }), "current: Your plan"],
    ["professional", "month", on("contract"), "contact: Contact us"],
    ["free", "month", on("contract"), "cancel: Downgrade to Free"],
  ];
  it.each(rows)("of %s by the %s", (key, interval, current, expected) => {
    const offer = planOffer(catalog, current, plan(key), interval);
    expect(`${offer.kind}: ${offer.label}`).toBe(expected);
  });

  it.each([
    ["sales@table.example", "mailto:sales@table.example?subject=Contract"],
    ["https://table.example/talk", "https://table.example/talk"],
    [null, null],
  ])("of a plan whose price is agreed leads to the catalog's address: %s", (contact, href) => {
    expect(planOffer({ ...catalog, contact }, on("free"), plan("contract"), "month")).toMatchObject({ href });
  });

  it("of a plan that is sold by the year only says so", () => {
    const yearly = { ...plan("team"), monthlyPriceMinor: null };
    expect(planOffer(catalog, on("free"), yearly, "month")).toMatchObject({ kind: "blocked" });
    expect(planOffer(catalog, on("professional"), yearly, "month")).toMatchObject({ kind: "blocked" });
    expect(planOffer(catalog, on("professional"), yearly, "year")).toMatchObject({ kind: "change" });
  });
});
