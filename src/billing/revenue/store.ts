/**
 * Every query of the operator's numbers. Each answers its question over all tenants in one statement; the three that the
 * first seed spells out (revenue by month, active subscriptions by plan, failed payments) are here on our tables.
 */
import { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { type Decimal, decimal } from "../kernel/decimal";
import { newId } from "../kernel/ids";
import type { FailedPayment, TenantStanding } from "./model";
import type { MovementKind } from "./rules";

/** One movement, exact. */
export interface Movement {
  tenantId: string;
  sequence: number;
  occurredAt: Date;
  kind: MovementKind;
  currency: string;
  deltaMinor: Decimal;
  mrrAfterMinor: Decimal;
  subscriptionId: string;
  planKey: string;
}

/** One writer of a tenant's movements at a time; held until the transaction ends. */
export async function lockMovements(tx: DatabaseTransaction, tenantId: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`mrr:${tenantId}`}, 0))`;
}

/** The tenant's newest movement; null when it never contributed. */
export async function loadLastMovement(
  tx: DatabaseTransaction,
  tenantId: string,
): Promise<Omit<Movement, "kind" | "deltaMinor" | "occurredAt" | "tenantId"> | null> {
  const row = await tx.mrrMovement.findFirst({ where: { tenantId }, orderBy: { sequence: "desc" } });
  if (!row) return null;
  const { sequence, currency, subscriptionId, planKey } = row;
  return { sequence, currency, subscriptionId, planKey, mrrAfterMinor: decimal(row.mrrAfterMinor) };
}

/** Appends a movement. */
export async function insertMovement(tx: DatabaseTransaction, movement: Movement): Promise<void> {
  const exact = { deltaMinor: movement.deltaMinor.toFixed(12), mrrAfterMinor: movement.mrrAfterMinor.toFixed(12) };
  await tx.mrrMovement.create({ data: { ...movement, ...exact, id: newId("mrr") } });
}

/** A plan version with the tenants on it. A tenant without a live paid subscription is on the free plan. */
export interface PlanCount {
  planKey: string;
  tenants: number;
  active: number;
  /** Exact minor units a month. */
  mrrMinor: string;
}

/** Active subscriptions by plan (second query of the first seed). */
export function loadPlanCounts(tx: DatabaseTransaction, freePlanKey: string): Promise<PlanCount[]> {
  return tx.$queryRaw<PlanCount[]>`
    select coalesce(s.plan_key, ${freePlanKey}) as "planKey",
           count(*)::int as tenants,
           count(*) filter (where s.status is null or s.status in ('active', 'trialing'))::int as active,
           coalesce(sum(case when s.status in ('active', 'past_due')
             then s.price_minor::numeric / (case s.interval when 'year' then 12 else 1 end) end), 0)::text as "mrrMinor"
    from tenants t
    left join subscriptions s
      on s.tenant_id = t.id and s.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
    where t.deleted_at is null
    group by 1`;
}

/** What a month billed and collected. */
export interface MonthRow {
  year: number;
  month: number;
  billedMinor: bigint;
  usageMinor: bigint;
  taxMinor: bigint;
  collectedMinor: bigint;
  invoices: number;
}

/**
 * Revenue by month (first query of the first seed): issued invoices, less what credit notes of the month take back, and what
 * came in for them, newest month first. A credit note counts in its own month, as books that are closed stay closed.
 */
export function loadRevenueByMonth(tx: DatabaseTransaction, currency: string, months: number): Promise<MonthRow[]> {
  return tx.$queryRaw<MonthRow[]>`
    with usage as (
      select tenant_id, invoice_id, sum(amount_minor) as amount_minor
      from invoice_lines where kind = 'overage' group by tenant_id, invoice_id
    ), documents as (
      select i.issued_at as at, i.total_minor - i.tax_minor as net, i.tax_minor as tax, u.amount_minor as usage, 1 as count
      from invoices i left join usage u on u.tenant_id = i.tenant_id and u.invoice_id = i.id
      where i.issued_at is not null and i.status <> 'void' and i.currency = ${currency}
      union all
      select created_at, tax_minor - total_minor, -tax_minor, 0, 0
      from credit_notes where status = 'issued' and currency = ${currency}
    ), billed as (
      select date_trunc('month', at at time zone 'UTC') as month, sum(net)::bigint as billed, sum(tax)::bigint as tax,
             coalesce(sum(usage), 0)::bigint as usage, sum(count)::int as invoices
      from documents
      group by 1
    ), collected as (
      select date_trunc('month', coalesce(p.succeeded_at, p.created_at) at time zone 'UTC') as month,
             sum(p.amount_minor - p.amount_refunded_minor)::bigint as collected
      from payments p where p.status = 'succeeded' and p.currency = ${currency}
      group by 1
    )
    select extract(year from month)::int as year, extract(month from month)::int as month,
           coalesce(billed, 0) as "billedMinor", coalesce(usage, 0) as "usageMinor", coalesce(tax, 0) as "taxMinor",
           coalesce(collected, 0) as "collectedMinor", coalesce(invoices, 0) as invoices
    from billed full join collected using (month)
    order by month desc limit ${months}`;
}

/** Failed payments (third query of the first seed): open invoices whose newest attempt failed, newest first. */
export function loadFailedPayments(tx: DatabaseTransaction, limit: number): Promise<FailedPayment[]> {
  return tx.$queryRaw<FailedPayment[]>`
    select t.id as "tenantId", t.name as "tenantName", t.slug as "tenantSlug", i.id as "invoiceId",
           i.number as "invoiceNumber", i.total_minor as "totalMinor", i.currency,
           coalesce(i.issued_at, i.created_at) as "issuedAt", p.failure_message as "failureMessage",
           i.next_payment_attempt_at as "nextPaymentAttemptAt"
    from invoices i
    join tenants t on t.id = i.tenant_id
    left join lateral (
      select failure_message from payments p
      where p.tenant_id = i.tenant_id and p.stripe_invoice_id = i.stripe_invoice_id
      order by p.created_at desc limit 1
    ) p on true
    where i.status = 'open' and i.payment_failed_at is not null and t.deleted_at is null
    order by "issuedAt" desc limit ${limit}`;
}

/** A tenant with what it pays. */
export interface TenantWithPlan {
  id: string;
  slug: string;
  name: string;
  billingEmail: string;
  createdAt: Date;
  planKey: string | null;
  planName: string | null;
  standing: TenantStanding;
  /** Exact minor units a month. */
  mrrMinor: string;
}

/** Which tenants; null: all. */
export interface TenantFilter {
  query: string;
  planKey: string | null;
  standing: TenantStanding | null;
}

/** Tenants by name that fit a filter, after the one with the id `after`. */
export function loadTenants(
  tx: DatabaseTransaction,
  filter: TenantFilter,
  page: { freePlanKey: string; after: string | null; limit: number },
): Promise<TenantWithPlan[]> {
  return tx.$queryRaw<TenantWithPlan[]>`
    select t.id, t.slug, t.name, t.billing_email as "billingEmail", t.created_at as "createdAt",
           s.plan_key as "planKey", v.name as "planName", ${STANDING} as standing,
           (case when s.status in ('active', 'past_due')
             then s.price_minor::numeric / (case s.interval when 'year' then 12 else 1 end) else 0 end)::text as "mrrMinor"
    ${tenantsThat(filter, page.freePlanKey)}
    and (${page.after}::text is null or (lower(t.name), t.id) >
         (select lower(a.name), a.id from tenants a where a.id = ${page.after}))
    order by lower(t.name), t.id limit ${page.limit}`;
}

/** How many tenants fit, counted no further than `most`. */
export async function countTenants(
  tx: DatabaseTransaction,
  filter: TenantFilter,
  freePlanKey: string,
  most: number,
): Promise<number> {
  const [row] = await tx.$queryRaw<Array<{ count: number }>>`
    select count(*)::int as count from (select 1 ${tenantsThat(filter, freePlanKey)} limit ${most}) as fitting`;
  return row?.count ?? 0;
}

const STANDING = Prisma.sql`(case when s.status is null then 'free'
  when s.status in ('active', 'trialing') and s.cancel_at_period_end then 'cancels' else s.status::text end)`;

function tenantsThat({ query, planKey, standing }: TenantFilter, freePlanKey: string): Prisma.Sql {
  const pattern = `%${query.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return Prisma.sql`
    from tenants t
    left join subscriptions s
      on s.tenant_id = t.id and s.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
    left join plan_versions v on v.id = s.plan_version_id
    where t.deleted_at is null and (t.name ilike ${pattern} or t.slug ilike ${pattern} or t.billing_email ilike ${pattern}
      or t.id = ${query} or t.stripe_customer_id = ${query})
    and (${planKey}::text is null or coalesce(s.plan_key, ${freePlanKey}) = ${planKey})
    and (${standing}::text is null or ${STANDING} = ${standing})`;
}

