/** Lists for the usage pages: periods, the reports behind a meter, days. */
import { type Aggregation, findPlanVersion, getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { decimal } from "../kernel/decimal";
import { getTenant } from "../tenants";
import type { DailyUsage, UsageEventView, UsagePeriodView } from "./model";
import { findRunningPeriod } from "./running-period";
import { type DayCount, loadDays, loadEvents, loadPeriods } from "./store";

const PERIOD_LIMIT = 120;
const EVENT_LIMIT_MAX = 1_000;

/** A tenant's periods, newest first, at least the running one. */
export async function listUsagePeriods(ctx: BillingContext, tenantId: string): Promise<UsagePeriodView[]> {
  const tenant = await getTenant(ctx, tenantId);
  const stored = await loadPeriods(ctx.db.prisma, tenantId, PERIOD_LIMIT);
  const running = await findRunningPeriod(ctx, tenant, ctx.clock.now(tenant.stripeTestClockId));
  const isStored = stored.some((period) => +period.startAt === +running.startAt);
  const periods = isStored ? stored : [running, ...stored];
  return Promise.all(
    periods.map(async ({ startAt, endAt, status, closedAt, planVersionId }) => {
      const plan = await findPlanVersion(ctx, planVersionId);
      return { startAt, endAt, status, closedAt, planKey: plan.planKey, planName: plan.name };
    }),
  );
}

/** The reports behind one meter of a period, newest first, at most a thousand. */
export async function listUsageEvents(
  ctx: Pick<BillingContext, "db">,
  input: { tenantId: string; meterKey: string; periodStartAt: Date; limit: number },
): Promise<UsageEventView[]> {
  const { limit, ...where } = input;
  return loadEvents(ctx.db.prisma, where, Math.min(Math.max(1, Math.trunc(limit)), EVENT_LIMIT_MAX));
}

/** A period's usage by day (UTC) and meter, oldest first; days without a report are left out. */
export async function dailyUsage(
  ctx: Pick<BillingContext, "db">,
  input: { tenantId: string; periodStartAt: Date },
): Promise<DailyUsage[]> {
  const catalog = await getCatalog(ctx);
  const known = [...catalog.retiredMeters, ...catalog.meters];
  const meters = new Map(known.map((meter) => [meter.key, meter.aggregation]));
  const uniques = known.flatMap(({ key, uniqueProperty }) => (uniqueProperty === null ? [] : [[key, uniqueProperty]]));
  const days = await loadDays(ctx.db.prisma, input.tenantId, input.periodStartAt, Object.fromEntries(uniques));
  return days.map((day) => ({
    day: day.day,
    meterKey: day.meterKey,
    quantity: quantityOf(day, meters.get(day.meterKey) ?? "sum"),
    eventCount: day.eventCount,
  }));
}

function quantityOf(day: DayCount, aggregation: Aggregation): string {
  if (aggregation === "count") return day.eventCount.toString();
  return decimal(day[aggregation]).toFixed();
}
