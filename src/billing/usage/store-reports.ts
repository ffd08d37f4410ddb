/** The way of a report into the books: the few statements that run for every one of them. */
import type { Database } from "@/db/client";
import type { Aggregation } from "../catalog/model";

/** A report that has passed every rule but the limit. */
export interface AcceptedReport {
  tenantId: string;
  key: string;
  meterKey: string;
  aggregation: Aggregation;
  /** Of a `unique` meter; else null. */
  uniqueProperty: string | null;
  /** Exact decimal text. */
  quantity: string;
  unit: string | null;
  occurredAt: Date;
  metadata: string;
  /** Null: nothing is refused. */
  hardLimit: string | null;
}

/** The period a report is meant for; it counts only while the period is like that. */
export interface ReportTarget {
  startAt: Date;
  planVersionId: string;
}

/** What the one statement found and did. `total` is null when nothing was counted. */
export interface CountedReport {
  periodEndAt: Date | null;
  before: string | null;
  total: string | null;
}

/** The newest open period of a tenant; the fast way, for reports. */
export async function findNewestOpenPeriod(
  db: Database,
  tenantId: string,
): Promise<{ startAt: Date; endAt: Date; planVersionId: string } | null> {
  const { rows } = await db.pool.query<{ start_at: Date; end_at: Date; plan_version_id: string }>({
    name: "usage-newest-open-period",
    text: `select start_at, end_at, plan_version_id from usage_periods
      where tenant_id = $1 and status = 'open' order by start_at desc limit 1`,
    values: [tenantId],
  });
  const row = rows[0];
  return row ? { startAt: row.start_at, endAt: row.end_at, planVersionId: row.plan_version_id } : null;
}

/**
 * Writes the event and moves its counter, or does neither, in one statement.
 *
 * The counter's row lock puts the reports of a meter in line and shows each the newest quantity, so a limit is never
 * passed; the event's key makes a repetition count nothing. For `unique` the value's own key says whether it is new: the
 * insert sees rows that were committed while the statement waited, which a look would not.
 */
export async function countReport(db: Database, target: ReportTarget, report: AcceptedReport): Promise<CountedReport> {
  const { rows } = await db.pool.query<{ end_at: Date | null; before: string | null; total: string | null }>({
    name: "usage-count-report",
    text: COUNT_REPORT,
    values: [
      report.tenantId,
      target.startAt,
      target.planVersionId,
      report.meterKey,
      report.quantity,
      report.aggregation,
      report.hardLimit,
      report.key,
      report.unit,
      report.occurredAt,
      report.metadata,
      report.uniqueProperty,
    ],
  });
  const row = rows[0];
  return { periodEndAt: row?.end_at ?? null, before: row?.before ?? null, total: row?.total ?? null };
}

const COUNT_REPORT = `
  with period as materialized (
    select start_at, end_at from usage_periods
    where tenant_id = $1 and start_at = $2 and status = 'open' and plan_version_id = $3 and end_at > $10
    for key share
  ), counter as materialized (
    select c.quantity as before,
      case
        when $6::text = 'sum' then c.quantity + $5::numeric
        when $6::text = 'count' then c.quantity + 1
        when $6::text = 'unique' then c.quantity + 1
        when $6::text = 'max' then greatest(c.quantity, $5::numeric)
        else $5::numeric
      end as next
    from usage_counters c
    where c.tenant_id = $1 and c.period_start_at = $2 and c.meter_key = $4 and exists (select 1 from period)
    for update of c
  ), event as (
    insert into usage_events
      (tenant_id, key, meter_key, quantity, unit, occurred_at, received_at, period_start_at, metadata)
    select $1, $8, $4, $5::numeric, $9, $10, $10, $2, $11::jsonb
    from counter
    where $7::numeric is null
      or counter.next <= $7::numeric
      or ($6::text = 'max' and $5::numeric <= $7::numeric)
      or ($6::text = 'unique' and exists (
        select 1 from usage_unique_values v
        where v.tenant_id = $1 and v.period_start_at = $2 and v.meter_key = $4 and v.value = $11::jsonb ->> $12::text
      ))
    on conflict (tenant_id, key) do nothing
    returning tenant_id
  ), fresh as (
    insert into usage_unique_values (tenant_id, period_start_at, meter_key, value, key)
    select $1, $2, $4, $11::jsonb ->> $12::text, $8
    from event
    where $6::text = 'unique'
    on conflict (tenant_id, period_start_at, meter_key, value) do nothing
    returning tenant_id
  ), moved as (
    update usage_counters u
    set quantity = case when $6::text = 'unique' and not exists (select 1 from fresh) then counter.before else counter.next end,
      event_count = u.event_count + 1, updated_at = $10
    from event, counter
    where u.tenant_id = $1 and u.tenant_id = event.tenant_id and u.period_start_at = $2 and u.meter_key = $4
    returning u.quantity
  )
  select
    (select end_at from period) as end_at,
    (select before::text from counter) as before,
    (select quantity::text from moved) as total`;

/** The report that was counted under a key, and whether its content is the same; null when none was. */
export async function findReport(
  db: Database,
  report: AcceptedReport,
): Promise<{ isSame: boolean; occurredAt: Date; periodStartAt: Date } | null> {
  const { rows } = await db.pool.query<{ is_same: boolean; occurred_at: Date; period_start_at: Date }>({
    name: "usage-find-report",
    text: `select meter_key = $3 and quantity = $4::numeric and metadata = $5::jsonb as is_same,
        occurred_at, period_start_at
      from usage_events where tenant_id = $1 and key = $2`,
    values: [report.tenantId, report.key, report.meterKey, report.quantity, report.metadata],
  });
  const row = rows[0];
  return row ? { isSame: row.is_same, occurredAt: row.occurred_at, periodStartAt: row.period_start_at } : null;
}
