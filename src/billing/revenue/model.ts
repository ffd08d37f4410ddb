/** Words of the revenue slice: what the operator's page shows. Amounts exist per currency; none is converted. */
import { z } from "zod";
import type { PlanVersion } from "../catalog/model";

/** The revenue page. */
export interface RevenueView {
  currency: string;
  /** Monthly recurring revenue now: active and past due subscriptions, annual prices divided by twelve, without tax. */
  mrrMinor: bigint;
  arrMinor: bigint;
  payingTenants: number;
  /**
   * Invoices issued less credit notes, by calendar month (UTC), newest first: billed without tax, tax, and what was
   * collected.
   */
  byMonth: Array<{
    year: number;
    month: number;
    billedMinor: bigint;
    /** Of billed, what was overage. */
    usageMinor: bigint;
    taxMinor: bigint;
    collectedMinor: bigint;
    invoices: number;
  }>;
  /** Every plan of the catalog with the tenants on it; `active` of them in good standing. */
  byPlan: Array<{ planKey: string; planName: string; tenants: number; active: number; mrrMinor: bigint }>;
  failedPayments: FailedPayment[];
  computedAt: Date;
}

/** An invoice whose newest attempt failed. */
export interface FailedPayment {
  tenantId: string;
  tenantName: string;
  tenantSlug: string;
  invoiceId: string;
  invoiceNumber: string;
  totalMinor: bigint;
  currency: string;
  issuedAt: Date;
  failureMessage: string | null;
  nextPaymentAttemptAt: Date | null;
}

/** How a tenant stands: Stripe's statuses of a live subscription, without one, and one that is in its last period. */
export const TENANT_STANDINGS = ["free", "trialing", "active", "cancels", "past_due", "unpaid", "paused"] as const;
export type TenantStanding = (typeof TENANT_STANDINGS)[number];

/** A row of the operator's tenants list. */
export interface TenantRow {
  id: string;
  slug: string;
  name: string;
  billingEmail: string;
  planKey: string;
  planName: string;
  standing: TenantStanding;
  mrrMinor: bigint;
  currency: string;
  createdAt: Date;
}

/** Which tenants to list. */
export const listTenantsSchema = z.strictObject({
  /** A part of a name, short name or e-mail, or a whole id of ours or of Stripe's customer. */
  query: z.string().trim().max(120).default(""),
  planKey: z.string().max(80).nullable().default(null),
  standing: z.enum(TENANT_STANDINGS).nullable().default(null),
  /** The id of the last tenant of the page before. */
  after: z.string().max(80).nullable().default(null),
  limit: z.int().min(1).max(200).default(50),
});
export type ListTenantsInput = z.input<typeof listTenantsSchema>;

/** A page of tenants by name. */
export interface TenantPage {
  tenants: TenantRow[];
  /** Where the next page starts; null on the last one. */
  next: string | null;
  /** How many fit in all; not counted beyond `countedTo`. */
  total: number;
  countedTo: number;
}

/** A plan version and who is on it. */
export interface PlanVersionRow {
  version: PlanVersion;
  tenants: number;
  /** Of these, in a period that is their last. */
  ending: number;
  /** Tenants of other versions that are scheduled to come. */
  arriving: number;
  /** The tenant a contract was made for. */
  madeFor: { slug: string; name: string } | null;
}

/** Everything that was ever sold. */
export interface PlanVersionsView {
  /** By rank of the newest version, then newest first. */
  versions: PlanVersionRow[];
  currency: string;
  computedAt: Date;
}
