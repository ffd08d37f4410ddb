/** The operator's numbers, put together from one query each. */
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { Decimal } from "../kernel/decimal";
import type { RevenueView } from "./model";
import { shownMinor } from "./rules";
import { loadFailedPayments, loadPlanCounts, loadRevenueByMonth } from "./store";

const MONTHS_SHOWN = 24;
const FAILED_PAYMENTS_SHOWN = 50;

/** The operator's numbers at this moment: recurring revenue, revenue by month, subscriptions by plan, failed payments. */
export async function getRevenue(ctx: BillingContext): Promise<RevenueView> {
  const catalog = await getCatalog(ctx);
  const [counts, byMonth, failedPayments] = await Promise.all([
    loadPlanCounts(ctx.db.prisma, catalog.freePlan.planKey),
    loadRevenueByMonth(ctx.db.prisma, catalog.currency, MONTHS_SHOWN),
    loadFailedPayments(ctx.db.prisma, FAILED_PAYMENTS_SHOWN),
  ]);
  const known = new Map(counts.map((count) => [count.planKey, count]));
  const names = new Map(catalog.plans.map((plan) => [plan.planKey, plan.name]));
  // A plan that is no longer sold still has tenants; it comes after those that are.
  const planKeys = [...new Set([...names.keys(), ...known.keys()])];
  const mrr = counts.reduce((sum, count) => sum.plus(count.mrrMinor), new Decimal(0));
  return {
    currency: catalog.currency,
    mrrMinor: shownMinor(mrr),
    arrMinor: shownMinor(mrr.times(12)),
    payingTenants: counts.reduce(
      (sum, { planKey, tenants }) => sum + (planKey === catalog.freePlan.planKey ? 0 : tenants),
      0,
    ),
    byMonth,
    byPlan: planKeys.map((planKey) => ({
      planKey,
      planName: names.get(planKey) ?? planKey,
      tenants: known.get(planKey)?.tenants ?? 0,
      active: known.get(planKey)?.active ?? 0,
      mrrMinor: shownMinor(known.get(planKey)?.mrrMinor ?? "0"),
    })),
    failedPayments,
    computedAt: ctx.clock.now(),
  };
}
