/** What the tests of the lifecycle sell: steps up and down, seats, a trial, usage, a year, in any currency. */
import { defineCatalog } from "@/billing/catalog";

type Source = Parameters<typeof defineCatalog>[0];
type PlanSource = Source["plans"][number];

/** Calls beyond the included ones, refused or charged. */
export function calls(included: string, unitPrice: string | null): PlanSource["allowances"][number] {
  return {
    meter: "call",
    included,
    limit: unitPrice === null ? "hard" : "soft",
    overage: unitPrice === null ? null : { model: "per_unit", unitPrice },
  };
}

/** A plan without seats and without words. */
export function plan(key: string, prices: [month: string, year: string], more: Partial<PlanSource>): PlanSource {
  const [monthlyPrice, annualPrice] = prices;
  const words = { key, name: key, tagline: "", support: "", features: [], maxUsers: null };
  return { ...words, monthlyPrice, annualPrice, allowances: [calls("100", "0.50")], ...more };
}

/** A catalog of these plans beside a free one. */
export function lifecycleCatalog(plans: PlanSource[], more: Partial<Source> = {}) {
  const names = { displayName: "Calls", overageName: "Additional calls", unit: "call", unitPlural: "calls" };
  return defineCatalog({
    ...{ key: "lifecycle", productName: "Lifecycle", currency: "usd", freePlan: "free" },
    tax: { displayName: "Tax", percentage: "8" },
    meters: [{ key: "call", ...names, aggregation: "sum", limitKey: null, planField: null }],
    plans: [plan("free", ["0", "0"], { allowances: [calls("10", null)] }), ...plans],
    ...more,
  });
}

/** Solo 19, Team 100 with seats, Company 500 with seats and a trial of 14 days; a year costs ten months. */
export const SMALL_PLANS: PlanSource[] = [
  plan("solo", ["19.00", "190.00"], {}),
  plan("team", ["100.00", "1000.00"], {
    seats: { included: 5, monthlyPrice: "20.00", annualPrice: "200.00", max: 50 },
  }),
  plan("company", ["500.00", "5000.00"], {
    seats: { included: 20, monthlyPrice: "15.00", annualPrice: "150.00", max: null },
    trial: { days: 14, paymentMethod: "optional" },
    allowances: [calls("1000", "0.40")],
  }),
];

/** These and a free plan. */
export const SMALL_CATALOG = lifecycleCatalog(SMALL_PLANS);
