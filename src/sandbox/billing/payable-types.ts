/**
 * The kinds of payment method an invoice may be paid with, when it or its subscription names some.
 *
 * Owns: what a subscription hands to its invoices, what an invoice lets its PaymentIntent offer, and the refusal of others.
 * Kinds that the sandbox does not serve are kept on the objects and offered by nobody.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";

const served = new Set<string>(["card", "us_bank_account", "sepa_debit"]);

/** The payment settings an invoice takes over from its subscription. */
export function paymentSettingsOf(subscription: Stripe.Subscription): Pick<Stripe.Invoice, "payment_settings"> {
  const types = subscription.payment_settings?.payment_method_types ?? null;
  return { payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: types } };
}

/** The kinds an invoice names, as far as the sandbox serves them; undefined when it names none. */
export function payableTypes(invoice: Stripe.Invoice): string[] | undefined {
  const types = invoice.payment_settings.payment_method_types?.filter((type) => served.has(type)) ?? [];
  return types.length === 0 ? undefined : types;
}

/** Whether an invoice may be charged to this method. */
export function isPayableBy(tx: Transaction, invoice: Stripe.Invoice, method: string): boolean {
  const types = payableTypes(invoice);
  return types === undefined || types.includes(tx.get("payment_method", method).type);
}

/** Refuses a method that somebody names for an invoice which does not take its kind. */
export function assertPayableBy(tx: Transaction, invoice: Stripe.Invoice, method: string): void {
  if (isPayableBy(tx, invoice, method)) return;
  const types = payableTypes(invoice) ?? [];
  throw invalidRequest(
    `The PaymentMethod ${method} cannot pay this invoice: its payment_settings[payment_method_types] allow only ${types.join(", ")}.`,
    { param: "payment_method" },
  );
}
