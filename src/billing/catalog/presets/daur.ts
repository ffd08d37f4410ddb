/**
 * The catalog of the Billing and Subscription API seed: operations a month, support by plan.
 *
 * Owns the numbers of that document. API calls beyond the plan cost 0.01 on Basic and Pro and are refused on Free; compute
 * and storage are counted and not charged. Enterprise has no list price: it is agreed with the customer and never pushed
 * to Stripe. A year costs ten months.
 */

import { defineCatalog } from "../define-catalog";
import type { Allowance, Meter, OveragePrice } from "../model";

/** A meter that is shown and never limited or charged. */
function counted(key: string, displayName: string, unit: string, unitPlural: string): Meter {
  const aggregation = key === "storage_gb" ? "max" : "sum";
  const overageName = `Additional ${displayName}`;
  return {
    key,
    displayName,
    overageName,
    unit,
    unitPlural,
    unitAliases: [],
    aggregation,
    uniqueProperty: null,
    limitKey: null,
    planField: null,
  };
}

const uncharged: Allowance[] = ["compute_minutes", "compute_hours", "storage_gb"].map((meter) => ({
  meter,
  included: null,
  limit: "soft",
  overage: null,
}));

function calls(included: string, limit: "hard" | "soft"): Allowance {
  const overage: OveragePrice | null = limit === "hard" ? null : { model: "per_unit", unitPrice: "0.01" };
  return { meter: "api_calls", included, limit, overage };
}

/** The preset `daur`. */
export const catalog = defineCatalog({
  key: "daur",
  productName: "Daur AI",
  currency: "usd",
  tax: { displayName: "Tax", percentage: "8" },
  freePlan: "free",
  contact: "sales@daur.example",
  // The document credits a downgrade at once.
  changePolicy: { downgrade: "now_prorated" },
  meters: [
    {
      key: "api_calls",
      displayName: "API Calls",
      overageName: "API call overage",
      unit: "call",
      unitPlural: "calls",
      unitAliases: ["operation", "operations"],
      aggregation: "sum",
      limitKey: "api_calls",
      planField: "max_api_calls_monthly",
    },
    counted("compute_minutes", "Compute Minutes", "minute", "minutes"),
    counted("compute_hours", "Compute Hours", "hour", "hours"),
    counted("storage_gb", "Storage", "GB", "GB"),
  ],
  plans: [
    {
      key: "free",
      name: "Free",
      tagline: "Basic automation",
      monthlyPrice: "0",
      annualPrice: "0",
      maxUsers: null,
      support: "Limited support",
      features: [{ label: "Basic automation", included: true }],
      allowances: [calls("100", "hard"), ...uncharged],
    },
    {
      key: "basic",
      name: "Basic",
      tagline: "Standard automation",
      monthlyPrice: "29.00",
      annualPrice: "290.00",
      maxUsers: null,
      support: "Email support",
      features: [{ label: "Standard automation", included: true }],
      allowances: [calls("1000", "soft"), ...uncharged],
    },
    {
      key: "pro",
      name: "Pro",
      tagline: "Advanced automation",
      monthlyPrice: "99.00",
      annualPrice: "990.00",
      maxUsers: null,
      support: "Priority support",
      features: [{ label: "Advanced automation", included: true }],
      allowances: [calls("10000", "soft"), ...uncharged],
    },
    {
      key: "enterprise",
      name: "Enterprise",
      tagline: "Unlimited operations, custom features",
      monthlyPrice: null,
      annualPrice: null,
      maxUsers: null,
      support: "Dedicated support",
      features: [{ label: "Custom features", included: true }],
      allowances: [{ meter: "api_calls", included: null, limit: "soft", overage: null }, ...uncharged],
    },
  ],
});
