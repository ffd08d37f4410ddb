/** /v1/promotion_codes: words a customer can redeem a coupon by. */
import type Stripe from "stripe";
import { byCurrency } from "../http/currency-map";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  boolean,
  currency,
  hash,
  inTimeRange,
  integer,
  metadata,
  oneOf,
  string,
  timeRange,
  timestamp,
} from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import { randomText } from "../store/ids";
import { idOf } from "../store/indexes";
import { previousAttributes } from "../webhooks/previous-attributes";
import { existingCoupon } from "./coupons";

const minorUnits = () => integer({ minimum: 1, maximum: 99_999_999 });
const currencyOptions = byCurrency({ minimum_amount: minorUnits().required() });

type Restrictions = Stripe.PromotionCode.Restrictions;

registerIncludable("promotion_code", "restrictions.currency_options", null);

function restrictionsOf(given: {
  currency_options?: Record<string, { minimum_amount: number }> | undefined;
  first_time_transaction?: boolean | undefined;
  minimum_amount?: number | undefined;
  minimum_amount_currency?: string | undefined;
}): Restrictions {
  const { minimum_amount: amount, minimum_amount_currency: code } = given;
  if ((amount === undefined) !== (code === undefined)) {
    throw invalidRequest("minimum_amount and minimum_amount_currency must be set together.", {
      param: "restrictions[minimum_amount]",
    });
  }
  const own = {
    first_time_transaction: given.first_time_transaction ?? false,
    minimum_amount: amount ?? null,
    minimum_amount_currency: code ?? null,
  };
  return { ...own, ...minimumsOf(own, given.currency_options) };
}

/** The minimum amounts by currency, the code's own among them; nothing where none are given. */
function minimumsOf(
  before: Restrictions,
  given: Record<string, { minimum_amount: number }> | undefined,
): Pick<Restrictions, "currency_options"> {
  if (given === undefined) return {};
  const { minimum_amount: amount, minimum_amount_currency: own } = before;
  if (amount === null || own === null || given[own] !== undefined) {
    throw invalidRequest(
      "The currencies of restrictions[currency_options] must differ from minimum_amount_currency, which must be set.",
      { param: "restrictions[currency_options]" },
    );
  }
  return { currency_options: { ...before.currency_options, [own]: { minimum_amount: amount }, ...given } };
}

/** The endpoints of promotion codes. */
export const promotionCodeRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/promotion_codes",
    accepts: {
      active: boolean(),
      code: string({ maxLength: 500 }),
      customer: string(),
      expires_at: timestamp(),
      max_redemptions: integer({ minimum: 1 }),
      metadata: metadata(),
      promotion: hash({ type: oneOf("coupon").required(), coupon: string().required() }).required(),
      restrictions: hash({
        currency_options: currencyOptions,
        first_time_transaction: boolean(),
        minimum_amount: minorUnits(),
        minimum_amount_currency: currency(),
      }),
    },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const coupon = existingCoupon(tx, params.promotion.coupon, "promotion[coupon]");
      if (params.customer !== undefined) tx.get("customer", params.customer, "customer");
      const code = params.code ?? randomText(8).toUpperCase();
      if (!/^[A-Za-z0-9_-]+$/.test(code)) {
        throw invalidRequest("A promotion code may hold letters, digits, hyphens and underscores only.", {
          param: "code",
        });
      }
      const taken = tx.list(
        "promotion_code",
        (other) =>
          other.active &&
          other.code.toLowerCase() === code.toLowerCase() &&
          (idOf(other.customer) === null || params.customer === undefined || idOf(other.customer) === params.customer),
      );
      if (params.active !== false && taken.length > 0) {
        throw invalidRequest("An active promotion code with this code already exists.", {
          code: "resource_already_exists",
          param: "code",
        });
      }
      const created = tx.put("promotion_code", {
        id: tx.newId("promo"),
        object: "promotion_code",
        active: params.active ?? true,
        code,
        created: tx.now(null),
        customer: params.customer ?? null,
        customer_account: null,
        expires_at: params.expires_at ?? null,
        livemode: false,
        max_redemptions: params.max_redemptions ?? null,
        metadata: applyMetadata({}, params.metadata),
        promotion: { type: "coupon", coupon: coupon.id },
        restrictions: restrictionsOf(params.restrictions ?? {}),
        times_redeemed: 0,
      });
      tx.emit("promotion_code.created", created);
      return created;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/promotion_codes",
    accepts: {
      ...pageParameters,
      active: boolean(),
      code: string(),
      coupon: string(),
      created: timeRange(),
      customer: string(),
    },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const matching = tx.list(
        "promotion_code",
        (one) =>
          (params.active === undefined || one.active === params.active) &&
          (params.code === undefined || one.code.toLowerCase() === params.code.toLowerCase()) &&
          (params.coupon === undefined || idOf(one.promotion.coupon) === params.coupon) &&
          (params.customer === undefined || idOf(one.customer) === params.customer) &&
          inTimeRange(params.created, one.created),
      );
      return paginate(matching, params, "/v1/promotion_codes");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/promotion_codes/:id",
    accepts: {},
    handle: (tx, input) => tx.get("promotion_code", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/promotion_codes/:id",
    accepts: {
      active: boolean(),
      metadata: metadata(),
      restrictions: hash({ currency_options: currencyOptions }),
    },
    handle(tx, input) {
      const before = tx.get("promotion_code", pathValue(input, "id"));
      const code = tx.put("promotion_code", {
        ...before,
        active: input.params.active ?? before.active,
        metadata: applyMetadata(before.metadata ?? {}, input.params.metadata),
        restrictions: {
          ...before.restrictions,
          ...minimumsOf(before.restrictions, input.params.restrictions?.currency_options),
        },
      });
      const previous = previousAttributes(before, code);
      if (previous) tx.emit("promotion_code.updated", code, previous);
      return code;
    },
  }),
];
