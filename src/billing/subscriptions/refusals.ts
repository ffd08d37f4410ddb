/** Refusals that several verbs of this slice give, in one wording: what is wrong, and what to do. */
import { BillingError, type BillingErrorCode, type BillingErrorKind } from "../kernel/errors";
import type { Refusal, WishFacts } from "./rules/decide";

type Wording = [kind: BillingErrorKind, code: BillingErrorCode, message: (facts: WishFacts) => string];

const WORDING: Readonly<Record<Refusal, Wording>> = {
  already_active: [
    "conflict",
    "subscription.already_active",
    () => "There is a subscription already. Change its plan instead of starting another one.",
  ],
  already_canceled: [
    "conflict",
    "subscription.already_canceled",
    ({ live }) => `The subscription ends on ${live?.currentPeriodEndAt.toISOString() ?? "its last day"} already.`,
  ],
  discount_unknown: [
    "not_found",
    "subscription.discount_unknown",
    () => "The subscription has no such discount any more. Look again at those it has.",
  ],
  method_required: [
    "precondition",
    "payment.method_required",
    ({ target }) => `The plan "${target.name}" costs money: add a payment method first.`,
  ],
  none: ["precondition", "subscription.none", () => "There is no paid subscription; this is the free plan."],
  not_cancelable: ["conflict", "subscription.not_cancelable", () => "No cancellation is scheduled; the plan goes on."],
  not_paused: ["conflict", "subscription.not_paused", () => "The subscription is not paused."],
  not_scheduled: ["conflict", "subscription.not_scheduled", () => "No change is scheduled; the plan stays as it is."],
  not_sold: [
    "precondition",
    "catalog.plan_not_sold",
    ({ target }) => `The plan "${target.name}" is not sold this way. Please contact us.`,
  ],
  not_trialing: ["conflict", "subscription.not_trialing", () => "No trial is running."],
  paused: ["precondition", "subscription.paused", () => "The subscription is paused. Resume it first, then change it."],
  payment_pending: [
    "precondition",
    "subscription.payment_pending",
    () => "An invoice is waiting to be paid. Pay it first, then change the plan.",
  ],
  promotion_elsewhere: [
    "invalid",
    "promotion.not_applicable",
    ({ target }) => `This promotion code is not for the plan "${target.name}". Go on without it, or choose its plan.`,
  ],
  promotion_unknown: [
    "invalid",
    "promotion.unknown_code",
    () => "This promotion code is unknown, used up or over. Check its spelling, or go on without it.",
  ],
  renewal_open: [
    "precondition",
    "subscription.payment_pending",
    () => "The renewal is being issued and charged, which takes an hour. End the plan after that, or with its period.",
  ],
  same_plan: ["conflict", "subscription.same_plan", ({ target }) => `The plan is "${target.name}" already.`],
  scheduled: [
    "precondition",
    "subscription.change_scheduled",
    () => "A change is scheduled, with discounts of its own. Take it back first, or wait until it is in force.",
  ],
  seats_not_sold: [
    "precondition",
    "catalog.seats_not_sold",
    ({ target }) => `The plan "${target.name}" is not sold by the seat.`,
  ],
  too_few_seats: [
    "precondition",
    "catalog.too_few_seats",
    ({ target }) =>
      `The plan "${target.name}" includes ${included(target)} seats, which its price pays for. Ask for ${included(target)} or more.`,
  ],
  too_many_seats: [
    "precondition",
    "catalog.too_many_seats",
    ({ target }) => `The plan "${target.name}" has at most ${target.terms.seats?.max ?? 0} seats. Please contact us.`,
  ],
  waits_for_payment: [
    "precondition",
    "subscription.payment_pending",
    () => "A change waits for its payment to be confirmed. Finish or leave that first.",
  ],
};

/** The error of a refused wish. */
export function refusal(because: Refusal, facts: WishFacts): BillingError {
  const [kind, code, message] = WORDING[because];
  return new BillingError(kind, code, message(facts), { details: detailsOf(because, facts) });
}

/** What a program needs to ask again, or to stop asking. */
function detailsOf(because: Refusal, { live, target }: WishFacts): Record<string, string | number> {
  if (because === "too_few_seats") return { leastSeats: included(target) };
  return because === "already_canceled" && live !== null ? { endsAt: live.currentPeriodEndAt.toISOString() } : {};
}

function included({ terms }: WishFacts["target"]): number {
  return terms.seats?.included ?? 0;
}

/** The promise is not what it was: something it was computed from has changed, or its time is over. */
export function quoteStale(because: string, freshQuoteId: string): BillingError {
  const message = `${because} Nothing was charged. Look at the new amounts and confirm again.`;
  return new BillingError("conflict", "quote.stale", message, { details: { quoteId: freshQuoteId } });
}

/** Somebody was quicker, or the same request came again under another name. */
export function quoteKept(): BillingError {
  const message = "This quote has been carried out already. Look at the plan; for another change ask for a new quote.";
  return new BillingError("conflict", "quote.kept", message);
}

/** No such promise for this tenant. */
export function quoteNotFound(): BillingError {
  return new BillingError("not_found", "quote.not_found", "There is no such quote. Ask for a new one.");
}