/** How many tenants a plan version serves now, and how many it will serve by itself. */
export interface VersionCount {
  planVersionId: string;
  tenants: number;
  /** Of these, in a period that is their last. */
  ending: number;
  /** Tenants of other versions that are scheduled to come to this one. */
  arriving: number;
}

/** Counts by plan version, over everybody; versions without anybody are left out. */
export function loadVersionCounts(tx: DatabaseTransaction, freePlanVersionId: string): Promise<VersionCount[]> {
  return tx.$queryRaw<VersionCount[]>`
    with served as (
      select coalesce(s.plan_version_id, u.plan_version_id, ${freePlanVersionId}) as version, count(*)::int as tenants,
             count(*) filter (where s.cancel_at_period_end)::int as ending
      from tenants t left join subscriptions s
        on s.tenant_id = t.id and s.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
        left join usage_terms u on u.tenant_id = t.id and u.subscription_id is null
      where t.deleted_at is null group by 1
    ), arriving as (
      select scheduled_plan_version_id as version, count(*)::int as tenants from subscriptions
      where scheduled_plan_version_id is not null and scheduled_plan_version_id <> plan_version_id
        and status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
      group by 1
    )
    select version as "planVersionId", coalesce(served.tenants, 0) as tenants, coalesce(served.ending, 0) as ending,
           coalesce(arriving.tenants, 0) as arriving
    from served full join arriving using (version)`;
}
