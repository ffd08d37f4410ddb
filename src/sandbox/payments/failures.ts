/** Why a card is refused: Stripe's codes with the words Stripe shows for them. */
import { StripeError } from "../http/errors";

/** A refusal. `code` is Stripe's error code, `declineCode` the issuer's reason where there is one. */
export interface PaymentFailure {
  code: string;
  declineCode: string | null;
  message: string;
}

const messages: Record<string, string> = {
  insufficient_funds: "Your card has insufficient funds.",
  expired_card: "Your card has expired.",
  incorrect_cvc: "Your card's security code is incorrect.",
  processing_error: "An error occurred while processing your card. Try again in a little bit.",
  card_velocity_exceeded:
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
  authentication_required: "Your card was declined. This transaction requires authentication.",
  incorrect_number: "Your card number is incorrect.",
  invalid_number: "The card number is not a valid credit card number.",
  invalid_expiry_month: "Your card's expiration month is invalid.",
  invalid_expiry_year: "Your card's expiration year is invalid.",
  invalid_cvc: "Your card's security code is invalid.",
  test_mode_live_card:
    "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.",
};

/** Codes that are errors of their own; every other name is an issuer's reason below `card_declined`. */
const errorCodes = new Set([
  "expired_card",
  "incorrect_cvc",
  "processing_error",
  "authentication_required",
  "incorrect_number",
  "invalid_number",
  "invalid_expiry_month",
  "invalid_expiry_year",
  "invalid_cvc",
]);

/** The failure of a code ("expired_card") or of an issuer's reason ("lost_card", "generic_decline"). */
export function paymentFailure(reason: string): PaymentFailure {
  const message = messages[reason] ?? "Your card was declined.";
  if (reason === "authentication_required") return { code: reason, declineCode: reason, message };
  if (errorCodes.has(reason)) return { code: reason, declineCode: null, message };
  return { code: "card_declined", declineCode: reason === "card_declined" ? "generic_decline" : reason, message };
}

/** The 402 for a refusal that concerns no charge: nothing was stored, so nothing is kept. */
export function cardRefused(failure: PaymentFailure, param?: string): StripeError {
  return new StripeError(402, { ...failureBody(failure), ...(param === undefined ? {} : { param }) });
}

/** The failure as the fields of Stripe's error hash. */
export function failureBody(failure: PaymentFailure): {
  type: "card_error";
  code: string;
  decline_code?: string;
  message: string;
} {
  return {
    type: "card_error",
    code: failure.code,
    ...(failure.declineCode === null ? {} : { decline_code: failure.declineCode }),
    message: failure.message,
  };
}
