/** The operator's list of tenants, with what each is worth. */
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { type ListTenantsInput, listTenantsSchema, type TenantPage } from "./model";
import { shownMinor } from "./rules";
import { countTenants, loadTenants } from "./store";

/** Counting on costs as much as listing all, so it ends here. */
const COUNTED_TO = 10_000;

/** The tenants by name that fit, with plan, standing and recurring revenue, a page at a time. */
export async function listTenants(ctx: BillingContext, input: ListTenantsInput): Promise<TenantPage> {
  const { after, limit, ...filter } = listTenantsSchema.parse(input);
  const { freePlan, currency } = await getCatalog(ctx);
  const page = { freePlanKey: freePlan.planKey, after, limit: limit + 1 };
  const [rows, total] = await Promise.all([
    loadTenants(ctx.db.prisma, filter, page),
    countTenants(ctx.db.prisma, filter, freePlan.planKey, COUNTED_TO),
  ]);
  const tenants = rows.slice(0, limit).map(({ mrrMinor, planKey, planName, ...tenant }) => ({
    ...tenant,
    planKey: planKey ?? freePlan.planKey,
    planName: planName ?? freePlan.name,
    mrrMinor: shownMinor(mrrMinor),
    currency,
  }));
  const next = rows.length > limit ? (tenants.at(-1)?.id ?? null) : null;
  return { tenants, next, total, countedTo: COUNTED_TO };
}
