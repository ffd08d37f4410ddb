/**
 * Reading and writing the engine's compound records.
 *
 * Owns: that a subscription always embeds its current items, and an invoice its first lines, so that every snapshot (a
 * reply, an event) is whole; and that a change of either is announced with what it was before.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { embeddedList, wholeList } from "./wire";

/** The items of a subscription, oldest first. */
export function loadItems(tx: Transaction, subscription: string): Stripe.SubscriptionItem[] {
  return tx.listBy("subscription_item", "subscription", subscription).reverse();
}

/** The lines of an invoice in their order on paper, which is the order in which they were put. */
export function loadLines(tx: Transaction, invoice: string): Stripe.InvoiceLineItem[] {
  return tx.listBy("invoice_line", "invoice", invoice).reverse();
}

/** Stores a subscription with its items as they are now. */
export function saveSubscription(tx: Transaction, subscription: Stripe.Subscription): Stripe.Subscription {
  const items = wholeList(loadItems(tx, subscription.id), `/v1/subscription_items?subscription=${subscription.id}`);
  return tx.put("subscription", { ...subscription, items });
}

/** Applies a change and emits `customer.subscription.updated` when anything differs (items put since `before` included). */
export function reviseSubscription(
  tx: Transaction,
  before: Stripe.Subscription,
  change: Partial<Stripe.Subscription>,
): Stripe.Subscription {
  const after = saveSubscription(tx, { ...before, ...change });
  const previous = previousAttributes(before, after);
  if (previous) tx.emit("customer.subscription.updated", after, previous);
  return after;
}

/** Stores an invoice with its lines as they are now. */
export function saveInvoice(tx: Transaction, invoice: Stripe.Invoice): Stripe.Invoice {
  const lines = embeddedList(loadLines(tx, invoice.id), `/v1/invoices/${invoice.id}/lines`);
  return tx.put("invoice", { ...invoice, lines });
}

/** Applies a change and emits `invoice.updated` when anything differs. */
export function reviseInvoice(
  tx: Transaction,
  before: Stripe.Invoice,
  change: Partial<Stripe.Invoice>,
): Stripe.Invoice {
  const after = saveInvoice(tx, { ...before, ...change });
  const previous = previousAttributes(before, after);
  if (previous) tx.emit("invoice.updated", after, previous);
  return after;
}

/** Applies a change and emits `customer.updated` when anything differs. */
export function reviseCustomer(
  tx: Transaction,
  before: Stripe.Customer,
  change: Partial<Stripe.Customer>,
): Stripe.Customer {
  const after = tx.put("customer", { ...before, ...change });
  const previous = previousAttributes(before, after);
  if (previous) tx.emit("customer.updated", after, previous);
  return after;
}

/** The subscription an invoice belongs to, or null for a one-off invoice. */
export function subscriptionOf(tx: Transaction, invoice: Stripe.Invoice): Stripe.Subscription | null {
  const id = idOf(invoice.parent?.subscription_details?.subscription);
  return id === null ? null : (tx.find("subscription", id) ?? null);
}

/** Anything that may live on a test clock. */
export interface Clocked {
  test_clock?: string | { id: string } | null;
}

/** Virtual now for a customer, and so for all it owns. */
export function nowOf(tx: Transaction, owner: Clocked): number {
  return tx.now(idOf(owner.test_clock));
}

/** The clock a due moment of this owner belongs to. */
export function clockNameOf(owner: Clocked): string {
  return idOf(owner.test_clock) ?? "default";
}

/** The customer of a record; once it is deleted, nothing can be billed to it any more. */
export function customerOf(tx: Transaction, owner: { customer: string | { id: string } | null }): Stripe.Customer {
  const id = idOf(owner.customer);
  const customer = id === null ? undefined : tx.find("customer", id);
  if (!customer) {
    throw invalidRequest(`The customer ${String(id)} has been deleted.`, {
      code: "resource_missing",
      param: "customer",
    });
  }
  return customer;
}
