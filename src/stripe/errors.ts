/**
 * Failures of the SDK as errors of the domain.
 *
 * `declined` is the cardholder's to solve and says how; `upstream stripe.unavailable` is an outage where the same call may
 * succeed later; `upstream stripe.refused` is our mistake or a state we did not expect, with Stripe's request id to look
 * it up. Decides by class, status and code, never by the text of a message.
 */
import Stripe from "stripe";
import { declineError } from "@/billing/kernel/declines";
import { BillingError, type ErrorDetails } from "@/billing/kernel/errors";
import { locationRequired } from "@/billing/kernel/tax";

/** Runs a call to Stripe; whatever it throws leaves as a BillingError. */
export async function callStripe<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translateError(error);
  }
}

/** Like callStripe for reads of one object: null when Stripe has none with that id. */
export async function findAtStripe<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateError(error);
  }
}

/** Whether Stripe said that the object of the request's path does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === "resource_missing" && error.statusCode === 404;
}

/** The domain's error for anything a call threw; BillingErrors and programmer errors pass unchanged. */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (error instanceof Stripe.errors.StripeCardError) return declined(error);
  if (isOutage(error)) {
    return new BillingError("upstream", "stripe.unavailable", "Stripe cannot be reached right now. Please try again.", {
      details: detailsOf(error),
      cause: error,
      retryable: true,
    });
  }
  if (error.code === "customer_tax_location_invalid") {
    return locationRequired({ details: detailsOf(error), cause: error });
  }
  if (error.code === "tax_id_invalid") {
    const message = "Stripe does not take this tax id. Check that it is complete and of the right kind.";
    return new BillingError("invalid", "tax.id_invalid", message, { details: detailsOf(error), cause: error });
  }
  if (isDiscountRefusal(error)) {
    const message =
      "This promotion code cannot be used here: it is for first orders, larger amounts or other customers.";
    return new BillingError("invalid", "promotion.not_applicable", message, {
      details: detailsOf(error),
      cause: error,
    });
  }
  return new BillingError("upstream", "stripe.refused", "Stripe refused the request.", {
    details: detailsOf(error),
    cause: error,
  });
}

/** Codes have no error code of their own at Stripe; that one does not fit an order is told by the parameter alone. */
function isDiscountRefusal(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && /^discounts\b/.test(error.param ?? "");
}

function isOutage(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  if (error instanceof Stripe.errors.StripeConnectionError) return true;
  if (error instanceof Stripe.errors.StripeRateLimitError) return true;
  // 501 is the sandbox saying that it does not support something: trying again cannot help.
  const status = error.statusCode ?? 0;
  return status === 409 || status === 429 || (status >= 500 && status !== 501);
}

function declined(error: InstanceType<typeof Stripe.errors.StripeError>): BillingError {
  const { stripeCode: _code, ...details } = detailsOf(error);
  const decline = { code: error.code ?? null, declineCode: error.decline_code ?? null };
  return declineError(decline, { details, cause: error });
}

function detailsOf(error: InstanceType<typeof Stripe.errors.StripeError>): ErrorDetails {
  return {
    requestId: error.requestId ?? null,
    stripeCode: error.code ?? null,
    param: error.param ?? null,
    status: error.statusCode ?? null,
  };
}
