/** The end of a subscription whose renewal stayed unpaid. */
import type { BillingContext } from "../context";
import type { SubscriptionChanged } from "./model";
import { perform } from "./perform";

/**
 * Ends this subscription now, and only while its renewal is unpaid: read anew from Stripe and decided under the lease, so
 * that whoever pays at the last moment keeps the plan. Nothing is given back for time nobody paid for; the open invoice
 * stays to be paid.
 *
 * Throws `subscription.none` when it has ended or another one lives, and `subscription.not_cancelable` when it is paid.
 */
export async function cancelUnpaidSubscription(
  ctx: BillingContext,
  input: { tenantId: string; stripeSubscriptionId: string; requestId: string; reason: string },
): Promise<SubscriptionChanged> {
  const { tenantId, stripeSubscriptionId, requestId, reason } = input;
  return perform(
    ctx,
    { verb: "cancel", when: "now", settlement: "none", onlyUnpaid: stripeSubscriptionId },
    { tenantId, requestId, reason, quoteId: null, paymentMethodId: null, canConfirm: false },
  );
}
