/** Who is on which plan version: the query behind `catalog diff` and `catalog migrate`. */
import type { DatabaseTransaction } from "@/db/transaction";

/** Statuses that occupy a tenant's one place. */
const LIVE = ["trialing", "active", "past_due", "unpaid", "paused"] as const;

/** A live subscription, as far as finding it again goes. */
export interface Subscriber {
  tenantId: string;
  stripeSubscriptionId: string;
  planVersionId: string;
  status: string;
}

/** Live subscriptions on one of these versions, by tenant; of every tenant, or of one. */
export async function loadSubscribersOf(
  tx: DatabaseTransaction,
  where: { planVersionIds: readonly string[]; tenantId: string | null },
): Promise<Subscriber[]> {
  const { planVersionIds, tenantId } = where;
  return tx.subscription.findMany({
    where: {
      planVersionId: { in: [...planVersionIds] },
      status: { in: [...LIVE] },
      ...(tenantId !== null && { tenantId }),
    },
    select: { tenantId: true, stripeSubscriptionId: true, planVersionId: true, status: true },
    orderBy: { tenantId: "asc" },
  });
}

/** Subscriptions that can still be invoiced, of every tenant. */
export async function loadUnended(
  tx: DatabaseTransaction,
): Promise<Array<{ tenantId: string; stripeSubscriptionId: string }>> {
  return tx.subscription.findMany({
    where: { status: { notIn: ["canceled", "incomplete_expired"] } },
    select: { tenantId: true, stripeSubscriptionId: true },
    orderBy: [{ tenantId: "asc" }, { stripeSubscriptionId: "asc" }],
  });
}
