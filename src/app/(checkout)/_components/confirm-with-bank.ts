"use client";
/** The question of a bank about a card that is saved already. Stripe's script comes only when a bank has asked. */
import { cardProblem } from "./card-problem";

const NOT_CONFIRMED =
  "The payment was not confirmed with your bank, so nothing was charged. Try again and confirm it, or use another card.";

/** Lets the bank ask, over the whole page. Returns what a person reads when it ended badly, null when it is confirmed. */
export async function confirmWithBank(publishableKey: string, clientSecret: string): Promise<string | null> {
  const { loadStripe } = await import("@stripe/stripe-js/pure");
  const stripe = await loadStripe(publishableKey).catch(() => null);
  if (stripe === null) {
    return "Your bank wants to confirm this payment, but Stripe could not be reached. Nothing was charged. Check whether something blocks scripts of Stripe, then finish the payment.";
  }
  const { error, paymentIntent, setupIntent } = await stripe.handleNextAction({ clientSecret });
  if (error) return cardProblem(error);
  const status = (paymentIntent ?? setupIntent)?.status;
  return status === "requires_payment_method" || status === "canceled" ? NOT_CONFIRMED : null;
}
