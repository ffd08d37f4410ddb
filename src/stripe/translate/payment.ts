/**
 * A Stripe payment intent and its newest charge as our record. Pure; needs `latest_charge` expanded.
 *
 * Stripe puts a failed intent back to "requires_payment_method", the status of one never tried. The two are different news
 * to a person, so a recorded error makes it "failed".
 */
import type Stripe from "stripe";
import type { PaymentStatus } from "@/billing/payments/model";
import type { PaymentRecord } from "../gateway";
import { instant, minor, optionalId, optionalInstant, unknownValue } from "./values";

/** Translates a payment intent that pays the given invoice, or none. */
export function paymentRecord(intent: Stripe.PaymentIntent, stripeInvoiceId: string | null): PaymentRecord {
  const charge = chargeOf(intent);
  const failure = intent.status === "succeeded" ? null : intent.last_payment_error;
  return {
    stripePaymentIntentId: intent.id,
    stripeCustomerId: optionalId(intent.customer),
    stripeInvoiceId,
    stripeChargeId: optionalId(intent.latest_charge),
    status: paymentStatus(intent),
    amountMinor: minor(intent.amount),
    amountCapturedMinor: minor(intent.amount_received),
    amountRefundedMinor: minor(charge?.amount_refunded ?? 0),
    currency: intent.currency,
    description: intent.description,
    failureCode: failure?.code ?? null,
    declineCode: failure?.decline_code ?? null,
    failureMessage: failure?.message ?? null,
    createdAt: instant(intent.created),
    chargedAt: optionalInstant(charge?.created),
    operationId: intent.metadata.operation_id ?? null,
  };
}

function chargeOf(intent: Stripe.PaymentIntent): Stripe.Charge | null {
  return intent.latest_charge !== null && typeof intent.latest_charge !== "string" ? intent.latest_charge : null;
}

function paymentStatus(intent: Stripe.PaymentIntent): PaymentStatus {
  switch (intent.status) {
    case "succeeded":
      return "succeeded";
    case "canceled":
      return "canceled";
    case "requires_action":
      return "requires_action";
    case "processing":
    case "requires_capture":
      return "processing";
    case "requires_confirmation":
    case "requires_payment_method":
      return intent.last_payment_error === null ? "requires_payment_method" : "failed";
    default:
      throw unknownValue("a payment's status", intent.status);
  }
}
