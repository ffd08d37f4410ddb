/**
 * Where a subscription's discounts come from: a coupon, a promotion code, or a discount it already has.
 *
 * Owns: turning those names into Discount records, and the limits of coupons and codes.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { addMonths } from "./calendar";
import { nowOf } from "./records";

/** One entry of a `discounts` parameter. */
export interface DiscountSource {
  coupon?: string | undefined;
  discount?: string | undefined;
  promotion_code?: string | undefined;
}

/** The ids of the discounts a subscription has from now on; undefined parameters mean none, as on creation. */
export function attachDiscounts(
  tx: Transaction,
  subscription: Stripe.Subscription,
  sources: readonly DiscountSource[] | undefined,
): string[] {
  const ids = (sources ?? []).map((source, index) => attach(tx, subscription, source, `discounts[${index}]`));
  for (const reference of subscription.discounts) {
    const id = idOf(reference) ?? "";
    const dropped = ids.includes(id) ? undefined : tx.find("discount", id);
    if (dropped) tx.emit("customer.discount.deleted", dropped);
  }
  return ids;
}

function attach(tx: Transaction, subscription: Stripe.Subscription, source: DiscountSource, param: string): string {
  const named = [source.coupon, source.discount, source.promotion_code].filter((name) => name !== undefined);
  if (named.length !== 1) {
    throw invalidRequest("You must specify exactly one of: coupon, discount, promotion_code.", { param });
  }
  if (source.discount !== undefined) {
    const kept = subscription.discounts.some((reference) => idOf(reference) === source.discount);
    if (!kept)
      throw invalidRequest(`No such discount: '${source.discount}'`, {
        code: "resource_missing",
        param: `${param}[discount]`,
      });
    return source.discount;
  }
  const code = source.promotion_code === undefined ? null : usableCode(tx, source.promotion_code, subscription, param);
  const couponId = source.coupon ?? idOf(code?.promotion.coupon) ?? "";
  const coupon = usableCoupon(tx, couponId, subscription, param);
  const now = nowOf(tx, subscription);
  const discount = tx.put("discount", {
    id: tx.newId("di"),
    object: "discount",
    checkout_session: null,
    customer: idOf(subscription.customer),
    customer_account: null,
    end: coupon.duration === "repeating" ? addMonths(now, coupon.duration_in_months ?? 0) : null,
    invoice: null,
    invoice_item: null,
    promotion_code: code?.id ?? null,
    source: { type: "coupon", coupon: coupon.id },
    start: now,
    subscription: subscription.id,
    subscription_item: null,
  });
  tx.put("coupon", { ...coupon, ...redeemed(coupon) });
  if (code) tx.put("promotion_code", { ...code, times_redeemed: code.times_redeemed + 1 });
  tx.emit("customer.discount.created", discount);
  return discount.id;
}

function usableCoupon(tx: Transaction, id: string, subscription: Stripe.Subscription, param: string): Stripe.Coupon {
  const coupon = tx.find("coupon", id);
  if (!coupon) throw invalidRequest(`No such coupon: '${id}'`, { code: "resource_missing", param: `${param}[coupon]` });
  const isExpired = coupon.redeem_by !== null && coupon.redeem_by <= nowOf(tx, subscription);
  if (!coupon.valid || isExpired) {
    throw invalidRequest(`Coupon expired: ${coupon.id}`, { code: "coupon_expired", param: `${param}[coupon]` });
  }
  if (coupon.currency !== null && coupon.currency !== subscription.currency) {
    throw invalidRequest(`The coupon ${coupon.id} is in ${coupon.currency}, not in ${subscription.currency}.`, {
      param: `${param}[coupon]`,
    });
  }
  return coupon;
}

function usableCode(
  tx: Transaction,
  id: string,
  subscription: Stripe.Subscription,
  param: string,
): Stripe.PromotionCode {
  const code = tx.find("promotion_code", id);
  const at = `${param}[promotion_code]`;
  if (!code) throw invalidRequest(`No such promotion code: '${id}'`, { code: "resource_missing", param: at });
  const isExpired = code.expires_at !== null && code.expires_at <= nowOf(tx, subscription);
  const isUsedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  if (!code.active || isExpired || isUsedUp)
    throw invalidRequest("This promotion code cannot be redeemed.", { param: at });
  const owner = idOf(code.customer);
  if (owner !== null && owner !== idOf(subscription.customer)) {
    throw invalidRequest("This promotion code cannot be redeemed by this customer.", { param: at });
  }
  return code;
}

function redeemed(coupon: Stripe.Coupon): Partial<Stripe.Coupon> {
  const times = coupon.times_redeemed + 1;
  return { times_redeemed: times, valid: coupon.max_redemptions === null || times < coupon.max_redemptions };
}
