/**
 * The end of a subscription, whatever the cause: a request, the end of the last period, exhausted retries.
 *
 * Owns: the terminal state and its events, what becomes of pending prorations and of the subscription's unpaid invoices,
 * and the final invoice. Refuses: deciding that it should end.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems } from "./draft";
import { billItems, billPeriods, scheduleFinalisation } from "./issue";
import { customerOf, loadItems, nowOf, reviseInvoice, saveSubscription } from "./records";
import { afterSubscriptionEnded } from "./schedule-state";
import { unscheduleInvoice } from "./settle";
import { unscheduleAll } from "./subscription-status";
import { lastUsage } from "./usage-charges";

/** Why and when a subscription ends. */
export interface EndTerms {
  at: number;
  reason: Stripe.Subscription.CancellationDetails["reason"];
  /** Whether items that are still pending for the subscription get a last invoice. */
  finalInvoice?: boolean;
}

/** Ends a subscription for good and announces `customer.subscription.deleted`. */
export function endSubscription(tx: Transaction, before: Stripe.Subscription, terms: EndTerms): Stripe.Subscription {
  unscheduleAll(tx, before.id);
  stopCollecting(tx, before.id);
  const details = before.cancellation_details;
  const ended = saveSubscription(tx, {
    ...before,
    status: "canceled",
    canceled_at: before.canceled_at ?? terms.at,
    ended_at: terms.at,
    pending_update: null,
    cancellation_details: {
      comment: details?.comment ?? null,
      feedback: details?.feedback ?? null,
      feedback_option: details?.feedback_option ?? null,
      reason: details?.reason ?? terms.reason,
    },
  });
  afterSubscriptionEnded(tx, ended);
  tx.emit("customer.subscription.deleted", ended);
  return terms.finalInvoice === true ? billRemainder(tx, ended) : ended;
}

/** Deletes the pending prorations of a subscription; its other pending items stay. */
export function dropPendingProrations(tx: Transaction, subscription: Stripe.Subscription): void {
  const customer = customerOf(tx, subscription);
  for (const item of pendingItems(tx, customer.id, subscription.currency, subscription.id, { onlyOwn: true })) {
    if (!item.proration) continue;
    tx.remove("invoiceitem", item.id);
    tx.emit("invoiceitem.deleted", item);
  }
}

/** The last invoice of a subscription that ended with its period: an ordinary draft of what is still pending for it. */
function billRemainder(tx: Transaction, ended: Stripe.Subscription): Stripe.Subscription {
  const customer = customerOf(tx, ended);
  const pending = pendingItems(tx, customer.id, ended.currency, ended.id, { onlyOwn: true });
  const usage = lastUsage(tx, ended);
  if (pending.length === 0 && usage.length === 0) return ended;
  const periods = loadItems(tx, ended.id);
  const draft = openDraft(tx, {
    customer,
    currency: ended.currency,
    subscription: ended,
    billingReason: "subscription_cycle",
    period: {
      start: Math.min(...periods.map((item) => item.current_period_start)),
      end: nowOf(tx, ended),
    },
    collectionMethod: ended.collection_method,
    daysUntilDue: ended.days_until_due,
    autoAdvance: true,
    automaticallyFinalizesAt: null,
    defaultTaxRates: ended.default_tax_rates ?? [],
    discounts: usage.length === 0 ? [] : discountsInForce(tx, ended, customer, nowOf(tx, ended)),
  });
  billItems(tx, draft, pending);
  billPeriods(tx, draft, usage);
  const invoice = scheduleFinalisation(tx, draft.id);
  tx.emit("invoice.created", invoice);
  return saveSubscription(tx, { ...ended, latest_invoice: invoice.id });
}

/** Open and draft invoices of an ended subscription are no longer advanced by themselves. */
function stopCollecting(tx: Transaction, subscription: string): void {
  for (const invoice of tx.listBy("invoice", "subscription", subscription)) {
    if (invoice.status !== "draft" && invoice.status !== "open") continue;
    unscheduleInvoice(tx, invoice.id);
    reviseInvoice(tx, invoice, {
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    });
  }
}
