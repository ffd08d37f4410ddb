/**
 * The line items of a checkout session: what is sold, before anybody counts it.
 *
 * Owns: finding or making each item's price and what its quantity may be. What they cost is in quote.ts.
 */
import type Stripe from "stripe";
import { sellsIn } from "../billing/price-currency";
import { taxRates } from "../billing/terms";
import { invalidRequest, notSupported } from "../http/errors";
import { applyMetadata } from "../http/params";
import { createPrice } from "../resources/new-price";
import { createProduct } from "../resources/products";
import { given } from "../resources/shared-params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { CreateSessionParameters, LineItemParameters } from "./params";

/** Line items whose amounts are still to be found, and the tax rates each names. */
export interface ReadItems {
  lineItems: Stripe.LineItem[];
  taxRates: Record<string, string[]>;
}

/** Reads `line_items`; prices given inline are made. */
export function readLineItems(tx: Transaction, params: CreateSessionParameters): ReadItems {
  const rates: Record<string, string[]> = {};
  const lineItems = (params.line_items ?? []).map((item, index) => {
    const at = `line_items[${index}]`;
    const price = priceOf(tx, params.mode, item, at);
    const id = tx.newId("li");
    rates[id] = taxRates(tx, item.tax_rates ?? [], `${at}[tax_rates]`).map((rate) => rate.id);
    const lineItem: Stripe.LineItem = {
      id,
      object: "item",
      adjustable_quantity: adjustableOf(item, at),
      amount_discount: 0,
      amount_subtotal: 0,
      amount_tax: 0,
      amount_total: 0,
      currency: params.currency !== undefined && sellsIn(price, params.currency) ? params.currency : price.currency,
      description: tx.find("product", idOf(price.product) ?? "")?.name ?? null,
      discounts: [],
      metadata: applyMetadata({}, item.metadata),
      price,
      quantity: quantityOf(price, item, at),
      taxes: [],
    };
    return lineItem;
  });
  const currency = lineItems[0]?.currency;
  if (lineItems.some((item) => item.currency !== currency)) {
    throw invalidRequest("All prices of a Checkout Session must have the same currency.", { param: "line_items" });
  }
  if (params.currency !== undefined && currency !== undefined && params.currency !== currency) {
    throw invalidRequest(`The currency ${params.currency} is not that of the line items, ${currency}.`, {
      param: "currency",
    });
  }
  if (params.mode === "subscription" && lineItems.every((item) => item.price?.type !== "recurring")) {
    throw invalidRequest("You must provide at least one recurring price in `subscription` mode.", {
      param: "line_items",
    });
  }
  return { lineItems, taxRates: rates };
}

function priceOf(
  tx: Transaction,
  mode: CreateSessionParameters["mode"],
  item: LineItemParameters,
  at: string,
): Stripe.Price {
  if (item.price !== undefined && item.price_data !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: price, price_data.", { param: at });
  }
  const price =
    item.price_data === undefined ? knownPrice(tx, item.price, `${at}[price]`) : newPrice(tx, item.price_data, at);
  if (price.custom_unit_amount !== null) throw notSupported("A price its customer chooses", `${at}[price]`);
  if (mode === "payment" && price.type !== "one_time") {
    throw invalidRequest(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      { param: `${at}[price]` },
    );
  }
  return price;
}

function knownPrice(tx: Transaction, id: string | undefined, param: string): Stripe.Price {
  if (id === undefined) {
    throw invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  }
  const price = tx.get("price", id, param);
  if (!price.active) throw invalidRequest("The price specified is inactive.", { param });
  return price;
}

function newPrice(tx: Transaction, data: NonNullable<LineItemParameters["price_data"]>, at: string): Stripe.Price {
  const path = `${at}[price_data]`;
  const { product_data: inline, recurring } = data;
  if ((data.product === undefined) === (inline === undefined)) {
    throw invalidRequest("You must specify either `product` or `product_data` when creating a price.", {
      param: `${path}[product]`,
    });
  }
  const product =
    data.product !== undefined
      ? tx.get("product", data.product, `${path}[product]`)
      : createProduct(
          tx,
          { ...inline, name: inline?.name ?? "", metadata: applyMetadata({}, inline?.metadata) },
          given({ description: inline?.description, images: inline?.images }),
        );
  return createPrice(
    tx,
    {
      amounts: { unit_amount: data.unit_amount, unit_amount_decimal: data.unit_amount_decimal },
      currency: data.currency,
      product: product.id,
      ...(recurring === undefined ? {} : { recurring: { ...given(recurring), interval: recurring.interval } }),
      taxBehavior: data.tax_behavior,
    },
    path,
  );
}

function quantityOf(price: Stripe.Price, item: LineItemParameters, at: string): number | null {
  if (price.recurring?.usage_type !== "metered") return item.quantity ?? 1;
  if (item.quantity === undefined) return null;
  throw invalidRequest("You can not pass `quantity` for a price with `usage_type=metered`.", {
    param: `${at}[quantity]`,
  });
}

function adjustableOf(item: LineItemParameters, at: string): Stripe.LineItem.AdjustableQuantity | null {
  const range = item.adjustable_quantity;
  if (range === undefined || !range.enabled) return null;
  const [minimum, maximum, quantity] = [range.minimum ?? 0, range.maximum ?? 99, item.quantity ?? 1];
  if (minimum >= maximum || quantity < minimum || quantity > maximum) {
    throw invalidRequest(`The quantity must lie between ${minimum} and ${maximum}.`, {
      param: `${at}[adjustable_quantity]`,
    });
  }
  return { enabled: true, maximum, minimum };
}
