/** Words of the subscriptions slice: statuses as Stripe has them, the views verbs return, the inputs they take. */
import { z } from "zod";
import type { Actor } from "../kernel/actor";
import type { TaxPart } from "../kernel/tax";
import type { SubscriptionDiscount } from "./model-discounts";
import type { SubscriptionChangeEnds, SubscriptionChangeKind } from "./model-history";
import type { DiscountWish } from "./model-promotions";

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

/** How often the fee is charged. */
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
  /** Seats in all, the plan's own and additional ones; null where the plan is not sold by the seat. */
  seats: number | null;
  additionalSeats: number;
  stripeSeatItemId: string | null;
  status: SubscriptionStatus;
  currency: string;
  /** The recurring fee of one interval, additional seats included, before discounts and tax. */
  priceMinor: bigint;
  discounts: SubscriptionDiscount[];
  /** Stripe's schedule that will change it; null when nothing is scheduled. */
  stripeScheduleId: string | null;
  scheduledPlanVersionId: string | null;
  scheduledInterval: BillingInterval | null;
  scheduledSeats: number | null;
  scheduledAt: Date | null;
  /** When a change that waits for its payment is given up; null when none waits. */
  pendingUpdateExpiresAt: Date | null;
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
  /** Who asked for the change and why, when somebody else finishes it. */
  askedBy?: { actor: string; reason: string };
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
  /** What the plan becomes by itself, and when; null when nothing is scheduled. */
  scheduled: { planKey: string; planName: string; interval: BillingInterval; seats: number | null; at: Date } | null;
  /** The end of the trial that is running; null when none is. */
  trialEndAt: Date | null;
  /** Whether the tenant has had its one trial. */
  trialTaken: boolean;
  /** A first payment that still has to be confirmed in the browser; its plan is not in force yet. */
  pending: { planKey: string; planName: string; stripeSubscriptionId: string } | null;
  /** A change whose payment still has to be confirmed in the browser, and when it is given up. */
  pendingChange: { expiresAt: Date } | null;
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

const seatsInput = z.int().min(1).max(1_000_000);
const codeInput = z.string().trim().min(1).max(100);

/** A start of a paid plan by a tenant that has none. */
export const startWishSchema = z.strictObject({
  verb: z.literal("start"),
  planKey: z.string().min(1),
  interval: billingIntervalSchema,
  /** Seats in all; null: as many as the plan includes. */
  seats: seatsInput.nullable().default(null),
  promotionCode: codeInput.nullable().default(null),
  /** False pays from the first day although the plan has a trial. */
  trial: z.boolean().default(true),
});

/** Another plan, interval or number of seats; null keeps what there is. The free plan is a plan too. */
export const changeWishSchema = z.strictObject({
  verb: z.literal("change"),
  planKey: z.string().min(1).nullable().default(null),
  interval: billingIntervalSchema.nullable().default(null),
  seats: seatsInput.nullable().default(null),
  promotionCode: codeInput.nullable().default(null),
  /** `policy`: as the catalog's change policy says; the others overrule it. */
  timing: z.enum(["policy", "now_prorated", "now_full", "at_period_end"]).default("policy"),
});

/** How the unused time of a subscription that ends now is settled. */
export const cancelSettlementSchema = z.enum(["refund", "credit", "none"]);
export type CancelSettlement = z.infer<typeof cancelSettlementSchema>;

/** An end: at the period's end, or now. */
export const cancelWishSchema = z.strictObject({
  verb: z.literal("cancel"),
  when: z.enum(["at_period_end", "now"]),
  /** What happens to paid time that is not used; without effect at the period's end. */
  settlement: cancelSettlementSchema.default("refund"),
});

/** Wishes without particulars. `resume` withdraws a scheduled end, `cancel_scheduled` a scheduled change. */
export const plainWishSchema = z.strictObject({
  verb: z.enum(["resume", "cancel_scheduled", "end_trial", "pause", "unpause"]),
});

