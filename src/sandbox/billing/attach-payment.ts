/**
 * Payments made elsewhere and attached to an open invoice.
 *
 * Owns: what `attach_payment` does: the intent joins the invoice's payments, and what it brings in is credited, at once or
 * when it succeeds. Part of the amount leaves the rest to be collected; too much of it becomes the customer's credit.
 * Refuses: intents of other customers, in other currencies, or of other invoices.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { setIntentSecret } from "../payments/intents";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { moveBalance } from "./balance";
import { defaultPayment } from "./invoice-payments";
import { customerOf, nowOf, reviseInvoice } from "./records";
import { markPaid } from "./settle";

/** Attaches an intent to an open invoice, and credits it when it has already succeeded. */
export function attachPayment(tx: Transaction, invoice: Stripe.Invoice, intentId: string): Stripe.Invoice {
  const intent = tx.get("payment_intent", intentId, "payment_intent");
  checkAttachable(tx, invoice, intent);
  tx.put("invoice_payment", {
    id: tx.newId("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: intent.amount,
    created: nowOf(tx, invoice),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: false,
    livemode: false,
    payment: { type: "payment_intent", payment_intent: intent.id },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  });
  setIntentSecret(tx, intent.id, { invoice: invoice.id });
  creditAttached(tx, invoice, intent);
  return tx.get("invoice", invoice.id);
}

/** Credits an attached intent that has succeeded; false when the intent is not an attached one. */
export function creditAttached(tx: Transaction, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent): boolean {
  const payments = tx.listBy("invoice_payment", "payment_intent", intent.id);
  const payment = payments.find((one) => idOf(one.invoice) === invoice.id && !one.is_default);
  if (!payment) return false;
  if (intent.status !== "succeeded" || payment.status !== "open") return true;
  const now = nowOf(tx, invoice);
  const isOpen = invoice.status === "open" || invoice.status === "uncollectible";
  const credited = isOpen ? Math.min(intent.amount_received, invoice.amount_remaining) : 0;
  const paid = tx.put("invoice_payment", {
    ...payment,
    amount_paid: credited,
    status: "paid",
    status_transitions: { ...payment.status_transitions, paid_at: now },
  });
  const overpaid = intent.amount_received - credited;
  if (isOpen && credited === invoice.amount_remaining) markPaid(tx, invoice, { elsewhere: true });
  else if (isOpen) leaveRest(tx, invoice, credited);
  tx.emit("invoice_payment.paid", paid);
  if (overpaid > 0) keepSurplus(tx, tx.get("invoice", invoice.id), overpaid);
  return true;
}

function checkAttachable(tx: Transaction, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent): void {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalidRequest(`Payments can only be attached to open invoices; this one is ${invoice.status ?? "gone"}.`, {
      code: "invoice_not_editable",
    });
  }
  const problem =
    idOf(intent.customer) !== idOf(invoice.customer)
      ? "belongs to another customer"
      : intent.currency !== invoice.currency
        ? "is in another currency"
        : intent.status === "canceled"
          ? "is canceled"
          : tx.listBy("invoice_payment", "payment_intent", intent.id).length > 0
            ? "already belongs to an invoice"
            : null;
  if (problem === null) return;
  throw invalidRequest(`The PaymentIntent ${intent.id} cannot be attached: it ${problem}.`, {
    param: "payment_intent",
  });
}

/** The invoice's own payment asks for less from now on. */
function leaveRest(tx: Transaction, invoice: Stripe.Invoice, credited: number): void {
  const remaining = invoice.amount_remaining - credited;
  const own = defaultPayment(tx, invoice.id);
  const intent = tx.find("payment_intent", idOf(own?.payment.payment_intent) ?? "");
  if (own?.status === "open") tx.put("invoice_payment", { ...own, amount_requested: remaining });
  if (intent && intent.status !== "succeeded") tx.put("payment_intent", { ...intent, amount: remaining });
  reviseInvoice(tx, invoice, { amount_paid: invoice.amount_paid + credited, amount_remaining: remaining });
}

function keepSurplus(tx: Transaction, invoice: Stripe.Invoice, surplus: number): void {
  moveBalance(tx, customerOf(tx, invoice), -surplus, "invoice_overpaid", invoice.id);
  const after = reviseInvoice(tx, invoice, { amount_overpaid: invoice.amount_overpaid + surplus });
  tx.emit("invoice.overpaid", after);
}
