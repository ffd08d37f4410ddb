/** What a person can do about a payment that did not go through, from the codes Stripe gives; never from its text. */
import type { StripeError } from "@stripe/stripe-js";
import { knownAdvice } from "@/billing/kernel/declines";

/** Before a browser the bank has just asked, so the advice is to answer it, not to go to the portal. */
const NOT_CONFIRMED: Record<string, string> = {
  payment_intent_authentication_failure:
    "The payment was not confirmed with your bank, so nothing was charged. Try again and confirm it, or use another card.",
  setup_intent_authentication_failure:
    "The card was not confirmed with your bank. Try again and confirm it, or use another card.",
};

/** One plain sentence or two about a failed confirmation. */
export function cardProblem(error: Pick<StripeError, "code" | "decline_code" | "message" | "type">): string {
  const advice = NOT_CONFIRMED[error.code ?? ""] ?? knownAdvice(error.code ?? null, error.decline_code ?? null);
  return advice ?? error.message ?? "The payment did not go through and nothing was charged.";
}
