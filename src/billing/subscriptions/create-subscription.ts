/** Starting a paid plan. */
import type { BillingContext } from "../context";
import type { CreateSubscriptionInput, SubscriptionChanged } from "./model";
import { perform } from "./perform";

/**
 * Starts a plan for a tenant that has none, or returns the confirmation of the same start that still waits for its payment.
 *
 * The free plan is what every tenant without a subscription has, so choosing it starts nothing. A declined card throws
 * `declined` and changes nothing; a card whose bank asks is `payment.authentication_required` for a caller without a
 * browser and a confirmation for one with. A second live subscription is refused: `subscription.already_active`. A plan with
 * a trial starts with it, once per tenant.
 */
export async function createSubscription(
  ctx: BillingContext,
  input: CreateSubscriptionInput,
): Promise<SubscriptionChanged> {
  const { planKey, interval, seats, promotionCode, trial, ...commit } = input;
  const wish = { verb: "start" as const, planKey, interval, trial: trial ?? true };
  return perform(
    ctx,
    { ...wish, seats: seats ?? null, promotionCode: promotionCode ?? null },
    { ...commit, quoteId: null },
  );
}
