/** How the money of a plan change is settled, in Stripe's words: one table for the change and for its preview. */
import type Stripe from "stripe";
import type { Proration } from "@/billing/subscriptions/model";

/** Stripe's names of our ways to settle a plan change. */
export const PRORATION_BEHAVIOR = {
  now: "always_invoice",
  next_invoice: "create_prorations",
  none: "none",
} as const satisfies Record<Proration, Stripe.SubscriptionUpdateParams.ProrationBehavior>;
