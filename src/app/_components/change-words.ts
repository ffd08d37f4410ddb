/** The kinds of a subscription's history in words, for every page that tells it. */
import type { SubscriptionChangeView } from "@/billing/subscriptions/model";

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
