/**
 * A plan version for one tenant: validated as a plan of a catalog is, pushed to Stripe, then written.
 *
 * Knows no tenant: whoever calls has found it, and tells the audit log.
 */
import { inTransaction } from "@/db/transaction";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { forgetCatalog, getCatalog } from "./get-catalog";
import { type ContractTerms, contractTermsSchema, type PlanVersion } from "./model";
import { activePlan, invalidCatalog } from "./rules";
import { contractPlan, contractProblems, sameContract } from "./rules-contract";
import { stripePlan, versionOf } from "./rules-push";
import { archivePlanVersions, loadPlanVersions, lockCatalog, putPlanVersion } from "./store";

const ATTEMPT_LIMIT = 3;

/**
 * Makes the version, or returns the one that says the same. The tenant's earlier contract on the same plan is archived; who
 * is on it stays on it. Throws `catalog.invalid` with every problem.
 */
export async function makeContractVersion(
  ctx: BillingContext,
  tenantId: string,
  input: ContractTerms,
): Promise<{ version: PlanVersion; isNew: boolean }> {
  const catalog = await getCatalog(ctx);
  const contract = contractTermsSchema.parse(input);
  const problems = contractProblems(catalog, contract);
  if (problems.length > 0) throw invalidCatalog(problems);
  const base = activePlan(catalog, contract.basePlanKey);
  const { currency } = catalog;
  const plan = contractPlan(base.terms, contract);
  for (let attempt = 1; attempt <= ATTEMPT_LIMIT; attempt += 1) {
    const stored = await loadPlanVersions(ctx.db.prisma);
    const same = sameContract(stored, { tenantId, currency, plan });
    if (same !== null) return { version: same, isNew: false };
    const number = nextNumber(stored, plan.key);
    const made = { id: `${plan.key}@${number}`, version: number, status: "active" as const, plan, rank: base.rank };
    const version = versionOf({ ...made, currency, madeForTenantId: tenantId, known: null });
    const push = stripePlan(version);
    const placed = push === null ? version : { ...version, ...(await ctx.stripe.pushPlan(push)) };
    if (await record(ctx, placed)) return { version: placed, isNew: true };
  }
  const message = "Other processes keep making plan versions at the same time. Try again when they are done.";
  throw new BillingError("conflict", "operation.in_progress", message, { retryable: true });
}

/** False when the number was taken while Stripe answered. */
async function record(ctx: BillingContext, version: PlanVersion): Promise<boolean> {
  const isWritten = await inTransaction(ctx.db.prisma, async (tx) => {
    await lockCatalog(tx);
    const stored = await loadPlanVersions(tx);
    if (nextNumber(stored, version.planKey) !== version.version) return false;
    const before = stored.filter(
      ({ madeForTenantId, planKey }) => madeForTenantId === version.madeForTenantId && planKey === version.planKey,
    );
    await archivePlanVersions(
      tx,
      before.map(({ id }) => id),
    );
    await putPlanVersion(tx, version, ctx.clock.now());
    return true;
  });
  forgetCatalog(ctx.db);
  return isWritten;
}

function nextNumber(stored: readonly PlanVersion[], planKey: string): number {
  return Math.max(0, ...stored.filter((version) => version.planKey === planKey).map(({ version }) => version)) + 1;
}
