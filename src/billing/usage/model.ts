/** Words of the usage slice: reports, periods, and what a period looks like while it runs. */
import { z } from "zod";
import type { Aggregation, OveragePrice } from "../catalog/model";
import type { OverageDetail } from "../pricing";
import type { BillingInterval } from "../subscriptions/model";

/** Input of `recordUsage`. Exactly one report; its key makes a repetition harmless. */
export const recordUsageSchema = z.strictObject({
  tenantId: z.string().min(1),
  meterKey: z.string().min(1),
  /** Exact decimal text, greater than zero for sums and counts; zero allowed for max and last. */
  quantity: z.string(),
  unit: z.string().max(60).nullable(),
  metadata: z.record(z.string().max(60), z.union([z.string().max(500), z.number(), z.boolean(), z.null()])),
  /** Idempotency key of the report; null makes one. */
  key: z.string().min(1).max(255).nullable(),
});
export type RecordUsageInput = z.infer<typeof recordUsageSchema>;

/** What became of a report. */
export interface UsageRecorded {
  key: string;
  /** True when the key had been seen: nothing was counted again. */
  duplicate: boolean;
  meterKey: string;
  quantity: string;
  occurredAt: Date;
  periodStartAt: Date;
  periodEndAt: Date;
  /** The meter's quantity in the period, this report included. */
  totalQuantity: string;
  /** Null: without limit. */
  includedQuantity: string | null;
}

/** One meter of a running or closed period. */
export interface MeterUsage {
  meterKey: string;
  displayName: string;
  unit: string;
  unitPlural: string;
  aggregation: Aggregation;
  usedQuantity: string;
  /** What of it was used on the free plan earlier in the month, before a paid plan came between. */
  carriedQuantity: string;
  eventCount: bigint;
  /** Null: without limit. */
  includedQuantity: string | null;
  limit: "hard" | "soft";
  overageQuantity: string;
  /** Null when overage is not charged. */
  overage: OveragePrice | null;
  /** What the whole used quantity would cost at the overage price, included units too. */
  usedCostMinor: bigint;
  /** Overage so far, rounded once as the invoice line will be. */
  overageMinor: bigint;
  /** Of the overage, what `generateInvoice` has billed already. */
  billedMinor: bigint;
}

/** A tenant's usage of one period. */
export interface UsageView {
  tenantId: string;
  planKey: string;
  planName: string;
  maxUsers: number | null;
  currency: string;
  periodStartAt: Date;
  periodEndAt: Date;
  meters: MeterUsage[];
  overageMinor: bigint;
  computedAt: Date;
}

/** Overage of one meter as it goes on an invoice. */
export interface RatedOverage {
  meterKey: string;
  usedQuantity: string;
  includedQuantity: string;
  billedQuantity: string;
  quantity: string;
  /** Exact major units; null where units cost differently, as the details tell. */
  unitPrice: string | null;
  /** Negative when a volume price fell after a part was billed. */
  amountMinor: bigint;
  currency: string;
  eventCount: bigint;
  /** "Additional Quantum Jobs". */
  description: string;
  /** How the amount came to be; the rows add up to it before it is rounded, once. */
  details: OverageDetail[];
}

/** `renewal`: Stripe's draft of a monthly subscription closes the period; `clock`: our own clock does. */
export type PeriodCloser = "renewal" | "clock";

/** The terms a tenant's usage falls under, from which its periods are opened. */
export interface UsageTerms {
  tenantId: string;
  planVersionId: string;
  /** Stripe's id; null on the free plan. */
  subscriptionId: string | null;
  /** The instant every month is counted from. */
  anchorAt: Date;
  /** No period of these terms begins earlier. */
  effectiveAt: Date;
  closedBy: PeriodCloser;
}

/** A month of usage, half-open. */
export interface UsagePeriod {
  tenantId: string;
  startAt: Date;
  endAt: Date;
  planVersionId: string;
  subscriptionId: string | null;
  status: "open" | "closed";
  closedBy: PeriodCloser;
  /** Null while open. */
  closedAt: Date | null;
}

/** Input of `enterTerms`. */
export interface EnterTermsInput {
  tenantId: string;
  planVersionId: string;
  /** Stripe's id; null: the free plan. */
  subscriptionId: string | null;
  /** The subscription's anchor. The free plan counts calendar months (UTC) whatever is given here. */
  anchorAt: Date;
  effectiveAt: Date;
  /** How often the flat fee is charged; decides who closes the periods. Null on the free plan. */
  interval: BillingInterval | null;
}

/** What one meter has come to in a period. */
export interface MeterCount {
  meterKey: string;
  /** Exact decimal text. */
  quantity: string;
  /** What of it an earlier part of the same month on the free plan had counted; its overage, if any, is that part's. */
  carried: string;
  eventCount: bigint;
}

/** Overage that was put on an invoice, or is on its way there. */
export interface OverageCharge extends RatedOverage {
  id: string;
  tenantId: string;
  periodStartAt: Date;
  operationId: string;
  /** Null until Stripe has the item. */
  stripeInvoiceItemId: string | null;
  /** Null until the item is on an invoice. */
  stripeInvoiceId: string | null;
  createdAt: Date;
}

/** A period in a list. */
export interface UsagePeriodView {
  startAt: Date;
  endAt: Date;
  planKey: string;
  planName: string;
  status: "open" | "closed";
  closedAt: Date | null;
}

/** A report as lists show it. */
export interface UsageEventView {
  key: string;
  meterKey: string;
  quantity: string;
  unit: string | null;
  occurredAt: Date;
  metadata: Readonly<Record<string, string | number | boolean | null>>;
}

/** One meter of one day (UTC), aggregated as its period is. */
export interface DailyUsage {
  /** "2024-11-19". */
  day: string;
  meterKey: string;
  quantity: string;
  eventCount: bigint;
}
