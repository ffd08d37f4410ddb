/**
 * What happens to a subscription as time passes: its periods move on, its trial ends, it ends.
 *
 * Owns: the moment a period ends. The items move first, in the same step a draft is opened (`subscription_cycle`), and
 * the draft is finalised an hour later by advance-invoice.ts.
 *
 *   period n ───────────► end │ period n + 1 ───────────►
 *                             ├ items moved, draft opened
 *                             └── 1 h ──► finalised, collected
 */
import type Stripe from "stripe";
import { stepOf } from "../payments/currency-step";
import type { Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { type Period, periodAt } from "./calendar";
import { fixedAmount, isMetered, tierLines } from "./charge-parts";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems } from "./draft";
import { endSubscription } from "./end-subscription";
import { billItems, billPeriods, forgetDebits, type ItemCharge, scheduleFinalisation } from "./issue";
import { itemDescription } from "./lines";
import { anchoredAt } from "./period-reset";
import { itemIn } from "./price-currency";
import { remainingShare } from "./proration";
import { clockNameOf, customerOf, loadItems, nowOf, reviseSubscription, saveInvoice } from "./records";
import { dueKinds, earliestPeriodEnd, unscheduleAll } from "./subscription-status";
import { recurrenceOf } from "./terms";
import { hasPaymentMethod } from "./trial";
import { closedPeriodUsage } from "./usage-charges";

/** How long before a renewal `invoice.upcoming` is sent, and before a trial's end `trial_will_end`. */
export const noticeSeconds = 3 * 86_400;

/** Schedules everything that time will do to a live subscription, after any change of its periods. */
export function scheduleSubscription(tx: Transaction, subscription: Stripe.Subscription): void {
  const clock = clockNameOf(subscription);
  const now = nowOf(tx, subscription);
  const end = earliestPeriodEnd(tx, subscription.id);
  const plan = (kind: string, at: number | null) => {
    if (at === null) tx.unschedule(kind, subscription.id);
    else tx.schedule({ clock, at, kind, subject: subscription.id });
  };
  plan(dueKinds.periodEnd, end);
  plan(dueKinds.cancelAt, subscription.cancel_at);
  const endsThere = subscription.cancel_at !== null && subscription.cancel_at <= end;
  plan(dueKinds.upcoming, !endsThere && end - noticeSeconds > now ? end - noticeSeconds : null);
  plan(dueKinds.pendingItems, subscription.next_pending_invoice_item_invoice);
  plan(dueKinds.resumeCollection, subscription.pause_collection?.resumes_at ?? null);
  const trialEnd = subscription.trial_end;
  plan(dueKinds.trialWillEnd, trialEnd !== null && trialEnd > now ? Math.max(now, trialEnd - noticeSeconds) : null);
}

/** Of a paused subscription only its planned end still falls due. */
export function schedulePaused(tx: Transaction, subscription: Stripe.Subscription): void {
  unscheduleAll(tx, subscription.id);
  if (subscription.cancel_at === null) return;
  tx.schedule({
    clock: clockNameOf(subscription),
    at: subscription.cancel_at,
    kind: dueKinds.cancelAt,
    subject: subscription.id,
  });
}

/** The end of at least one item's period: ends the subscription if that was decided, else renews it. */
export function handlePeriodEnd(tx: Transaction, subscription: Stripe.Subscription): void {
  const now = nowOf(tx, subscription);
  if (isOver(subscription)) return;
  if (subscription.cancel_at !== null && subscription.cancel_at <= now) {
    endSubscription(tx, subscription, { at: now, reason: "cancellation_requested", finalInvoice: true });
    return;
  }
  if (subscription.status === "incomplete") return;
  if (endsTrialWithoutMethod(tx, subscription, now)) return;
  // A phase of a schedule that began at this very moment may have moved the periods itself.
  if (earliestPeriodEnd(tx, subscription.id) > now) return;
  renew(tx, subscription, now);
}

/** Whether no period of the subscription will end by itself. */
export function isOver(subscription: Stripe.Subscription): boolean {
  return subscription.status === "paused" || hasEnded(subscription);
}

/** Whether the subscription is gone for good. */
export function hasEnded(subscription: Stripe.Subscription): boolean {
  return subscription.status === "canceled" || subscription.status === "incomplete_expired";
}

