/** Words of the subscriptions slice: statuses as Stripe has them, the views verbs return, the inputs they take. */
import { z } from "zod";
import type { Actor } from "../kernel/actor";

/** Stripe's subscription statuses. https://docs.stripe.com/billing/subscriptions/overview */
export const SUBSCRIPTION_STATUSES = [
  "incomplete",
  "incomplete_expired",
  "trialing",
  "active",
  "past_due",
  "canceled",
  "unpaid",
  "paused",
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** How often the flat fee is charged. */
export const billingIntervalSchema = z.enum(["month", "year"]);
export type BillingInterval = z.infer<typeof billingIntervalSchema>;

/** A subscription as the mirror has it. */
export interface Subscription {
  id: string;
  tenantId: string;
  stripeSubscriptionId: string;
  stripeItemId: string;
  planVersionId: string;
  planKey: string;
  interval: BillingInterval;
  quantity: number;
  status: SubscriptionStatus;
  currency: string;
  priceMinor: bigint;
  anchorAt: Date;
  currentPeriodStartAt: Date;
  currentPeriodEndAt: Date;
  cancelAtPeriodEnd: boolean;
  cancelAt: Date | null;
  canceledAt: Date | null;
  endedAt: Date | null;
  trialEndAt: Date | null;
  startedAt: Date;
  latestStripeInvoiceId: string | null;
  /** The payment method of its own, charged before the customer's default; null: the customer's default. */
  stripePaymentMethodId: string | null;
}

/** Why rows are being converged on a record of Stripe's, and how old the record is. */
export interface SyncCause {
  actor: Actor;
  reason: string;
  /** The tenant's time just before the record was fetched; an older record never overwrites a newer one. */
  sourceAt: Date;
  /** What the change charged at once, when the caller knows it (negative: credited). */
  amountMinor?: bigint | null;
}

/** What a sync did to a subscription. */
export interface SubscriptionSynced {
  before: Subscription | null;
  after: Subscription;
  /** Kinds of what changed, as the history has them; empty when nothing did or the record was outdated. */
  changes: SubscriptionChangeKind[];
}

/** What a tenant has right now, paid or free; the answer of `getSubscription`. */
export interface CurrentPlan {
  tenantId: string;
  planVersionId: string;
  planKey: string;
  planName: string;
  /** "active" on the free plan. */
  status: SubscriptionStatus;
  /** Null on the free plan. */
  subscription: Subscription | null;
  interval: BillingInterval | null;
  priceMinor: bigint;
  currency: string;
  /** The flat fee's period: a calendar month (UTC) on the free plan. */
  currentPeriodStartAt: Date;
  currentPeriodEndAt: Date;
  cancelAtPeriodEnd: boolean;
  /** A first payment that still has to be confirmed in the browser; its plan is not in force yet. */
  pending: { planKey: string; planName: string; stripeSubscriptionId: string } | null;
}

/** What was started or changed, and what the browser has to do for it. */
export interface SubscriptionChanged {
  current: CurrentPlan;
  /** The subscription that was acted on, in Stripe's words; null when the free plan was chosen. */
  stripeSubscriptionId: string | null;
  status: SubscriptionStatus;
  currentPeriodStartAt: Date;
  currentPeriodEndAt: Date;
  confirmation: { clientSecret: string; intent: "payment" | "setup" } | null;
  /** What was charged at once, after tax; negative: credited. */
  chargedNowMinor: bigint;
  currency: string;
}

/** Input of `createSubscription`. */
export const createSubscriptionSchema = z.strictObject({
  tenantId: z.string().min(1),
  planKey: z.string().min(1),
  interval: billingIntervalSchema,
  /** A saved or new payment method; null lets the browser pay through the returned confirmation. */
  paymentMethodId: z.string().min(1).nullable(),
  /** Whether the caller has a browser that can finish the first payment. */
  canConfirm: z.boolean(),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type CreateSubscriptionInput = z.infer<typeof createSubscriptionSchema>;

/** Input of `changePlan`. */
export const changePlanSchema = z.strictObject({
  tenantId: z.string().min(1),
  planKey: z.string().min(1),
  /** Null keeps the interval. */
  interval: billingIntervalSchema.nullable(),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type ChangePlanInput = z.infer<typeof changePlanSchema>;

/** Input of `cancelSubscription`. */
export const cancelSubscriptionSchema = z.strictObject({
  tenantId: z.string().min(1),
  /** True ends it now and refunds the unused time; false at the period's end. */
  immediate: z.boolean(),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type CancelSubscriptionInput = z.infer<typeof cancelSubscriptionSchema>;

/** Input of `resumeSubscription`: withdraws a cancellation that has not happened yet. */
export const resumeSubscriptionSchema = z.strictObject({
  tenantId: z.string().min(1),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type ResumeSubscriptionInput = z.infer<typeof resumeSubscriptionSchema>;

/** What a plan change would do: the first two beats of `changePlan`, for people. */
export interface PlanChangePreview {
  direction: "upgrade" | "downgrade" | "same";
  takesEffectAt: Date;
  /** Lines of what is due now, after rounding. */
  lines: Array<{ description: string; amountMinor: bigint }>;
  subtotalMinor: bigint;
  taxMinor: bigint;
  dueNowMinor: bigint;
  nextInvoiceAt: Date;
  currency: string;
}

/** The name under which an overage charge's id travels on a Stripe item, from which its line is explained again. */
export const OVERAGE_CHARGE_ID = "overage_charge_id";

/** Every kind of change in a subscription's history. */
export const SUBSCRIPTION_CHANGE_KINDS = [
  "created",
  "activated",
  "plan_changed",
  "interval_changed",
  "cancel_scheduled",
  "cancel_withdrawn",
  "canceled",
  "past_due",
  "recovered",
  "renewed",
] as const;
/** What can happen to a subscription, as its history tells it. */
export type SubscriptionChangeKind = (typeof SUBSCRIPTION_CHANGE_KINDS)[number];

/** A row of the history page. */
export interface SubscriptionChangeView {
  id: string;
  occurredAt: Date;
  kind: SubscriptionChangeKind;
  fromPlanKey: string;
  toPlanKey: string;
  fromInterval: BillingInterval | null;
  toInterval: BillingInterval | null;
  amountMinor: bigint | null;
  currency: string;
  actor: string;
  reason: string;
}
