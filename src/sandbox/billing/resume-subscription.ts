/**
 * Bringing a paused subscription back.
 *
 * Owns: `POST /v1/subscriptions/:id/resume`, the resumption invoice, and what its fate does to the pause.
 *
 *   paused ── nothing to bill ─────────────────────────► active
 *          ── invoice paid or uncollectible ───────────► active
 *          ── attempt failed, resume_on_payment_attempt ► past_due
 *          ── voided, or not even tried for 23 hours ──► stays paused
 *
 * The anchor moves to now unless told otherwise; then every item starts a full period. With an unchanged anchor only what
 * is left of the running period, and was not paid for before the pause, is prorated.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { hash, type Infer, oneOf, timestamp } from "../http/params";
import type { Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { type Period, periodAt } from "./calendar";
import type { InvoiceFollower } from "./invoice-followers";
import { forgetDebits, type ItemCharge } from "./issue";
import { issueNow } from "./issue-now";
import { debitRemaining } from "./proration-items";
import { clockNameOf, loadItems, nowOf, reviseSubscription, saveSubscription } from "./records";
import { schedulePaused, scheduleSubscription } from "./renewal";
import { voidInvoice } from "./settle";
import { prorationBehavior } from "./subscription-params";
import { liveStatus, setDelinquent } from "./subscription-status";
import { recurrenceOf } from "./terms";
import { openUpdateDraft, resetPeriods } from "./update-subscription";

/** How a subscription comes back. */
export const resumeSchema = {
  billing_cycle_anchor: hash({ type: oneOf("now", "unchanged").required() }),
  payment_behavior: oneOf("resume_on_payment_attempt", "resume_on_payment_success"),
  proration_behavior: prorationBehavior,
  proration_date: timestamp(),
};

export type ResumeParameters = Infer<typeof resumeSchema>;

/** Due kind of the end of a resumption that nobody tried to pay. */
export const resumptionDueKind = "invoice.expire_resumption";

const resumptionSeconds = 23 * 3_600;

/** Resumes a subscription as far as its payment allows, and answers it as it then stands. */
export function resumeSubscription(tx: Transaction, id: string, params: ResumeParameters): Stripe.Subscription {
  const { subscription, draft } = prepareResumption(tx, id, params);
  scheduleSubscription(tx, subscription);
  if (!draft) return leavePause(tx, subscription, liveStatus(tx, subscription));
  tx.put("resumption", {
    id: draft.id,
    subscription: id,
    waitsForSuccess: params.payment_behavior === "resume_on_payment_success",
  });
  tx.schedule({
    clock: clockNameOf(subscription),
    at: nowOf(tx, subscription) + resumptionSeconds,
    kind: resumptionDueKind,
    subject: draft.id,
  });
  issueNow(tx, draft.id, { attempt: "onSession" });
  return tx.get("subscription", id);
}

/** Everything up to the draft of the resumption invoice; also what a preview of it shows. */
export function prepareResumption(
  tx: Transaction,
  id: string,
  params: ResumeParameters,
): { subscription: Stripe.Subscription; draft: Stripe.Invoice | null } {
  const before = tx.get("subscription", id);
  refuse(tx, before);
  const now = nowOf(tx, before);
  if (liveStatus(tx, before) === "trialing") return { subscription: before, draft: null };
  const resets = params.billing_cycle_anchor?.type !== "unchanged";
  let working = before;
  let charges: ItemCharge[] = [];
  if (resets) {
    for (const item of loadItems(tx, id)) forgetDebits(tx, item.id, Number.POSITIVE_INFINITY);
    working = saveSubscription(tx, { ...before, billing_cycle_anchor: now });
    charges = resetPeriods(tx, working, null, now);
  } else {
    enterPeriods(tx, before, params, now);
  }
  working = saveSubscription(tx, working);
  const invoices = resets || params.proration_behavior === "always_invoice";
  const draft = invoices ? openUpdateDraft(tx, working, charges, params.proration_date ?? now) : null;
  const change = draft === null ? {} : { latest_invoice: draft.id };
  return { subscription: reviseSubscription(tx, before, { ...working, ...change }), draft };
}

