/** Refusals that several verbs of this slice give, in one wording. */
import { BillingError } from "../kernel/errors";
import type { Subscription } from "./model";

/** There is no subscription to act on. */
export function subscriptionNone(): BillingError {
  return new BillingError("precondition", "subscription.none", "There is no paid subscription; this is the free plan.");
}

/** The subscription is to end at the period's end already. */
export function alreadyCanceled(subscription: Pick<Subscription, "currentPeriodEndAt">): BillingError {
  const endsAt = subscription.currentPeriodEndAt.toISOString();
  return new BillingError("conflict", "subscription.already_canceled", `The subscription ends on ${endsAt} already.`, {
    details: { endsAt },
  });
}

/** The plan is the tenant's already. */
export function samePlan(planName: string): BillingError {
  return new BillingError("conflict", "subscription.same_plan", `The plan is "${planName}" already.`);
}

/** The plan's price is agreed with the customer, or it is not sold for this interval. */
export function planNotSold(planName: string): BillingError {
  return new BillingError(
    "precondition",
    "catalog.plan_not_sold",
    `The plan "${planName}" is not sold this way. Please contact us.`,
  );
}

/** A paid plan without anything to charge. */
export function methodRequired(planName: string): BillingError {
  return new BillingError(
    "precondition",
    "payment.method_required",
    `The plan "${planName}" costs money: add a payment method first.`,
  );
}
