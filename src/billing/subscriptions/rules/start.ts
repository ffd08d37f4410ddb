/** What a wish to start a plan means, given what the tenant has already. Pure. */
import type { PlanVersion } from "../../catalog/model";
import type { BillingInterval, Subscription } from "../model";

/** What to do about a wish to start a plan. */
export type StartDecision =
  | { do: "refuse"; because: "already_active" | "not_sold" | "method_required" }
  /** Nothing to start: the free plan is what a tenant without a subscription has. */
  | { do: "keep_free_plan" }
  /** The same plan is waiting for its first payment already: go on with that one. */
  | { do: "resume_confirmation"; stripeSubscriptionId: string }
  | {
      do: "start";
      stripePriceId: string;
      /** An unpaid start of something else, which has to end first. */
      cancelFirst: string | null;
      /** `refuse`: a card that is not charged at once starts nothing; `wait`: the browser may still confirm. */
      whenUnpaid: "refuse" | "wait";
    };

/** What a decision is made from. */
export interface StartFacts {
  live: Pick<Subscription, "stripeSubscriptionId"> | null;
  pending: Pick<Subscription, "stripeSubscriptionId" | "planKey" | "interval" | "stripePaymentMethodId"> | null;
  target: PlanVersion;
  freePlanKey: string;
  interval: BillingInterval;
  paymentMethodId: string | null;
  canConfirm: boolean;
}

/** Decides. */
export function decideStart(facts: StartFacts): StartDecision {
  const { pending, target } = facts;
  if (facts.live !== null) return { do: "refuse", because: "already_active" };
  if (target.planKey === facts.freePlanKey) return { do: "keep_free_plan" };
  const stripePriceId = facts.interval === "month" ? target.stripeMonthlyPriceId : target.stripeAnnualPriceId;
  if (stripePriceId === null) return { do: "refuse", because: "not_sold" };
  if (facts.paymentMethodId === null && !facts.canConfirm) return { do: "refuse", because: "method_required" };
  if (pending !== null && facts.canConfirm && isSameStart(facts, pending)) {
    return { do: "resume_confirmation", stripeSubscriptionId: pending.stripeSubscriptionId };
  }
  return {
    do: "start",
    stripePriceId,
    cancelFirst: pending?.stripeSubscriptionId ?? null,
    whenUnpaid: facts.canConfirm ? "wait" : "refuse",
  };
}

/** Another card means that the first one is given up; the confirmation of that one would charge the wrong card. */
function isSameStart(facts: StartFacts, pending: NonNullable<StartFacts["pending"]>): boolean {
  const sameCard = facts.paymentMethodId === null || facts.paymentMethodId === pending.stripePaymentMethodId;
  return pending.planKey === facts.target.planKey && pending.interval === facts.interval && sameCard;
}
