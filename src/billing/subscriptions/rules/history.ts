/** What happened between two pictures of a subscription, in the words of its history. Pure. */
import type { BillingInterval, Subscription, SubscriptionChangeEnds, SubscriptionChangeKind } from "../model";
import { isOver, isPending, servesPlan } from "./status";

/**
 * The kinds of change from one picture to the next, in the order in which people would tell them.
 *
 * A subscription that still waits for its first payment has no history yet: whoever leaves the checkout changed nothing.
 */
export function describeChanges(before: Subscription | null, after: Subscription): SubscriptionChangeKind[] {
  if (before === null) return servesPlan(after.status) ? ["created"] : [];
  if (isPending(before.status)) return servesPlan(after.status) ? ["activated"] : [];
  if (isOver(after.status)) return isOver(before.status) ? [] : ["canceled"];
  if (isOver(before.status)) return servesPlan(after.status) ? ["activated"] : [];
  const changes: SubscriptionChangeKind[] = [];
  if (before.planKey !== after.planKey) changes.push("plan_changed");
  if (before.interval !== after.interval) changes.push("interval_changed");
  if (before.seats !== after.seats && before.planKey === after.planKey) changes.push("seats_changed");
  if (isScheduled(after) && !sameSchedule(before, after)) changes.push("change_scheduled");
  if (isScheduled(before) && !isScheduled(after)) changes.push("schedule_withdrawn");
  if (before.status === "trialing" && after.status === "active") changes.push("trial_ended");
  if (before.status !== "paused" && after.status === "paused") changes.push("paused");
  if (before.status === "paused" && after.status === "active") changes.push("unpaused");
  if (!before.cancelAtPeriodEnd && after.cancelAtPeriodEnd) changes.push("cancel_scheduled");
  if (before.cancelAtPeriodEnd && !after.cancelAtPeriodEnd) changes.push("cancel_withdrawn");
  if (before.status !== "past_due" && after.status === "past_due") changes.push("past_due");
  if (before.status === "past_due" && after.status === "active") changes.push("recovered");
  // A schedule that has done its work was not withdrawn.
  if (changes.includes("plan_changed") || changes.includes("interval_changed") || changes.includes("seats_changed"))
    return changes.filter((kind) => kind !== "schedule_withdrawn");
  if (changes.includes("unpaused") || changes.includes("trial_ended")) return changes;
  const samePlan = before.planVersionId === after.planVersionId && before.interval === after.interval;
  if (samePlan && before.currentPeriodStartAt < after.currentPeriodStartAt) changes.push("renewed");
  return changes;
}

function isScheduled(subscription: Subscription): boolean {
  return subscription.scheduledAt !== null;
}

/** Another plan, interval or number of seats in the place of what was scheduled is news of its own. */
function sameSchedule(before: Subscription, after: Subscription): boolean {
  return (
    isScheduled(before) &&
    before.scheduledPlanVersionId === after.scheduledPlanVersionId &&
    before.scheduledInterval === after.scheduledInterval &&
    before.scheduledSeats === after.scheduledSeats
  );
}

interface PlanEnd {
  planKey: string | null;
  interval: BillingInterval | null;
  seats: number | null;
}

/**
 * What a line of the history says was and is. What is put off leads to what is scheduled, an end to the free plan; a
 * subscription that waited for its first payment was none yet.
 */
export function changeEnds(
  kind: SubscriptionChangeKind,
  story: { before: Subscription | null; after: Subscription; freePlanKey: string },
): SubscriptionChangeEnds {
  const { after, before, freePlanKey } = story;
  const from: PlanEnd | null = before === null || isPending(before.status) ? null : before;
  const to: PlanEnd | null = kind === "canceled" ? null : kind === "change_scheduled" ? scheduledEnd(after) : after;
  return {
    fromPlanKey: from?.planKey ?? freePlanKey,
    toPlanKey: to?.planKey ?? freePlanKey,
    fromInterval: from?.interval ?? null,
    toInterval: to?.interval ?? null,
    fromSeats: from?.seats ?? null,
    toSeats: to?.seats ?? null,
  };
}

/** What is scheduled; the key of a plan is the first half of its version's. */
function scheduledEnd({ scheduledInterval, scheduledPlanVersionId, scheduledSeats }: Subscription): PlanEnd | null {
  if (scheduledPlanVersionId === null) return null;
  const planKey = scheduledPlanVersionId.split("@")[0] ?? null;
  return { planKey, interval: scheduledInterval, seats: scheduledSeats };
}

/** What a subscription gives a tenant: its plan from when on, or null for the free plan. */
export interface ServedTerms {
  planVersionId: string;
  stripeSubscriptionId: string;
  anchorAt: Date;
  interval: BillingInterval;
}

/** The terms that a picture puts in force; null where it serves no plan. */
export function servedTerms(subscription: Subscription | null): ServedTerms | null {
  if (subscription === null || !servesPlan(subscription.status)) return null;
  const { planVersionId, stripeSubscriptionId, anchorAt, interval } = subscription;
  return { planVersionId, stripeSubscriptionId, anchorAt, interval };
}

/** Whether two terms are the same to the usage slice. */
export function sameTerms(a: ServedTerms | null, b: ServedTerms | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.planVersionId === b.planVersionId &&
    a.stripeSubscriptionId === b.stripeSubscriptionId &&
    a.interval === b.interval &&
    a.anchorAt.getTime() === b.anchorAt.getTime()
  );
}
