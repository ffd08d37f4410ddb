/**
 * Canceling a subscription now.
 *
 * Owns: `DELETE /v1/subscriptions/:id`: with `prorate` the unused time becomes a credit, with `invoice_now` what is pending
 * and the usage so far are invoiced at once (without it, usage is discarded), and the credit lands on the customer's balance. No money goes back by itself.
 */
import type Stripe from "stripe";
import { invalidRequest, resourceMissing } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { type CancellationParameters, detailsChange } from "./cancel-terms";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems } from "./draft";
import { dropPendingProrations, endSubscription } from "./end-subscription";
import { billItems, billPeriods } from "./issue";
import { issueNow } from "./issue-now";
import { creditUnused } from "./proration-items";
import { customerOf, loadItems, nowOf, saveSubscription } from "./records";
import { liveStatus } from "./subscription-status";
import { lastUsage } from "./usage-charges";

/** What the caller wants done about the rest of the period. */
export interface CancelParameters extends Pick<CancellationParameters, "cancellation_details"> {
  prorate?: boolean | undefined;
  invoice_now?: boolean | undefined;
  /** Of a preview: from when on time counts as unused, instead of now. */
  proration_date?: number | undefined;
}

/** Ends a subscription at once. */
export function cancelSubscription(tx: Transaction, id: string, params: CancelParameters): Stripe.Subscription {
  const { subscription, draft } = prepareCancellation(tx, id, params);
  const ended = endSubscription(tx, subscription, {
    at: nowOf(tx, subscription),
    reason: "cancellation_requested",
  });
  if (!draft) return ended;
  issueNow(tx, draft.id, { attempt: "offSession" });
  return tx.get("subscription", id);
}

/** Everything up to the end itself: credits, and the draft of the last invoice. Also what a preview of it shows. */
export function prepareCancellation(
  tx: Transaction,
  id: string,
  params: CancelParameters,
): { subscription: Stripe.Subscription; draft: Stripe.Invoice | null } {
  const before = tx.get("subscription", id);
  if (before.status === "canceled" || before.status === "incomplete_expired") throw resourceMissing("subscription", id);
  const now = nowOf(tx, before);
  const details = detailsChange(before, params);
  const reasoned = details === null ? before : saveSubscription(tx, { ...before, cancellation_details: details });
  const subscription = saveSubscription(tx, { ...reasoned, canceled_at: now });
  if (params.prorate === true && liveStatus(tx, subscription) !== "trialing") {
    for (const item of loadItems(tx, id)) creditUnused(tx, subscription, item, unusedFrom(item, params) ?? now);
  } else if (params.invoice_now !== true) {
    dropPendingProrations(tx, subscription);
  }
  const draft = params.invoice_now === true ? openLastDraft(tx, subscription, now) : null;
  // Known before the end is announced: nothing of a subscription changes after its last event.
  const last = draft === null ? subscription : saveSubscription(tx, { ...subscription, latest_invoice: draft.id });
  return { subscription: last, draft };
}

function unusedFrom(item: Stripe.SubscriptionItem, params: CancelParameters): number | undefined {
  const from = params.proration_date;
  if (from === undefined || (from >= item.current_period_start && from <= item.current_period_end)) return from;
  throw invalidRequest("Invalid proration_date: it must lie within the subscription's current period.", {
    param: "subscription_details[proration_date]",
  });
}

function openLastDraft(tx: Transaction, subscription: Stripe.Subscription, now: number): Stripe.Invoice | null {
  const customer = customerOf(tx, subscription);
  const pending = pendingItems(tx, customer.id, subscription.currency, subscription.id, { onlyOwn: true });
  const usage = lastUsage(tx, subscription);
  if (pending.length === 0 && usage.length === 0) return null;
  const draft = openDraft(tx, {
    customer,
    currency: subscription.currency,
    subscription,
    billingReason: "subscription_update",
    period: { start: now, end: now },
    collectionMethod: subscription.collection_method,
    daysUntilDue: subscription.days_until_due,
    autoAdvance: false,
    automaticallyFinalizesAt: null,
    defaultTaxRates: subscription.default_tax_rates ?? [],
    discounts: usage.length === 0 ? [] : discountsInForce(tx, subscription, customer, now),
    prorationDate: now,
  });
  billItems(tx, draft, pending);
  return billPeriods(tx, draft, usage);
}
