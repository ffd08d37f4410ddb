/** What a tenant has used in a period, and what that costs so far; the numbers the invoice will show. */
import { findPlanVersion, getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { getTenant, type Tenant } from "../tenants";
import type { UsagePeriod, UsageView } from "./model";
import { describeMeters } from "./rules";
import { findRunningPeriod } from "./running-period";
import { findPeriod, loadBilled, loadCounts } from "./store";

/** A tenant's usage in the running period, or in the one that starts at the given instant. Opens nothing. */
export async function getUsage(ctx: BillingContext, tenantId: string, periodStartAt?: Date): Promise<UsageView> {
  const tenant = await getTenant(ctx, tenantId);
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const period = await findPeriodToShow(ctx, tenant, periodStartAt ?? null, now);
  const [catalog, plan, counts, billed] = await Promise.all([
    getCatalog(ctx),
    findPlanVersion(ctx, period.planVersionId),
    loadCounts(ctx.db.prisma, tenantId, period.startAt),
    loadBilled(ctx.db.prisma, tenantId, period.startAt),
  ]);
  const known = [...catalog.meters, ...catalog.retiredMeters];
  const inForce = new Set(catalog.meters.map((meter) => meter.key));
  const meters = describeMeters({ plan, meters: known, counts, billed }, inForce);
  return {
    tenantId,
    planKey: plan.planKey,
    planName: plan.name,
    maxUsers: plan.terms.maxUsers,
    currency: plan.currency,
    periodStartAt: period.startAt,
    periodEndAt: period.endAt,
    meters,
    overageMinor: meters.reduce((sum, meter) => sum + meter.overageMinor, 0n),
    computedAt: now,
  };
}

async function findPeriodToShow(
  ctx: BillingContext,
  tenant: Tenant,
  startAt: Date | null,
  now: Date,
): Promise<UsagePeriod> {
  const running = await findRunningPeriod(ctx, tenant, now);
  if (startAt === null || +startAt === +running.startAt) return running;
  const period = await findPeriod(ctx.db.prisma, tenant.id, startAt);
  if (period) return period;
  throw new BillingError("not_found", "usage.period_not_found", "No billing period starts at that time.");
}
