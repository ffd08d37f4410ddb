/**
 * The catalog: what is metered, what is sold, at which price. A catalog is one typed file below presets/ (or a path of the
 * installation's own), validated as a whole; a broken one names every problem and is not applied.
 *
 * Prices are exact decimal strings in major units ("299.00", "0.001"). `null` always means "no limit" for quantities and
 * "agreed with the customer" for prices.
 */
import { z } from "zod";
import { isCurrencyCode } from "../kernel/money";
import type { BillingInterval } from "../subscriptions/model";

const key = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "lower case letters, digits and underscores");
const decimalText = z
  .string()
  .refine((text) => !/^-\d/.test(text), { error: "must not be negative", abort: true })
  .regex(/^\d{1,15}(\.\d{1,12})?$/, 'a decimal as text, for example "0.001"');

const contact = z
  .string()
  .refine(isContact, 'neither an e-mail address nor a web address; for example "sales@example.com"');

/** How the events of a period become one quantity; `unique` counts the different values of one metadata property. */
export const aggregationSchema = z.enum(["sum", "count", "max", "last", "unique"]);
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
  /** The property of a report's metadata whose different values `unique` counts, for example "user_id"; else null. */
  uniqueProperty: z.string().min(1).max(60).nullable().default(null),
  /** Its name among the limits of GET /usage/{tenant_id}/current; null when it is not listed there. */
  limitKey: z.string().nullable(),
  /** Its name among the limits of GET /plans; null when it is not listed there. */
  planField: z.string().nullable(),
});
export type Meter = z.infer<typeof meterSchema>;

/** A step of a price list. Tiers count units beyond the included ones; the last tier is open. */
export const tierSchema = z.strictObject({
  /** The last unit at this price; null: no end. */
  upTo: decimalText.nullable(),
  unitPrice: decimalText,
});
export type Tier = z.infer<typeof tierSchema>;

/**
 * What units beyond the included ones cost.
 *
 *   1,500 units of overage                          tiers: up to 1,000 at 0.10, then 0.05
 *     per_unit   at 0.10                            150.00
 *     graduated  1,000 × 0.10 + 500 × 0.05          125.00   each unit costs what its own tier says
 *     volume     1,500 × 0.05                        75.00   all units cost what the last unit's tier says
 *     package    1,000 for 60.00, rounded up → 2    120.00   only whole packages are sold
 */
export const overagePriceSchema = z.discriminatedUnion("model", [
  z.strictObject({ model: z.literal("per_unit"), unitPrice: decimalText }),
  z.strictObject({ model: z.literal("graduated"), tiers: z.array(tierSchema).min(1).max(50) }),
  z.strictObject({ model: z.literal("volume"), tiers: z.array(tierSchema).min(1).max(50) }),
  z.strictObject({
    model: z.literal("package"),
    /** Units in one package. */
    size: decimalText,
    /** Price of one package. */
    price: decimalText,
    /** `up` charges a package that was begun, `down` charges full packages only. */
    rounding: z.enum(["up", "down"]).default("up"),
  }),
]);
export type OveragePrice = z.infer<typeof overagePriceSchema>;

/** What happens beyond the included quantity: `hard` refuses, `soft` charges the overage price. */
export const allowanceSchema = z.strictObject({
  meter: key,
  /** Included in each month; null is without limit. */
  included: decimalText.nullable(),
  limit: z.enum(["hard", "soft"]),
  /** Null when overage is not sold (hard) or not charged. */
  overage: overagePriceSchema.nullable().default(null),
});
export type Allowance = z.infer<typeof allowanceSchema>;

/** A trial before the first payment. One per tenant, ever. */
export const trialSchema = z.strictObject({
  days: z.int().min(1).max(730),
  /** Whether a payment method is asked for at the start; without one the trial ends in the free plan. */
  paymentMethod: z.enum(["required", "optional"]),
});
export type Trial = z.infer<typeof trialSchema>;

/** People who may use the product: some are in the plan's price, more can be bought. */
export const seatsSchema = z.strictObject({
  included: z.int().min(0).max(100_000),
  /** Price of one more seat for a month; null where the plan is not sold by the month. */
  monthlyPrice: decimalText.nullable(),
  annualPrice: decimalText.nullable(),
  /** The most that can be had, included ones too; null: without limit. */
  max: z.int().positive().nullable(),
});
export type SeatTerms = z.infer<typeof seatsSchema>;

/**
 * When a change of the subscription takes effect, and how it is settled.
 *
 * `now_prorated`: at once; unused time is credited, remaining time charged, both to the second. `now_full`: at once; a new
 * period starts at its full price, nothing is credited. `at_period_end`: the running period stays as it was paid.
 */
export const changeTimingSchema = z.enum(["now_prorated", "now_full", "at_period_end"]);
export type ChangeTiming = z.infer<typeof changeTimingSchema>;

