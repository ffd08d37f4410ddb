/**
 * The catalog: what is metered, what is sold, at which price. A catalog is one typed file below presets/ (or a path of the
 * installation's own), validated as a whole; a broken one names every problem and is not applied.
 *
 * Prices are exact decimal strings in major units ("299.00", "0.001"). `null` always means "no limit" for quantities and
 * "agreed with the customer" for prices.
 */
import { z } from "zod";
import type { BillingInterval } from "../subscriptions/model";

const key = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "lower case letters, digits and underscores");
const decimalText = z.string().regex(/^\d{1,15}(\.\d{1,12})?$/, 'a decimal as text, for example "0.001"');

/** How the events of a period become one quantity. */
export const aggregationSchema = z.enum(["sum", "count", "max", "last"]);
export type Aggregation = z.infer<typeof aggregationSchema>;

/** What is metered. */
export const meterSchema = z.strictObject({
  key,
  displayName: z.string().min(1),
  /** On an invoice line: "Additional Quantum Jobs". */
  overageName: z.string().min(1),
  unit: z.string().min(1),
  unitPlural: z.string().min(1),
  /** Other words callers may put into `unit`, for example "GB". */
  unitAliases: z.array(z.string()).default([]),
  aggregation: aggregationSchema,
  /** Its name among the limits of GET /usage/{tenant_id}/current; null when it is not listed there. */
  limitKey: z.string().nullable(),
  /** Its name among the limits of GET /plans; null when it is not listed there. */
  planField: z.string().nullable(),
});
export type Meter = z.infer<typeof meterSchema>;

/** What happens beyond the included quantity: `hard` refuses, `soft` charges the overage price. */
export const allowanceSchema = z.strictObject({
  meter: key,
  /** Included in each month; null is without limit. */
  included: decimalText.nullable(),
  limit: z.enum(["hard", "soft"]),
  /** Price of one unit beyond the included ones; null when overage is not sold (hard) or not charged. */
  overageUnitPrice: decimalText.nullable(),
});
export type Allowance = z.infer<typeof allowanceSchema>;

/** One plan. */
export const planSchema = z.strictObject({
  key,
  name: z.string().min(1),
  tagline: z.string(),
  /** null: the price is agreed with the customer. */
  monthlyPrice: decimalText.nullable(),
  annualPrice: decimalText.nullable(),
  /** null: without limit. */
  maxUsers: z.int().positive().nullable(),
  support: z.string(),
  /** Facts for the pricing page in order, for example { label: "HIPAA", included: true }. */
  features: z.array(z.strictObject({ label: z.string().min(1), included: z.boolean() })),
  allowances: z.array(allowanceSchema),
});
export type Plan = z.infer<typeof planSchema>;

/** The shape of a whole catalog; `parseCatalog` (rules.ts) also holds its parts against each other. */
export const catalogSchema = z.strictObject({
  key,
  productName: z.string().min(1),
  currency: z.string().regex(/^[a-z]{3}$/),
  tax: z.strictObject({ displayName: z.string().min(1), percentage: decimalText }),
  /** The plan of every tenant without a paid subscription. */
  freePlan: key,
  meters: z.array(meterSchema).min(1),
  /** In order of rank: a later plan is an upgrade of an earlier one. */
  plans: z.array(planSchema).min(1),
});
export type Catalog = z.infer<typeof catalogSchema>;

/** A plan as it was applied: immutable terms under an id that subscriptions keep. */
export interface PlanVersion {
  id: string;
  planKey: string;
  version: number;
  status: "draft" | "active" | "archived";
  name: string;
  rank: number;
  currency: string;
  monthlyPriceMinor: bigint | null;
  annualPriceMinor: bigint | null;
  terms: Plan;
  stripeProductId: string | null;
  stripeMonthlyPriceId: string | null;
  stripeAnnualPriceId: string | null;
}

/** The catalog in force, as the database has it: what verbs and pages read. */
export interface AppliedCatalog {
  key: string;
  productName: string;
  currency: string;
  tax: { displayName: string; percentage: string; stripeTaxRateId: string | null };
  freePlan: PlanVersion;
  /** Active versions by rank. */
  plans: PlanVersion[];
  meters: Meter[];
  /** Meters of earlier catalogs: they still name and count the usage of tenants on archived plans. */
  retiredMeters: Meter[];
}

/** The Stripe price of a version for an interval, null when it is not sold so. */
export function stripePriceId(version: PlanVersion, interval: BillingInterval): string | null {
  return interval === "month" ? version.stripeMonthlyPriceId : version.stripeAnnualPriceId;
}

/** States a catalog with the compiler's help; the verbs validate it again. */
export function defineCatalog(catalog: z.input<typeof catalogSchema>): Catalog {
  return catalogSchema.parse(catalog);
}
