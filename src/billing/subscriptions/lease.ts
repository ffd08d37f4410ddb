/**
 * One change of a tenant's subscription at a time.
 *
 * Owns the lease that makes two tabs, a double click or a race end in one subscription. It is a row and not a lock of the
 * database, because Stripe is asked while it is held and no transaction may wait for Stripe; a crash frees it after a
 * minute, and the request that crashed may come back at once.
 */
import type { BillingContext } from "../context";
import { inProgress } from "../operations";
import { holdLease, releaseLease } from "./store";

/** Runs `work` while no other request changes the tenant's subscription. Throws `operation.in_progress` when one does. */
export async function withLease<T>(
  ctx: BillingContext,
  request: { tenantId: string; requestId: string; reason: string; actor: string },
  work: () => Promise<T>,
): Promise<T> {
  const lease = { ...request };
  if (!(await holdLease(ctx.db.prisma, lease))) throw inProgress();
  try {
    return await work();
  } finally {
    await releaseLease(ctx.db.prisma, lease);
  }
}
