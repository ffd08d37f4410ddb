/**
 * Where discounts come from: a coupon, a promotion code, or a discount that is already there.
 *
 * Owns: turning those names into Discount records for whatever is to be discounted (a subscription, one of its items, an
 * invoice, an invoice item, a customer), and the limits of coupons and codes. Refuses: ending them (end-discount.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { addMonths } from "./calendar";
import { type CodeOrder, checkRestrictions, subscriptionAmount } from "./code-restrictions";
import { discountEndKind, dropDiscounts, scheduleDiscountEnd } from "./end-discount";
import { type Clocked, nowOf } from "./records";

/** One entry of a `discounts` parameter. */
export interface DiscountSource {
  coupon?: string | undefined;
  discount?: string | undefined;
  promotion_code?: string | undefined;
}

type References = ReadonlyArray<string | { id: string }> | null | undefined;

/** Something that can have discounts. The more precise of its ids say where the discount shows itself. */
export interface DiscountOwner extends Clocked {
  customer: string | { id: string } | null;
  currency: string | null;
  subscription?: string | null;
  subscriptionItem?: string | null;
  invoice?: string | null;
  invoiceItem?: string | null;
  /** What it has now. */
  discounts: References;
  /** What the things above it have: it may name those, too. */
  inherited?: References;
  /** The one a customer is switched from. */
  before?: Stripe.Discount | null;
}

/** The ids of the discounts a subscription has from now on; undefined parameters mean none, as on creation. */
export function attachDiscounts(
  tx: Transaction,
  subscription: Stripe.Subscription,
  sources: readonly DiscountSource[] | undefined,
): string[] {
  const owner = { ...subscription, subscription: subscription.id };
  return replaceDiscounts(tx, owner, sources ?? [], "discounts");
}

/** The ids of the discounts a subscription's item has from now on. */
export function attachItemDiscounts(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Pick<Stripe.SubscriptionItem, "id" | "discounts">,
  sources: readonly DiscountSource[],
  path: string,
): string[] {
  const { customer, currency, test_clock, discounts: inherited } = subscription;
  const owner = { customer, currency, test_clock, inherited, subscription: subscription.id };
  return replaceDiscounts(tx, { ...owner, subscriptionItem: item.id, discounts: item.discounts }, sources, path);
}

/** Gives the owner exactly these discounts; the caller stores the ids. What it had and lost is announced as deleted. */
export function replaceDiscounts(
  tx: Transaction,
  owner: DiscountOwner,
  sources: readonly DiscountSource[],
  path: string,
): string[] {
  const ids = sources.map((source, index) => attach(tx, owner, source, `${path}[${index}]`));
  if (new Set(ids).size < ids.length) {
    throw invalidRequest("A discount can be given only once.", { param: path });
  }
  const before = (owner.discounts ?? []).map((reference) => idOf(reference) ?? "");
  const inherited = new Set((owner.inherited ?? []).map((reference) => idOf(reference)));
  const dropped = before.filter((id) => !ids.includes(id) && !inherited.has(id));
  if (isAnnounced(owner)) dropDiscounts(tx, dropped);
  return ids;
}

/** Gives a customer a discount of its own; invoices without any other get it. */
export function discountCustomer(tx: Transaction, customer: Stripe.Customer, couponId: string): Stripe.Discount {
  const before = customer.discount ?? null;
  const owner = { customer: customer.id, currency: null, test_clock: customer.test_clock, discounts: [], before };
  const discount = redeem(tx, owner, usableCoupon(tx, couponId, owner, ""), null);
  if (before) tx.unschedule(discountEndKind, before.id);
  tx.put("customer", { ...customer, discount });
  return discount;
}

/** Discounts of single invoices are not the customer's: no event tells of them. */
function isAnnounced(owner: DiscountOwner): boolean {
  return (owner.invoice ?? null) === null && (owner.invoiceItem ?? null) === null;
}

function attach(tx: Transaction, owner: DiscountOwner, source: DiscountSource, param: string): string {
  const named = [source.coupon, source.discount, source.promotion_code].filter((name) => name !== undefined);
  if (named.length !== 1) {
    throw invalidRequest("You must specify exactly one of: coupon, discount, promotion_code.", { param });
  }
  if (source.discount !== undefined) {
    const known = [...(owner.discounts ?? []), ...(owner.inherited ?? [])];
    if (known.some((reference) => idOf(reference) === source.discount)) return source.discount;
    throw invalidRequest(`No such discount: '${source.discount}'`, {
      code: "resource_missing",
      param: `${param}[discount]`,
    });
  }
  const code = source.promotion_code === undefined ? null : usableCode(tx, source.promotion_code, owner, param);
  const couponId = source.coupon ?? idOf(code?.promotion.coupon) ?? "";
  return redeem(tx, owner, usableCoupon(tx, couponId, owner, param), code).id;
}

