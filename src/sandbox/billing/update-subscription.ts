/**
 * Changing a subscription.
 *
 * Owns: what `subscriptions.update` does: settings, items, the anchor, trials, the planned end; what of it is prorated;
 * and whether an invoice follows at once. The same function runs on a rehearsal for a preview (preview.ts).
 */
import type Stripe from "stripe";
import { invalidRequest, notSupported } from "../http/errors";
import type { Infer } from "../http/params";
import type { Transaction } from "../store/transaction";
import { requireLocation } from "../tax/customer-location";
import { addItemsFor } from "./added-items";
import { refuseMixedTaxes } from "./automatic-tax";
import { isClassic } from "./billing-mode";
import { endingChange } from "./cancel-terms";
import { isMetered } from "./charge-parts";
import { checkDueTerms } from "./create-subscription";
import { attachDiscounts } from "./discount-sources";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems } from "./draft";
import { billItems, billPeriods, forgetDebits, type ItemCharge } from "./issue";
import { issueNow, paymentRefused } from "./issue-now";
import { changeItems, changesAmount, changesInterval, type ItemChange } from "./item-changes";
import { trialDescription } from "./lines";
import { changeWhenPaid, contradictsPending, discardPendingUpdate } from "./pending-update";
import { resetOf } from "./period-reset";
import { creditUnused, debitRemaining } from "./proration-items";
import { customerOf, loadItems, nowOf, reviseSubscription, saveSubscription } from "./records";
import { chargeFor, isOver, schedulePaused, scheduleSubscription } from "./renewal";
import { fitToEnd } from "./resize";
import type { updateSchema } from "./subscription-params";
import { settingsChange } from "./subscription-settings";
import { earliestPeriodEnd } from "./subscription-status";
import { closeUsage, cutUsage } from "./usage-charges";

export type UpdateParameters = Infer<typeof updateSchema>;

/** A change that was carried out, with the invoice that is to be issued for it now, still a draft. */
export interface SubscriptionChange {
  subscription: Stripe.Subscription;
  draft: Stripe.Invoice | null;
}

/** Changes a subscription, issues and collects what is due now, and answers the subscription as it then stands. */
export function updateSubscription(tx: Transaction, id: string, params: UpdateParameters): Stripe.Subscription {
  const before = tx.get("subscription", id);
  if (params.automatic_tax?.enabled === true) requireLocation(tx, customerOf(tx, before), "automatic_tax");
  const end = [params.cancel_at, params.cancel_at_period_end].some((value) => value !== undefined);
  if (end && before.schedule !== null) {
    throw invalidRequest(
      "The subscription is managed by a subscription schedule, so its end cannot be changed directly. Update the schedule instead.",
    );
  }
  const givesWay = changesBilling(params) || contradictsPending(before, params);
  if (before.pending_update !== null && givesWay) discardPendingUpdate(tx, id);
  if (params.payment_behavior === "pending_if_incomplete") {
    const current = tx.get("subscription", id);
    refuseMetered(tx, current, params);
    const changed = changeWhenPaid(tx, current, params, (on) => changeSubscription(on, id, params));
    if (changed) return changed;
  }
  const { subscription, draft } = changeSubscription(tx, id, params);
  if (!draft) return subscription;
  const behavior = params.payment_behavior ?? "allow_incomplete";
  const attempt = behavior === "default_incomplete" ? "none" : params.off_session === true ? "offSession" : "onSession";
  const { invoice, outcome } = issueNow(tx, draft.id, { attempt });
  const refused = outcome === "failed" || outcome === "requires_action" || outcome === "missing";
  if (refused && behavior === "error_if_incomplete") throw paymentRefused(tx, invoice);
  const current = tx.get("subscription", subscription.id);
  const waits = outcome === "notTried" && invoice.collection_method === "charge_automatically";
  return waits && current.status === "active" ? reviseSubscription(tx, current, { status: "past_due" }) : current;
}

