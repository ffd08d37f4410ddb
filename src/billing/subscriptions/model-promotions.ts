/** Words of promotions: coupons and the codes that stand for them, as operators make and see them. Stripe has the truth. */
import { z } from "zod";
import type { Promotion } from "./model";

const decimalText = z.string().regex(/^\d{1,9}(\.\d{1,4})?$/, "a number such as 20 or 12.5");

const offSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("percent"), percent: decimalText }),
  z.strictObject({ kind: z.literal("amount"), amount: decimalText }),
]);

const durationSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("once") }),
  z.strictObject({ kind: z.literal("repeating"), months: z.int().min(1).max(60) }),
  z.strictObject({ kind: z.literal("forever") }),
]);

/** What a discount takes off, and for how long. Amounts are major units of the catalog's currency, as people type them. */
export const discountTermsSchema = z.strictObject({
  /** What invoices call it. */
  name: z.string().trim().min(1).max(40),
  off: offSchema,
  duration: durationSchema,
});
export type DiscountTerms = z.infer<typeof discountTermsSchema>;

/** A discount of the operator's on the running subscription: one that is given, or one that is taken off again. */
export const discountWishSchema = z
  .strictObject({
    verb: z.literal("discount"),
    give: discountTermsSchema.nullable().default(null),
    /** Stripe's id of the discount that is taken off. */
    take: z.string().min(1).max(100).nullable().default(null),
  })
  .refine(({ give, take }) => (give === null) !== (take === null), "either gives a discount or takes one off");
export type DiscountWish = z.infer<typeof discountWishSchema>;

/** Input of `createPromotion`. Amounts are major units of the catalog's currency, as people type them. */
export const createPromotionSchema = z.strictObject({
  /** What invoices call the discount. */
  name: z.string().trim().min(1).max(40),
  code: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{2,50}$/, "2 to 50 letters, digits, dashes and underscores")
    .transform((text) => text.toUpperCase()),
  off: offSchema,
  duration: durationSchema,
  /** null: as often as people like. */
  maxRedemptions: z.int().min(1).max(1_000_000).nullable().default(null),
  /** null: until it is deactivated. */
  expiresAt: z.date().nullable().default(null),
  /** Only for customers who have paid nothing yet. */
  firstOrderOnly: z.boolean().default(false),
  /** The least amount of an order, in major units; null: any. */
  minimumAmount: decimalText.nullable().default(null),
  /** The one tenant, by id or slug, that may redeem it; null: everybody. */
  onlyTenant: z.string().min(1).max(80).nullable().default(null),
  /** Plans whose fee it reduces; empty: everything. Additional seats are no part of a plan's fee. */
  onlyPlans: z.array(z.string().min(1)).max(20).default([]),
  requestId: z.string().min(1).max(200),
  reason: z.string().trim().min(1).max(500),
});
export type CreatePromotionInput = z.output<typeof createPromotionSchema>;

/** Input of `setPromotionActive`. */
export const setPromotionActiveSchema = z.strictObject({
  stripePromotionCodeId: z.string().min(1).max(100),
  isActive: z.boolean(),
  requestId: z.string().min(1).max(200),
  reason: z.string().trim().min(1).max(500),
});
export type SetPromotionActiveInput = z.infer<typeof setPromotionActiveSchema>;

/** A coupon in Stripe's terms: what is taken off, and for how long. */
export interface CouponRequest {
  name: string;
  percentOff: string | null;
  amountOffMinor: bigint | null;
  currency: string;
  duration: "once" | "repeating" | "forever";
  durationMonths: number | null;
}

/** A promotion code to be made with a coupon of its own, in Stripe's terms. */
export interface PromotionRequest extends CouponRequest {
  code: string;
  maxRedemptions: number | null;
  expiresAt: Date | null;
  firstOrderOnly: boolean;
  minimumAmountMinor: bigint | null;
  stripeCustomerId: string | null;
  stripeProductIds: string[];
}

/** A promotion code as Stripe has it. */
export interface PromotionRecord extends Promotion {
  /** False once it is used up, expired, or taken out of use. */
  isActive: boolean;
  /** Whether its coupon may still be redeemed by anybody. */
  isCouponValid: boolean;
  timesRedeemed: number;
  maxRedemptions: number | null;
  expiresAt: Date | null;
  firstOrderOnly: boolean;
  minimumAmountMinor: bigint | null;
  minimumAmountCurrency: string | null;
  stripeCustomerId: string | null;
  stripeProductIds: string[];
  createdAt: Date;
}

/** Why a code can or cannot be redeemed now. */
export type PromotionState = "active" | "inactive" | "expired" | "used_up";

/** A row of the operator's list. */
export interface PromotionView extends Omit<PromotionRecord, "isActive" | "isCouponValid" | "stripeProductIds"> {
  state: PromotionState;
  /** "20% off for 3 months". */
  worth: string;
  /** The tenant it is for; null: everybody, or a customer at Stripe who is no tenant of ours. */
  onlyTenant: { slug: string; name: string } | null;
  /** Names of the plans it is for; empty: everything. */
  onlyPlans: string[];
}

/** A page of the operator's list, newest first. */
export interface PromotionPage {
  promotions: PromotionView[];
  /** Where the next page starts; null on the last one. */
  next: string | null;
  computedAt: Date;
}
