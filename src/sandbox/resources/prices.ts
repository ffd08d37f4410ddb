/** /v1/prices: what it costs, once or per interval. */
import type Stripe from "stripe";
import { planOf } from "../billing/terms";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  boolean,
  currency,
  hash,
  inTimeRange,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timeRange,
} from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { createPrice } from "./new-price";
import { amountParams, readAmounts } from "./price-amounts";
import { currencyOptions, withCurrencyOptions } from "./price-currencies";
import { createProduct } from "./products";
import { given } from "./shared-params";

// Kept in the record and shown only when expanded.
registerIncludable("price", "tiers", null);

const recurringParams = hash({
  interval: oneOf("day", "week", "month", "year").required(),
  interval_count: integer({ minimum: 1, maximum: 1_095 }),
  meter: string(),
  trial_period_days: integer({ minimum: 0, maximum: 730 }),
  usage_type: oneOf("licensed", "metered"),
});

/** A lookup key belongs to one active price; another may take it over only when asked to. */
function claimLookupKey(tx: Transaction, key: string | undefined, takeOver: boolean, self: string | null): void {
  if (key === undefined || key === "") return;
  for (const holder of tx.listBy("price", "lookup_key", key)) {
    if (holder.id === self) continue;
    if (!takeOver) {
      throw invalidRequest(
        `A price (\`${holder.id}\`) already uses that lookup key. To transfer it, set \`transfer_lookup_key\` to true.`,
        { code: "resource_already_exists", param: "lookup_key" },
      );
    }
    updatePrice(tx, holder, { ...holder, lookup_key: null });
  }
}

function updatePrice(tx: Transaction, current: Stripe.Price, next: Stripe.Price): Stripe.Price {
  const previous = previousAttributes(current, next);
  if (previous === undefined) return current;
  const price = tx.put("price", next);
  tx.emit("price.updated", price, previous);
  const plans = price.recurring === null ? null : { before: planOf(current), after: planOf(price) };
  const planBefore = plans && previousAttributes(plans.before, plans.after);
  if (planBefore) tx.emit("plan.updated", plans.after, planBefore);
  return price;
}

function productOf(
  tx: Transaction,
  id: string | undefined,
  data: (Parameters<typeof createProduct>[1] & { statement_descriptor?: string | undefined }) | undefined,
): string {
  if (id !== undefined && data !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: product, product_data.");
  }
  if (id !== undefined) return tx.get("product", id, "product").id;
  if (data === undefined)
    throw invalidRequest("You must specify either `product` or `product_data`.", { param: "product" });
  return createProduct(tx, data).id;
}

/** The routes of prices. */
export const priceRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/prices",
    accepts: {
      ...amountParams,
      currency: currency().required(),
      active: boolean(),
      lookup_key: string({ maxLength: 200 }),
      metadata: metadata(),
      nickname: string({ maxLength: 5_000 }),
      product: string(),
      product_data: hash({
        id: string(),
        name: string().required(),
        active: boolean(),
        metadata: metadata(),
        statement_descriptor: string({ maxLength: 22 }),
        tax_code: string(),
        unit_label: string({ maxLength: 12 }),
      }),
      recurring: recurringParams,
      currency_options: currencyOptions,
      tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
      transfer_lookup_key: boolean(),
    },
    handle(tx, { params }) {
      const { recurring, product_data: data } = params;
      readAmounts(params);
      const product = productOf(
        tx,
        params.product,
        data === undefined ? undefined : { ...data, metadata: applyMetadata({}, data.metadata) },
      );
      claimLookupKey(tx, params.lookup_key, params.transfer_lookup_key ?? false, null);
      return createPrice(tx, {
        amounts: params,
        currency: params.currency,
        currencyOptions: params.currency_options,
        product,
        ...(recurring === undefined ? {} : { recurring }),
        taxBehavior: params.tax_behavior,
        rest: {
          active: params.active ?? true,
          lookup_key: params.lookup_key ?? null,
          metadata: applyMetadata({}, params.metadata),
          nickname: params.nickname ?? null,
        },
      });
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/prices",
    accepts: {
      ...pageParameters,
      active: boolean(),
      created: timeRange(),
      currency: currency(),
      lookup_keys: list(string(), { maximum: 10 }),
      product: string(),
      recurring: hash({
        interval: oneOf("day", "week", "month", "year"),
        meter: string(),
        usage_type: oneOf("licensed", "metered"),
      }),
      type: oneOf("one_time", "recurring"),
    },
    handle(tx, { params }) {
      const { active, created, currency: code, lookup_keys: keys, product, recurring, type } = params;
      const matching = tx.list(
        "price",
        (price) =>
          (active === undefined || price.active === active) &&
          (code === undefined || price.currency === code) &&
          (keys === undefined || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
          (product === undefined || idOf(price.product) === product) &&
          (recurring?.interval === undefined || price.recurring?.interval === recurring.interval) &&
          (recurring?.meter === undefined || price.recurring?.meter === recurring.meter) &&
          (recurring?.usage_type === undefined || price.recurring?.usage_type === recurring.usage_type) &&
          (type === undefined || price.type === type) &&
          inTimeRange(created, price.created),
      );
      return paginate(matching, params, "/v1/prices");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/prices/:id",
    accepts: {},
    handle: (tx, input) => tx.get("price", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/prices/:id",
    accepts: {
      active: boolean(),
      lookup_key: string({ maxLength: 200 }).clearable(),
      metadata: metadata(),
      nickname: string().clearable(),
      tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
      transfer_lookup_key: boolean(),
      currency_options: currencyOptions.clearable(),
    },
    handle(tx, input) {
      const current = tx.get("price", pathValue(input, "id"));
      const { metadata: change, transfer_lookup_key: takeOver, tax_behavior: behavior, ...others } = input.params;
      const { currency_options: options, ...rest } = others;
      if (behavior !== undefined && current.tax_behavior !== "unspecified" && behavior !== current.tax_behavior) {
        throw invalidRequest("The tax behavior of a price cannot be changed once it is set.", {
          param: "tax_behavior",
        });
      }
      claimLookupKey(tx, rest.lookup_key ?? undefined, takeOver ?? false, current.id);
      const changed = {
        ...current,
        ...given({ ...rest, tax_behavior: behavior }),
        metadata: applyMetadata(current.metadata, change),
      };
      return updatePrice(tx, current, withCurrencyOptions(changed, options));
    },
  }),
];
