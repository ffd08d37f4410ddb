/** Trials: when one ends, and whether anything could be charged then. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { customerOf } from "./records";

const secondsPerDay = 86_400;

/** Stripe allows trials of at most two years. */
const maximumTrialSeconds = 730 * secondsPerDay;

/** The end of the trial that the parameters of a request ask for, or null for none. */
export function trialEndOf(
  params: { trial_end?: number | "now" | undefined; trial_period_days?: number | undefined },
  now: number,
): number | null {
  if (params.trial_end !== undefined && params.trial_period_days !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: trial_end, trial_period_days.", {
      param: "trial_end",
    });
  }
  if (params.trial_period_days !== undefined)
    return params.trial_period_days === 0 ? null : now + params.trial_period_days * secondsPerDay;
  if (params.trial_end === undefined || params.trial_end === "now") return null;
  if (params.trial_end <= now) throw invalidRequest("Timestamp must be in the future", { param: "trial_end" });
  if (params.trial_end > now + maximumTrialSeconds) {
    throw invalidRequest("Invalid timestamp: can be no more than two years in the future", { param: "trial_end" });
  }
  return params.trial_end;
}

/** The end of a new subscription's trial, which its prices may bring along when that is asked for. */
export function firstTrialEnd(
  params: {
    trial_end?: number | "now" | undefined;
    trial_period_days?: number | undefined;
    trial_from_plan?: boolean | undefined;
  },
  prices: readonly Stripe.Price[],
  now: number,
): number | null {
  if (params.trial_from_plan !== true) return trialEndOf(params, now);
  if (params.trial_end !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: trial_end, trial_from_plan.", {
      param: "trial_from_plan",
    });
  }
  const days = prices.map((price) => price.recurring?.trial_period_days ?? 0);
  return trialEndOf({ trial_period_days: params.trial_period_days ?? Math.max(0, ...days) }, now);
}

/** Whether the subscription or its customer has a payment method that would be charged. */
export function hasPaymentMethod(tx: Transaction, subscription: Stripe.Subscription): boolean {
  const customer = customerOf(tx, subscription);
  return (
    idOf(subscription.default_payment_method) !== null ||
    idOf(customer.invoice_settings.default_payment_method) !== null
  );
}