/** Voids a resumption invoice that was not tried in time; the pause goes on. */
export function expireResumption(tx: Transaction, invoiceId: string): void {
  const invoice = tx.find("invoice", invoiceId);
  if (invoice?.status === "open" && tx.find("resumption", invoiceId)) voidInvoice(tx, invoice);
}

/** What the fate of a resumption invoice does to the pause. */
export const resumptionFollower: InvoiceFollower = {
  concerns: (tx, invoice) => tx.find("resumption", invoice.id) !== undefined,
  settled(tx, subscription, invoice) {
    close(tx, invoice.id);
    if (subscription.status === "paused") leavePause(tx, subscription, "active");
  },
  failed(tx, subscription, invoice, tried) {
    if (!tried || subscription.status !== "paused") return;
    tx.unschedule(resumptionDueKind, invoice.id);
    if (tx.get("resumption", invoice.id).waitsForSuccess) return;
    close(tx, invoice.id);
    leavePause(tx, subscription, "past_due");
    setDelinquent(tx, invoice, true);
  },
  voided(tx, subscription, invoice) {
    close(tx, invoice.id);
    if (subscription.status !== "paused") return;
    for (const item of loadItems(tx, subscription.id)) {
      for (const debit of tx.listBy("item_debit", "subscription_item", item.id)) {
        if (debit.invoice === invoice.id) tx.remove("item_debit", debit.id);
      }
    }
    schedulePaused(tx, subscription);
  },
};

function close(tx: Transaction, invoice: string): void {
  tx.remove("resumption", invoice);
  tx.unschedule(resumptionDueKind, invoice);
}

function leavePause(
  tx: Transaction,
  before: Stripe.Subscription,
  status: Stripe.Subscription.Status,
): Stripe.Subscription {
  const { status_details: _reason, ...rest } = before;
  const resumed = reviseSubscription(tx, before, { ...rest, status, status_details: undefined });
  tx.emit("customer.subscription.resumed", resumed);
  return resumed;
}

function refuse(tx: Transaction, before: Stripe.Subscription): void {
  if (before.status !== "paused") {
    throw invalidRequest(
      `You can only resume a subscription that is paused. This subscription's status is \`${before.status}\`.`,
    );
  }
  if (before.collection_method !== "charge_automatically") {
    throw invalidRequest("You can only resume a subscription whose collection method is `charge_automatically`.");
  }
  const waiting = tx
    .listBy("invoice", "subscription", before.id)
    .some((invoice) => invoice.status === "open" && tx.find("resumption", invoice.id));
  if (waiting) {
    throw invalidRequest("This subscription already has an open resumption invoice. Pay or void that invoice first.");
  }
}

/** Moves every item to the period of its grid that surrounds now, and prorates what is left of it. */
function enterPeriods(tx: Transaction, subscription: Stripe.Subscription, params: ResumeParameters, now: number): void {
  for (const item of loadItems(tx, subscription.id)) {
    const natural = periodAt(gridOf(subscription), recurrenceOf(item.price), now);
    const period: Period = { start: natural.start, end: Math.min(natural.end, subscription.cancel_at ?? natural.end) };
    const at = params.proration_date ?? now;
    if (at < period.start || at > period.end) {
      throw invalidRequest("Invalid proration_date: it must lie within the subscription's current period.", {
        param: "proration_date",
      });
    }
    const moved = tx.put("subscription_item", {
      ...item,
      current_period_start: period.start,
      current_period_end: period.end,
    });
    if (params.proration_behavior === "none") continue;
    const paid = tx.listBy("item_debit", "subscription_item", item.id).filter((debit) => debit.amountMinor > 0);
    const start = Math.max(at, ...paid.map((debit) => debit.periodEnd));
    if (start < period.end) debitRemaining(tx, subscription, moved, { start, end: period.end });
  }
}
