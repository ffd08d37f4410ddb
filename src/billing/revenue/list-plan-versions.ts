/** Every plan version there ever was, and who is on it. */
import { getCatalog, loadPlanVersions } from "../catalog";
import type { BillingContext } from "../context";
import { findTenant } from "../tenants";
import type { PlanVersionRow, PlanVersionsView } from "./model";
import { loadVersionCounts } from "./store";

/** The versions in the order of the pricing page, the newest of a plan first, contracts after their plan. */
export async function listPlanVersions(ctx: BillingContext): Promise<PlanVersionsView> {
  const { freePlan, currency } = await getCatalog(ctx);
  const [stored, counts] = await Promise.all([
    loadPlanVersions(ctx.db.prisma),
    loadVersionCounts(ctx.db.prisma, freePlan.id),
  ]);
  const countOf = new Map(counts.map(({ planVersionId, ...count }) => [planVersionId, count]));
  const versions: PlanVersionRow[] = [];
  for (const version of stored) {
    const { madeForTenantId } = version;
    const tenant = madeForTenantId === null ? null : await findTenant(ctx.db.prisma, madeForTenantId);
    versions.push({
      ...{ version, tenants: 0, ending: 0, arriving: 0, ...countOf.get(version.id) },
      madeFor: tenant && { slug: tenant.slug, name: tenant.name },
    });
  }
  const rankOf = new Map<string, number>();
  for (const { planKey, rank } of stored) rankOf.set(planKey, rank);
  versions.sort(
    (a, b) =>
      (rankOf.get(a.version.planKey) ?? 0) - (rankOf.get(b.version.planKey) ?? 0) ||
      a.version.planKey.localeCompare(b.version.planKey) ||
      b.version.version - a.version.version,
  );
  return { versions, currency, computedAt: ctx.clock.now() };
}
