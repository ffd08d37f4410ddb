/** Wishes and the facts they are decided from, for tables: a catalog of four plans, and a tenant as it stands. */
import { changePolicySchema } from "@/billing/catalog/model";
import { type SubscriptionWish, subscriptionWishSchema } from "@/billing/subscriptions/model";
import type { WishFacts } from "@/billing/subscriptions/rules/decide";
import { planVersion, subscriptionRow } from "./plans";

const RANKS = { free: 0, professional: 1, team: 2, enterprise: 3 };
const TEAM = { seats: { included: 5, monthlyPrice: "20.00", annualPrice: "200.00", max: 50 } };

/** The key of a plan of these tables. */
export type PlanForWish = keyof typeof RANKS;

/** Its version; "team" has five seats of at most fifty. */
export function planForWish(key: PlanForWish) {
  return planVersion(key, { rank: RANKS[key], ...(key === "team" && { terms: TEAM }) });
}

/** What is known of a tenant with a saved card, on a plan or on the free one. */
export function wishFacts(more: Partial<WishFacts> & { on?: PlanForWish } = {}): WishFacts {
  const { on, ...rest } = more;
  const live = on === undefined ? null : subscriptionRow({ planKey: on, planVersionId: `${on}@1` });
  return {
    ...{ live, pending: null, current: planForWish(on ?? "free"), target: planForWish("professional") },
    ...{ freePlanKey: "free", policy: changePolicySchema.parse({}) },
    ...{ trialTaken: false, gift: null, isRenewalOpen: false, promotion: null },
    ...{ paymentMethodId: null, defaultMethodId: "pm_1", canConfirm: false },
    ...rest,
  };
}

/** A wish as it is read from outside. */
export function wishOf(input: object): SubscriptionWish {
  return subscriptionWishSchema.parse(input);
}
