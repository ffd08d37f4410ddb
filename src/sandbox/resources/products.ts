/** /v1/products: what is sold. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  boolean,
  currency,
  decimal,
  hash,
  type Infer,
  inTimeRange,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timeRange,
} from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { createPrice } from "./new-price";
import { amountParams, decimalUnits, minorUnits } from "./price-amounts";
import { currencyOptions } from "./price-currencies";
import { given } from "./shared-params";

const packageDimensions = hash({
  height: decimal({ places: 2, minimum: 0 }).required(),
  length: decimal({ places: 2, minimum: 0 }).required(),
  weight: decimal({ places: 2, minimum: 0 }).required(),
  width: decimal({ places: 2, minimum: 0 }).required(),
});

/** The price a product is made with. */
const defaultPriceData = hash({
  currency: currency().required(),
  currency_options: currencyOptions,
  custom_unit_amount: amountParams.custom_unit_amount,
  metadata: metadata(),
  recurring: hash({
    interval: oneOf("day", "week", "month", "year").required(),
    interval_count: integer({ minimum: 1, maximum: 1_095 }),
  }),
  tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
  unit_amount: minorUnits(),
  unit_amount_decimal: decimalUnits(),
});

const writable = {
  active: boolean(),
  description: string({ maxLength: 40_000 }).clearable(),
  images: list(string(), { maximum: 8 }),
  marketing_features: list(hash({ name: string({ maxLength: 80 }).required() }), { maximum: 15 }),
  metadata: metadata(),
  package_dimensions: packageDimensions.clearable(),
  shippable: boolean(),
  statement_descriptor: string({ maxLength: 22 }),
  tax_code: string().clearable(),
  tax_details: hash({ performance_location: string(), tax_code: string().clearable() }).clearable(),
  unit_label: string({ maxLength: 12 }).clearable(),
  url: string().clearable(),
};

/** What a product is made from; prices make them too (`product_data`). */
export interface NewProduct {
  id?: string | undefined;
  name: string;
  active?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
  statement_descriptor?: string | undefined;
  tax_code?: string | null | undefined;
  unit_label?: string | null | undefined;
}

/** Stores a new product and emits product.created. */
export function createProduct(tx: Transaction, input: NewProduct, rest: Partial<Stripe.Product> = {}): Stripe.Product {
  if (input.id !== undefined && tx.find("product", input.id) !== undefined) {
    throw invalidRequest("Product already exists.", { code: "resource_already_exists", param: "id" });
  }
  const now = tx.now(null);
  const product = tx.put("product", {
    id: input.id ?? tx.newId("prod"),
    object: "product",
    active: input.active ?? true,
    created: now,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: input.metadata ?? {},
    name: input.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: input.statement_descriptor ?? null,
    tax_code: input.tax_code ?? null,
    tax_details: null,
    type: "service",
    unit_label: input.unit_label ?? null,
    updated: now,
    url: null,
    ...rest,
  });
  tx.emit("product.created", product);
  return product;
}

/** The given fields as a product has them. */
function productFields(rest: Omit<Infer<typeof writable>, "metadata">): Partial<Stripe.Product> {
  const { package_dimensions: size, tax_details: tax, ...plain } = rest;
  return given({
    ...plain,
    package_dimensions: size && {
      height: Number(size.height),
      length: Number(size.length),
      weight: Number(size.weight),
      width: Number(size.width),
    },
    tax_details: tax && { performance_location: tax.performance_location ?? null, tax_code: tax.tax_code ?? null },
  });
}

/** The routes of products. */
export const productRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/products",
    accepts: {
      ...writable,
      name: string().required(),
      id: string({ maxLength: 255 }),
      type: oneOf("good", "service"),
      default_price_data: defaultPriceData,
    },
    handle(tx, { params }) {
      const { id, name, metadata: change, type: _type, default_price_data: data, ...rest } = params;
      const fields = productFields(rest);
      const product = createProduct(tx, { id, name, metadata: applyMetadata({}, change) }, fields);
      if (data === undefined) return product;
      const { currency: code, currency_options, recurring, tax_behavior, metadata: noted, ...amounts } = data;
      const price = createPrice(
        tx,
        {
          amounts,
          currency: code,
          currencyOptions: currency_options,
          product: product.id,
          ...(recurring === undefined ? {} : { recurring }),
          taxBehavior: tax_behavior,
          rest: { metadata: applyMetadata({}, noted) },
        },
        "default_price_data",
      );
      const priced = tx.put("product", { ...product, default_price: price.id });
      tx.emit("product.updated", priced, { default_price: null });
      return priced;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/products",
    accepts: {
      ...pageParameters,
      active: boolean(),
      created: timeRange(),
      ids: list(string()),
      shippable: boolean(),
      url: string(),
    },
    unsupported: ["type"],
    handle(tx, { params }) {
      const { active, created, ids, shippable, url } = params;
      const matching = tx.list(
        "product",
        (product) =>
          (active === undefined || product.active === active) &&
          (ids === undefined || ids.includes(product.id)) &&
          (shippable === undefined || product.shippable === shippable) &&
          (url === undefined || product.url === url) &&
          inTimeRange(created, product.created),
      );
      return paginate(matching, params, "/v1/products");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/products/:id",
    accepts: {},
    handle: (tx, input) => tx.get("product", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/products/:id",
    accepts: { ...writable, name: string(), default_price: string() },
    handle(tx, input) {
      const current = tx.get("product", pathValue(input, "id"));
      const { metadata: change, default_price: defaultPrice, ...rest } = input.params;
      if (defaultPrice !== undefined && tx.get("price", defaultPrice, "default_price").product !== current.id) {
        throw invalidRequest("The default price must belong to the product.", { param: "default_price" });
      }
      const next: Stripe.Product = {
        ...current,
        ...productFields(rest),
        ...(defaultPrice === undefined ? {} : { default_price: defaultPrice }),
        metadata: applyMetadata(current.metadata, change),
      };
      const previous = previousAttributes(current, next);
      if (previous === undefined) return current;
      const product = tx.put("product", { ...next, updated: tx.now(null) });
      tx.emit("product.updated", product, { ...previous, updated: current.updated });
      return product;
    },
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/products/:id",
    accepts: {},
    handle(tx, input) {
      const product = tx.get("product", pathValue(input, "id"));
      if (tx.listBy("price", "product", product.id).length > 0) {
        throw invalidRequest(
          "This product cannot be deleted because it has one or more user-created prices. Archive it instead.",
        );
      }
      tx.remove("product", product.id);
      tx.emit("product.deleted", product);
      return { id: product.id, object: "product", deleted: true };
    },
  }),
];
