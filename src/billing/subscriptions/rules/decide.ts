/**
 * What a wish means for a tenant as it stands. Pure: the preview and the change share it, so they cannot differ.
 *
 *   no subscription   start, or nothing to do on the free plan
 *   up                now, the difference is charged        (by the catalog's policy)
 *   down              at the end of the period, which is paid
 *   to the free plan  the subscription ends with its period
 *
 *   |—— old plan ——————|—— new plan ————————|
 *   period start    change now          period end
 *                      └ unused old: credit, remaining new: charge, both to the second
 */
import type { ChangePolicy, PlanVersion } from "../../catalog/model";
import type { Coupon, PlainVerb, Promotion, Subscription, SubscriptionWish } from "../model";
import type { PromotionRecord } from "../model-promotions";
import { type Direction, directionOf, timingOf } from "./direction";
import { editsOf, saleOf, type WantedItem } from "./items";
import type { SchedulePlan, SubscriptionPlan } from "./plan";
import { worthText } from "./quote";

/** Why a wish cannot be carried out. */
export type Refusal =
  | "already_active"
  | "already_canceled"
  | "discount_unknown"
  | "method_required"
  | "none"
  | "not_cancelable"
  | "not_paused"
  | "not_scheduled"
  | "not_sold"
  | "not_trialing"
  | "paused"
  | "payment_pending"
  | "promotion_elsewhere"
  | "promotion_unknown"
  | "renewal_open"
  | "same_plan"
  | "scheduled"
  | "seats_not_sold"
  | "too_few_seats"
  | "too_many_seats"
  | "waits_for_payment";

/** What a decision is made from. */
export interface WishFacts {
  live: Subscription | null;
  pending: Subscription | null;
  /** The plan the tenant is on; the free one without a subscription. */
  current: PlanVersion;
  /** The plan the wish names; the current one when it names none. */
  target: PlanVersion;
  freePlanKey: string;
  policy: ChangePolicy;
  trialTaken: boolean;
  /** What a typed code stands for; null when none was typed or nothing is found. */
  promotion: (Promotion & Pick<PromotionRecord, "stripeProductIds">) | null;
  /** The coupon of a discount that the operator gives; null when none is given. */
  gift: Coupon | null;
  /** The renewal's invoice is a draft yet: its period has begun and is not paid. Only looked up for an end now. */
  isRenewalOpen: boolean;
  paymentMethodId: string | null;
  /** The tenant has a method saved that would be charged. */
  defaultMethodId: string | null;
  canConfirm: boolean;
}

/** A plan to carry out, or why not. */
export type WishDecision = SubscriptionPlan | { do: "refuse"; because: Refusal };

type Wish<Verb extends SubscriptionWish["verb"]> = Extract<SubscriptionWish, { verb: Verb }>;

/** Decides. */
export function decideWish(facts: WishFacts, wish: SubscriptionWish): WishDecision {
  switch (wish.verb) {
    case "start":
      return decideStart(facts, wish);
    case "change":
      return decideChange(facts, wish);
    case "cancel":
      return wish.onlyUnpaid === undefined ? decideCancel(facts, wish) : decideUnpaid(facts, wish, wish.onlyUnpaid);
    case "discount":
      return decideDiscount(facts, wish);
    default:
      return decidePlain(facts, wish.verb);
  }
}

function refuse(because: Refusal): WishDecision {
  return { do: "refuse", because };
}

function decideStart(facts: WishFacts, wish: Wish<"start">): WishDecision {
  const { live, pending, target } = facts;
  if (live !== null) return refuse("already_active");
  if (target.planKey === facts.freePlanKey) return { do: "keep_free_plan" };
  const sale = saleOf(target, wish.interval, wish.seats, null);
  if (!sale.ok) return refuse(sale.because);
  const misfit = promotionMisfit(facts, wish);
  if (misfit !== null) return refuse(misfit);
  const { trial } = target.terms;
  const trialDays = trial !== null && wish.trial && !facts.trialTaken ? trial.days : null;
  const methodId = facts.paymentMethodId ?? (facts.canConfirm ? null : facts.defaultMethodId);
  const needsMethod = trialDays === null || trial?.paymentMethod === "required";
  if (needsMethod && methodId === null && !facts.canConfirm) return refuse("method_required");
  if (pending !== null && facts.canConfirm && isSameStart(facts, wish, pending)) {
    return { do: "resume_confirmation", stripeSubscriptionId: pending.stripeSubscriptionId };
  }
  return {
    do: "start",
    planVersionId: target.id,
    items: sale.items,
    discount: discountOf(facts.promotion),
    trialDays,
    paymentMethodId: methodId,
    cancelFirst: pending?.stripeSubscriptionId ?? null,
    // A trial charges nothing yet, so there is nothing that could be refused.
    whenUnpaid: facts.canConfirm || trialDays !== null ? "wait" : "refuse",
  };
}

