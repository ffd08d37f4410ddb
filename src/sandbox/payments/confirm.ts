/**
 * Confirming and authenticating payment intents on behalf of a caller: charges, then tells billing when the intent is an
 * invoice's. Billing itself charges through charge.ts and needs no telling.
 */
import type Stripe from "stripe";
import { cardError, invalidRequest, type StripeError } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { attemptCharge, type ChargeOutcome } from "./charge";
import { failPaymentIntent } from "./charge-record";
import { failureBody, type PaymentFailure } from "./failures";
import { paymentIntentSettled } from "./hooks";
import { setIntentSecret } from "./intents";
import { type DepositAnswer, verifyDeposits } from "./microdeposits";

/** With what, and in whose presence, an intent is confirmed. */
export interface Confirmation {
  paymentMethod: Stripe.PaymentMethod;
  offSession: boolean;
  redirect: { returnUrl: string; baseUrl: string } | null;
}

const confirmable = new Set<string>(["requires_payment_method", "requires_confirmation", "requires_action"]);

/** The 400 for an intent that is not in a state to be confirmed. */
export function unexpectedState(what: string, status: string): StripeError {
  return invalidRequest(`You cannot confirm this ${what} because it has a status of ${status}.`, {
    code: what === "PaymentIntent" ? "payment_intent_unexpected_state" : "setup_intent_unexpected_state",
  });
}

/** Confirms: charges now, or leaves the intent waiting for its holder. */
export function confirmPaymentIntent(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation,
): ChargeOutcome {
  if (!confirmable.has(intent.status)) throw unexpectedState("PaymentIntent", intent.status);
  // With manual confirmation, an authentication counts for the server's next confirmation with the same method.
  const isAuthenticated =
    intent.confirmation_method === "manual" &&
    intent.payment_method === confirmation.paymentMethod.id &&
    tx.find("intent_secret", intent.id)?.authentication === "succeeded";
  if (isAuthenticated) setIntentSecret(tx, intent.id, { authentication: "none" });
  const outcome = attemptCharge(tx, { paymentIntent: intent, ...confirmation, authenticated: isAuthenticated });
  paymentIntentSettled(tx, outcome.paymentIntent, outcome);
  return outcome;
}

/** Answers the micro-deposits an intent waits for; the debit starts at once. */
export function verifyPaymentIntent(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  answer: DepositAnswer,
): Stripe.PaymentIntent {
  const paymentMethod = verifyDeposits(tx, intent, answer);
  const outcome = attemptCharge(tx, { paymentIntent: intent, paymentMethod, offSession: false });
  paymentIntentSettled(tx, outcome.paymentIntent, outcome);
  return tx.get("payment_intent", intent.id);
}

const failedAuthentication: PaymentFailure = {
  code: "payment_intent_authentication_failure",
  declineCode: null,
  message: "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};

/** Ends the authentication an intent waits for. With manual confirmation the server confirms once more after it. */
export function authenticatePaymentIntent(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  succeeded: boolean,
): ChargeOutcome | { outcome: "requires_confirmation"; paymentIntent: Stripe.PaymentIntent } {
  const methodId = typeof intent.payment_method === "string" ? intent.payment_method : intent.payment_method?.id;
  if (intent.status !== "requires_action" || methodId === undefined) {
    throw invalidRequest(`This PaymentIntent does not wait for authentication: its status is ${intent.status}.`);
  }
  const paymentMethod = tx.get("payment_method", methodId);
  setIntentSecret(tx, intent.id, { authentication: succeeded ? "succeeded" : "failed" });
  if (succeeded && intent.confirmation_method === "manual") {
    const waiting = { ...intent, status: "requires_confirmation" as const, next_action: null };
    return { outcome: "requires_confirmation", paymentIntent: tx.put("payment_intent", waiting) };
  }
  const outcome: ChargeOutcome = succeeded
    ? attemptCharge(tx, { paymentIntent: intent, paymentMethod, offSession: false, authenticated: true })
    : {
        outcome: "declined",
        paymentIntent: failPaymentIntent(tx, { paymentIntent: intent, paymentMethod }, failedAuthentication, null),
        charge: null,
        failure: failedAuthentication,
      };
  paymentIntentSettled(tx, outcome.paymentIntent, outcome);
  return outcome;
}

/** The 402 of a refused charge, with the intent as it stands now. */
export function declinedError(outcome: Extract<ChargeOutcome, { outcome: "declined" }>): StripeError {
  const { type: _type, ...body } = failureBody(outcome.failure);
  const method = outcome.paymentIntent.last_payment_error?.payment_method;
  return cardError({
    ...body,
    ...(outcome.charge === null ? {} : { charge: outcome.charge.id }),
    payment_intent: outcome.paymentIntent,
    ...(method === undefined ? {} : { payment_method: method }),
  });
}