/** The timing by direction of change. The plan's rank decides first, then the interval, then the seats. */
export const changePolicySchema = z.strictObject({
  upgrade: changeTimingSchema.default("now_prorated"),
  downgrade: changeTimingSchema.default("at_period_end"),
  /** Month to year of the same plan. */
  longerInterval: changeTimingSchema.default("now_prorated"),
  shorterInterval: changeTimingSchema.default("at_period_end"),
  moreSeats: changeTimingSchema.default("now_prorated"),
  fewerSeats: changeTimingSchema.default("at_period_end"),
});
export type ChangePolicy = z.infer<typeof changePolicySchema>;

/** What happens when a renewal is not paid. */
export const dunningTermsSchema = z.strictObject({
  /** Days after the first failure in which everything stays as it was; then the free plan. */
  graceDays: z.int().min(0).max(90).default(14),
  /** Days after the first failure on which a reminder is written. */
  reminderDays: z.array(z.int().min(1).max(90)).default([3, 7]),
  /** Days before the grace ends on which the last notice is written. */
  lastNoticeDays: z.int().min(0).max(30).default(2),
  /** What becomes of the invoice when the grace has ended. It can be paid either way. */
  unpaidInvoice: z.enum(["leave_open", "mark_uncollectible"]).default("leave_open"),
});
export type DunningTerms = z.infer<typeof dunningTermsSchema>;

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
  /** A draft is seen by operators alone; the version that is sold stays on sale until the word is taken away. */
  draft: z.boolean().default(false),
  /** null: paid from the first day. */
  trial: trialSchema.nullable().default(null),
  /** null: the plan is not sold by the seat. */
  seats: seatsSchema.nullable().default(null),
  allowances: z.array(allowanceSchema),
});
export type Plan = z.infer<typeof planSchema>;

/**
 * Terms agreed with one customer: the base plan's, but for what is stated here. Prices are always stated; allowances
 * replace the base plan's meter by meter.
 */
export const contractTermsSchema = z.strictObject({
  basePlanKey: key,
  /** What the customer reads on its plan page and invoices; the base plan's name when left out. */
  name: z.string().trim().min(1).max(120).optional(),
  /** null: not sold by the month (by the year). One of the two is a price. */
  monthlyPrice: decimalText.nullable(),
  annualPrice: decimalText.nullable(),
  /** Left out: as the base plan has it. */
  maxUsers: z.int().positive().nullable().optional(),
  seats: seatsSchema.nullable().optional(),
  support: z.string().optional(),
  features: planSchema.shape.features.optional(),
  allowances: z.array(allowanceSchema).default([]),
});
export type ContractTerms = z.infer<typeof contractTermsSchema>;

/** Input of `makeContract`. */
export const makeContractSchema = contractTermsSchema.extend({
  tenantId: z.string().min(1),
  reason: z.string().trim().min(1).max(500),
});
export type MakeContractInput = z.input<typeof makeContractSchema>;

/** Whether people can be sent there: an e-mail address, or a page on the web. */
function isContact(text: string): boolean {
  return (
    z.email().safeParse(text).success ||
    z.url({ protocol: /^https?$/, hostname: z.regexes.domain }).safeParse(text).success
  );
}

/** The shape of a whole catalog; `parseCatalog` (rules.ts) also holds its parts against each other. */
export const catalogSchema = z.strictObject({
  key,
  productName: z.string().min(1),
  currency: z
    .string()
    .refine(
      (code) => /^[a-z]{3}$/.test(code) && isCurrencyCode(code),
      'names no currency of ISO 4217 in lower case; for example "usd"',
    ),
  tax: z.strictObject({ displayName: z.string().min(1), percentage: decimalText }),
  /** The plan of every tenant without a paid subscription. */
  freePlan: key,
  /** Where to ask for a plan whose price is agreed: an e-mail address or a web address. Null: no such plan is listed. */
  contact: contact.nullable().default(null),
  meters: z.array(meterSchema).min(1),
  changePolicy: changePolicySchema.default(changePolicySchema.parse({})),
  dunning: dunningTermsSchema.default(dunningTermsSchema.parse({})),
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
  /** Prices of one more seat; null where the plan is not sold by the seat. */
  stripeMonthlySeatPriceId: string | null;
  stripeAnnualSeatPriceId: string | null;
  /** The one tenant a custom contract was made for; null: a plan for everybody. */
  madeForTenantId: string | null;
}

/** The catalog in force, as the database has it: what verbs and pages read. */
export interface AppliedCatalog {
  key: string;
  productName: string;
  currency: string;
  tax: { displayName: string; percentage: string; stripeTaxRateId: string | null };
  changePolicy: ChangePolicy;
  dunning: DunningTerms;
  /** Where to ask for a plan whose price is agreed. */
  contact: string | null;
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

/** The Stripe price of one more seat for an interval, null when seats are not sold so. */
export function stripeSeatPriceId(version: PlanVersion, interval: BillingInterval): string | null {
  return interval === "month" ? version.stripeMonthlySeatPriceId : version.stripeAnnualSeatPriceId;
}
