/** Discounts in the words of this slice: those in force, what coupons and codes are worth, and what is asked for. */
import { z } from "zod";

/** A price reduction in force. */
export const subscriptionDiscountSchema = z.object({
  stripeDiscountId: z.string(),
  name: z.string(),
  /** Exact percentage; null when an amount is taken off. */
  percentOff: z.string().nullable(),
  /** Minor units as text, because this is kept as JSON. */
  amountOffMinor: z.string().nullable(),
  /** `once`: for one invoice, which ends it. */
  duration: z.enum(["once", "repeating", "forever"]).default("forever"),
  /** ISO instant; null: without an end. */
  endsAt: z.string().nullable(),
});
export type SubscriptionDiscount = z.infer<typeof subscriptionDiscountSchema>;

/** A price reduction by coupon, or by the promotion code that stands for one. */
export type DiscountChoice = { stripePromotionCodeId: string } | { stripeCouponId: string };

/** The discounts of an invoice to come: those that are there already, and one that comes with a wish. */
export interface NextDiscounts {
  /** Stripe's ids of discounts in force. */
  kept: string[];
  added: DiscountChoice | null;
}

/** What a coupon takes off, and for how long. */
export interface Coupon {
  stripeCouponId: string;
  name: string;
  percentOff: string | null;
  amountOffMinor: bigint | null;
  currency: string | null;
  /** once | repeating | forever */
  duration: string;
  durationMonths: number | null;
}

/** A promotion code as its holder may know it. */
export interface Promotion extends Coupon {
  stripePromotionCodeId: string;
  code: string;
}
