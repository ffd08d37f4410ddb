/** Moving a tenant to another plan, interval or number of seats. */
import type { BillingContext } from "../context";
import type { ChangePlanInput, SubscriptionChanged } from "./model";
import { perform } from "./perform";

/**
 * Changes plan, interval, seats, or several at once, when the catalog's policy says or as `timing` overrules it.
 *
 * Now and prorated, the difference is charged or credited to the second; a card that fails throws `declined` and leaves
 * everything as it was. At the period's end, Stripe schedules it and `cancelScheduledChange` takes it back. The free plan
 * ends the subscription with its period. A tenant without a subscription starts one with its default payment method.
 * Throws `subscription.same_plan`, `subscription.payment_pending`, `payment.method_required`, `catalog.plan_not_sold`,
 * `catalog.seats_not_sold`, `catalog.too_few_seats`, `catalog.too_many_seats`, `promotion.unknown_code`.
 */
export async function changePlan(ctx: BillingContext, input: ChangePlanInput): Promise<SubscriptionChanged> {
  const { tenantId, requestId, reason, planKey, interval, seats, promotionCode, timing } = input;
  const particulars = { planKey: planKey ?? null, interval: interval ?? null, seats: seats ?? null };
  return perform(
    ctx,
    { verb: "change", ...particulars, promotionCode: promotionCode ?? null, timing: timing ?? "policy" },
    { tenantId, requestId, reason, quoteId: null, paymentMethodId: null, canConfirm: false },
  );
}
