/**
 * The registration point between payments and billing: billing wants to know what became of an invoice's payment intent
 * when somebody else than billing moved it (a browser that confirmed it, an authentication that ended). Payments does not
 * import billing; billing registers here.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import type { ChargeOutcome } from "./charge";

/** Called in the same transaction, after the intent and its charge have been stored and their events emitted. */
export type PaymentIntentSettled = (
  tx: Transaction,
  paymentIntent: Stripe.PaymentIntent,
  settlement: { invoice: string; outcome: ChargeOutcome },
) => void;

let handler: PaymentIntentSettled | null = null;

/** Registers billing's reaction; there is one. */
export function onPaymentIntentSettled(reaction: PaymentIntentSettled): void {
  handler = reaction;
}

type IntentListener = (tx: Transaction, paymentIntent: Stripe.PaymentIntent, outcome: ChargeOutcome) => void;

const listeners: IntentListener[] = [];

/** Registers a reaction to whatever becomes of any payment intent, after billing's own. */
export function onEveryIntentSettled(listener: IntentListener): void {
  listeners.push(listener);
}

/** Tells billing, when the intent belongs to an invoice, and everybody who listens. */
export function paymentIntentSettled(
  tx: Transaction,
  paymentIntent: Stripe.PaymentIntent,
  outcome: ChargeOutcome,
): void {
  const invoice = tx.find("intent_secret", paymentIntent.id)?.invoice ?? null;
  if (invoice !== null) handler?.(tx, paymentIntent, { invoice, outcome });
  for (const listener of listeners) listener(tx, tx.get("payment_intent", paymentIntent.id), outcome);
}