/** Another card means that the first one is given up; the confirmation of that one would charge the wrong card. */
function isSameStart(facts: WishFacts, wish: Wish<"start">, pending: Subscription): boolean {
  const sameCard = facts.paymentMethodId === null || facts.paymentMethodId === pending.stripePaymentMethodId;
  const sameSeats = wish.seats === null || wish.seats === pending.seats;
  const samePlan = pending.planVersionId === facts.target.id && pending.interval === wish.interval;
  return samePlan && sameCard && sameSeats && wish.promotionCode === null;
}

function decideChange(facts: WishFacts, wish: Wish<"change">): WishDecision {
  const { live, target } = facts;
  if (live === null) return startInstead(facts, wish);
  if (target.planKey === facts.freePlanKey) return toTheFreePlan(facts, live);
  const blocked = changeBlock(live);
  if (blocked !== null) return refuse(blocked);
  const interval = wish.interval ?? live.interval;
  const sale = saleOf(target, interval, wish.seats, live.seats);
  if (!sale.ok) return refuse(sale.because);
  const misfit = promotionMisfit(facts, wish);
  if (misfit !== null) return refuse(misfit);
  const from = { rank: facts.current.rank, interval: live.interval, seats: live.seats };
  const direction = directionOf(from, { rank: target.rank, interval, seats: sale.seats });
  // The same plan in its newest version is still the same plan; moving to a new version is the catalog's affair.
  const isSame = direction === "same" && (wish.planVersionId === undefined || target.id === live.planVersionId);
  if (isSame && wish.promotionCode === null) return keepAsItIs(live);
  const timing = timingOf(direction, facts.policy, wish.timing);
  const items = isSame ? itemsOf(live, sale.items) : sale.items;
  // A code on the plan as it is changes no price of what is paid, so it is had at once; any other waits with its change.
  if (timing === "at_period_end" && live.status !== "trialing" && !isSame) {
    return scheduleFor(live, { direction, target, items, interval, discount: discountOf(facts.promotion) });
  }
  return changeNow(facts, live, { direction, items, isFull: timing === "now_full", interval, isSame });
}

/** A code on the plan as it is changes no price, so the items stay those there are. */
function itemsOf(live: Subscription, items: WantedItem[]): WantedItem[] {
  return live.additionalSeats === 0 ? items.slice(0, 1) : items;
}

function startInstead(facts: WishFacts, wish: Wish<"change">): WishDecision {
  if (facts.target.planKey === facts.freePlanKey) return refuse("same_plan");
  return decideStart(facts, {
    verb: "start",
    planKey: facts.target.planKey,
    interval: wish.interval ?? "month",
    seats: wish.seats,
    promotionCode: wish.promotionCode,
    trial: false,
    ...(wish.planVersionId !== undefined && { planVersionId: wish.planVersionId }),
  });
}

/** While a renewal is unpaid, Stripe would credit time nobody has paid for; a paused plan has no time to credit. */
function changeBlock(live: Subscription): Refusal | null {
  if (live.status === "past_due" || live.status === "unpaid") return "payment_pending";
  return live.status === "paused" ? "paused" : null;
}

function keepAsItIs(live: Subscription): WishDecision {
  return takeBack(live) ?? refuse("same_plan");
}

