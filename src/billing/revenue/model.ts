/** Words of the revenue slice: what the operator's page shows. Amounts exist per currency; none is converted. */

/** The revenue page. */
export interface RevenueView {
  currency: string;
  /** Monthly recurring revenue now: active and past due subscriptions, annual prices divided by twelve, without tax. */
  mrrMinor: bigint;
  arrMinor: bigint;
  payingTenants: number;
  /** Invoices issued, by calendar month (UTC), newest first: billed without tax, tax, and what was collected. */
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

/** A row of the operator's tenants list. */
export interface TenantRow {
  id: string;
  slug: string;
  name: string;
  billingEmail: string;
  planName: string;
  status: string;
  mrrMinor: bigint;
  currency: string;
  createdAt: Date;
}