export type PlainVerb = z.infer<typeof plainWishSchema>["verb"];

/** Everything a tenant may want of its subscription. */
export const subscriptionWishSchema = z.discriminatedUnion("verb", [
  startWishSchema,
  changeWishSchema,
  cancelWishSchema,
  plainWishSchema,
]);

/** A wish that a tenant may have of its own subscription. */
export type TenantWish = z.infer<typeof subscriptionWishSchema>;

/** A wish as verbs take it; a discount is the operator's alone. `planVersionId`: an exact version, for operators and the catalog; `onlyUnpaid`: the id of a
 * subscription to end only while its renewal is unpaid, for dunning. */
export type SubscriptionWish = (TenantWish | DiscountWish) & {
  planVersionId?: string;
  onlyUnpaid?: string;
};

/** What a change does to one line of money. */
export type QuoteLineKind = "unused_time" | "remaining_time" | "new_period" | "usage" | "other";

/** A line of a quote; amounts are before tax and discounts are lines of their own sum. */
export interface QuoteLine {
  kind: QuoteLineKind;
  description: string;
  amountMinor: bigint;
  periodStartAt: Date;
  periodEndAt: Date;
}

/** Usage of the running month, as it would be billed before and after. */
export interface QuoteUsage {
  meterKey: string;
  displayName: string;
  used: string;
  includedBefore: string | null;
  includedAfter: string | null;
  overageBeforeMinor: bigint;
  overageAfterMinor: bigint;
}

/** A limit of the plan that comes which the tenant exceeds already. */
export interface ExceededLimit {
  what: string;
  used: string;
  allowed: string;
  /** What both are counted in: "GB"; null where `what` says it. */
  unit: string | null;
  /** Whether requests will be refused; otherwise it costs overage. */
  refuses: boolean;
}

/** What a wish comes to, promised until `expiresAt`: committing it charges `dueNowMinor` or nothing. */
export interface Quote {
  id: string;
  tenantId: string;
  wish: SubscriptionWish;
  /** What it is, for the words on buttons. */
  action:
    | "start"
    | "start_trial"
    | "upgrade"
    | "downgrade"
    | "change_interval"
    | "add_seats"
    | "remove_seats"
    /** A promotion code on the plan as it is. */
    | "apply_code"
    /** The same plan on other terms. */
    | "change_version"
    /** By the operator, without a code. */
    | "give_discount"
    | "take_discount"
    | "cancel"
    | "resume"
    | "cancel_scheduled"
    | "end_trial"
    | "pause"
    | "unpause";
  from: QuoteSide;
  to: QuoteSide;
  takesEffectAt: Date;
  /** Whether it takes effect now, and not at the end of a period. */
  isNow: boolean;
  lines: QuoteLine[];
  subtotalMinor: bigint;
  /** Positive: what discounts take off. */
  discountMinor: bigint;
  /** The sum, and its parts by rate. The percentage is null where taxes go by place: there the parts have rates. */
  tax: { displayName: string; percentage: string | null; amountMinor: bigint; parts: TaxPart[] };
  totalMinor: bigint;
  /** Positive: credit the tenant has already pays for a part. Negative: what was too small to charge earlier comes on top. */
  balanceAppliedMinor: bigint;
  /** What is too small for a card and comes on top of the next invoice instead; positive. */
  carriedMinor: bigint;
  dueNowMinor: bigint;
  /** What that is charged to; null when nothing is due, or the payer is still to say. */
  chargedTo: ChargedMethod | null;
  /** What becomes credit for later invoices; positive. */
  creditMinor: bigint;
  /** What goes back to the cards that paid; positive. */
  refundMinor: bigint;
  /** The first invoice after this; null when there is none. Overage of the running month comes on top. */
  nextInvoice: { at: Date; totalMinor: bigint } | null;
  /** A new period ends the month of usage: its overage so far with tax, billed by itself. Null when there is none. */
  usageInvoiceMinor: bigint | null;
  usage: QuoteUsage[];
  gained: string[];
  lost: string[];
  exceeded: ExceededLimit[];
  /** The discount a typed code gives, in words; null without one. */
  promotion: string | null;
  currency: string;
  /** Frozen: everything is prorated at this second. */
  prorationAt: Date;
  expiresAt: Date;
  computedAt: Date;
}

