/**
 * The seam between invoices and payments/: an invoice's payment and its PaymentIntent.
 *
 * Owns: InvoicePayment records, and the translation of a charge's outcome into what billing acts on. Refuses: moving
 * money itself; that is payments/charge.ts.
 */
import type Stripe from "stripe";
import { cardError, type StripeError } from "../http/errors";
import { registerIncludable } from "../http/present";
import { attemptCharge } from "../payments/charge";
import { cancelPaymentIntent, createPaymentIntentForInvoice } from "../payments/intents";
import { createSetupIntent } from "../payments/setup";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { payableTypes } from "./payable-types";
import { nowOf } from "./records";
import { wholeList } from "./wire";

/** What an attempt to charge came to. */
export type IntentOutcome = "succeeded" | "processing" | "requires_action" | "failed";

/**
 * Opens the payment that will collect a finalised invoice: a PaymentIntent over what is due, or one that exists already.
 * An invoice that was given its payment while it was a draft keeps that one.
 */
export function openPayment(tx: Transaction, invoice: Stripe.Invoice, paidBy?: string): Stripe.InvoicePayment {
  const existing = defaultPayment(tx, invoice.id);
  if (existing !== undefined) return existing;
  const isSubscribed = invoice.parent?.subscription_details != null;
  const intent =
    paidBy ??
    createPaymentIntentForInvoice(tx, {
      invoice: invoice.id,
      customer: idOf(invoice.customer) ?? "",
      amountMinor: invoice.amount_due,
      currency: invoice.currency,
      description: isSubscribed ? descriptionOf(invoice) : null,
      setupFutureUsage: isSubscribed ? "off_session" : null,
      methodChoice: { allowed_payment_method_types: payableTypes(invoice) },
    }).id;
  return tx.put("invoice_payment", {
    id: tx.newId("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: nowOf(tx, invoice),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: "payment_intent", payment_intent: intent },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  });
}

/** The payment that collects an invoice; undefined when nothing was due. */
export function defaultPayment(tx: Transaction, invoice: string): Stripe.InvoicePayment | undefined {
  return tx.listBy("invoice_payment", "invoice", invoice).find((payment) => payment.is_default);
}

/** The PaymentIntent that collects an invoice. */
export function defaultIntent(tx: Transaction, invoice: string): Stripe.PaymentIntent | undefined {
  const id = idOf(defaultPayment(tx, invoice)?.payment.payment_intent);
  return id === null ? undefined : tx.find("payment_intent", id);
}

/** Charges a method for an invoice's intent once. */
export function attemptIntent(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  paymentMethod: string,
  offSession: boolean,
): IntentOutcome {
  const method = tx.get("payment_method", paymentMethod, "payment_method");
  const { outcome } = attemptCharge(tx, { paymentIntent: intent, paymentMethod: method, offSession });
  return outcome === "declined" ? "failed" : outcome;
}

/** Cancels an intent that is no longer wanted; one that has ended stays as it is. */
export function cancelIntent(tx: Transaction, intentId: string): void {
  const intent = tx.find("payment_intent", intentId);
  if (!intent || intent.status === "succeeded" || intent.status === "canceled") return;
  cancelPaymentIntent(tx, intent, "void_invoice");
}

/** The 402 that tells a caller why the invoice's intent was refused. */
export function refusal(intent: Stripe.PaymentIntent | undefined, traits: { commit: boolean }): StripeError {
  const error = intent?.last_payment_error;
  return cardError(
    {
      message: error?.message ?? "Your card was declined.",
      code: error?.code ?? "card_declined",
      ...(error?.decline_code === undefined ? {} : { decline_code: error.decline_code }),
      ...(error?.charge === undefined ? {} : { charge: error.charge }),
      ...(error?.payment_method === undefined ? {} : { payment_method: error.payment_method }),
      // An undone request's intent never existed, so it cannot be shown.
      ...(intent && traits.commit ? { payment_intent: intent } : {}),
    },
    traits,
  );
}

/** The SetupIntent with which a customer can save a method for a subscription that has nothing to pay yet. */
export function openSetupIntent(tx: Transaction, subscription: Stripe.Subscription): string {
  return createSetupIntent(tx, { customer: idOf(subscription.customer), usage: "off_session" }).id;
}

function descriptionOf(invoice: Stripe.Invoice): string {
  return invoice.billing_reason === "subscription_create" ? "Subscription creation" : "Subscription update";
}

registerIncludable("invoice", "payments", (tx, invoice) => {
  const id = String(invoice.id);
  return wholeList(tx.listBy("invoice_payment", "invoice", id), `/v1/invoices/${id}/payments`);
});

registerIncludable("invoice", "confirmation_secret", (tx, invoice) => {
  const intent = defaultIntent(tx, String(invoice.id));
  if (!intent?.client_secret || invoice.status !== "open") return null;
  return { client_secret: intent.client_secret, type: "payment_intent" };
});
