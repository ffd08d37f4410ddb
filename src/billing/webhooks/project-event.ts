/**
 * What each event type does: one typed map from type to handler.
 *
 * Owns the questions every event is asked first (do we act on this type, whose customer is it) and nothing of billing. A
 * type without a handler does not compile; a type that is not in the list ends "ignored" and stays readable.
 */
import { eventSubject, type HandledEventType, handledType } from "@/stripe/events";
import type { BillingContext } from "../context";
import { findTenantByCustomer } from "../tenants";
import { onBillingDetails, onCustomer } from "./handlers/billing-details";
import { onCreditNote } from "./handlers/credit-notes";
import type { Handler } from "./handlers/handler";
import { onInvoice, onInvoiceCreated } from "./handlers/invoices";
import { onPaymentMethods } from "./handlers/payment-methods";
import { onPayment, onRefund } from "./handlers/payments";
import { onSubscription } from "./handlers/subscriptions";
import type { ClaimedEvent, Projection } from "./model";

const HANDLERS: Readonly<Record<HandledEventType, Handler>> = {
  "customer.subscription.created": onSubscription,
  "customer.subscription.updated": onSubscription,
  "customer.subscription.deleted": onSubscription,
  "customer.subscription.paused": onSubscription,
  "customer.subscription.resumed": onSubscription,
  "invoice.created": onInvoiceCreated,
  "invoice.updated": onInvoice,
  "invoice.finalized": onInvoice,
  "invoice.finalization_failed": onInvoice,
  "invoice.paid": onInvoice,
  "invoice.payment_succeeded": onInvoice,
  "invoice.payment_failed": onInvoice,
  "invoice.payment_action_required": onInvoice,
  "invoice.voided": onInvoice,
  "invoice.marked_uncollectible": onInvoice,
  "payment_intent.succeeded": onPayment,
  "payment_intent.payment_failed": onPayment,
  "payment_intent.processing": onPayment,
  "payment_intent.canceled": onPayment,
  "payment_intent.requires_action": onPayment,
  "charge.refunded": onRefund,
  "credit_note.created": onCreditNote,
  "credit_note.updated": onCreditNote,
  "credit_note.voided": onCreditNote,
  "refund.created": onRefund,
  "refund.updated": onRefund,
  "refund.failed": onRefund,
  "payment_method.attached": onPaymentMethods,
  "payment_method.detached": onPaymentMethods,
  "payment_method.updated": onPaymentMethods,
  "customer.updated": onCustomer,
  "customer.tax_id.created": onBillingDetails,
  "customer.tax_id.updated": onBillingDetails,
  "customer.tax_id.deleted": onBillingDetails,
  "setup_intent.succeeded": onPaymentMethods,
  "setup_intent.requires_action": onPaymentMethods,
  "setup_intent.setup_failed": onPaymentMethods,
  "setup_intent.canceled": onPaymentMethods,
};

/** Brings our rows to the present state of what the event is about. Throws what the slices throw; then it is retried. */
export async function projectEvent(ctx: BillingContext, event: ClaimedEvent): Promise<Projection> {
  const type = handledType(event.type);
  if (type === null) return ignored(`Events of type ${event.type} have no effect here.`);
  const subject = eventSubject(event.payload);
  if (subject === null) return ignored("The event names no object.");
  if (subject.stripeCustomerId === null) return ignored(`${subject.objectId} belongs to no customer.`);
  const tenant = await findTenantByCustomer(ctx.db.prisma, subject.stripeCustomerId);
  if (tenant === null) return ignored(`The customer ${subject.stripeCustomerId} is no tenant of ours.`);
  // The age of what a handler is about to fetch: not later than now, not earlier than the event itself.
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const sourceAt = new Date(Math.max(now.getTime(), event.createdAt.getTime()));
  const cause = { actor: ctx.actor, reason: `Stripe reported ${event.type}`, sourceAt };
  return HANDLERS[type](ctx, { tenant, subject, cause });
}

function ignored(note: string): Projection {
  return { outcome: "ignored", note };
}
