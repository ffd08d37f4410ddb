/** What the presets do not sell: a trial with a card and one without, seats, and a plan whose price is agreed. */
import { defineCatalog } from "@/billing/catalog/define-catalog";

const calls = { meter: "call", limit: "soft", overage: { model: "per_unit", unitPrice: "0.01" } } as const;

export const catalog = defineCatalog({
  ...{ key: "all_kinds", productName: "All Kinds", currency: "usd", freePlan: "free" },
  tax: { displayName: "Sales tax", percentage: "10" },
  contact: "https://all-kinds.example/talk-to-us",
  meters: [
    {
      ...{ key: "call", displayName: "Calls", overageName: "Additional Calls", unit: "call", unitPlural: "calls" },
      ...{ aggregation: "sum", limitKey: "calls", planField: "max_calls" },
    },
  ],
  plans: [
    {
      ...{ key: "free", name: "Free", tagline: "To look around", monthlyPrice: "0", annualPrice: "0", maxUsers: 1 },
      ...{ support: "Community", features: [{ label: "Audit trail", included: false }] },
      allowances: [{ meter: "call", included: "100", limit: "hard" }],
    },
    {
      ...{ key: "solo", name: "Solo", tagline: "For one", monthlyPrice: "20.00", annualPrice: "200.00", maxUsers: 1 },
      ...{ support: "Email", features: [{ label: "Audit trail", included: false }] },
      trial: { days: 7, paymentMethod: "optional" },
      allowances: [{ ...calls, included: "1000" }],
    },
    {
      ...{
        key: "team",
        name: "Team",
        tagline: "For some",
        monthlyPrice: "50.00",
        annualPrice: "500.00",
        maxUsers: null,
      },
      ...{ support: "Email", features: [{ label: "Audit trail", included: true }] },
      trial: { days: 14, paymentMethod: "required" },
      allowances: [{ ...calls, included: "5000" }],
    },
    {
      ...{ key: "studio", name: "Studio", tagline: "By the seat", monthlyPrice: "80.00", annualPrice: "800.00" },
      ...{ maxUsers: null, support: "Phone", features: [{ label: "Audit trail", included: true }] },
      seats: { included: 3, monthlyPrice: "10.00", annualPrice: "100.00", max: 40 },
      allowances: [{ ...calls, included: "10000" }],
    },
    {
      ...{ key: "enterprise", name: "Enterprise", tagline: "On your terms", monthlyPrice: null, annualPrice: null },
      ...{ maxUsers: null, support: "Dedicated", features: [{ label: "Audit trail", included: true }] },
      allowances: [{ meter: "call", included: null, limit: "soft" }],
    },
  ],
});
