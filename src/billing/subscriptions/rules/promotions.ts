/** What may be promised by a promotion code, and how one stands. Pure. */
import { currencyExponent } from "../../kernel/currency";
import { decimal } from "../../kernel/decimal";
import { fromMajor, isChargeable, stepText } from "../../kernel/money";
import type {
  CouponRequest,
  CreatePromotionInput,
  DiscountTerms,
  PromotionRecord,
  PromotionRequest,
  PromotionState,
} from "../model-promotions";

/** What a code is made with beside what was typed. */
export interface PromotionFacts {
  currency: string;
  now: Date;
  stripeCustomerId: string | null;
  stripeProductIds: string[];
}

/** The request to Stripe, or a sentence that says what is wrong with the input. */
export function planPromotion(input: CreatePromotionInput, facts: PromotionFacts): PromotionRequest | string {
  const { expiresAt, minimumAmount } = input;
  const { currency } = facts;
  const coupon = planCoupon(input, currency);
  if (typeof coupon === "string") return coupon;
  const excess = minimumAmount === null ? null : excessOf(minimumAmount, currency);
  if (excess !== null) return excess;
  if (expiresAt !== null && expiresAt <= facts.now) return "The expiry is over already.";
  return {
    ...{ ...coupon, code: input.code, maxRedemptions: input.maxRedemptions, expiresAt },
    firstOrderOnly: input.firstOrderOnly,
    minimumAmountMinor: minimumAmount === null ? null : fromMajor(minimumAmount, currency),
    stripeCustomerId: facts.stripeCustomerId,
    stripeProductIds: facts.stripeProductIds,
  };
}

/** What is taken off for how long, in Stripe's terms, or a sentence that says what is wrong with it. */
export function planCoupon({ name, off, duration }: DiscountTerms, currency: string): CouponRequest | string {
  const percent = off.kind === "percent" ? decimal(off.percent) : null;
  if (percent !== null && (percent.lessThanOrEqualTo(0) || percent.greaterThan(100)))
    return "A percentage is more than 0 and at most 100.";
  // Stripe keeps percentages to a hundredth.
  if (percent !== null && percent.decimalPlaces() > 2) return "A percentage has at most two digits after the point.";
  const amountText = off.kind === "amount" ? off.amount : null;
  const excess = amountText === null ? null : excessOf(amountText, currency);
  if (excess !== null) return excess;
  const amountOffMinor = amountText === null ? null : fromMajor(amountText, currency);
  if (amountOffMinor !== null && !isChargeable(amountOffMinor, currency)) return `${stepText(currency)}.`;
  if (amountOffMinor === 0n) return "An amount off is more than nothing.";
  return {
    ...{ name, amountOffMinor, currency },
    percentOff: percent === null ? null : percent.toFixed(),
    duration: duration.kind,
    durationMonths: duration.kind === "repeating" ? duration.months : null,
  };
}

function excessOf(text: string, currency: string): string | null {
  if (decimal(text).decimalPlaces() <= currencyExponent(currency)) return null;
  return `${text} has more digits than ${currency.toUpperCase()} keeps.`;
}

/** Whether a code can be redeemed now, and if not, why. */
export function promotionState(record: PromotionRecord, now: Date): PromotionState {
  const { maxRedemptions, timesRedeemed, expiresAt } = record;
  if (maxRedemptions !== null && timesRedeemed >= maxRedemptions) return "used_up";
  if (expiresAt !== null && expiresAt <= now) return "expired";
  return record.isActive && record.isCouponValid ? "active" : "inactive";
}
