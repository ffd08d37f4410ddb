/** What a person can do about a payment that did not go through, from the codes Stripe gives; never from its text. */
import type { StripeError } from "@stripe/stripe-js";

const BY_DECLINE: Record<string, string> = {
  insufficient_funds: "The card has too little money on it. Use another card, or try again when there is more.",
  lost_card: "The bank refused this card. Use another one.",
  stolen_card: "The bank refused this card. Use another one.",
  expired_card: "The card has expired. Check the date or use another card.",
  incorrect_cvc: "The security code is wrong. Check the three or four digits on the card.",
  processing_error: "The bank could not process the card just now. Nothing was charged; please try again.",
  card_velocity_exceeded: "The card has reached its limit for today. Use another card, or try again tomorrow.",
};

const BY_CODE: Record<string, string> = {
  card_declined: "The bank declined this card. Nothing was charged. Use another card, or ask your bank.",
  expired_card: "The card has expired. Check the date or use another card.",
  incorrect_cvc: "The security code is wrong. Check the three or four digits on the card.",
  processing_error: "The bank could not process the card just now. Nothing was charged; please try again.",
  payment_intent_authentication_failure:
    "The payment was not confirmed with your bank, so nothing was charged. Try again and confirm it, or use another card.",
  setup_intent_authentication_failure:
    "The card was not confirmed with your bank. Try again and confirm it, or use another card.",
};

/** One plain sentence or two about a failed confirmation. */
export function cardProblem(error: Pick<StripeError, "code" | "decline_code" | "message" | "type">): string {
  const byDecline = error.decline_code ? BY_DECLINE[error.decline_code] : undefined;
  const byCode = error.code ? BY_CODE[error.code] : undefined;
  return byDecline ?? byCode ?? error.message ?? "The payment did not go through and nothing was charged.";
}
