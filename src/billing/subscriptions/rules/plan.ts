/**
 * What is promised before Stripe is asked: plain data, stored with the operation, from which any process can go on after a
 * crash. One entry per thing that can be done to a subscription.
 */
import type { CancelSettlement, DiscountChoice, ItemEdit, NextDiscounts, Proration } from "../model";
import type { Direction } from "./direction";
import type { WantedItem } from "./items";

/** A new subscription. */
export interface StartPlan {
  do: "start";
  planVersionId: string;
  items: WantedItem[];
  discount: DiscountChoice | null;
  trialDays: number | null;
  /** Null: the browser pays through the confirmation, or the trial asks for none. */
  paymentMethodId: string | null;
  /** An unpaid start of something else, which has to end first. */
  cancelFirst: string | null;
  /** `refuse`: a card that is not charged at once starts nothing; `wait`: the browser may still confirm. */
  whenUnpaid: "refuse" | "wait";
}

/** A change that is in force at once. */
export interface ChangeNowPlan {
  do: "change";
  direction: Direction;
  stripeSubscriptionId: string;
  planVersionId: string;
  edits: ItemEdit[];
  proration: Proration;
  restartPeriod: boolean;
  /** With a typed code: those there are and the new one, so that a retry asks for the same. Null: they stay. */
  discounts: NextDiscounts | null;
  /** The tenant goes on, so an end that was decided is taken back: one with the period, or one at a date. */
  withdraws: "flag" | "date" | null;
  /** Stripe refuses to change what a schedule holds. */
  releaseSchedule: string | null;
  /** An earlier change that still waits for its payment gives way. */
  abandonPending: boolean;
  whenUnpaid: "refuse" | "wait";
  /** The newest invoice before it. */
  latestStripeInvoiceId: string | null;
}

/** A change that waits for the end of the period. */
export interface SchedulePlan {
  do: "schedule";
  direction: Direction;
  stripeSubscriptionId: string;
  planVersionId: string;
  items: WantedItem[];
  /** The same as edits, for pricing what comes. */
  edits: ItemEdit[];
  restartPeriod: boolean;
  /** A typed code, which begins with the change. */
  discount: DiscountChoice | null;
  takesEffectAt: Date;
  withdrawCancellation: boolean;
  abandonPending: boolean;
}

/** Other discounts on what is sold; nothing is billed for it. */
export interface DiscountPlan {
  do: "discount";
  stripeSubscriptionId: string;
  /** Those it has from now on. */
  discounts: NextDiscounts;
  /** What is given or taken off, in words. */
  words: string;
}

/** An end that does not wait. */
export interface CancelNowPlan {
  do: "cancel_now";
  stripeSubscriptionId: string;
  settlement: CancelSettlement;
  /** Whether Stripe credits the unused time on the final invoice. */
  prorate: boolean;
  /** The credit of a pause, which waits at Stripe, goes on the final invoice. */
  settlesPause: boolean;
  invoiceOverage: boolean;
  releaseSchedule: string | null;
  /** A change that still waits for its payment is given up: its invoice must not be paid for nothing. */
  abandonPending: boolean;
  /** The newest invoice before, so that the final one is known from it. */
  latestStripeInvoiceId: string | null;
}

/** Everything that can be promised. */
export type SubscriptionPlan =
  /** Nothing to start: the free plan is what a tenant without a subscription has. */
  | { do: "keep_free_plan" }
  /** The same plan is waiting for its first payment already: go on with that one. */
  | { do: "resume_confirmation"; stripeSubscriptionId: string }
  | StartPlan
  | ChangeNowPlan
  | SchedulePlan
  /** What was to come is taken back: a change that waits for the period's end, or one that waits for its payment. */
  | {
      do: "cancel_scheduled";
      stripeSubscriptionId: string;
      stripeScheduleId: string | null;
      abandonPending: boolean;
    }
  | { do: "cancel_at_period_end"; stripeSubscriptionId: string; endsAt: Date; releaseSchedule: string | null }
  | CancelNowPlan
  /** A start that was never paid is given up. */
  | { do: "abandon"; stripeSubscriptionId: string }
  | DiscountPlan
  | { do: "resume"; stripeSubscriptionId: string }
  | { do: "end_trial"; stripeSubscriptionId: string; withdraws: "flag" | "date" | null }
  /** Who pauses means to come back, so an end that was decided is taken back. */
  | { do: "pause"; stripeSubscriptionId: string; releaseSchedule: string | null; withdrawCancellation: boolean }
  | { do: "unpause"; stripeSubscriptionId: string };

/** Whether it begins with a trial: nothing is due, although Stripe previews what follows the trial. */
export function startsTrial(plan: SubscriptionPlan): boolean {
  return plan.do === "start" && plan.trialDays !== null;
}
