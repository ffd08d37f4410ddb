/** Gives a tenant its customer at Stripe, once. */
import { inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { invariant } from "../kernel/errors";
import type { Tenant } from "./model";
import { findTenant, putStripeCustomer } from "./store";

/**
 * The id of the tenant's customer at Stripe, which is made when there is none. Calls that race, and a call after a crash
 * between Stripe and the row, reach the same customer: the idempotency key names the tenant alone.
 */
export async function ensureStripeCustomer(ctx: BillingContext, tenant: Tenant): Promise<string> {
  if (tenant.stripeCustomerId) return tenant.stripeCustomerId;
  const stored = await findTenant(ctx.db.prisma, tenant.id);
  if (stored?.stripeCustomerId) return stored.stripeCustomerId;
  invariant(stored, `tenant ${tenant.id} exists`);
  const { id: tenantId, slug, name, billingEmail: email, stripeTestClockId: testClockId } = stored;
  const customer = await ctx.stripe.createCustomer(
    { tenantId, slug, name, email, testClockId },
    `customer:${tenantId}`,
  );
  const occurredAt = ctx.clock.now(testClockId);
  return inTransaction(ctx.db.prisma, async (tx) => {
    const isFirst = await putStripeCustomer(tx, tenantId, customer.stripeCustomerId);
    const after = await findTenant(tx, tenantId);
    invariant(after?.stripeCustomerId, "a tenant keeps the customer it was given");
    if (isFirst) {
      await recordAudit(tx, {
        tenantId,
        occurredAt,
        actor: ctx.actor,
        action: "customer.create",
        target: `customer:${after.stripeCustomerId}`,
        reason: "First dealing with Stripe",
        details: {},
      });
    }
    return after.stripeCustomerId;
  });
}
