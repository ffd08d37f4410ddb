/**
 * Changes that wait for their payment: `payment_behavior: pending_if_incomplete`.
 *
 * Owns: carrying a change out up to its invoice, taking it back when that invoice is not paid at once, and what becomes of
 * the parked change. It is parked as the records it leads to, so applying it later cannot come to other amounts.
 *
 *   invoice paid at once ──► changed, as any other update
 *   not paid ──► pending_update ── paid ──────────────────────────────────► applied
 *                               ── voided, 23 h, period or trial end ─────► expired, invoice void
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type MetadataChange } from "../http/params";
import type { ItemDebit, PendingChange, Transaction } from "../store/transaction";
import type { InvoiceFollower } from "./invoice-followers";
import { issueNow } from "./issue-now";
import { discountsAfter, holdDiscounts, redeemHeld, shownDiscounts } from "./pending-discounts";
import { clockNameOf, loadItems, nowOf, reviseSubscription, saveSubscription } from "./records";
import { rehearse } from "./rehearsal";
import { hasEnded, scheduleSubscription } from "./renewal";
import { voidInvoice } from "./settle";
import { dueKinds, earliestPeriodEnd } from "./subscription-status";

const pendingSeconds = 23 * 3_600;

/** What an update does, up to the draft of its invoice, on whichever transaction it is given. */
export type Change = (on: Transaction) => { subscription: Stripe.Subscription; draft: Stripe.Invoice | null };

/** The parameters that a parked change has to remember as they were given. */
export interface ParkableParameters {
  off_session?: boolean | undefined;
  metadata?: MetadataChange | undefined;
  cancel_at_period_end?: boolean | undefined;
  discounts?: readonly unknown[] | undefined;
  [name: string]: unknown;
}

const parkable = new Set([
  "add_invoice_items",
  "billing_cycle_anchor",
  "cancel_at_period_end",
  "discounts",
  "items",
  "metadata",
  "off_session",
  "payment_behavior",
  "proration_behavior",
  "proration_date",
  "trial_end",
]);

/**
 * Carries out a change if it is paid for, parks it if it is not. Answers null when the change bills nothing, so that it has
 * nothing to wait for.
 */
export function changeWhenPaid(
  tx: Transaction,
  before: Stripe.Subscription,
  params: ParkableParameters,
  change: Change,
): Stripe.Subscription | null {
  refuse(before, params);
  const planned = change(rehearse(tx)).draft;
  if (planned === null || planned.amount_due === 0) return null;
  const old = recordsOf(tx, before.id);
  const { subscription: after, draft } = change(withoutAnnouncing(tx));
  if (draft === null) throw new Error("a change with a draft in its rehearsal had none in earnest");
  const fresh = recordsOf(tx, before.id);
  putRecords(tx, before.id, old.items, old.debits);
  saveSubscription(tx, { ...before, latest_invoice: draft.id });
  const discounts = holdDiscounts(
    tx,
    { subscription: before, items: old.items },
    { subscription: after, items: fresh.items },
  );
  const asked = {
    metadata: params.metadata,
    cancelAtPeriodEnd: params.cancel_at_period_end,
    discounts: params.discounts !== undefined,
  };
  const parts = { change: differing(before, after), asked, ...discounts, ...fresh };
  tx.put("pending_change", { id: draft.id, subscription: before.id, ...parts });
  issueNow(tx, draft.id, { attempt: params.off_session === true ? "offSession" : "onSession" });
  const current = tx.get("subscription", before.id);
  return tx.find("pending_change", draft.id) ? park(tx, before, current, draft.id) : current;
}

/** Discards a parked change because another one takes its place. */
export function discardPendingUpdate(tx: Transaction, subscription: string): void {
  const parked = tx.list("pending_change", (one) => one.subscription === subscription)[0];
  const invoice = parked && tx.find("invoice", parked.id);
  if (invoice?.status === "open") voidInvoice(tx, invoice);
}

/** An update that says otherwise about the end than the parked change does makes Stripe give the parked one up. */
export function contradictsPending(
  { pending_update: parked }: Stripe.Subscription,
  params: Pick<ParkableParameters, "cancel_at_period_end">,
): boolean {
  const [asked, now] = [parked?.cancel_at_period_end ?? null, params.cancel_at_period_end];
  return asked !== null && now !== undefined && asked !== now;
}

/** What the fate of an invoice does to the change that waits for it. */
export const pendingUpdateFollower: InvoiceFollower = {
  concerns: (tx, invoice) => tx.find("pending_change", invoice.id) !== undefined,
  settled(tx, subscription, invoice, how) {
    const parked = close(tx, invoice.id);
    if (hasEnded(subscription)) return;
    if (how === "paid") apply(tx, subscription, parked);
    else expire(tx, subscription);
  },
  failed: () => undefined,
  voided(tx, subscription, invoice) {
    close(tx, invoice.id);
    if (!hasEnded(subscription)) expire(tx, subscription);
  },
};

