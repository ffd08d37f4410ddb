/**
 * Prices made inside another request: `price_data`.
 *
 * Owns: its shapes, and making the price. Such a price is inactive from its birth: nothing but the request that made it can
 * use it, and what then has it keeps it.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import {
  applyMetadata,
  currency,
  decimal,
  hash,
  type Infer,
  integer,
  list,
  metadata,
  oneOf,
  string,
} from "../http/params";
import { createPrice } from "../resources/new-price";
import { createProduct } from "../resources/products";
import type { Transaction } from "../store/transaction";

const amounts = {
  currency: currency().required(),
  tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
  unit_amount: integer(),
  unit_amount_decimal: decimal({ places: 12 }),
};

const recurringData = {
  ...amounts,
  product: string().required(),
  recurring: hash({
    interval: oneOf("day", "week", "month", "year").required(),
    interval_count: integer({ minimum: 1, maximum: 1_095 }),
  }).required(),
};

const oneTimeData = { ...amounts, product: string().required() };

const lineData = {
  ...amounts,
  product: string(),
  product_data: hash(
    {
      name: string().required(),
      description: string({ maxLength: 40_000 }),
      images: list(string(), { maximum: 8 }),
      metadata: metadata(),
      tax_code: string(),
      unit_label: string({ maxLength: 12 }),
    },
    ["tax_details"],
  ),
};

/** `price_data` of an item of a subscription. */
export const recurringPriceData = hash(recurringData);
/** `price_data` of an invoice item. */
export const oneTimePriceData = hash(oneTimeData);
/** `price_data` of an invoice's line, which may bring its product along. */
export const linePriceData = hash(lineData);

/** Any of them, read. */
export type PriceData = Infer<typeof lineData> & Partial<Pick<Infer<typeof recurringData>, "recurring">>;

/** Makes the price that a request describes. */
export function createInlinePrice(tx: Transaction, data: PriceData, path: string): Stripe.Price {
  const { currency: code, product, product_data: fresh, recurring, tax_behavior: taxBehavior, ...amount } = data;
  if ((product === undefined) === (fresh === undefined)) {
    throw invalidRequest("You must specify exactly one of these parameters: product, product_data.", {
      param: `${path}[product]`,
    });
  }
  if (recurring !== undefined && Number(amount.unit_amount_decimal ?? amount.unit_amount ?? 0) < 0) {
    throw invalidRequest("This value must be greater than or equal to 0.", {
      code: "parameter_invalid_integer",
      param: `${path}[unit_amount]`,
    });
  }
  const owner = fresh === undefined ? tx.get("product", product ?? "", `${path}[product]`) : inlineProduct(tx, fresh);
  const price = createPrice(
    tx,
    {
      amounts: amount,
      currency: code,
      product: owner.id,
      ...(recurring === undefined ? {} : { recurring }),
      taxBehavior,
      rest: { active: false },
    },
    path,
  );
  tx.put("inline_price", { id: price.id });
  return price;
}

function inlineProduct(tx: Transaction, data: NonNullable<PriceData["product_data"]>): Stripe.Product {
  const { description, images, metadata: noted, ...rest } = data;
  return createProduct(
    tx,
    { ...rest, active: false, metadata: applyMetadata({}, noted) },
    { description: description ?? null, images: images ?? [] },
  );
}

/** Entries that name a price or describe one, each with the id of its price; the descriptions are made into prices. */
export function withInlinePrices<E extends { price?: string | undefined; price_data?: PriceData | undefined }>(
  tx: Transaction,
  entries: readonly E[],
  path: string,
): Array<E & { price_data?: undefined }> {
  return entries.map((entry, index) => {
    const { price_data: data, ...rest } = entry;
    if (data === undefined) return { ...entry, price_data: undefined };
    const at = `${path}[${index}]`;
    if (entry.price !== undefined) {
      throw invalidRequest("You may only specify one of these parameters: price, price_data.", {
        param: `${at}[price_data]`,
      });
    }
    return { ...(rest as E), price: createInlinePrice(tx, data, `${at}[price_data]`).id, price_data: undefined };
  });
}

/** Whether a price was made inside a request, and so may be inactive where it is used. */
export function isInline(tx: Transaction, price: Stripe.Price): boolean {
  return tx.find("inline_price", price.id) !== undefined;
}

/** Refuses the price of another request, unless it is one of those that are kept. */
export function refuseForeignInline(
  tx: Transaction,
  entries: readonly { price?: string | undefined }[],
  kept: readonly string[],
): void {
  for (const [index, { price }] of entries.entries()) {
    if (price === undefined || kept.includes(price) || tx.find("inline_price", price) === undefined) continue;
    throw invalidRequest("The price specified is inactive. This field only accepts active prices.", {
      param: `items[${index}][price]`,
    });
  }
}
