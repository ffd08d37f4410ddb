/** What can happen to a subscription, in the words of its history. */
import type { BillingInterval } from "./model";

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

/** What was and what is; of a change that is put off, what will be. The free plan has neither interval nor seats. */
export interface SubscriptionChangeEnds {
  fromPlanKey: string;
  toPlanKey: string;
  fromInterval: BillingInterval | null;
  toInterval: BillingInterval | null;
  /** Null where the plan is not sold by the seat. */
  fromSeats: number | null;
  toSeats: number | null;
}
