/**
 * The catalog of the DNALang seed: quantum jobs and storage by plan, API calls by the piece.
 *
 * Owns the numbers of that document. On Free the job and storage limits refuse; paid plans pass into overage. Free names no
 * limit for API calls, so there they are counted and cost nothing.
 */

import { defineCatalog } from "../define-catalog";
import type { Allowance } from "../model";

/** A paid plan's allowances: overage costs the same on each. */
function paid(jobs: string, gigabytes: string): Allowance[] {
  return [
    { meter: "quantum_job", included: jobs, limit: "soft", overage: { model: "per_unit", unitPrice: "0.50" } },
    { meter: "storage", included: gigabytes, limit: "soft", overage: { model: "per_unit", unitPrice: "0.10" } },
    { meter: "api_call", included: "0", limit: "soft", overage: { model: "per_unit", unitPrice: "0.001" } },
  ];
}

/** The preset `dnalang`. */
export const catalog = defineCatalog({
  key: "dnalang",
  productName: "DNALang Quantum Platform",
  currency: "usd",
  tax: { displayName: "Tax", percentage: "8" },
  freePlan: "free",
  meters: [
    {
      key: "quantum_job",
      displayName: "Quantum jobs",
      overageName: "Additional Quantum Jobs",
      unit: "job",
      unitPlural: "jobs",
      aggregation: "sum",
      limitKey: "quantum_jobs",
      planField: "max_quantum_jobs_monthly",
    },
    {
      key: "storage",
      displayName: "Storage",
      overageName: "Additional Storage",
      unit: "GB",
      unitPlural: "GB",
      aggregation: "max",
      limitKey: "storage_gb",
      planField: "max_storage_gb",
    },
    {
      key: "api_call",
      displayName: "API calls",
      overageName: "Additional API Calls",
      unit: "call",
      unitPlural: "calls",
      aggregation: "sum",
      limitKey: null,
      planField: null,
    },
  ],
  plans: [
    {
      key: "free",
      name: "Free",
      tagline: "To try a first organism",
      monthlyPrice: "0",
      annualPrice: "0",
      maxUsers: 1,
      support: "Community",
      features: [{ label: "HIPAA", included: false }],
      allowances: [
        { meter: "quantum_job", included: "10", limit: "hard", overage: null },
        { meter: "storage", included: "1", limit: "hard", overage: null },
        { meter: "api_call", included: null, limit: "soft", overage: null },
      ],
    },
    {
      key: "professional",
      name: "Professional",
      tagline: "For a team that runs jobs every day",
      monthlyPrice: "299.00",
      annualPrice: "2990.00",
      maxUsers: 10,
      support: "Email",
      features: [{ label: "HIPAA", included: false }],
      allowances: paid("100", "50"),
    },
    {
      key: "research",
      name: "Research",
      tagline: "For laboratories and universities",
      monthlyPrice: "499.00",
      annualPrice: "4990.00",
      maxUsers: 50,
      support: "Email",
      features: [{ label: "HIPAA", included: false }],
      allowances: paid("500", "250"),
    },
    {
      key: "enterprise",
      name: "Enterprise",
      tagline: "For regulated work without a limit on people",
      monthlyPrice: "999.00",
      annualPrice: "9990.00",
      maxUsers: null,
      support: "Dedicated",
      features: [{ label: "HIPAA", included: true }],
      allowances: paid("1000", "500"),
    },
  ],
});
