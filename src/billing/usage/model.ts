/** Words of the usage slice: reports, periods, and what a period looks like while it runs. */
import { z } from "zod";
import type { Aggregation } from "../catalog/model";

/** Input of `recordUsage`. Exactly one report; its key makes a repetition harmless. */
export const recordUsageSchema = z.strictObject({
  tenantId: z.string().min(1),
  meterKey: z.string().min(1),
  /** Exact decimal text, greater than zero for sums; zero allowed for max and last. */
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
  eventCount: bigint;
  /** Null: without limit. */
  includedQuantity: string | null;
  limit: "hard" | "soft";
  overageQuantity: string;
  /** Exact major units; null when overage is not charged. */
  overageUnitPrice: string | null;
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
  unitPrice: string;
  amountMinor: bigint;
  currency: string;
  eventCount: bigint;
  /** "Additional Quantum Jobs". */
  description: string;
}
