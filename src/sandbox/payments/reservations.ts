/**
 * Money that a card has reserved and nobody has taken yet.
 *
 * Owns: letting it go, because its intent was canceled or because the card's issuer holds it no longer. Refuses: taking
 * it, which is the capture of a payment intent.
 */
import type Stripe from "stripe";
import { registerDue } from "../clock/due";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { cancelPaymentIntent } from "./intents";

const EXPIRY_KIND = "charge.expire_reservation";
const HELD_SECONDS = 7 * 86_400;

/** Lets a reservation lapse after seven days. */
export function scheduleReservationEnd(tx: Transaction, charge: Stripe.Charge): void {
  const clock = clockOf(tx, charge) ?? "default";
  tx.schedule({ clock, at: charge.created + HELD_SECONDS, kind: EXPIRY_KIND, subject: charge.id });
}

/** Cancels an intent on request; what its card had reserved is free again. */
export function cancelOnRequest(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent {
  const reserved = reservedBy(tx, intent);
  const canceled = cancelPaymentIntent(tx, intent, reason);
  if (reserved) release(tx, reserved, "charge.refunded");
  return canceled;
}

function reservedBy(tx: Transaction, intent: Stripe.PaymentIntent): Stripe.Charge | undefined {
  return intent.status === "requires_capture" ? tx.find("charge", idOf(intent.latest_charge) ?? "") : undefined;
}

function release(tx: Transaction, reserved: Stripe.Charge, how: "charge.expired" | "charge.refunded"): void {
  tx.unschedule(EXPIRY_KIND, reserved.id);
  tx.emit(how, tx.put("charge", { ...reserved, amount_refunded: reserved.amount, refunded: true }));
}

registerDue(EXPIRY_KIND, (tx, { subject }) => {
  const charge = tx.find("charge", subject);
  const intent = tx.find("payment_intent", idOf(charge?.payment_intent) ?? "");
  if (!charge || !intent || reservedBy(tx, intent)?.id !== charge.id) return;
  release(tx, charge, "charge.expired");
  cancelPaymentIntent(tx, intent, "automatic");
});
