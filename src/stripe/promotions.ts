/** Promotion codes at Stripe: what a code that somebody typed is worth. Redeeming it is part of a start or a change. */
import type Stripe from "stripe";
import type { Promotion } from "@/billing/subscriptions/model";
import type { ClientSource } from "./client";
import { callStripe } from "./errors";
import type { StripeGateway } from "./gateway";
import { decimalText, idOf, minor } from "./translate/values";

/** The gateway's calls about promotion codes. */
export function promotionCalls(client: ClientSource): Pick<StripeGateway, "findPromotionCode"> {
  return { findPromotionCode: (code) => callStripe(() => find(client(), code)) };
}

async function find(stripe: Stripe, code: string): Promise<Promotion | null> {
  const params = { code, active: true, limit: 1, expand: ["data.promotion.coupon"] };
  const { data } = await stripe.promotionCodes.list(params);
  const [found] = data;
  const coupon = found?.promotion.coupon;
  if (!found || !coupon || typeof coupon === "string" || !coupon.valid) return null;
  return {
    stripePromotionCodeId: found.id,
    stripeCouponId: idOf(coupon),
    code: found.code,
    name: coupon.name ?? found.code,
    percentOff: decimalText(coupon.percent_off),
    amountOffMinor: coupon.amount_off === null ? null : minor(coupon.amount_off),
    currency: coupon.currency,
    duration: coupon.duration,
    durationMonths: coupon.duration_in_months,
  };
}
