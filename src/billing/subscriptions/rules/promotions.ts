/** What may be promised by a promotion code, and how one stands. Pure. */
import { currencyExponent } from "../../kernel/currency";
import { decimal } from "../../kernel/decimal";
import { fromMajor, isChargeable, stepText } from "../../kernel/money";
import type { CreatePromotionInput, PromotionRecord, PromotionRequest, PromotionState } from "../model-promotions";

/** What a code is made with beside what was typed. */
export interface PromotionFacts {
  currency: string;
  now: Date;
  stripeCustomerId: string | null;
  stripeProductIds: string[];
}

/** The request to Stripe, or a sentence that says what is wrong with the input. */
export function planPromotion(input: CreatePromotionInput, facts: PromotionFacts): PromotionRequest | string {
  const { off, duration, expiresAt } = input;
  const { currency } = facts;
  const percent = off.kind === "percent" ? decimal(off.percent) : null;
  if (percent !== null && (percent.lessThanOrEqualTo(0) || percent.greaterThan(100)))
    return "A percentage is more than 0 and at most 100.";
  // Stripe keeps percentages to a hundredth.
  if (percent !== null && percent.decimalPlaces() > 2) return "A percentage has at most two digits after the point.";
  const amountText = off.kind === "amount" ? off.amount : null;
  for (const text of [amountText, input.minimumAmount]) {
    if (text !== null && decimal(text).decimalPlaces() > currencyExponent(currency))
      return `${text} has more digits than ${currency.toUpperCase()} keeps.`;
  }
  const amountOffMinor = amountText === null ? null : fromMajor(amountText, currency);
  if (amountOffMinor !== null && !isChargeable(amountOffMinor, currency)) return `${stepText(currency)}.`;
  if (amountOffMinor === 0n) return "An amount off is more than nothing.";
  if (expiresAt !== null && expiresAt <= facts.now) return "The expiry is over already.";
  return {
    ...{ name: input.name, code: input.code, maxRedemptions: input.maxRedemptions, expiresAt, currency },
    percentOff: percent === null ? null : percent.toFixed(),
    amountOffMinor,
    duration: duration.kind,
    durationMonths: duration.kind === "repeating" ? duration.months : null,
    firstOrderOnly: input.firstOrderOnly,
    minimumAmountMinor: input.minimumAmount === null ? null : fromMajor(input.minimumAmount, currency),
    stripeCustomerId: facts.stripeCustomerId,
    stripeProductIds: facts.stripeProductIds,
  };
}

/** Whether a code can be redeemed now, and if not, why. */
export function promotionState(record: PromotionRecord, now: Date): PromotionState {
  const { maxRedemptions, timesRedeemed, expiresAt } = record;
  if (maxRedemptions !== null && timesRedeemed >= maxRedemptions) return "used_up";
  if (expiresAt !== null && expiresAt <= now) return "expired";
  return record.isActive && record.isCouponValid ? "active" : "inactive";
}
