/** What can happen to a subscription, in the words of its history. */

/** Every kind of change in a subscription's history. */
export const SUBSCRIPTION_CHANGE_KINDS = [
  "created",
  "activated",
  "plan_changed",
  "interval_changed",
  "seats_changed",
  "change_scheduled",
  "schedule_withdrawn",
  "trial_ended",
  "paused",
  "unpaused",
  "cancel_scheduled",
  "cancel_withdrawn",
  "canceled",
  "past_due",
  "recovered",
  "renewed",
] as const;
/** What can happen to a subscription, as its history tells it. */
export type SubscriptionChangeKind = (typeof SUBSCRIPTION_CHANGE_KINDS)[number];
