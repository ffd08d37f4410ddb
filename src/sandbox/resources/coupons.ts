/**
 * /v1/coupons: what a discount takes off, and for how long.
 *
 * A deleted coupon can no longer be redeemed, but discounts made from it go on, so its record stays behind a tombstone,
 * and its id cannot be given away again.
 */
import type Stripe from "stripe";
import { byCurrency } from "../http/currency-map";
import { invalidRequest, resourceMissing } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  currency,
  decimal,
  hash,
  inTimeRange,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timeRange,
  timestamp,
} from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import { checkStep } from "../payments/currency-step";
import { randomText } from "../store/ids";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";

registerIncludable("coupon", "applies_to", null);
registerIncludable("coupon", "currency_options", (_tx, coupon) =>
  typeof coupon.currency === "string" ? { [coupon.currency]: { amount_off: coupon.amount_off } } : {},
);

const currencyOptions = byCurrency({ amount_off: integer({ minimum: 1 }).required() });

/** The amounts of a coupon by currency, its own among them; nothing where none are given and none are there. */
function optionsOf(
  amountOff: number | null,
  own: string | null,
  given: Record<string, { amount_off: number }> | undefined,
  before: NonNullable<Stripe.Coupon["currency_options"]>,
): Pick<Stripe.Coupon, "currency_options"> {
  if (given === undefined) return {};
  if (amountOff === null || own === null) {
    throw invalidRequest("currency_options belong to coupons with amount_off, and only to these.", {
      param: "currency_options",
    });
  }
  if (given[own] !== undefined) {
    throw invalidRequest("The coupon's own currency cannot be one of its currency_options.", {
      param: `currency_options[${own}]`,
    });
  }
  for (const [code, option] of Object.entries(given)) {
    checkStep(option.amount_off, code, `currency_options[${code}][amount_off]`);
  }
  return { currency_options: { ...before, [own]: { amount_off: amountOff }, ...given } };
}

/** A coupon that was not deleted, or Stripe's 404. */
export function existingCoupon(tx: Transaction, id: string, param?: string): Stripe.Coupon {
  if (tx.find("tombstone", id)?.object === "coupon") throw resourceMissing("coupon", id, param);
  return tx.get("coupon", id, param);
}

interface CouponTerms {
  amount_off?: number | undefined;
  currency?: string | undefined;
  percent_off?: string | undefined;
  duration: "forever" | "once" | "repeating";
  duration_in_months?: number | undefined;
}

function checkTerms(terms: CouponTerms): void {
  if ((terms.percent_off === undefined) === (terms.amount_off === undefined)) {
    throw invalidRequest("Must specify exactly one of percent_off or amount_off.", { param: "percent_off" });
  }
  if (terms.percent_off !== undefined && (Number(terms.percent_off) <= 0 || Number(terms.percent_off) > 100)) {
    throw invalidRequest("Invalid percent_off: must be above 0 and at most 100.", { param: "percent_off" });
  }
  if (terms.amount_off !== undefined && terms.currency === undefined) {
    throw invalidRequest("Must specify a currency with amount_off.", { param: "currency" });
  }
  checkStep(terms.amount_off, terms.currency, "amount_off");
  if ((terms.duration === "repeating") !== (terms.duration_in_months !== undefined)) {
    throw invalidRequest("duration_in_months belongs to coupons of duration `repeating`, and only to these.", {
      param: "duration_in_months",
    });
  }
}

/** The endpoints of coupons. */
export const couponRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/coupons",
    accepts: {
      amount_off: integer({ minimum: 1 }),
      currency: currency(),
      duration: oneOf("forever", "once", "repeating"),
      duration_in_months: integer({ minimum: 1, maximum: 120 }),
      id: string({ maxLength: 500 }),
      max_redemptions: integer({ minimum: 1 }),
      metadata: metadata(),
      name: string({ maxLength: 40 }),
      percent_off: decimal({ places: 2 }),
      redeem_by: timestamp(),
      applies_to: hash({ products: list(string(), { maximum: 100 }) }),
      currency_options: currencyOptions,
    },
    handle(tx, { params }) {
      const duration = params.duration ?? "once";
      checkTerms({ ...params, duration });
      for (const [index, product] of (params.applies_to?.products ?? []).entries()) {
        tx.get("product", product, `applies_to[products][${index}]`);
      }
      const id = params.id ?? randomText(8);
      if (tx.find("coupon", id)) {
        throw invalidRequest("Coupon already exists.", { code: "resource_already_exists", param: "id" });
      }
      const coupon = tx.put("coupon", {
        id,
        object: "coupon",
        amount_off: params.amount_off ?? null,
        created: tx.now(null),
        currency: params.amount_off === undefined ? null : (params.currency ?? null),
        duration,
        duration_in_months: params.duration_in_months ?? null,
        livemode: false,
        max_redemptions: params.max_redemptions ?? null,
        metadata: applyMetadata({}, params.metadata),
        name: params.name ?? null,
        percent_off: params.percent_off === undefined ? null : Number(params.percent_off),
        redeem_by: params.redeem_by ?? null,
        times_redeemed: 0,
        valid: true,
        ...(params.applies_to?.products?.length ? { applies_to: { products: params.applies_to.products } } : {}),
        ...optionsOf(params.amount_off ?? null, params.currency ?? null, params.currency_options, {}),
      });
      tx.emit("coupon.created", coupon);
      return coupon;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/coupons",
    accepts: { ...pageParameters, created: timeRange() },
    handle(tx, { params }) {
      const standing = tx.list(
        "coupon",
        (coupon) => inTimeRange(params.created, coupon.created) && tx.find("tombstone", coupon.id) === undefined,
      );
      return paginate(standing, params, "/v1/coupons");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/coupons/:id",
    accepts: {},
    handle: (tx, input) => existingCoupon(tx, pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/coupons/:id",
    accepts: { metadata: metadata(), name: string({ maxLength: 40 }), currency_options: currencyOptions },
    handle(tx, input) {
      const before = existingCoupon(tx, pathValue(input, "id"));
      const coupon = tx.put("coupon", {
        ...before,
        name: input.params.name ?? before.name,
        metadata: applyMetadata(before.metadata ?? {}, input.params.metadata),
        ...optionsOf(before.amount_off, before.currency, input.params.currency_options, before.currency_options ?? {}),
      });
      const previous = previousAttributes(before, coupon);
      if (previous) tx.emit("coupon.updated", coupon, previous);
      return coupon;
    },
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/coupons/:id",
    accepts: {},
    handle(tx, input) {
      const coupon = existingCoupon(tx, pathValue(input, "id"));
      tx.put("coupon", { ...coupon, valid: false });
      tx.put("tombstone", { id: coupon.id, object: "coupon" });
      tx.emit("coupon.deleted", coupon);
      return { id: coupon.id, object: "coupon", deleted: true };
    },
  }),
];
