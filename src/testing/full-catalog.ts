/** A catalog in which every feature is used: each aggregation, each price model, seats, trials, drafts, contact us. */
import { defineCatalog } from "@/billing/catalog";
import type { Meter } from "@/billing/catalog/model";

function meter(key: string, aggregation: Meter["aggregation"], uniqueProperty: string | null = null) {
  const names = { key, displayName: `${key}s`, overageName: `Additional ${key}s`, unit: key, unitPlural: `${key}s` };
  return { ...names, aggregation, uniqueProperty, limitKey: null, planField: null };
}

/** The catalog; `studio` is the plan with every price model, `team` has the trial. */
export const fullCatalog = defineCatalog({
  key: "full",
  productName: "Everything",
  currency: "usd",
  tax: { displayName: "VAT", percentage: "8" },
  freePlan: "free",
  contact: "https://everything.example/talk-to-us",
  changePolicy: { upgrade: "now_prorated", downgrade: "at_period_end", moreSeats: "now_full" },
  dunning: { graceDays: 10, reminderDays: [2, 5], lastNoticeDays: 1 },
  meters: [
    meter("call", "sum"),
    meter("disk", "max"),
    meter("mail", "count"),
    meter("user", "unique", "user_id"),
    meter("level", "last"),
  ],
  plans: [
    {
      ...{ key: "free", name: "Free", tagline: "", monthlyPrice: "0", annualPrice: "0", maxUsers: 1, support: "None" },
      features: [{ label: "HIPAA", included: false }],
      allowances: [
        { meter: "call", included: "100", limit: "hard" },
        { meter: "user", included: "2", limit: "hard" },
      ],
    },
    {
      ...{ key: "team", name: "Team", tagline: "", monthlyPrice: "20.00", annualPrice: "200.00", maxUsers: null },
      ...{ support: "Email", features: [], trial: { days: 14, paymentMethod: "optional" } },
      allowances: [
        { meter: "call", included: "500", limit: "soft", overage: { model: "per_unit", unitPrice: "0.02" } },
        { meter: "user", included: "5", limit: "hard" },
      ],
    },
    {
      ...{ key: "studio", name: "Studio", tagline: "", monthlyPrice: "50.00", annualPrice: "500.00", maxUsers: null },
      ...{ support: "Phone", features: [{ label: "HIPAA", included: true }] },
      seats: { included: 3, monthlyPrice: "8.00", annualPrice: "80.00", max: 40 },
      allowances: [
        {
          ...{ meter: "call", included: "1000", limit: "soft" },
          overage: {
            model: "graduated",
            tiers: [
              { upTo: "1000", unitPrice: "0.01" },
              { upTo: "5000", unitPrice: "0.005" },
              { upTo: null, unitPrice: "0.001" },
            ],
          },
        },
        {
          ...{ meter: "disk", included: "10", limit: "soft" },
          overage: {
            model: "volume",
            tiers: [
              { upTo: "90", unitPrice: "0.20" },
              { upTo: null, unitPrice: "0.10" },
            ],
          },
        },
        {
          ...{ meter: "mail", included: "0", limit: "soft" },
          overage: { model: "package", size: "2", price: "1.50", rounding: "up" },
        },
        { meter: "user", included: "2", limit: "soft", overage: { model: "per_unit", unitPrice: "3.00" } },
        { meter: "level", included: "0", limit: "soft", overage: { model: "per_unit", unitPrice: "0.00001" } },
      ],
    },
    {
      ...{ key: "next", name: "Next", tagline: "", monthlyPrice: "75.00", annualPrice: null, maxUsers: null },
      ...{ support: "Phone", features: [], draft: true, allowances: [] },
    },
    {
      ...{ key: "enterprise", name: "Enterprise", tagline: "", monthlyPrice: null, annualPrice: null, maxUsers: null },
      ...{ support: "Dedicated", features: [], allowances: [{ meter: "call", included: null, limit: "soft" }] },
    },
  ],
});
