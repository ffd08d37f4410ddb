/**
 * Billing pending invoice items in between: `pending_invoice_item_interval`.
 *
 * Owns: when that happens next, and the invoice it makes (`automatic_pending_invoice_item_invoice`). Nothing pending means
 * no invoice, and the next moment follows all the same.
 */
import type Stripe from "stripe";
import { hash, type Infer, integer, oneOf } from "../http/params";
import type { Transaction } from "../store/transaction";
import { periodBoundary } from "./calendar";
import { openDraft, pendingItems } from "./draft";
import { billItems, scheduleFinalisation } from "./issue";
import { clockNameOf, customerOf, nowOf, reviseSubscription } from "./records";
import { dueKinds } from "./subscription-status";

const interval = {
  interval: oneOf("day", "week", "month", "year").required(),
  interval_count: integer({ minimum: 1, maximum: 365 }),
};

/** `pending_invoice_item_interval` as a parameter; empty takes it away. */
export const pendingInterval = hash(interval).clearable();

/** The fields that follow from the parameter; none when it was not given. */
export function pendingIntervalChange(
  given: Infer<typeof interval> | null | undefined,
  now: number,
): Partial<Pick<Stripe.Subscription, "next_pending_invoice_item_invoice" | "pending_invoice_item_interval">> {
  if (given === undefined) return {};
  if (given === null) return { next_pending_invoice_item_invoice: null, pending_invoice_item_interval: null };
  const shown = { interval: given.interval, interval_count: given.interval_count ?? 1 };
  return {
    next_pending_invoice_item_invoice: periodBoundary(now, shown, 1),
    pending_invoice_item_interval: shown,
  };
}

/** Bills what is pending for a subscription, and plans the next time. */
export function billPendingItems(tx: Transaction, subscription: Stripe.Subscription): void {
  const { pending_invoice_item_interval: every } = subscription;
  const now = nowOf(tx, subscription);
  if (!every) return;
  const next = periodBoundary(now, every, 1);
  const draft = openPendingDraft(tx, subscription, now);
  const change = draft === null ? {} : { latest_invoice: draft.id };
  reviseSubscription(tx, subscription, { ...change, next_pending_invoice_item_invoice: next });
  tx.schedule({ clock: clockNameOf(subscription), at: next, kind: dueKinds.pendingItems, subject: subscription.id });
  if (draft) tx.emit("invoice.created", draft);
}

function openPendingDraft(tx: Transaction, subscription: Stripe.Subscription, now: number): Stripe.Invoice | null {
  const customer = customerOf(tx, subscription);
  const pending = pendingItems(tx, customer.id, subscription.currency, subscription.id);
  if (pending.length === 0) return null;
  const draft = openDraft(tx, {
    customer,
    currency: subscription.currency,
    subscription,
    billingReason: "automatic_pending_invoice_item_invoice",
    period: { start: Math.min(...pending.map((item) => item.date)), end: now },
    collectionMethod: subscription.collection_method,
    daysUntilDue: subscription.days_until_due,
    autoAdvance: true,
    automaticallyFinalizesAt: null,
    defaultTaxRates: subscription.default_tax_rates ?? [],
    discounts: [],
  });
  billItems(tx, draft, pending);
  return scheduleFinalisation(tx, draft.id);
}
