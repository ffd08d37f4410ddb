/** The operator's list of tenants, with what each is worth. */
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import type { TenantRow } from "./model";
import { shownMinor } from "./rules";
import { loadTenants } from "./store";

/** The tenants by name, with plan, standing and recurring revenue; `query` searches name, slug and e-mail. */
export async function listTenants(ctx: BillingContext, input: { query?: string; limit: number }): Promise<TenantRow[]> {
  const catalog = await getCatalog(ctx);
  const rows = await loadTenants(ctx.db.prisma, input.query ?? "", input.limit);
  const names = new Map(catalog.plans.map((plan) => [plan.id, plan.name]));
  return rows.map(({ planVersionId, status, mrrMinor, ...tenant }) => ({
    ...tenant,
    planName: planVersionId === null ? catalog.freePlan.name : (names.get(planVersionId) ?? planVersionId),
    status: status ?? "active",
    mrrMinor: shownMinor(mrrMinor),
    currency: catalog.currency,
  }));
}
