/** Going on with a payment after a reload: the same intent, never a second one. */
import type { BillingContext } from "../context";
import { resolveTenant } from "../tenants";
import { loadHoldings } from "./get-subscription";

/** What the browser still has to confirm: a first payment, or the payment of a change; null when nothing waits. */
export async function resumeConfirmation(
  ctx: BillingContext,
  tenantId: string,
): Promise<{ clientSecret: string; intent: "payment" | "setup"; planKey: string } | null> {
  const tenant = await resolveTenant(ctx, tenantId);
  const { live, pending } = await loadHoldings(ctx, tenant.id);
  const waiting = pending ?? (live?.pendingUpdateExpiresAt ? live : null);
  if (waiting === null) return null;
  const confirmation = await ctx.stripe.fetchConfirmation(waiting.stripeSubscriptionId);
  return confirmation === null ? null : { ...confirmation, planKey: waiting.planKey };
}
