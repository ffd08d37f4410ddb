/** What a period still owes. */
import type { DatabaseTransaction } from "@/db/transaction";
import { findStoredPlanVersion, loadMeters } from "../catalog";
import { invariant } from "../kernel/errors";
import type { RatedOverage } from "./model";
import { ratePeriodFacts } from "./rules";
import { findPeriod, loadBilled, loadCounts } from "./store";

/**
 * Overage of a period that is not billed yet: one entry per meter with a quantity to bill, in catalog order. A period that
 * nobody has used has nothing to bill. Reads only; whoever bills the answer holds the period's lock.
 */
export async function ratePeriod(
  tx: DatabaseTransaction,
  tenantId: string,
  periodStartAt: Date,
): Promise<RatedOverage[]> {
  const period = await findPeriod(tx, tenantId, periodStartAt);
  if (!period) return [];
  const plan = await findStoredPlanVersion(tx, period.planVersionId);
  invariant(plan, `plan version ${period.planVersionId} of a period exists`);
  const { inForce, retired } = await loadMeters(tx);
  const counts = await loadCounts(tx, tenantId, periodStartAt);
  const billed = await loadBilled(tx, tenantId, periodStartAt);
  return ratePeriodFacts({ plan, meters: [...inForce, ...retired], counts, billed });
}
