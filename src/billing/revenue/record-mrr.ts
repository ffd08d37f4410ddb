/** Keeps the ledger of movements in step with what tenants pay; refuses nothing, because it only observes. */
import { inTransaction } from "@/db/transaction";
import type { BillingContext } from "../context";
import type { Subscription } from "../subscriptions/model";
import { type MovementKind, movementKind, mrrOf } from "./rules";
import { insertMovement, loadLastMovement, lockMovements } from "./store";

/** Input of `recordMrr`. */
export interface RecordMrrInput {
  tenantId: string;
  at: Date;
  /** The tenant's subscription as it now is; null when it has none. */
  subscription: Subscription | null;
}

/**
 * Writes a movement when the tenant's recurring revenue is no longer what the last movement left. Calling it again with the
 * same subscription writes nothing, so every webhook and every verb may call it. An ended subscription that is not the one
 * the tenant now pays for moves nothing. Returns the movement's kind, or null.
 */
export async function recordMrr(ctx: BillingContext, input: RecordMrrInput): Promise<MovementKind | null> {
  const { tenantId, at, subscription } = input;
  return inTransaction(ctx.db, async (tx) => {
    await lockMovements(tx, tenantId);
    const last = await loadLastMovement(tx, tenantId);
    const after = mrrOf(subscription);
    // A late fact about an older subscription must not end the revenue of the one that followed it.
    if (after.isZero() && last && subscription && last.subscriptionId !== subscription.id) return null;
    const before = last?.mrrAfterMinor ?? mrrOf(null);
    const kind = movementKind(before, after, last !== null);
    if (kind === null) return null;
    await insertMovement(tx, {
      tenantId,
      sequence: (last?.sequence ?? 0) + 1,
      occurredAt: at,
      kind,
      currency: subscription?.currency ?? last?.currency ?? "usd",
      deltaMinor: after.minus(before),
      mrrAfterMinor: after,
      subscriptionId: subscription?.id ?? last?.subscriptionId ?? "",
      planKey: subscription?.planKey ?? last?.planKey ?? "",
    });
    return kind;
  });
}