/** Carries out a change up to the draft of the invoice it causes. */
export function changeSubscription(tx: Transaction, id: string, params: UpdateParameters): SubscriptionChange {
  const before = tx.get("subscription", id);
  refuse(before, params);
  const now = nowOf(tx, before);
  const at = prorationDate(tx, before, params, now);
  const customer = customerOf(tx, before);
  const settings = settingsChange(tx, before, params, customer.id);
  const itemsBefore = loadItems(tx, before.id);
  const changes = params.items === undefined ? [] : changeItems(tx, before, params.items, at);
  let change: Partial<Stripe.Subscription> = { ...settings };
  if (params.discounts !== undefined) change.discounts = attachDiscounts(tx, before, params.discounts);
  let working = saveSubscription(tx, { ...before, ...change });
  const reset = resetOf(working, params, changes, now);
  // A new period is not cut short by an end that is taken back, or that comes with the period whenever that ends.
  if (reset && (before.cancel_at_period_end || params.cancel_at === null)) {
    working = saveSubscription(tx, { ...working, cancel_at: null });
  }
  const prorates = params.proration_behavior !== "none" && before.status !== "paused";
  let charges: ItemCharge[] = [];
  if (reset) {
    const usage = cutUsage(tx, before, itemsBefore, changes);
    for (const item of itemsBefore) {
      if (prorates && !isTrialing(before, now)) creditUnused(tx, working, item, at);
      forgetDebits(tx, item.id, Number.POSITIVE_INFINITY);
    }
    change = { ...change, ...reset.change };
    working = saveSubscription(tx, { ...working, ...reset.change });
    charges = [...usage, ...resetPeriods(tx, working, reset.trialEnd, now)];
  } else if (!isTrialing(before, now)) {
    closeUsage(tx, before, changes, prorates);
    if (prorates) prorateItems(tx, working, changes, at);
    else for (const { before: old } of changes) if (old) forgetReplaced(tx, old, changes);
  }
  const moves = reset !== null && before.cancel_at_period_end && saysNothingOfEnd(params);
  const cancellation = moves ? { cancel_at: earliestPeriodEnd(tx, id) } : endingChange(tx, working, params, now);
  change = { ...change, ...cancellation };
  working = saveSubscription(tx, { ...working, ...cancellation });
  if (!reset && !isTrialing(working, now)) fitToEnd(tx, working, prorates);
  addItemsFor(tx, working.id, params.add_invoice_items);
  const mayInvoice = before.status !== "paused";
  const invoices =
    mayInvoice && (reset !== null || params.proration_behavior === "always_invoice" || changes.some(changesInterval));
  const draft = invoices ? openUpdateDraft(tx, working, charges, at) : null;
  if (draft) change.latest_invoice = draft.id;
  const subscription = reviseSubscription(tx, before, { ...change });
  refuseMixedTaxes(subscription);
  if (subscription.status === "paused") schedulePaused(tx, subscription);
  else if (!isOver(subscription)) scheduleSubscription(tx, subscription);
  return { subscription, draft };
}

function saysNothingOfEnd(params: UpdateParameters): boolean {
  return params.cancel_at === undefined && params.cancel_at_period_end === undefined;
}

function refuse(before: Stripe.Subscription, params: UpdateParameters): void {
  const given = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (before.status === "canceled" || before.status === "incomplete_expired") {
    if (given.every((name) => name === "metadata" || name === "cancellation_details")) return;
    throw invalidRequest("A canceled subscription can only update its cancellation_details and metadata.", {
      code: "invalid_canceled_subscription_fields",
    });
  }
  if (before.status === "incomplete" && changesBilling(params)) {
    throw invalidRequest(
      "This subscription is incomplete: its items cannot be changed before its first invoice is paid. Pay or void the invoice first.",
    );
  }
  if (before.status === "paused" && (params.billing_cycle_anchor?.type === "now" || params.trial_end !== undefined)) {
    throw invalidRequest("This subscription is paused. Resume it before you change its billing cycle or its trial.");
  }
  checkDueTerms(
    params.collection_method ?? before.collection_method,
    params.days_until_due ?? (params.collection_method === "charge_automatically" ? null : before.days_until_due),
  );
}

