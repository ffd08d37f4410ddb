/** Ending a subscription: at the end of the paid period, or now. */
import type { BillingContext } from "../context";
import type { CancelSubscriptionInput, SubscriptionChanged } from "./model";
import { perform } from "./perform";

/**
 * Cancels a tenant's subscription; without one, gives up a start that still waits for its payment.
 *
 * At the period's end by default: the plan goes on until then and `resumeSubscription` takes it back. With `immediate` it
 * ends now: unbilled overage is billed, and the unused time is refunded to the cards that paid, left as credit, or lost, as
 * `settlement` says. `chargedNowMinor` is negative by what was given back. While a renewal is unpaid, ending now gives
 * nothing back, and the overage comes on an invoice of its own.
 * Throws `subscription.none`, and `subscription.already_canceled` when it is to end at the period's end already.
 */
export async function cancelSubscription(
  ctx: BillingContext,
  input: CancelSubscriptionInput,
): Promise<SubscriptionChanged> {
  const { tenantId, requestId, reason, immediate, settlement } = input;
  return perform(
    ctx,
    { verb: "cancel", when: immediate ? "now" : "at_period_end", settlement: settlement ?? "refund" },
    { tenantId, requestId, reason, quoteId: null, paymentMethodId: null, canConfirm: false },
  );
}
