/**
 * Discounts of checkout sessions: given with the session, or typed by its customer as a promotion code.
 *
 * Owns: whether a coupon or code may be used here, and redeeming one that no subscription redeems. Refuses: arithmetic.
 */
import type Stripe from "stripe";
import { addMonths } from "../billing/calendar";
import { checkRestrictions as obeyRestrictions } from "../billing/code-restrictions";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";

type Session = Stripe.Checkout.Session;

/** A coupon as the session's discounts lead to it. */
export interface SessionCoupon {
  coupon: Stripe.Coupon;
  code: Stripe.PromotionCode | null;
}

/** The coupons behind a session's discounts; throws Stripe's 400 when one can no longer be redeemed. */
export function couponsOf(tx: Transaction, session: Session): SessionCoupon[] {
  return (session.discounts ?? []).map((discount, index) => {
    const at = `discounts[${index}]`;
    const [couponId, codeId] = [idOf(discount.coupon), idOf(discount.promotion_code)];
    if ((couponId === null) === (codeId === null)) {
      throw invalidRequest("You must specify exactly one of: coupon, promotion_code.", { param: at });
    }
    const code = codeId === null ? null : usableCode(tx, session, codeId, `${at}[promotion_code]`);
    const param = code === null ? `${at}[coupon]` : `${at}[promotion_code]`;
    return { coupon: usableCoupon(tx, session, couponId ?? idOf(code?.promotion.coupon) ?? "", param), code };
  });
}

/** The active promotion code that reads like this, for this customer or for everybody. */
export function findCode(tx: Transaction, session: Session, text: string): Stripe.PromotionCode {
  const codes = tx.list("promotion_code", (one) => one.code.toLowerCase() === text.trim().toLowerCase() && one.active);
  const own = codes.find((one) => idOf(one.customer) === null || idOf(one.customer) === idOf(session.customer));
  if (own !== undefined) return own;
  throw invalidRequest("This code is invalid.", { param: "promotion_code" });
}

/** Holds a code's restrictions against what the session costs before discounts. */
export function checkRestrictions(tx: Transaction, session: Session, subtotal: number): void {
  for (const [index, { code }] of couponsOf(tx, session).entries()) {
    const order = { customer: idOf(session.customer), currency: session.currency, amountMinor: subtotal };
    if (code !== null) obeyRestrictions(tx, code, order, `discounts[${index}][promotion_code]`);
  }
}

/** Makes the session's discounts into records and counts them as redeemed. A subscription does that itself. */
export function redeem(tx: Transaction, session: Session): string[] {
  const now = tx.now(clockOf(tx, session));
  return couponsOf(tx, session).map(({ coupon, code }) => {
    const discount = tx.put("discount", {
      id: tx.newId("di"),
      object: "discount",
      checkout_session: session.id,
      customer: idOf(session.customer),
      customer_account: null,
      end: coupon.duration === "repeating" ? addMonths(now, coupon.duration_in_months ?? 0) : null,
      invoice: null,
      invoice_item: null,
      promotion_code: code?.id ?? null,
      source: { type: "coupon", coupon: coupon.id },
      start: now,
      subscription: null,
      subscription_item: null,
    });
    const times = coupon.times_redeemed + 1;
    const valid = coupon.max_redemptions === null || times < coupon.max_redemptions;
    tx.put("coupon", { ...coupon, times_redeemed: times, valid });
    if (code !== null) tx.put("promotion_code", { ...code, times_redeemed: code.times_redeemed + 1 });
    return discount.id;
  });
}

function usableCoupon(tx: Transaction, session: Session, id: string, param: string): Stripe.Coupon {
  const coupon = tx.find("coupon", id);
  if (!coupon) throw invalidRequest(`No such coupon: '${id}'`, { code: "resource_missing", param });
  const isExpired = coupon.redeem_by !== null && coupon.redeem_by <= tx.now(clockOf(tx, session));
  if (!coupon.valid || isExpired) {
    throw invalidRequest(`Coupon expired: ${coupon.id}`, { code: "coupon_expired", param });
  }
  const isSold =
    coupon.currency === session.currency || coupon.currency_options?.[session.currency ?? ""] !== undefined;
  if (coupon.currency !== null && !isSold) {
    throw invalidRequest(`The coupon ${coupon.id} is in ${coupon.currency}, not in ${session.currency ?? "any"}.`, {
      param,
    });
  }
  return coupon;
}

function usableCode(tx: Transaction, session: Session, id: string, param: string): Stripe.PromotionCode {
  const code = tx.find("promotion_code", id);
  if (!code) throw invalidRequest(`No such promotion code: '${id}'`, { code: "resource_missing", param });
  const isExpired = code.expires_at !== null && code.expires_at <= tx.now(clockOf(tx, session));
  const isUsedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  if (!code.active || isExpired || isUsedUp) {
    throw invalidRequest("This promotion code cannot be redeemed.", { param });
  }
  const owner = idOf(code.customer);
  if (owner !== null && owner !== idOf(session.customer)) {
    throw invalidRequest("This promotion code cannot be redeemed by this customer.", { param });
  }
  return code;
}