function refuse(before: Stripe.Subscription, params: Record<string, unknown>): void {
  const given = Object.keys(params).filter((name) => params[name] !== undefined);
  const other = given.find((name) => !parkable.has(name));
  if (other !== undefined) {
    throw invalidRequest(
      `When \`payment_behavior\` is set to \`pending_if_incomplete\`, \`${other}\` cannot be updated in the same request.`,
      { param: other },
    );
  }
  if (before.collection_method !== "charge_automatically") {
    throw invalidRequest("Pending updates need a subscription whose collection method is `charge_automatically`.", {
      param: "payment_behavior",
    });
  }
}

interface Records {
  items: Stripe.SubscriptionItem[];
  debits: ItemDebit[];
}

function recordsOf(tx: Transaction, subscription: string): Records {
  const items = loadItems(tx, subscription);
  return { items, debits: items.flatMap((item) => tx.listBy("item_debit", "subscription_item", item.id).reverse()) };
}

/** Makes these the subscription's items, and these what they were charged. */
function putRecords(
  tx: Transaction,
  subscription: string,
  items: readonly Stripe.SubscriptionItem[],
  debits: readonly ItemDebit[],
): void {
  const kept = new Set(items.map((item) => item.id));
  for (const item of loadItems(tx, subscription)) {
    for (const debit of tx.listBy("item_debit", "subscription_item", item.id)) tx.remove("item_debit", debit.id);
    if (!kept.has(item.id)) tx.remove("subscription_item", item.id);
  }
  for (const item of items) tx.put("subscription_item", item);
  for (const debit of debits) tx.put("item_debit", debit);
}

/** The fields a change gave other values, items and the invoice aside. */
function differing(before: Stripe.Subscription, after: Stripe.Subscription): Partial<Stripe.Subscription> {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => {
      if (name === "items" || name === "latest_invoice") return false;
      return JSON.stringify(old.get(name)) !== JSON.stringify(value);
    }),
  );
}

function park(
  tx: Transaction,
  before: Stripe.Subscription,
  current: Stripe.Subscription,
  invoice: string,
): Stripe.Subscription {
  const parked = tx.get("pending_change", invoice);
  const { change, items, asked } = parked;
  const now = nowOf(tx, current);
  const ends = [now + pendingSeconds, earliestPeriodEnd(tx, current.id)];
  if (current.trial_end !== null && current.trial_end > now) ends.push(current.trial_end);
  const expiresAt = Math.min(...ends);
  tx.schedule({
    clock: clockNameOf(current),
    at: expiresAt,
    kind: dueKinds.expirePendingUpdate,
    subject: current.id,
  });
  return reviseSubscription(tx, before, {
    ...current,
    pending_update: {
      billing_cycle_anchor: change.billing_cycle_anchor ?? null,
      cancel_at_period_end: asked.cancelAtPeriodEnd ?? null,
      ...shownDiscounts(tx, parked),
      expires_at: expiresAt,
      metadata: asked.metadata === undefined ? null : applyMetadata({}, asked.metadata),
      subscription_items: items,
      trial_end: change.trial_end ?? null,
      trial_from_plan: null,
    },
  });
}

function apply(tx: Transaction, subscription: Stripe.Subscription, parked: PendingChange): void {
  putRecords(tx, subscription.id, parked.items, parked.debits);
  const wasPending = subscription.pending_update !== null;
  const discounts = discountsAfter(subscription, parked);
  const applied = reviseSubscription(tx, subscription, {
    ...parked.change,
    metadata: applyMetadata(subscription.metadata, parked.asked.metadata),
    ...(discounts && { discounts }),
    pending_update: null,
  });
  const changed = redeemHeld(tx, applied, parked);
  scheduleSubscription(tx, changed);
  if (wasPending) tx.emit("customer.subscription.pending_update_applied", changed);
}

function expire(tx: Transaction, subscription: Stripe.Subscription): void {
  const expired = reviseSubscription(tx, subscription, { pending_update: null });
  tx.emit("customer.subscription.pending_update_expired", expired);
}

function close(tx: Transaction, invoice: string): PendingChange {
  const parked = tx.get("pending_change", invoice);
  tx.remove("pending_change", invoice);
  tx.unschedule(dueKinds.expirePendingUpdate, parked.subscription);
  return parked;
}

/** The same transaction, but subscriptions and discounts are neither announced nor scheduled: nothing is settled yet. */
function withoutAnnouncing(tx: Transaction): Transaction {
  return {
    origin: tx.origin,
    clock: tx.clock,
    find: (kind, id) => tx.find(kind, id),
    get: (kind, id, param) => tx.get(kind, id, param),
    put: (kind, record) => tx.put(kind, record),
    remove: (kind, id) => tx.remove(kind, id),
    list: (kind, where) => tx.list(kind, where),
    listBy: (kind, index, value) => tx.listBy(kind, index, value),
    newId: (prefix) => tx.newId(prefix),
    now: (testClock) => tx.now(testClock),
    schedule: () => undefined,
    unschedule: () => undefined,
    emit: (type, object, previous) => {
      if (!/^customer\.(subscription|discount)\./.test(type)) tx.emit(type, object, previous);
    },
  };
}
