/**
 * Coupons and promotion codes at Stripe, which holds the truth about them: what a code somebody typed is worth, and how
 * operators make codes, list them and take them out of use. Redeeming one is part of a start or a change.
 */
import { createHash } from "node:crypto";
import type Stripe from "stripe";
import type { CouponRequest, PromotionRecord, PromotionRequest } from "@/billing/subscriptions/model-promotions";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe } from "./errors";
import type { CallKey, StripeGateway } from "./gateway";
import { callKey } from "./idempotency";
import { discountParams } from "./subscription-params";
import {
  decimalText,
  idOf,
  instant,
  minor,
  optionalId,
  optionalInstant,
  unixSeconds,
  wireAmount,
} from "./translate/values";

type PromotionCalls = Pick<
  StripeGateway,
  | "findPromotionCode"
  | "listPromotionCodes"
  | "createPromotionCode"
  | "setPromotionCodeActive"
  | "ensureCoupon"
  | "setDiscounts"
>;

const EXPAND = "promotion.coupon.applies_to";

/** The gateway's calls about promotion codes. */
export function promotionCalls(client: ClientSource): PromotionCalls {
  return {
    findPromotionCode: (code, stripeCustomerId) => callStripe(() => find(client(), code, stripeCustomerId)),
    listPromotionCodes: (page) => callStripe(() => list(client(), page)),
    createPromotionCode: (request, key) => callStripe(() => create(client(), request, key)),
    ensureCoupon: (request) => callStripe(() => ensureCoupon(client(), request)),
    setDiscounts: (id, discounts, key) =>
      callStripe(async () => {
        await client().subscriptions.update(id, { discounts: discountParams(discounts) }, { idempotencyKey: key });
      }),
    setPromotionCodeActive: (id, isActive, key) => findAtStripe(() => setActive(client(), id, isActive, key)),
  };
}

/** One text may be a code of several customers; a customer's own comes before the one for everybody. */
async function find(stripe: Stripe, code: string, stripeCustomerId: string | null): Promise<PromotionRecord | null> {
  const { data } = await stripe.promotionCodes.list({ code, active: true, limit: 100, expand: [`data.${EXPAND}`] });
  const redeemable = data.map(toRecord).filter(({ isActive, isCouponValid }) => isActive && isCouponValid);
  const own = redeemable.find((one) => one.stripeCustomerId !== null && one.stripeCustomerId === stripeCustomerId);
  return own ?? redeemable.find((one) => one.stripeCustomerId === null) ?? null;
}

async function list(stripe: Stripe, page: { limit: number; after: string | null; active: boolean | null }) {
  const { data, has_more: hasMore } = await stripe.promotionCodes.list({
    limit: page.limit,
    expand: [`data.${EXPAND}`],
    ...(page.after !== null && { starting_after: page.after }),
    ...(page.active !== null && { active: page.active }),
  });
  return { promotions: data.map(toRecord), hasMore };
}

function couponParams({ name, duration, ...request }: CouponRequest) {
  const { percentOff, amountOffMinor, currency, durationMonths } = request;
  return {
    ...{ name, duration },
    ...(percentOff !== null && { percent_off: Number(percentOff) }),
    ...(amountOffMinor !== null && { amount_off: wireAmount(amountOffMinor), currency }),
    ...(durationMonths !== null && { duration_in_months: durationMonths }),
  } satisfies Stripe.CouponCreateParams;
}

/** Named by its terms, so that it is found again by whoever wants the same. */
async function ensureCoupon(stripe: Stripe, request: CouponRequest): Promise<string> {
  const params = couponParams(request);
  const id = `quittance_${createHash("sha256").update(JSON.stringify(params)).digest("hex").slice(0, 24)}`;
  if ((await findAtStripe(() => stripe.coupons.retrieve(id))) === null) {
    await stripe.coupons.create({ id, ...params }, { idempotencyKey: callKey("coupon", id) });
  }
  return id;
}

async function create(stripe: Stripe, request: PromotionRequest, key: CallKey): Promise<PromotionRecord> {
  const { currency, stripeProductIds } = request;
  const coupon = await stripe.coupons.create(
    {
      ...couponParams(request),
      ...(stripeProductIds.length > 0 && { applies_to: { products: stripeProductIds } }),
    },
    { idempotencyKey: callKey(key, "coupon") },
  );
  const { minimumAmountMinor, expiresAt, maxRedemptions, stripeCustomerId } = request;
  const made = await stripe.promotionCodes.create(
    {
      promotion: { type: "coupon", coupon: coupon.id },
      code: request.code,
      expand: [EXPAND],
      ...(expiresAt !== null && { expires_at: unixSeconds(expiresAt) }),
      ...(maxRedemptions !== null && { max_redemptions: maxRedemptions }),
      ...(stripeCustomerId !== null && { customer: stripeCustomerId }),
      restrictions: {
        first_time_transaction: request.firstOrderOnly,
        ...(minimumAmountMinor !== null && {
          minimum_amount: wireAmount(minimumAmountMinor),
          minimum_amount_currency: currency,
        }),
      },
    },
    { idempotencyKey: callKey(key, "code") },
  );
  return toRecord(made);
}

async function setActive(stripe: Stripe, id: string, isActive: boolean, key: CallKey): Promise<PromotionRecord> {
  const params = { active: isActive, expand: [EXPAND] };
  return toRecord(await stripe.promotionCodes.update(id, params, { idempotencyKey: key }));
}

function toRecord(code: Stripe.PromotionCode): PromotionRecord {
  const { promotion, restrictions } = code;
  const coupon = typeof promotion.coupon === "string" ? null : promotion.coupon;
  return {
    stripePromotionCodeId: code.id,
    stripeCouponId: coupon?.id ?? (promotion.coupon === null ? "" : idOf(promotion.coupon)),
    code: code.code,
    name: coupon?.name ?? code.code,
    percentOff: decimalText(coupon?.percent_off),
    amountOffMinor: coupon === null || coupon.amount_off === null ? null : minor(coupon.amount_off),
    currency: coupon?.currency ?? null,
    duration: coupon?.duration ?? "once",
    durationMonths: coupon?.duration_in_months ?? null,
    isActive: code.active,
    isCouponValid: coupon?.valid ?? false,
    timesRedeemed: code.times_redeemed,
    maxRedemptions: code.max_redemptions,
    expiresAt: optionalInstant(code.expires_at),
    firstOrderOnly: restrictions.first_time_transaction,
    minimumAmountMinor: restrictions.minimum_amount === null ? null : minor(restrictions.minimum_amount),
    minimumAmountCurrency: restrictions.minimum_amount_currency,
    stripeCustomerId: optionalId(code.customer),
    stripeProductIds: coupon?.applies_to?.products ?? [],
    createdAt: instant(code.created),
  };
}