/** Makes a discount of a coupon for its new owner, and counts it. */
function redeem(
  tx: Transaction,
  owner: DiscountOwner,
  coupon: Stripe.Coupon,
  code: Stripe.PromotionCode | null,
): Stripe.Discount {
  const now = nowOf(tx, owner);
  const discount = tx.put("discount", {
    id: tx.newId("di"),
    object: "discount",
    checkout_session: null,
    customer: idOf(owner.customer),
    customer_account: null,
    end: coupon.duration === "repeating" ? addMonths(now, coupon.duration_in_months ?? 0) : null,
    invoice: owner.invoice ?? null,
    invoice_item: owner.invoiceItem ?? null,
    promotion_code: code?.id ?? null,
    source: { type: "coupon", coupon: coupon.id },
    start: now,
    subscription: owner.subscription ?? null,
    subscription_item: owner.subscriptionItem ?? null,
  });
  countRedemption(tx, discount.id, 1);
  if (isAnnounced(owner)) {
    const previous = owner.before ? previousAttributes(owner.before, discount) : null;
    if (previous) tx.emit("customer.discount.updated", discount, previous);
    else tx.emit("customer.discount.created", discount);
    scheduleDiscountEnd(tx, owner, discount);
  }
  return discount;
}

function usableCoupon(tx: Transaction, id: string, owner: DiscountOwner, param: string): Stripe.Coupon {
  const coupon = tx.find("coupon", id);
  if (!coupon) throw invalidRequest(`No such coupon: '${id}'`, { code: "resource_missing", param: `${param}[coupon]` });
  const isExpired = coupon.redeem_by !== null && coupon.redeem_by <= nowOf(tx, owner);
  if (!coupon.valid || isExpired) {
    throw invalidRequest(`Coupon expired: ${coupon.id}`, { code: "coupon_expired", param: `${param}[coupon]` });
  }
  const isSold =
    owner.currency === null || coupon.currency === owner.currency || coupon.currency_options?.[owner.currency];
  if (coupon.currency !== null && !isSold) {
    throw invalidRequest(`The coupon ${coupon.id} is in ${coupon.currency}, not in ${owner.currency}.`, {
      param: `${param}[coupon]`,
    });
  }
  return coupon;
}

function usableCode(tx: Transaction, id: string, owner: DiscountOwner, param: string): Stripe.PromotionCode {
  const code = tx.find("promotion_code", id);
  const at = `${param}[promotion_code]`;
  if (!code) throw invalidRequest(`No such promotion code: '${id}'`, { code: "resource_missing", param: at });
  const isExpired = code.expires_at !== null && code.expires_at <= nowOf(tx, owner);
  const isUsedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  if (!code.active || isExpired || isUsedUp)
    throw invalidRequest("This promotion code cannot be redeemed.", { param: at });
  const restricted = idOf(code.customer);
  if (restricted !== null && restricted !== idOf(owner.customer)) {
    throw invalidRequest("This promotion code cannot be redeemed by this customer.", { param: at });
  }
  checkRestrictions(tx, code, orderOf(tx, owner), at);
  return code;
}

/** What the owner is about to buy with a code. */
function orderOf(tx: Transaction, owner: DiscountOwner): CodeOrder {
  const { currency, invoice, subscription } = owner;
  const customer = idOf(owner.customer);
  if (currency === null) return { customer, currency, amountMinor: 0 };
  const amountMinor = subscription
    ? subscriptionAmount(tx, subscription, currency)
    : (tx.find("invoice", invoice ?? "")?.subtotal ?? 0);
  return { customer, currency: subscription || invoice ? currency : null, amountMinor };
}

/** Counts the redemption behind a discount, or takes it back. */
export function countRedemption(tx: Transaction, discountId: string, times: 1 | -1): void {
  const discount = tx.find("discount", discountId);
  const coupon = tx.find("coupon", idOf(discount?.source.coupon) ?? "");
  if (coupon) {
    const redeemed = coupon.times_redeemed + times;
    const valid = coupon.max_redemptions === null || redeemed < coupon.max_redemptions;
    tx.put("coupon", { ...coupon, times_redeemed: redeemed, valid });
  }
  const code = tx.find("promotion_code", idOf(discount?.promotion_code) ?? "");
  if (code) tx.put("promotion_code", { ...code, times_redeemed: code.times_redeemed + times });
}
