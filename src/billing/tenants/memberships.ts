/** The people of a tenant. */
import type { Database } from "@/db/client";
import { inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import type { MembershipRole, MembershipView } from "./model";
import { getTenant } from "./resolve-tenant";
import { loadMemberships, putMembership } from "./store";

/** The tenants a person belongs to, by name. */
export async function listMemberships(db: Database, userId: string): Promise<MembershipView[]> {
  return loadMemberships(db.prisma, userId);
}

/** Makes a person a member of a tenant, or gives a member another role. */
export async function addMember(
  ctx: BillingContext,
  input: { tenantId: string; userId: string; role: MembershipRole; reason: string },
): Promise<void> {
  const { tenantId, userId, role, reason } = input;
  const tenant = await getTenant(ctx, tenantId);
  const now = ctx.clock.now(tenant.stripeTestClockId);
  await inTransaction(ctx.db.prisma, async (tx) => {
    await putMembership(tx, { tenantId, userId, role, createdAt: now });
    await recordAudit(tx, {
      tenantId,
      occurredAt: now,
      actor: ctx.actor,
      action: "member.put",
      target: `user:${userId}`,
      reason,
      details: { role },
    });
  });
}
