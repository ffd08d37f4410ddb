/** A custom contract: terms that were agreed with one tenant, as a plan version of its own. */
import { inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import { invalidCatalog, makeContractVersion, type PlanVersion } from "../catalog";
import { type MakeContractInput, makeContractSchema } from "../catalog/model";
import type { BillingContext } from "../context";
import { resolveTenant } from "../tenants";

/**
 * Makes a contract for a tenant and leaves its subscription as it is: the tenant comes onto it by a wish that names the
 * version (`planVersionId`), which can be quoted first. The same terms again make nothing new. Throws `catalog.invalid` with
 * every problem and its path in the input.
 */
export async function makeContract(ctx: BillingContext, input: MakeContractInput): Promise<PlanVersion> {
  const stated = makeContractSchema.safeParse(input);
  if (!stated.success) {
    throw invalidCatalog(
      stated.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message })),
    );
  }
  const { tenantId, reason, ...terms } = stated.data;
  const tenant = await resolveTenant(ctx, tenantId);
  const { version, isNew } = await makeContractVersion(ctx, tenant.id, terms);
  if (!isNew) return version;
  await inTransaction(ctx.db, (tx) =>
    recordAudit(tx, {
      tenantId: tenant.id,
      occurredAt: ctx.clock.now(tenant.stripeTestClockId),
      actor: ctx.actor,
      action: "contract.make",
      target: `plan_version:${version.id}`,
      reason,
      details: {
        basePlan: version.planKey,
        monthlyPrice: version.terms.monthlyPrice,
        annualPrice: version.terms.annualPrice,
      },
    }),
  );
  return version;
}
