/** The kinds of a subscription's history in words, for every page that tells it. */
import type { SubscriptionChangeEnds, SubscriptionChangeView } from "@/billing/subscriptions/model";

export const CHANGE_WORDS: Record<SubscriptionChangeView["kind"], string> = {
  created: "Plan chosen",
  activated: "Plan started",
  plan_changed: "Plan changed",
  interval_changed: "Interval changed",
  seats_changed: "Seats changed",
  change_scheduled: "Change scheduled",
  schedule_withdrawn: "Scheduled change withdrawn",
  trial_ended: "Trial ended",
  paused: "Paused",
  unpaused: "Continued after a pause",
  cancel_scheduled: "Cancellation asked for",
  cancel_withdrawn: "Cancellation withdrawn",
  canceled: "Plan ended",
  past_due: "Payment overdue",
  recovered: "Payment caught up",
  renewed: "Renewed",
};

/** What brought about a change that nobody asked for: it comes by itself, and Stripe tells of it. */
const BY_ITSELF: Partial<Record<SubscriptionChangeView["kind"], string>> = {
  activated: "The first payment was made",
  plan_changed: "As it was scheduled",
  interval_changed: "As it was scheduled",
  seats_changed: "As it was scheduled",
  trial_ended: "Its days were over",
  canceled: "Its last period was over",
  past_due: "A payment failed",
  recovered: "The payment was made",
  renewed: "A new period began",
};

/** Why, for people. The log of who did what keeps the name of Stripe's event. */
export function reasonText({ kind, reason }: Pick<SubscriptionChangeView, "kind" | "reason">): string {
  return /^Stripe reported [a-z_.]+$/.test(reason) ? (BY_ITSELF[kind] ?? reason) : reason;
}

const INTERVAL_WORDS = { month: "monthly", year: "annual" } as const;

/** What was and is: "Team, 5 → 8 seats", "Team, monthly → annual", "Free → Team, monthly, 5 seats". */
export function differenceText(change: SubscriptionChangeEnds, nameOf: (planKey: string) => string): string {
  const { fromInterval, fromPlanKey, fromSeats, toInterval, toPlanKey, toSeats } = change;
  const plan = fromPlanKey === toPlanKey ? nameOf(toPlanKey) : `${nameOf(fromPlanKey)} → ${nameOf(toPlanKey)}`;
  const interval = stepText(fromInterval && INTERVAL_WORDS[fromInterval], toInterval && INTERVAL_WORDS[toInterval]);
  const seats = stepText(fromSeats, toSeats);
  return [plan, interval, seats && `${seats} ${toSeats === 1 ? "seat" : "seats"}`].filter(Boolean).join(", ");
}

/** What became of one of its numbers or words; null where nothing did or there is none any more. */
function stepText(from: string | number | null, to: string | number | null): string | null {
  if (to === null || from === to) return null;
  return from === null ? `${to}` : `${from} → ${to}`;
}
