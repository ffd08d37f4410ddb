/**
 * The ends of an invoice: paid, void, uncollectible.
 *
 * Owns: those transitions with their events and their effect on the invoice's payments, the customer's balance and the
 * subscription. Refuses: deciding to charge (collect.ts).
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { moveBalance } from "./balance";
import { cancelIntent, defaultPayment } from "./invoice-payments";
import { customerOf, nowOf, reviseInvoice, saveInvoice } from "./records";
import { afterInvoicePaid, afterInvoiceUncollectible, afterInvoiceVoided, setDelinquent } from "./subscription-status";

/** Due kinds this engine schedules for invoices. */
export const invoiceDueKinds = {
  finalise: "invoice.finalize",
  attempt: "invoice.attempt",
  overdue: "invoice.overdue",
  willBeDue: "invoice.will_be_due",
} as const;

/**
 * Marks an open or uncollectible invoice as paid and tells everyone. Out-of-band money never was a payment of ours, and
 * money that came `elsewhere` was collected by attached payments: the invoice's own payment is then no longer wanted.
 */
export function markPaid(
  tx: Transaction,
  before: Stripe.Invoice,
  how: { outOfBand?: boolean; elsewhere?: boolean; announceUpdate?: boolean; attemptCount?: number } = {},
): Stripe.Invoice {
  const now = nowOf(tx, before);
  unscheduleInvoice(tx, before.id);
  const invoice = saveInvoice(tx, {
    ...before,
    status: "paid",
    amount_paid: before.amount_due,
    amount_remaining: 0,
    attempt_count: how.attemptCount ?? before.attempt_count,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, paid_at: now },
  });
  const payment = defaultPayment(tx, invoice.id);
  if (how.announceUpdate !== false) {
    tx.emit("invoice.updated", invoice, previousAttributes(before, invoice) ?? {});
  }
  tx.emit("invoice.paid", invoice);
  if (how.outOfBand !== true) tx.emit("invoice.payment_succeeded", invoice);
  const isOurs = how.outOfBand !== true && how.elsewhere !== true;
  if (payment && !isOurs) closePayment(tx, payment, now);
  if (payment && isOurs) {
    const paid = tx.put("invoice_payment", {
      ...payment,
      amount_paid: payment.amount_requested,
      status: "paid",
      status_transitions: { ...payment.status_transitions, paid_at: now },
    });
    tx.emit("invoice_payment.paid", paid);
  }
  afterInvoicePaid(tx, invoice);
  if (invoice.amount_due > 0) setDelinquent(tx, invoice, false);
  return tx.get("invoice", invoice.id);
}

/** Voids an invoice: nothing of it is owed any more, and credit it had used returns to the customer. */
export function voidInvoice(tx: Transaction, before: Stripe.Invoice): Stripe.Invoice {
  const now = nowOf(tx, before);
  unscheduleInvoice(tx, before.id);
  const payment = defaultPayment(tx, before.id);
  if (payment) closePayment(tx, payment, now);
  const invoice = saveInvoice(tx, {
    ...before,
    status: "void",
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, voided_at: now },
  });
  const used = (before.ending_balance ?? before.starting_balance) - before.starting_balance;
  if (used !== 0) moveBalance(tx, customerOf(tx, before), -used, "unapplied_from_invoice", before.id);
  tx.emit("invoice.updated", invoice, previousAttributes(before, invoice) ?? {});
  tx.emit("invoice.voided", invoice);
  afterInvoiceVoided(tx, invoice);
  return invoice;
}

/** Gives an invoice up. It can still be paid or voided later. */
export function markUncollectible(
  tx: Transaction,
  before: Stripe.Invoice,
  reason: Stripe.Invoice.StatusDetails.Uncollectible["reason"],
): Stripe.Invoice {
  unscheduleInvoice(tx, before.id);
  const invoice = reviseInvoice(tx, before, {
    status: "uncollectible",
    auto_advance: false,
    next_payment_attempt: null,
    status_details: { uncollectible: { reason } },
    status_transitions: { ...before.status_transitions, marked_uncollectible_at: nowOf(tx, before) },
  });
  tx.emit("invoice.marked_uncollectible", invoice);
  afterInvoiceUncollectible(tx, invoice);
  return invoice;
}

/** Removes everything that was to fall due for an invoice. */
export function unscheduleInvoice(tx: Transaction, invoice: string): void {
  for (const kind of Object.values(invoiceDueKinds)) tx.unschedule(kind, invoice);
}

/** Cancels a payment that is no longer wanted, with its PaymentIntent. */
function closePayment(tx: Transaction, payment: Stripe.InvoicePayment, now: number): void {
  if (payment.status !== "open") return;
  tx.put("invoice_payment", {
    ...payment,
    status: "canceled",
    status_transitions: { ...payment.status_transitions, canceled_at: now },
  });
  const intent = idOf(payment.payment.payment_intent);
  if (intent !== null) cancelIntent(tx, intent);
}
