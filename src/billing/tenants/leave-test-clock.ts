/** Ends a tenant's life on a test clock of the sandbox: from then on it lives by the default clock. */
import { inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { getTenant } from "./resolve-tenant";
import { clearTestClock } from "./store";

/** Puts a tenant on the default clock. A tenant that is on it already stays as it is. */
export async function leaveTestClock(ctx: BillingContext, tenantId: string): Promise<void> {
  const tenant = await getTenant(ctx, tenantId);
  const { stripeTestClockId } = tenant;
  if (stripeTestClockId === null) return;
  await inTransaction(ctx.db.prisma, async (tx) => {
    await clearTestClock(tx, tenantId);
    await recordAudit(tx, {
      tenantId,
      occurredAt: ctx.clock.now(stripeTestClockId),
      actor: ctx.actor,
      action: "tenant.leave_test_clock",
      target: `tenant:${tenantId}`,
      reason: "Its history is complete",
      details: { stripeTestClockId },
    });
  });
}
