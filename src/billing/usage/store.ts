/**
 * Every query of the usage tables.
 *
 * Locks are taken in one order everywhere: terms, then period, then counters. A report holds its period in key-share mode,
 * so reports run side by side; whoever closes a period takes it for update and thereby waits for them.
 */
import type { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { decimal } from "../kernel/decimal";
import { calendarMonth } from "../kernel/period";
import { overageDetailSchema } from "../pricing";
import {
  type MeterCount,
  type OverageCharge,
  recordUsageSchema,
  type UsageEventView,
  type UsagePeriod,
  type UsageTerms,
} from "./model";
import type { BilledSoFar } from "./rules";

/** A tenant's terms; null before it first entered any. */
export async function findTerms(tx: DatabaseTransaction, tenantId: string): Promise<UsageTerms | null> {
  return tx.usageTerms.findUnique({ where: { tenantId } });
}

/** Holds a tenant's terms until the transaction ends; null for a tenant that has none yet. */
export async function lockTerms(tx: DatabaseTransaction, tenantId: string): Promise<UsageTerms | null> {
  await tx.$queryRaw`select 1 from usage_terms where tenant_id = ${tenantId} for update`;
  return findTerms(tx, tenantId);
}

/** Writes the first terms of a tenant, unless another process has done so meanwhile. Returns whether they were written. */
export async function insertTerms(tx: DatabaseTransaction, terms: UsageTerms): Promise<boolean> {
  const { count } = await tx.usageTerms.createMany({ data: terms, skipDuplicates: true });
  return count === 1;
}

/** Writes terms that are held. */
export async function putTerms(tx: DatabaseTransaction, terms: UsageTerms): Promise<void> {
  const { tenantId, ...data } = terms;
  await tx.usageTerms.update({ where: { tenantId }, data });
}

/**
 * Tenants that are on this version without a subscription, by id. Whoever has entered no terms is on the free plan's
 * version in force.
 */
export async function loadFreeTenantIds(
  tx: DatabaseTransaction,
  planVersionId: string,
  freePlanVersionId: string,
): Promise<string[]> {
  const entered = await tx.usageTerms.findMany({
    where: { subscriptionId: null, planVersionId },
    select: { tenantId: true },
  });
  const isInForce = planVersionId === freePlanVersionId;
  const others = isInForce
    ? await tx.$queryRaw<Array<{ tenantId: string }>>`
        select id as "tenantId" from tenants
        where deleted_at is null and not exists (select 1 from usage_terms where tenant_id = tenants.id)`
    : [];
  return [...entered, ...others].map((row) => row.tenantId).sort();
}

/** A tenant's open periods and its newest closed one, held until the transaction ends. */
export async function lockPeriods(tx: DatabaseTransaction, tenantId: string): Promise<UsagePeriod[]> {
  await tx.$queryRaw`
    select 1 from usage_periods where tenant_id = ${tenantId} and status = 'open' order by start_at for update`;
  return loadPeriodsInPlay(tx, tenantId);
}

/** A tenant's open periods and its newest closed one: all that decides where a period lies. */
export async function loadPeriodsInPlay(tx: DatabaseTransaction, tenantId: string): Promise<UsagePeriod[]> {
  const [open, closed] = [
    await tx.usagePeriod.findMany({ where: { tenantId, status: "open" }, orderBy: { startAt: "asc" } }),
    await tx.usagePeriod.findFirst({ where: { tenantId, status: "closed" }, orderBy: { startAt: "desc" } }),
  ];
  return closed ? [closed, ...open] : open;
}

/** Holds one period until the transaction ends; null when there is none. */
export async function lockPeriod(
  tx: DatabaseTransaction,
  tenantId: string,
  startAt: Date,
): Promise<UsagePeriod | null> {
  await tx.$queryRaw`select 1 from usage_periods where tenant_id = ${tenantId} and start_at = ${startAt} for update`;
  return findPeriod(tx, tenantId, startAt);
}

/** One period; null when there is none that starts then. */
export async function findPeriod(
  tx: DatabaseTransaction,
  tenantId: string,
  startAt: Date,
): Promise<UsagePeriod | null> {
  return tx.usagePeriod.findUnique({ where: { tenantId_startAt: { tenantId, startAt } } });
}

/** A tenant's periods, newest first. */
export async function loadPeriods(tx: DatabaseTransaction, tenantId: string, limit: number): Promise<UsagePeriod[]> {
  return tx.usagePeriod.findMany({ where: { tenantId }, orderBy: { startAt: "desc" }, take: limit });
}

/** Periods that ended by an instant and are still open, oldest first. */
export async function loadEndedOpenPeriods(
  tx: DatabaseTransaction,
  tenantId: string,
  endedBy: Date,
): Promise<UsagePeriod[]> {
  return tx.usagePeriod.findMany({
    where: { tenantId, status: "open", endAt: { lte: endedBy } },
    orderBy: { startAt: "asc" },
  });
}

/** The earliest end after an instant of an open period that our own clock has to close, among these tenants. */
export async function findEarliestEnd(
  tx: DatabaseTransaction,
  tenantId: { in: string[] } | { notIn: string[] },
  after: Date,
): Promise<Date | null> {
  const row = await tx.usagePeriod.findFirst({
    where: { status: "open", closedBy: "clock", endAt: { gt: after }, tenantId },
    orderBy: { endAt: "asc" },
    select: { endAt: true },
  });
  return row?.endAt ?? null;
}

/** Tenants with open periods that ended by an instant, and when the earliest did: the next so many by id after one. */
export async function loadTenantsWithEndedPeriods(
  tx: DatabaseTransaction,
  endedBy: Date,
  page: { afterTenantId: string; size: number },
): Promise<Array<{ tenantId: string; endedAt: Date }>> {
  const rows = await tx.usagePeriod.groupBy({
    by: ["tenantId"],
    where: { status: "open", endAt: { lte: endedBy }, tenantId: { gt: page.afterTenantId } },
    _min: { endAt: true },
    orderBy: { tenantId: "asc" },
    take: page.size,
  });
  return rows.map(({ tenantId, _min }) => ({ tenantId, endedAt: _min.endAt ?? endedBy }));
}

/** Writes a period as it now is, and a counter at zero for each of these meters that has none. */
export async function putPeriod(tx: DatabaseTransaction, period: UsagePeriod, meterKeys: string[]): Promise<void> {
  const { tenantId, startAt, ...data } = period;
  await tx.usagePeriod.upsert({
    where: { tenantId_startAt: { tenantId, startAt } },
    update: data,
    create: period,
  });
  await openCounters(tx, period, meterKeys);
}

/** Opens a period unless it is there, with a counter at zero for each of these meters that has none. */
export async function ensurePeriodRow(tx: DatabaseTransaction, period: UsagePeriod, meterKeys: string[]) {
  await tx.usagePeriod.createMany({ data: period, skipDuplicates: true });
  await openCounters(tx, period, meterKeys);
}

/** A counter begins at zero, or where an earlier part of the same month on the free plan stopped. */
async function openCounters(tx: DatabaseTransaction, period: UsagePeriod, meterKeys: string[]): Promise<void> {
  const { tenantId, startAt: periodStartAt } = period;
  const there = await tx.usageCounter.findMany({ where: { tenantId, periodStartAt }, select: { meterKey: true } });
  const missing = meterKeys.filter((key) => !there.some(({ meterKey }) => meterKey === key));
  if (missing.length === 0) return;
  const carried = await carryFreeMonth(tx, period, missing);
  const blank = { tenantId, periodStartAt, eventCount: 0n, updatedAt: periodStartAt };
  await tx.usageCounter.createMany({
    data: missing.map((meterKey) => {
      const quantity = carried.get(meterKey) ?? "0";
      return { ...blank, meterKey, quantity, carried: quantity };
    }),
    skipDuplicates: true,
  });
}

/**
 * What each of these meters begins with. The free plan's month is one, however many parts paid plans cut it into:
 *
 *   free          [ 1 Nov ── 10 Nov )                           8 of 10 used
 *   paid                     [ 10 Nov ──── 20 Nov )             counts for itself
 *   free again                             [ 20 Nov ── 1 Dec )  goes on at 8 of 10
 *
 * Without it, a plan that is paid for a day and given back would grant what is included anew, as often as somebody likes.
 * Values that a `unique` meter has seen stay seen; a meter that shows its last value begins anew, the next report says it.
 * Empty for a paid period and for the month's first part. Called once per counter, when it is opened.
 */
async function carryFreeMonth(
  tx: DatabaseTransaction,
  period: Pick<UsagePeriod, "tenantId" | "startAt" | "subscriptionId">,
  meterKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { tenantId, startAt, subscriptionId } = period;
  const { startAt: monthStartAt } = calendarMonth(startAt);
  if (subscriptionId !== null || +startAt === +monthStartAt) return new Map();
  const before = await tx.usagePeriod.findFirst({
    where: { tenantId, subscriptionId: null, startAt: { gte: monthStartAt, lt: startAt } },
    orderBy: { startAt: "desc" },
    select: { startAt: true },
  });
  if (before === null) return new Map();
  const keys = [...meterKeys];
  await tx.$executeRaw`
    insert into usage_unique_values (tenant_id, period_start_at, meter_key, value, key)
    select tenant_id, ${startAt}, meter_key, value, key from usage_unique_values
    where tenant_id = ${tenantId} and period_start_at = ${before.startAt} and meter_key = any(${keys})
    on conflict do nothing`;
  const rows = await tx.$queryRaw<Array<{ meterKey: string; quantity: string }>>`
    select c.meter_key as "meterKey", c.quantity::text as quantity
    from usage_counters c join meters m on m.key = c.meter_key
    where c.tenant_id = ${tenantId} and c.period_start_at = ${before.startAt} and c.meter_key = any(${keys})
      and m.aggregation <> 'last'`;
  return new Map(rows.map(({ meterKey, quantity }) => [meterKey, quantity]));
}

/** Freezes a period that is held. */
export async function markPeriodClosed(tx: DatabaseTransaction, period: UsagePeriod, closedAt: Date): Promise<void> {
  const { tenantId, startAt } = period;
  await tx.usagePeriod.update({
    where: { tenantId_startAt: { tenantId, startAt } },
    data: { status: "closed", closedAt },
  });
}

/** What each meter has come to in a period. */
export async function loadCounts(tx: DatabaseTransaction, tenantId: string, startAt: Date): Promise<MeterCount[]> {
  const rows = await tx.usageCounter.findMany({ where: { tenantId, periodStartAt: startAt } });
  return rows.map(({ meterKey, quantity, carried, eventCount }) => ({
    ...{ meterKey, eventCount },
    quantity: exact(quantity),
    carried: exact(carried),
  }));
}

/** What has been billed of each meter of a period. */
export async function loadBilled(tx: DatabaseTransaction, tenantId: string, startAt: Date): Promise<BilledSoFar[]> {
  const groups = await tx.overageCharge.groupBy({
    by: ["meterKey"],
    where: { tenantId, periodStartAt: startAt },
    _sum: { quantity: true, amountMinor: true },
  });
  return groups.map(({ meterKey, _sum }) => ({
    meterKey,
    quantity: exact(_sum.quantity ?? 0),
    amountMinor: _sum.amountMinor ?? 0n,
  }));
}

/** Writes charges; a charge that the same operation has written already stays as it is. */
export async function insertCharges(tx: DatabaseTransaction, charges: readonly OverageCharge[]): Promise<void> {
  await tx.overageCharge.createMany({ data: [...charges], skipDuplicates: true });
}

/** Charges by the operation that made them or by their ids, oldest period first, as they were written. */
export async function loadCharges(
  tx: DatabaseTransaction,
  where: { tenantId: string; operationId?: string; periodStartAt?: Date; ids?: readonly string[] },
): Promise<OverageCharge[]> {
  const { ids, ...rest } = where;
  const rows = await tx.overageCharge.findMany({
    where: { ...rest, ...(ids ? { id: { in: [...ids] } } : {}) },
    orderBy: [{ periodStartAt: "asc" }, { createdAt: "asc" }, { id: "asc" }],
  });
  return rows.map((row) => ({
    ...row,
    usedQuantity: exact(row.usedQuantity),
    includedQuantity: exact(row.includedQuantity),
    billedQuantity: exact(row.billedQuantity),
    quantity: exact(row.quantity),
    unitPrice: row.unitPrice === null ? null : exact(row.unitPrice),
    details: overageDetailSchema.array().parse(row.details),
  }));
}

/** Notes where Stripe keeps a charge. */
export async function putChargePlace(
  tx: DatabaseTransaction,
  place: { tenantId: string; chargeId: string; stripeInvoiceItemId: string | null; stripeInvoiceId: string | null },
): Promise<void> {
  const { tenantId, chargeId: id, stripeInvoiceItemId, stripeInvoiceId } = place;
  await tx.overageCharge.update({
    where: { tenantId_id: { tenantId, id } },
    data: { stripeInvoiceItemId, stripeInvoiceId },
  });
}

function exact(value: Prisma.Decimal | number): string {
  return decimal(value).toFixed();
}

/** Reports of a meter in a period, newest first. */
export async function loadEvents(
  tx: DatabaseTransaction,
  where: { tenantId: string; meterKey: string; periodStartAt: Date },
  limit: number,
): Promise<UsageEventView[]> {
  const rows = await tx.usageEvent.findMany({
    where,
    orderBy: [{ occurredAt: "desc" }, { key: "desc" }],
    take: limit,
  });
  return rows.map(({ key, meterKey, quantity, unit, occurredAt, metadata }) => ({
    key,
    meterKey,
    quantity: exact(quantity),
    unit,
    occurredAt,
    metadata: recordUsageSchema.shape.metadata.parse(metadata),
  }));
}

/** One meter of one day in every aggregation there is; the caller knows which one the meter has. */
export interface DayCount {
  day: string;
  meterKey: string;
  eventCount: bigint;
  sum: string;
  max: string;
  last: string;
  unique: string;
}

/** The reports of a period by day (UTC) and meter, oldest first; `unique` by the property named for the meter. */
export async function loadDays(
  tx: DatabaseTransaction,
  tenantId: string,
  periodStartAt: Date,
  uniqueProperties: Readonly<Record<string, string>>,
): Promise<DayCount[]> {
  return tx.$queryRaw<DayCount[]>`
    select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') as day, meter_key as "meterKey",
      count(*) as "eventCount", sum(quantity)::text as sum, max(quantity)::text as max,
      (array_agg(quantity order by occurred_at desc, key desc))[1]::text as last,
      count(distinct metadata ->> (${JSON.stringify(uniqueProperties)}::jsonb ->> meter_key))::text as unique
    from usage_events
    where tenant_id = ${tenantId} and period_start_at = ${periodStartAt}
    group by 1, 2 order by 1, 2`;
}
