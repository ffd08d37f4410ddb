/**
 * The state of a schedule and its ends.
 *
 * Owns: storing a schedule with its due moments and announcing its changes, and closing it when it is released, canceled
 * or completed. Refuses: touching the subscription beyond its link to the schedule.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { clockNameOf, nowOf, reviseSubscription } from "./records";

/** Due kinds of schedules. */
export const scheduleDueKinds = { phase: "schedule.phase", expiring: "schedule.expiring" } as const;

const noticeSeconds = 7 * 86_400;

/** Applies a change and emits `subscription_schedule.updated` when anything differs. */
export function reviseSchedule(
  tx: Transaction,
  before: Stripe.SubscriptionSchedule,
  change: Partial<Stripe.SubscriptionSchedule>,
): Stripe.SubscriptionSchedule {
  const after = tx.put("subscription_schedule", { ...before, ...change });
  const previous = previousAttributes(before, after);
  if (previous) tx.emit("subscription_schedule.updated", after, previous);
  return after;
}

/** When the last phase of a schedule ends. */
export function scheduleEnd(schedule: Stripe.SubscriptionSchedule): number {
  return schedule.phases.at(-1)?.end_date ?? schedule.created;
}

/** Schedules the next change of phase and the notice of the schedule's end. */
export function planSchedule(tx: Transaction, schedule: Stripe.SubscriptionSchedule): void {
  const clock = clockNameOf(schedule);
  const next = schedule.current_phase?.end_date ?? schedule.phases[0]?.start_date;
  if (next !== undefined) tx.schedule({ clock, at: next, kind: scheduleDueKinds.phase, subject: schedule.id });
  const notice = scheduleEnd(schedule) - noticeSeconds;
  if (notice > nowOf(tx, schedule)) {
    tx.schedule({ clock, at: notice, kind: scheduleDueKinds.expiring, subject: schedule.id });
  } else {
    tx.unschedule(scheduleDueKinds.expiring, schedule.id);
  }
}

/** Whether the schedule still governs, or will govern, a subscription. */
export function isOpen(schedule: Stripe.SubscriptionSchedule): boolean {
  return schedule.status === "active" || schedule.status === "not_started";
}

/** Ends a schedule; a released one lets go of its subscription, which goes on without it. */
export function closeSchedule(
  tx: Transaction,
  before: Stripe.SubscriptionSchedule,
  status: "canceled" | "completed" | "released",
  terms: { preserveCancelDate?: boolean; delinquent?: boolean } = {},
): Stripe.SubscriptionSchedule {
  const now = nowOf(tx, before);
  for (const kind of Object.values(scheduleDueKinds)) tx.unschedule(kind, before.id);
  const subscription = idOf(before.subscription);
  const isReleased = status === "released";
  const closed = tx.put("subscription_schedule", {
    ...before,
    canceled_at: status === "canceled" ? now : null,
    completed_at: status === "completed" ? now : null,
    current_phase: null,
    released_at: isReleased ? now : null,
    released_subscription: isReleased ? subscription : null,
    status,
    subscription: isReleased ? null : subscription,
  });
  tx.emit(`subscription_schedule.${status}`, closed);
  if (status === "canceled" && terms.delinquent === true) tx.emit("subscription_schedule.aborted", closed);
  const owner = subscription === null ? undefined : tx.find("subscription", subscription);
  if (isReleased && owner) {
    const dropsEnd = terms.preserveCancelDate !== true && owner.cancel_at === scheduleEnd(before);
    reviseSubscription(tx, owner, { schedule: null, ...(dropsEnd ? { cancel_at: null, canceled_at: null } : {}) });
  }
  return closed;
}

/** Follows the end of a subscription that a schedule governed. */
export function afterSubscriptionEnded(tx: Transaction, subscription: Stripe.Subscription): void {
  const id = idOf(subscription.schedule);
  const schedule = id === null ? undefined : tx.find("subscription_schedule", id);
  if (!schedule || !isOpen(schedule)) return;
  const isOver = scheduleEnd(schedule) <= nowOf(tx, schedule);
  closeSchedule(tx, schedule, isOver ? "completed" : "canceled", {
    delinquent: subscription.cancellation_details?.reason === "payment_failed",
  });
}
