/** What a verb of this slice promises, keeps and reports: the shapes shared by deciding, acting and recovering. */
import type { ChangeOutcome } from "./answer";
import type { CreditLine, SubscriptionWish } from "./model";
import type { Fetched } from "./refresh";
import type { SubscriptionPlan } from "./rules/plan";

/** The kind under which every promise of this slice is stored. */
export const SUBSCRIPTION_OPERATION = "subscription";

/** The stored promise: everything that any process needs to go on after a crash. */
export interface SubscriptionPromise {
  wish: SubscriptionWish;
  plan: SubscriptionPlan;
  /** Frozen: a retry prorates from the same second as the first try. */
  prorationAt: Date;
  stripeTaxRateId: string | null;
  automaticTax: boolean;
  /** The method of a start is not the customer's yet: if it is declined, it is let go again. */
  attachFirst: boolean;
  /** The quote this keeps; null when nobody was shown one. */
  quoteId: string | null;
  /** What was promised to be charged now; null when it was not computed. */
  dueNowMinor: bigint | null;
  creditLines: CreditLine[];
}

/** A promise being kept: the part for one kind of plan, with the root of the keys sent to Stripe. */
export interface Step<Plan> {
  id: string;
  plan: Plan;
  promise: SubscriptionPromise;
  reason: string;
}

/** What came of it; `facts` is the subscription afterwards, null when there is none. */
export interface Acted {
  outcome: ChangeOutcome;
  facts: Fetched | null;
}
