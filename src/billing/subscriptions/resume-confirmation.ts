/** Going on with a first payment after a reload: the same intent, never a second one. */
import type { BillingContext } from "../context";
import { resolveTenant } from "../tenants";
import { loadHoldings } from "./get-subscription";

/** What the browser still has to confirm for a plan that waits for its first payment; null when none does. */
export async function resumeConfirmation(
  ctx: BillingContext,
  tenantId: string,
): Promise<{ clientSecret: string; intent: "payment" | "setup"; planKey: string } | null> {
  const tenant = await resolveTenant(ctx, tenantId);
  const { pending } = await loadHoldings(ctx, tenant.id);
  if (pending === null) return null;
  const confirmation = await ctx.stripe.fetchConfirmation(pending.stripeSubscriptionId);
  return confirmation === null ? null : { ...confirmation, planKey: pending.planKey };
}
