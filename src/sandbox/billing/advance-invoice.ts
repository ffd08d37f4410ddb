/**
 * What time does to invoices: finalising drafts, collecting, collecting again, due dates.
 *
 * Owns: those due moments, and the hold on finalising: an automatic draft waits, for up to 72 hours, while an endpoint has
 * refused its `invoice.created`, because its listener may still have lines to add.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { attemptInvoice } from "./collect";
import { finaliseInvoice } from "./finalise";
import { clockNameOf, nowOf, reviseSubscription, saveInvoice, subscriptionOf } from "./records";
import { invoiceDueKinds, markUncollectible, voidInvoice } from "./settle";
import { LocationMissing } from "./tax-location";

const holdSeconds = 72 * 3_600;
const holdStepSeconds = 3_600;

/** A draft's hour is over. */
export function handleFinalise(tx: Transaction, invoiceId: string): void {
  const draft = tx.find("invoice", invoiceId);
  if (draft?.status !== "draft" || draft.auto_advance !== true) return;
  const now = nowOf(tx, draft);
  if (now < draft.created + holdSeconds && isRefusedSomewhere(tx, draft)) {
    const at = now + holdStepSeconds;
    tx.schedule({ clock: clockNameOf(draft), at, kind: invoiceDueKinds.finalise, subject: draft.id });
    saveInvoice(tx, { ...draft, automatically_finalizes_at: at });
    return;
  }
  const finalised = finaliseInTime(tx, draft.id);
  if (finalised) advance(tx, finalised);
}

/** Null when the draft has to wait for the customer's tax location. */
function finaliseInTime(tx: Transaction, draft: string): Stripe.Invoice | null {
  try {
    return finaliseInvoice(tx, draft, {});
  } catch (error) {
    if (error instanceof LocationMissing) return null;
    throw error;
  }
}

/** Continues with a finalised invoice that advances by itself: charges it or sends it. */
export function advance(tx: Transaction, invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.status !== "open" || invoice.auto_advance !== true) return invoice;
  const paused = subscriptionOf(tx, invoice)?.pause_collection ?? null;
  if (paused?.behavior === "void") return voidInvoice(tx, invoice);
  if (paused?.behavior === "mark_uncollectible") return markUncollectible(tx, invoice, "subscription_paused");
  if (invoice.collection_method === "send_invoice") {
    tx.emit("invoice.sent", invoice);
    return invoice;
  }
  attemptInvoice(tx, invoice, { automatic: true, offSession: true });
  return tx.get("invoice", invoice.id);
}

/** A retry falls due. */
export function handleAttempt(tx: Transaction, invoiceId: string): void {
  const invoice = tx.find("invoice", invoiceId);
  if (invoice?.status !== "open" || invoice.auto_advance !== true) return;
  attemptInvoice(tx, invoice, { automatic: true, offSession: true });
}

/** The due date of an invoice that was sent is near. */
export function handleWillBeDue(tx: Transaction, invoiceId: string): void {
  const invoice = tx.find("invoice", invoiceId);
  if (invoice?.status === "open") tx.emit("invoice.will_be_due", invoice);
}

/** An invoice that was sent has not been paid by its due date. */
export function handleOverdue(tx: Transaction, invoiceId: string): void {
  const invoice = tx.find("invoice", invoiceId);
  if (invoice?.status !== "open") return;
  tx.emit("invoice.overdue", invoice);
  const subscription = subscriptionOf(tx, invoice);
  if (subscription?.status === "active") reviseSubscription(tx, subscription, { status: "past_due" });
}

/** Schedules or unschedules a draft's own finalisation after `auto_advance` was changed by hand. */
export function followAutoAdvance(tx: Transaction, before: Stripe.Invoice, invoice: Stripe.Invoice): Stripe.Invoice {
  if (before.auto_advance === invoice.auto_advance) return invoice;
  if (invoice.status !== "draft") return invoice;
  if (invoice.auto_advance !== true) {
    tx.unschedule(invoiceDueKinds.finalise, invoice.id);
    return saveInvoice(tx, { ...invoice, automatically_finalizes_at: null, next_payment_attempt: null });
  }
  const at = nowOf(tx, invoice) + holdStepSeconds;
  tx.schedule({ clock: clockNameOf(invoice), at, kind: invoiceDueKinds.finalise, subject: invoice.id });
  const isCharged = invoice.collection_method === "charge_automatically";
  return saveInvoice(tx, { ...invoice, automatically_finalizes_at: at, next_payment_attempt: isCharged ? at : null });
}

/** Deliveries still on their way after a refusal are few, so they are asked for their event and not the other way round. */
function isRefusedSomewhere(tx: Transaction, draft: Stripe.Invoice): boolean {
  const unheard = [...tx.listBy("delivery", "status", "pending"), ...tx.listBy("delivery", "status", "failed")];
  return unheard.some((delivery) => {
    if (delivery.attempts.length === 0) return false;
    const event = tx.find("event", delivery.event);
    return event?.type === "invoice.created" && event.data.object.id === draft.id;
  });
}

/** Emits `invoice.updated` for changes made in several steps. */
export function announceInvoice(tx: Transaction, before: Stripe.Invoice, after: Stripe.Invoice): Stripe.Invoice {
  const previous = previousAttributes(before, after);
  if (previous) tx.emit("invoice.updated", after, previous);
  return after;
}