/** Nothing that was to come comes; null when nothing was. A schedule outlives its last change, and then says nothing. */
function takeBack(live: Subscription): WishDecision | null {
  const { stripeSubscriptionId } = live;
  const stripeScheduleId = live.scheduledAt === null ? null : live.stripeScheduleId;
  const abandonPending = live.pendingUpdateExpiresAt !== null;
  if (stripeScheduleId === null && !abandonPending) return null;
  return { do: "cancel_scheduled", stripeSubscriptionId, stripeScheduleId, abandonPending };
}

function scheduleFor(
  live: Subscription,
  next: {
    direction: Direction;
    target: PlanVersion;
    items: WantedItem[];
    interval: Subscription["interval"];
    discount: SchedulePlan["discount"];
  },
): WishDecision {
  return {
    do: "schedule",
    direction: next.direction,
    stripeSubscriptionId: live.stripeSubscriptionId,
    planVersionId: next.target.id,
    items: next.items,
    restartPeriod: next.interval !== live.interval,
    discount: next.discount,
    takesEffectAt: live.currentPeriodEndAt,
    withdrawCancellation: endOf(live) !== null,
    abandonPending: live.pendingUpdateExpiresAt !== null,
    edits: editsOf(live, next.items),
  };
}

function changeNow(
  facts: WishFacts,
  live: Subscription,
  change: {
    direction: Direction;
    items: WantedItem[];
    isFull: boolean;
    interval: Subscription["interval"];
    /** Only a code is put on what is there, which bills nothing. */
    isSame: boolean;
  },
): WishDecision {
  // Nothing has been paid in a trial: nothing is credited, and its end stays where it is.
  const isTrial = live.status === "trialing";
  const restartPeriod = !isTrial && !change.isSame && (change.isFull || change.interval !== live.interval);
  const promotion = discountOf(facts.promotion);
  const withdraws = endOf(live);
  // A change that waits for its payment cannot take a date back, and one that leaves it would cost less than the whole period.
  const canWait = facts.canConfirm && withdraws !== "date";
  return {
    do: "change",
    direction: change.direction,
    stripeSubscriptionId: live.stripeSubscriptionId,
    planVersionId: facts.target.id,
    edits: editsOf(live, change.items),
    proration: isTrial || change.isFull || change.isSame ? "none" : "now",
    restartPeriod,
    discounts: promotion && { kept: live.discounts.map(({ stripeDiscountId }) => stripeDiscountId), added: promotion },
    withdraws,
    releaseSchedule: live.stripeScheduleId,
    abandonPending: live.pendingUpdateExpiresAt !== null,
    whenUnpaid: canWait ? "wait" : "refuse",
    latestStripeInvoiceId: live.latestStripeInvoiceId,
  };
}

/** How its end was decided, if it was. */
function endOf(live: Subscription): "flag" | "date" | null {
  if (live.cancelAtPeriodEnd) return "flag";
  return live.cancelAt === null ? null : "date";
}

/** The paid period is had to its end; a paused plan has none, so it ends now and its credit stays. */
function toTheFreePlan(facts: WishFacts, live: Subscription): WishDecision {
  if (live.status !== "paused") return endAtPeriodEnd(live);
  return decideCancel(facts, { verb: "cancel", when: "now", settlement: "credit" });
}

function endAtPeriodEnd(live: Subscription): WishDecision {
  if (live.cancelAtPeriodEnd) return refuse("already_canceled");
  return {
    do: "cancel_at_period_end",
    stripeSubscriptionId: live.stripeSubscriptionId,
    endsAt: live.currentPeriodEndAt,
    releaseSchedule: live.stripeScheduleId,
  };
}

function decideCancel(facts: WishFacts, wish: Wish<"cancel">): WishDecision {
  const { live, pending } = facts;
  if (live === null) {
    if (pending === null) return refuse("none");
    return { do: "abandon", stripeSubscriptionId: pending.stripeSubscriptionId };
  }
  // A paused plan has no period that could be waited for.
  if (wish.when === "at_period_end" && live.status !== "paused") return endAtPeriodEnd(live);
  // Stripe credits unused time of a period that was never paid as if it had been: refunding that would be a gift.
  const isPaid = live.status === "active";
  // What a pause credited waits at Stripe, and would be lost with the subscription.
  const settlesPause = live.status === "paused" && wish.settlement !== "none";
  // An end leaves the draft uncollected, with the last month's usage on it, and would refund a month that was used.
  if (isPaid && facts.isRenewalOpen) return refuse("renewal_open");
  return {
    do: "cancel_now",
    stripeSubscriptionId: live.stripeSubscriptionId,
    settlement: wish.settlement,
    prorate: isPaid && wish.settlement !== "none",
    settlesPause,
    /** Overage goes on the final invoice, unless an unpaid one stands before it. */
    invoiceOverage: isPaid || settlesPause || live.status === "trialing",
    releaseSchedule: live.stripeScheduleId,
    abandonPending: live.pendingUpdateExpiresAt !== null,
    latestStripeInvoiceId: live.latestStripeInvoiceId,
  };
}

