/**
 * Failures of the SDK as errors of the domain.
 *
 * `declined` is the cardholder's to solve and says how; `upstream stripe.unavailable` is an outage where the same call may
 * succeed later; `upstream stripe.refused` is our mistake or a state we did not expect, with Stripe's request id to look
 * it up. Decides by class, status and code, never by the text of a message.
 */
import Stripe from "stripe";
import { BillingError, type BillingErrorCode, type ErrorDetails } from "@/billing/kernel/errors";

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
  return new BillingError("upstream", "stripe.refused", "Stripe refused the request.", {
    details: detailsOf(error),
    cause: error,
  });
}

function isOutage(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  if (error instanceof Stripe.errors.StripeConnectionError) return true;
  if (error instanceof Stripe.errors.StripeRateLimitError) return true;
  // 501 is the sandbox saying that it does not support something: trying again cannot help.
  const status = error.statusCode ?? 0;
  return status === 409 || status === 429 || (status >= 500 && status !== 501);
}

/** Codes by which a payment asks for the cardholder's presence; the last two come from subscriptions and invoices. */
const AUTHENTICATION_CODES = new Set([
  "authentication_required",
  "payment_intent_authentication_failure",
  "setup_intent_authentication_failure",
  "subscription_payment_intent_requires_action",
  "invoice_payment_intent_requires_action",
]);

function declined(error: InstanceType<typeof Stripe.errors.StripeError>): BillingError {
  const reason = error.decline_code ?? error.code ?? "generic_decline";
  return new BillingError("declined", declinedCode(error), declineMessage(reason), {
    details: { ...detailsOf(error), declineCode: error.decline_code ?? null },
    cause: error,
  });
}

function declinedCode(error: InstanceType<typeof Stripe.errors.StripeError>): BillingErrorCode {
  const codes = [error.code ?? "", error.decline_code ?? ""];
  if (codes.some((code) => AUTHENTICATION_CODES.has(code))) return "payment.authentication_required";
  if (codes.includes("insufficient_funds")) return "payment.insufficient_funds";
  return "payment.card_declined";
}

const DECLINE_MESSAGES: Readonly<Record<string, string>> = {
  insufficient_funds: "The card has insufficient funds. Use another card, or try again when it is covered.",
  expired_card: "The card has expired. Use another card.",
  incorrect_cvc: "The card's security code is wrong. Check it and try again.",
  incorrect_number: "The card number is wrong. Check it and try again.",
  processing_error: "The card could not be processed. Try again in a moment.",
  card_velocity_exceeded: "The card has reached its limit. Use another card, or ask the bank.",
  lost_card: "The card was declined. Use another card.",
  stolen_card: "The card was declined. Use another card.",
};

function declineMessage(reason: string): string {
  if (AUTHENTICATION_CODES.has(reason)) {
    return "The bank asks the cardholder to confirm this payment. Pay it in the portal, where the bank can ask.";
  }
  return DECLINE_MESSAGES[reason] ?? "The card was declined. Use another card, or ask the bank why.";
}

function detailsOf(error: InstanceType<typeof Stripe.errors.StripeError>): ErrorDetails {
  return {
    requestId: error.requestId ?? null,
    stripeCode: error.code ?? null,
    param: error.param ?? null,
    status: error.statusCode ?? null,
  };
}