/** Moves the items whose period is over and opens the renewal's draft. Also the heart of a preview. */
export function renew(tx: Transaction, subscription: Stripe.Subscription, now: number): Stripe.Invoice {
  const items = loadItems(tx, subscription.id);
  const due = items.filter((item) => item.current_period_end <= now);
  const previous: Period = {
    start: Math.min(...due.map((item) => item.current_period_start)),
    end: now,
  };
  const trialOver =
    subscription.status === "trialing" && subscription.trial_end !== null && subscription.trial_end <= now;
  const anchors = trialOver && subscription.trial_settings?.end_behavior.billing_cycle_anchor === "now";
  const moving = anchors ? { ...subscription, ...anchoredAt(now) } : subscription;
  const charges = due.flatMap((item) => movePeriod(tx, moving, item, now));
  const draft = openRenewalDraft(tx, subscription, previous, charges);
  const revised = reviseSubscription(tx, subscription, {
    latest_invoice: draft.id,
    ...(trialOver ? { status: "active" } : {}),
    ...(anchors ? anchoredAt(now) : {}),
  });
  scheduleSubscription(tx, revised);
  tx.emit("invoice.created", draft);
  return draft;
}

/** An item's charge for a period of its grid, shortened when the subscription is to end inside it. */
export function chargeFor(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  at: number,
): ItemCharge {
  const natural = periodAt(gridOf(subscription), recurrenceOf(item.price), at);
  // After a trial that ends beside the anchor, the rest of the cycle is a stub.
  const start = Math.max(natural.start, at);
  const end = Math.min(natural.end, subscription.cancel_at ?? natural.end);
  const priced = itemIn(item, subscription.currency);
  const full = fixedAmount(priced);
  const step = stepOf(subscription.currency);
  const amountMinor = remainingShare(full, natural, start, step) - remainingShare(full, natural, end, step);
  return {
    item,
    period: { start, end },
    amountMinor,
    description: itemDescription(tx, priced),
    ...tierLines(tx, priced, amountMinor),
  };
}

/** Moves an item to its next period. Licensed items are charged for that one, metered ones for the one that is over. */
function movePeriod(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  now: number,
): ItemCharge[] {
  const usage = isMetered(item.price) ? closedPeriodUsage(tx, subscription, item) : null;
  const charge = chargeFor(tx, subscription, item, now);
  forgetDebits(tx, item.id, charge.period.start);
  const moved = tx.put("subscription_item", {
    ...item,
    current_period_start: charge.period.start,
    current_period_end: charge.period.end,
  });
  return usage ?? [{ ...charge, item: moved }];
}

function openRenewalDraft(
  tx: Transaction,
  subscription: Stripe.Subscription,
  previous: Period,
  charges: readonly ItemCharge[],
): Stripe.Invoice {
  const customer = customerOf(tx, subscription);
  const draft = openDraft(tx, {
    customer,
    currency: subscription.currency,
    subscription,
    billingReason: "subscription_cycle",
    period: previous,
    collectionMethod: subscription.collection_method,
    daysUntilDue: subscription.days_until_due,
    autoAdvance: true,
    automaticallyFinalizesAt: null,
    defaultTaxRates: subscription.default_tax_rates ?? [],
    discounts: discountsInForce(tx, subscription, customer, previous.end),
  });
  billItems(tx, draft, pendingItems(tx, customer.id, subscription.currency, subscription.id));
  billPeriods(tx, draft, charges);
  return holdsDrafts(subscription)
    ? saveInvoice(tx, { ...tx.get("invoice", draft.id), auto_advance: false })
    : scheduleFinalisation(tx, draft.id);
}

/** Drafts of an unpaid subscription, and of one whose collection is paused that way, stay drafts. */
function holdsDrafts(subscription: Stripe.Subscription): boolean {
  return subscription.status === "unpaid" || subscription.pause_collection?.behavior === "keep_as_draft";
}

function endsTrialWithoutMethod(tx: Transaction, subscription: Stripe.Subscription, now: number): boolean {
  if (subscription.status !== "trialing" || subscription.trial_end === null || subscription.trial_end > now)
    return false;
  if (hasPaymentMethod(tx, subscription)) return false;
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method;
  if (behavior === "cancel") {
    endSubscription(tx, subscription, { at: now, reason: null, finalInvoice: false });
    return true;
  }
  if (behavior !== "pause") return false;
  const paused = reviseSubscription(tx, subscription, {
    status: "paused",
    status_details: {
      paused: {
        subscription: { type: "trial_end_without_payment_method" },
        transitioned_at: now,
        type: "subscription",
      },
    },
  });
  schedulePaused(tx, paused);
  tx.emit("customer.subscription.paused", paused);
  return true;
}
