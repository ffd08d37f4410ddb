/**
 * Pausing a subscription on request: no invoices, no periods, until it is resumed.
 *
 * Owns: `POST /v1/subscriptions/:id/pause`: what of the running period is credited, that usage so far is billed unless
 * told otherwise, and whether that is invoiced at once or waits. Refuses: `pause_collection`, which leaves the subscription running, and coming back
 * (resume-subscription.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { hash, type Infer, oneOf } from "../http/params";
import type { Transaction } from "../store/transaction";
import { pendingItems } from "./draft";
import { issueNow } from "./issue-now";
import { creditUnused } from "./proration-items";
import { customerOf, loadItems, nowOf, reviseSubscription, saveSubscription } from "./records";
import { schedulePaused } from "./renewal";
import { openUpdateDraft } from "./update-subscription";
import { billUsageLater } from "./usage-charges";

/** What a pause bills for, and how. */
export const pauseSchema = {
  bill_for: hash({
    outstanding_usage_through: hash({ type: oneOf("none", "now").required() }),
    unused_time_from: hash({ type: oneOf("item_current_period_start", "none", "now").required() }),
  }),
  invoicing_behavior: oneOf("invoice", "pending_invoice_item"),
  type: oneOf("subscription"),
};

export type PauseParameters = Infer<typeof pauseSchema>;

/** Pauses a subscription and answers it. */
export function pauseSubscription(tx: Transaction, id: string, params: PauseParameters): Stripe.Subscription {
  const { subscription, draft } = preparePause(tx, id, params);
  schedulePaused(tx, subscription);
  tx.emit("customer.subscription.paused", subscription);
  if (!draft) return subscription;
  issueNow(tx, draft.id, { attempt: "offSession" });
  return tx.get("subscription", id);
}

/** Everything up to the draft of what the pause bills; also what a preview of it shows. */
export function preparePause(
  tx: Transaction,
  id: string,
  params: PauseParameters,
): { subscription: Stripe.Subscription; draft: Stripe.Invoice | null } {
  const before = tx.get("subscription", id);
  refuse(before);
  const now = nowOf(tx, before);
  const from = params.bill_for?.unused_time_from?.type ?? "now";
  for (const item of loadItems(tx, id)) {
    if (from !== "none") creditUnused(tx, before, item, from === "now" ? now : item.current_period_start);
  }
  if (params.bill_for?.outstanding_usage_through?.type !== "none") billUsageLater(tx, before, loadItems(tx, id));
  const paused = saveSubscription(tx, {
    ...before,
    status: "paused",
    status_details: {
      paused: { subscription: { type: "pause_requested" }, transitioned_at: now, type: "subscription" },
    },
  });
  const draft = params.invoicing_behavior === "invoice" && hasPending(tx, paused) ? openPauseDraft(tx, paused) : null;
  return { subscription: reviseSubscription(tx, before, { ...paused, ...latest(draft) }), draft };
}

function refuse(before: Stripe.Subscription): void {
  if (!["active", "past_due", "trialing"].includes(before.status)) {
    throw invalidRequest(`You can't pause this subscription, because its status is \`${before.status}\`.`);
  }
  if (before.schedule !== null) {
    throw invalidRequest("You can't pause a subscription that has a schedule. Release the schedule first.");
  }
  if (before.pending_update !== null) {
    throw invalidRequest("You can't pause a subscription that has a pending update.");
  }
}

function hasPending(tx: Transaction, subscription: Stripe.Subscription): boolean {
  const customer = customerOf(tx, subscription);
  return pendingItems(tx, customer.id, subscription.currency, subscription.id).length > 0;
}

function openPauseDraft(tx: Transaction, subscription: Stripe.Subscription): Stripe.Invoice | null {
  return openUpdateDraft(tx, subscription, [], nowOf(tx, subscription));
}

function latest(draft: Stripe.Invoice | null): Partial<Stripe.Subscription> {
  return draft === null ? {} : { latest_invoice: draft.id };
}
