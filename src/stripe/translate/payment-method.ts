/** A Stripe payment method as it may be shown: brand or bank and last digits, never more. Pure. */
import type Stripe from "stripe";
import type { PaymentMethodRecord } from "../gateway";
import { instant, optionalId } from "./values";

/** Translates a payment method of any type. */
export function paymentMethodRecord(method: Stripe.PaymentMethod): PaymentMethodRecord {
  return {
    stripePaymentMethodId: method.id,
    stripeCustomerId: optionalId(method.customer),
    type: method.type,
    brand: method.card?.display_brand ?? method.card?.brand ?? null,
    bankName: method.us_bank_account?.bank_name ?? method.sepa_debit?.bank_code ?? null,
    last4: method.card?.last4 ?? method.us_bank_account?.last4 ?? method.sepa_debit?.last4 ?? null,
    expiryMonth: method.card?.exp_month ?? null,
    expiryYear: method.card?.exp_year ?? null,
    fingerprint:
      method.card?.fingerprint ?? method.us_bank_account?.fingerprint ?? method.sepa_debit?.fingerprint ?? null,
    createdAt: instant(method.created),
  };
}