/** A parked change would have to hold back usage that goes on being reported. */
function refuseMetered(tx: Transaction, subscription: Stripe.Subscription, params: UpdateParameters): void {
  const given = (params.items ?? []).map((item) => tx.find("price", item.price ?? ""));
  const prices = [...given, ...loadItems(tx, subscription.id).map((item) => item.price)];
  if (changesBilling(params) && prices.some((price) => price !== undefined && isMetered(price))) {
    throw notSupported("A pending update of a subscription with metered prices", "payment_behavior");
  }
}

function changesBilling(params: UpdateParameters): boolean {
  return params.items !== undefined || params.billing_cycle_anchor !== undefined || params.trial_end !== undefined;
}

function prorationDate(
  tx: Transaction,
  subscription: Stripe.Subscription,
  params: UpdateParameters,
  now: number,
): number {
  const at = params.proration_date;
  if (at === undefined) return now;
  const items = loadItems(tx, subscription.id);
  if (items.some((item) => at < item.current_period_start || at > item.current_period_end)) {
    throw invalidRequest("Invalid proration_date: it must lie within the subscription's current period.", {
      param: "proration_date",
    });
  }
  return at;
}

/** Gives every item its new period and answers what each costs; metered ones cost nothing in advance. */
export function resetPeriods(
  tx: Transaction,
  subscription: Stripe.Subscription,
  trialEnd: number | null,
  now: number,
): ItemCharge[] {
  return loadItems(tx, subscription.id).flatMap((item) => {
    const charge: ItemCharge =
      trialEnd === null
        ? chargeFor(tx, subscription, item, now)
        : {
            item,
            period: { start: now, end: trialEnd },
            amountMinor: 0,
            description: trialDescription(tx, item, isClassic(subscription)),
          };
    const moved = tx.put("subscription_item", {
      ...item,
      current_period_start: charge.period.start,
      current_period_end: charge.period.end,
    });
    return isMetered(moved.price) ? [] : [{ ...charge, item: moved }];
  });
}

function prorateItems(
  tx: Transaction,
  subscription: Stripe.Subscription,
  changes: readonly ItemChange[],
  at: number,
): void {
  for (const change of changes) {
    if (!changesAmount(change)) continue;
    if (change.before) creditUnused(tx, subscription, change.before, at);
    if (change.after) {
      debitRemaining(tx, subscription, change.after, { start: at, end: change.after.current_period_end });
    }
  }
}

/** Without prorations a removed item's charge still must not be credited by a later change of another item. */
function forgetReplaced(tx: Transaction, old: Stripe.SubscriptionItem, changes: readonly ItemChange[]): void {
  const isRemoved = changes.some((change) => change.before?.id === old.id && change.after === null);
  if (!isRemoved) return;
  forgetDebits(tx, old.id, Number.POSITIVE_INFINITY);
}

/** The draft of what a change bills at once: pending items and new periods; null when there is nothing. */
export function openUpdateDraft(
  tx: Transaction,
  subscription: Stripe.Subscription,
  charges: readonly ItemCharge[],
  at: number,
): Stripe.Invoice | null {
  const customer = customerOf(tx, subscription);
  const pending = pendingItems(tx, customer.id, subscription.currency, subscription.id);
  if (pending.length === 0 && charges.length === 0) return null;
  const now = nowOf(tx, subscription);
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
    discounts: charges.length === 0 ? [] : discountsInForce(tx, subscription, customer, now),
    prorationDate: at,
  });
  const billed = billItems(tx, draft, pending);
  return charges.length === 0 ? billed : billPeriods(tx, draft, charges);
}

function isTrialing(subscription: Stripe.Subscription, now: number): boolean {
  return subscription.trial_end !== null && subscription.trial_end > now;
}
