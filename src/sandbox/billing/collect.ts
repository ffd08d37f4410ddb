/**
 * Collecting an open invoice: one attempt, whoever asks for it.
 *
 * Owns: which payment method is charged, the counting of attempts, and what success, refusal and "the customer must act"
 * do to the invoice. Charging itself is payments/. Refuses: deciding when to try (finalise, retries, callers).
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { attemptIntent, defaultIntent, type IntentOutcome } from "./invoice-payments";
import { isPayableBy } from "./payable-types";
import { customerOf, nowOf, reviseSubscription, saveInvoice, saveSubscription, subscriptionOf } from "./records";
import { continueDunning, isHopeless, nextAttemptAt } from "./retries";
import { markPaid, voidInvoice } from "./settle";
import { afterAttemptFailed, dueKinds, liveStatus, setDelinquent } from "./subscription-status";

/** How an attempt is made. */
export interface AttemptTerms {
  /** Automatic attempts are counted and retried; those of a request are not. */
  automatic: boolean;
  offSession: boolean;
  paymentMethod?: string | undefined;
}

/** What an attempt came to. "missing" means that there was no payment method to charge. */
export type AttemptOutcome = IntentOutcome | "missing";

/** The method an invoice is charged with: its own, else the subscription's, else the customer's default. */
export function paymentMethodFor(tx: Transaction, invoice: Stripe.Invoice): string | null {
  const subscription = subscriptionOf(tx, invoice);
  const customer = customerOf(tx, invoice);
  return (
    idOf(invoice.default_payment_method) ??
    idOf(subscription?.default_payment_method) ??
    idOf(customer.invoice_settings.default_payment_method)
  );
}

/** Tries to collect an open invoice once. */
export function attemptInvoice(tx: Transaction, invoice: Stripe.Invoice, terms: AttemptTerms): AttemptOutcome {
  const found = terms.paymentMethod ?? paymentMethodFor(tx, invoice);
  const method = found !== null && isPayableBy(tx, invoice, found) ? found : null;
  const intent = defaultIntent(tx, invoice.id);
  if (method === null || !intent) {
    recordFailure(tx, invoice, terms.automatic, false);
    return "missing";
  }
  // A debit that is on its way may still succeed: nobody is charged twice.
  if (intent.status === "processing") return "processing";
  if (terms.automatic && isHopeless(intent, method)) {
    recordFailure(tx, invoice, true, false);
    return "failed";
  }
  const outcome = attemptIntent(tx, intent, method, terms.offSession);
  if (outcome === "succeeded") collected(tx, tx.get("invoice", invoice.id), terms.automatic);
  else if (outcome !== "processing") {
    recordFailure(tx, tx.get("invoice", invoice.id), terms.automatic, outcome === "requires_action");
  }
  return outcome;
}

/** A PaymentIntent of an invoice came to its end outside an attempt of ours: the customer confirmed it. */
export function intentSettled(tx: Transaction, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent): void {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") return;
  if (intent.status === "succeeded") collected(tx, invoice, false);
  else if (intent.status === "processing") startProcessing(tx, invoice);
  else if (intent.status === "requires_payment_method") intentRefused(tx, invoice, intent);
  else if (intent.status === "requires_action") tx.emit("invoice.payment_action_required", invoice);
}

/** A first payment by debit makes its subscription active while it is on its way. */
export function startProcessing(tx: Transaction, invoice: Stripe.Invoice): void {
  const subscription = subscriptionOf(tx, invoice);
  if (subscription?.status !== "incomplete" || invoice.billing_reason !== "subscription_create") return;
  tx.unschedule(dueKinds.expireIncomplete, subscription.id);
  reviseSubscription(tx, subscription, { status: liveStatus(tx, subscription) });
}

/**
 * A debit that fails days later was an attempt of ours and is retried like one. The first of a subscription is not: its
 * invoice is voided, and the subscription stays as it is.
 */
function intentRefused(tx: Transaction, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent): void {
  const wasDebit = isDebit(intent.last_payment_error);
  const isFirst = invoice.billing_reason === "subscription_create";
  if (wasDebit && isFirst && subscriptionOf(tx, invoice)?.status === "active") {
    tx.emit("invoice.payment_failed", invoice);
    voidInvoice(tx, invoice);
    return;
  }
  recordFailure(tx, invoice, wasDebit && invoice.auto_advance === true, false);
}

function isDebit(error: Stripe.PaymentIntent.LastPaymentError | null): boolean {
  return (error?.payment_method?.type ?? "card") !== "card";
}

function collected(tx: Transaction, invoice: Stripe.Invoice, automatic: boolean): void {
  if (invoice.status === "paid") return;
  rememberMethod(tx, invoice);
  const attempts = invoice.attempt_count + (automatic || invoice.attempt_count === 0 ? 1 : 0);
  markPaid(tx, invoice, { attemptCount: attempts });
}

function recordFailure(tx: Transaction, before: Stripe.Invoice, automatic: boolean, needsAction: boolean): void {
  const attempts = before.attempt_count + (automatic || before.attempt_count === 0 ? 1 : 0);
  const retries = automatic && before.auto_advance === true;
  const error = defaultIntent(tx, before.id)?.last_payment_error ?? null;
  const next = retries ? nextAttemptAt(nowOf(tx, before), attempts, isDebit(error)) : before.next_payment_attempt;
  const invoice = saveInvoice(tx, {
    ...before,
    attempt_count: attempts,
    attempted: true,
    next_payment_attempt: next,
  });
  tx.emit("invoice.updated", invoice, previousAttributes(before, invoice) ?? {});
  // Without the customer there, a card that insists on authentication is refused, and the customer is asked to come.
  const isRefusedForAction = error?.code === "authentication_required";
  if (!needsAction) tx.emit("invoice.payment_failed", invoice);
  if (needsAction || isRefusedForAction) tx.emit("invoice.payment_action_required", invoice);
  afterAttemptFailed(tx, invoice, needsAction || error !== null);
  if (automatic && subscriptionOf(tx, invoice) === null) setDelinquent(tx, invoice, true);
  if (retries) continueDunning(tx, invoice);
}

/** `save_default_payment_method: on_subscription` keeps the method the first successful payment was made with. */
function rememberMethod(tx: Transaction, invoice: Stripe.Invoice): void {
  const subscription = subscriptionOf(tx, invoice);
  if (subscription?.payment_settings?.save_default_payment_method !== "on_subscription") return;
  const method = idOf(defaultIntent(tx, invoice.id)?.payment_method);
  if (method !== null && idOf(subscription.default_payment_method) !== method) {
    saveSubscription(tx, { ...subscription, default_payment_method: method });
  }
}