/** Whoever paid in the meantime, or started something else, keeps it. */
function decideUnpaid(facts: WishFacts, wish: Wish<"cancel">, stripeSubscriptionId: string): WishDecision {
  const { live } = facts;
  if (live?.stripeSubscriptionId !== stripeSubscriptionId) return refuse("none");
  const isUnpaid = live.status === "past_due" || live.status === "unpaid";
  return isUnpaid ? decideCancel(facts, wish) : refuse("not_cancelable");
}

/** What is scheduled, or waits for its payment, has discounts of its own, which would replace these. */
function decideDiscount({ live, gift }: WishFacts, wish: Wish<"discount">): WishDecision {
  if (live === null) return refuse("none");
  if (live.status === "paused") return refuse("paused");
  if (live.stripeScheduleId !== null) return refuse("scheduled");
  if (live.pendingUpdateExpiresAt !== null) return refuse("waits_for_payment");
  const { stripeSubscriptionId, discounts } = live;
  const ids = discounts.map(({ stripeDiscountId }) => stripeDiscountId);
  const taken = discounts.find(({ stripeDiscountId }) => stripeDiscountId === wish.take);
  if (wish.take !== null && taken === undefined) return refuse("discount_unknown");
  const added = gift === null ? null : { stripeCouponId: gift.stripeCouponId };
  const words = gift === null ? (taken?.name ?? "") : `${gift.name}: ${worthText(gift)}`;
  return {
    do: "discount",
    stripeSubscriptionId,
    discounts: { kept: ids.filter((id) => id !== wish.take), added },
    words,
  };
}

function decidePlain(facts: WishFacts, verb: PlainVerb): WishDecision {
  const { live } = facts;
  if (live === null) return refuse("none");
  const { stripeSubscriptionId, stripeScheduleId } = live;
  switch (verb) {
    case "resume":
      if (!live.cancelAtPeriodEnd && live.cancelAt === null) return refuse("not_cancelable");
      return { do: "resume", stripeSubscriptionId };
    case "cancel_scheduled":
      return takeBack(live) ?? refuse("not_scheduled");
    case "end_trial":
      if (live.status !== "trialing") return refuse("not_trialing");
      if (facts.defaultMethodId === null && live.stripePaymentMethodId === null) return refuse("method_required");
      return { do: "end_trial", stripeSubscriptionId, withdraws: endOf(live) };
    case "pause":
      if (live.status === "paused") return refuse("paused");
      if (live.status !== "active" && live.status !== "trialing") return refuse("payment_pending");
      if (live.pendingUpdateExpiresAt !== null) return refuse("waits_for_payment");
      return {
        ...{ do: "pause", stripeSubscriptionId, releaseSchedule: stripeScheduleId },
        withdrawCancellation: endOf(live) !== null,
      };
    case "unpause":
      if (live.status !== "paused") return refuse("not_paused");
      return { do: "unpause", stripeSubscriptionId };
  }
}

/** Stripe would take a code for other plans too, and take nothing off. */
function promotionMisfit({ promotion, target }: WishFacts, wish: Wish<"start" | "change">): Refusal | null {
  if (wish.promotionCode === null) return null;
  if (promotion === null) return "promotion_unknown";
  const { stripeProductIds: only } = promotion;
  return only.length === 0 || only.includes(target.stripeProductId ?? "") ? null : "promotion_elsewhere";
}

function discountOf(promotion: Promotion | null) {
  return promotion === null ? null : { stripePromotionCodeId: promotion.stripePromotionCodeId };
}
