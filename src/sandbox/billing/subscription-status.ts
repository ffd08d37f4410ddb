/**
 * What happens to a subscription when something happens to one of its invoices.
 *
 * Owns: the status machine between incomplete, active, past_due, unpaid and incomplete_expired, as far as invoices drive
 * it. Ending a subscription is cancel-subscription.ts, moving its periods is renewal.ts.
 *
 *   incomplete ── first invoice paid ──► active (or trialing)      ── voided ──► incomplete_expired
 *   active ── renewal or update unpaid ──► past_due ── latest invoice paid or uncollectible ──► active
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { followerOf } from "./invoice-followers";
import { customerOf, loadItems, nowOf, reviseCustomer, reviseSubscription, subscriptionOf } from "./records";

/** Due kinds this engine schedules for subscriptions. */
export const dueKinds = {
  periodEnd: "subscription.period_end",
  expireIncomplete: "subscription.expire_incomplete",
  cancelAt: "subscription.cancel_at",
  trialWillEnd: "subscription.trial_will_end",
  upcoming: "subscription.upcoming_invoice",
  pendingItems: "subscription.pending_invoice_items",
  resumeCollection: "subscription.resume_collection",
  expirePendingUpdate: "subscription.expire_pending_update",
} as const;

/** Follows an invoice that was paid, in whatever way. */
export function afterInvoicePaid(tx: Transaction, invoice: Stripe.Invoice): void {
  const waiting = subscriptionOf(tx, invoice);
  if (waiting) followerOf(tx, invoice)?.settled(tx, waiting, invoice, "paid");
  const subscription = subscriptionOf(tx, invoice);
  if (!subscription) return;
  if (subscription.status === "incomplete" && isFirst(invoice)) {
    tx.unschedule(dueKinds.expireIncomplete, subscription.id);
    reviseSubscription(tx, subscription, { status: liveStatus(tx, subscription) });
  } else if (isOverdue(subscription) && isLatestOf(tx, subscription, invoice.id)) {
    reviseSubscription(tx, subscription, { status: "active" });
  }
}

/** Follows an attempt to collect that failed or still needs the customer; not `tried` when there was nothing to charge. */
export function afterAttemptFailed(tx: Transaction, invoice: Stripe.Invoice, tried: boolean): void {
  const subscription = subscriptionOf(tx, invoice);
  if (!subscription) return;
  const follower = followerOf(tx, invoice);
  if (follower) {
    follower.failed(tx, subscription, invoice, tried);
    return;
  }
  if (subscription.status === "active" || subscription.status === "trialing") {
    reviseSubscription(tx, subscription, { status: "past_due" });
    setDelinquent(tx, invoice, true);
  }
}

/** Follows an invoice that was voided. */
export function afterInvoiceVoided(tx: Transaction, invoice: Stripe.Invoice): void {
  const waiting = subscriptionOf(tx, invoice);
  if (waiting) followerOf(tx, invoice)?.voided(tx, waiting, invoice);
  const subscription = subscriptionOf(tx, invoice);
  if (!subscription) return;
  if (subscription.status === "incomplete" && isFirst(invoice)) {
    expire(tx, subscription);
    return;
  }
  if (!isOverdue(subscription)) return;
  // The verdict passes to the invoice before it: settled ones make the subscription good again.
  const standing = standingInvoices(tx, subscription.id)[0];
  if (standing?.status !== "open") {
    reviseSubscription(tx, subscription, { status: "active" });
    setDelinquent(tx, invoice, false);
  }
}

/** Follows an invoice that was given up: a past due subscription is made good by it. */
export function afterInvoiceUncollectible(tx: Transaction, invoice: Stripe.Invoice): void {
  const waiting = subscriptionOf(tx, invoice);
  if (waiting) followerOf(tx, invoice)?.settled(tx, waiting, invoice, "given_up");
  const subscription = subscriptionOf(tx, invoice);
  if (subscription?.status === "past_due" && isLatestStanding(tx, subscription.id, invoice.id)) {
    reviseSubscription(tx, subscription, { status: "active" });
  }
}

/** Marks the customer as behind with payments, or no longer so. */
export function setDelinquent(tx: Transaction, invoice: Stripe.Invoice, delinquent: boolean): void {
  const customer = customerOf(tx, invoice);
  if ((customer.delinquent ?? false) !== delinquent) reviseCustomer(tx, customer, { delinquent });
}

/** The status of a subscription in good standing: trialing while its trial runs, else active. */
export function liveStatus(tx: Transaction, subscription: Stripe.Subscription): Stripe.Subscription.Status {
  return subscription.trial_end !== null && subscription.trial_end > nowOf(tx, subscription) ? "trialing" : "active";
}

/** Removes everything that was to fall due for a subscription. */
export function unscheduleAll(tx: Transaction, subscription: string): void {
  for (const kind of Object.values(dueKinds)) tx.unschedule(kind, subscription);
}

/** The earliest end among the items' periods. */
export function earliestPeriodEnd(tx: Transaction, subscription: string): number {
  return Math.min(...loadItems(tx, subscription).map((item) => item.current_period_end));
}

/** Whether the invoice is the one that started its subscription. */
function isFirst(invoice: Stripe.Invoice): boolean {
  return invoice.billing_reason === "subscription_create";
}

function expire(tx: Transaction, subscription: Stripe.Subscription): void {
  unscheduleAll(tx, subscription.id);
  reviseSubscription(tx, subscription, { status: "incomplete_expired", ended_at: nowOf(tx, subscription) });
}

function isOverdue(subscription: Stripe.Subscription): boolean {
  return subscription.status === "past_due" || subscription.status === "unpaid";
}

/** Finalised invoices that were not voided, newest first. */
function standingInvoices(tx: Transaction, subscription: string): Stripe.Invoice[] {
  return tx
    .listBy("invoice", "subscription", subscription)
    .filter((invoice) => invoice.status !== "draft" && invoice.status !== "void");
}

/** The drafts that pile up while a subscription is unpaid count: paying an older invoice does not revive it. */
function isLatestOf(tx: Transaction, subscription: Stripe.Subscription, invoice: string): boolean {
  if (subscription.status !== "unpaid") return isLatestStanding(tx, subscription.id, invoice);
  const latest = tx.listBy("invoice", "subscription", subscription.id).find((other) => other.status !== "void");
  return latest === undefined || latest.id === invoice;
}

function isLatestStanding(tx: Transaction, subscription: string, invoice: string): boolean {
  const latest = standingInvoices(tx, subscription)[0];
  return latest === undefined || idOf(latest) === invoice;
}