/** A saved method, as a person knows it. */
export interface ChargedMethod {
  stripePaymentMethodId: string;
  /** "card", "us_bank_account", … */
  type: string;
  brand: string | null;
  bankName: string | null;
  last4: string | null;
}

/** One side of a quote. */
export interface QuoteSide {
  planKey: string;
  planName: string;
  interval: BillingInterval | null;
  seats: number | null;
}

/** What every verb that changes a subscription is told beside the wish. */
export const commitSchema = z.strictObject({
  tenantId: z.string().min(1),
  /** The promise to keep; null: decide and price now. */
  quoteId: z.string().min(1).nullable(),
  /** A saved or new payment method for the first payment; null: the default one, or the browser's. */
  paymentMethodId: z.string().min(1).nullable(),
  /** Whether the caller has a browser that can finish a payment. */
  canConfirm: z.boolean(),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type CommitInput = z.infer<typeof commitSchema>;

/** Input of `createSubscription`. */
export type CreateSubscriptionInput = Pick<
  CommitInput,
  "tenantId" | "paymentMethodId" | "canConfirm" | "requestId" | "reason"
> &
  Pick<z.infer<typeof startWishSchema>, "planKey" | "interval"> & {
    seats?: number;
    promotionCode?: string;
    trial?: boolean;
  };

/** Input of `changePlan`. */
export type ChangePlanInput = PlainVerbInput &
  Partial<Pick<z.infer<typeof changeWishSchema>, "planKey" | "interval" | "seats" | "promotionCode" | "timing">>;

/** Input of `cancelSubscription`. */
export type CancelSubscriptionInput = PlainVerbInput & {
  /** True ends it now; false at the period's end. */
  immediate: boolean;
  /** What happens to paid time that is not used when it ends now; refunded if left out. */
  settlement?: CancelSettlement;
};

/** Input of the verbs without particulars. */
export type PlainVerbInput = Pick<CommitInput, "tenantId" | "requestId" | "reason">;

/** The name under which an overage charge's id travels on a Stripe item, from which its line is explained again. */
export const OVERAGE_CHARGE_ID = "overage_charge_id";
/** The name under which an item of ours says that it gives back unused time. */
export const UNUSED_TIME = "unused_time";
/** How the money of a change is settled. */
export type Proration = "now" | "next_invoice" | "none";
/** One edit of what a subscription sells: a price put in (or over an item that is there), or an item taken out. */
export type ItemEdit =
  | { stripeItemId: string | null; stripePriceId: string; quantity: number }
  | { stripeItemId: string; remove: true };
/** Unused time that an end credits, computed at a frozen second: an end at Stripe always counts to its own present. */
export interface CreditLine {
  description: string;
  amountMinor: bigint;
  periodStartAt: Date;
  periodEndAt: Date;
}

export {
  type Coupon,
  type DiscountChoice,
  type NextDiscounts,
  type Promotion,
  type SubscriptionDiscount,
  subscriptionDiscountSchema,
} from "./model-discounts";
export { SUBSCRIPTION_CHANGE_KINDS, type SubscriptionChangeEnds, type SubscriptionChangeKind } from "./model-history";

/** A row of the history page. */
export interface SubscriptionChangeView extends SubscriptionChangeEnds {
  id: string;
  occurredAt: Date;
  kind: SubscriptionChangeKind;
  amountMinor: bigint | null;
  currency: string;
  actor: string;
  reason: string;
}
