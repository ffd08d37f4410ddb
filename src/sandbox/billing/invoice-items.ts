/**
 * Invoice items: charges that wait for an invoice, or stand on a draft.
 *
 * Owns: making, changing and deleting them, and keeping the draft they stand on added up. Refuses: touching an item whose
 * invoice has left the draft state.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type MetadataChange } from "../http/params";
import { checkStep } from "../payments/currency-step";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { announceInvoice } from "./advance-invoice";
import { lineAmountMinor, unitAmountTimes } from "./amounts";
import { refuseMixedItem, saveItemTaxTerms } from "./automatic-tax";
import { type DiscountOwner, type DiscountSource, replaceDiscounts } from "./discount-sources";
import { attachItem, retotal } from "./draft";
import { createInlinePrice, isInline, type PriceData } from "./inline-prices";
import { ownersOf } from "./item-owners";
import { invoiceItemLine, invoiceItemOf, pricingOf, productName, unitOf } from "./lines";
import { priceIn } from "./price-currency";
import { customerOf, loadLines, nowOf } from "./records";
import { taxRates } from "./terms";
import { decimalText } from "./wire";

/** What may be said about the money and words of an item. */
export interface ItemTermsParameters {
  amount?: number | undefined;
  description?: string | undefined;
  discountable?: boolean | undefined;
  discounts?: DiscountSource[] | undefined;
  metadata?: MetadataChange | undefined;
  period?: { start: number; end: number } | undefined;
  price_data?: PriceData | undefined;
  pricing?: { price?: string | undefined } | undefined;
  quantity?: number | undefined;
  quantity_decimal?: string | undefined;
  tax_behavior?: "exclusive" | "inclusive" | "unspecified" | undefined;
  tax_code?: string | null | undefined;
  tax_rates?: string[] | undefined;
  unit_amount?: number | undefined;
  unit_amount_decimal?: string | undefined;
}

/** What a new item is made from. */
export interface NewItemParameters extends ItemTermsParameters {
  customer?: string | undefined;
  currency?: string | undefined;
  invoice?: string | undefined;
  subscription?: string | undefined;
}

/** Makes an item, pending or on the draft that is named, and announces it. `path` prefixes the names in errors. */
export function createInvoiceItem(tx: Transaction, params: NewItemParameters, path = ""): Stripe.InvoiceItem {
  const at = (name: string) => (path === "" ? name : `${path}[${name}]`);
  const { customer, draft, subscription } = ownersOf(tx, params, at);
  const now = nowOf(tx, customer);
  const wanted = params.currency ?? draft?.currency ?? subscription?.currency ?? customer.currency ?? null;
  const money = moneyOf(tx, params, at, wanted);
  const currency = money.currency ?? params.currency ?? draft?.currency ?? subscription?.currency ?? customer.currency;
  if (!currency)
    throw invalidRequest(`Missing required param: ${at("currency")}.`, {
      code: "parameter_missing",
      param: at("currency"),
    });
  checkCurrency(currency, params.currency, draft, at("currency"));
  const own = subscription?.id ?? idOf(draft?.parent?.subscription_details?.subscription);
  const id = tx.newId("ii");
  const item = tx.put("invoiceitem", {
    id,
    object: "invoiceitem",
    amount: money.amount,
    currency,
    customer: customer.id,
    customer_account: null,
    date: now,
    description: params.description ?? money.description,
    discountable: params.discountable ?? money.amount >= 0,
    discounts: replaceDiscounts(
      tx,
      {
        customer: customer.id,
        currency,
        invoiceItem: id,
        test_clock: customer.test_clock,
        discounts: [],
        inherited: inheritedBy(tx, customer, own, draft),
      },
      params.discounts ?? [],
      at("discounts"),
    ),
    invoice: null,
    livemode: false,
    metadata: applyMetadata({}, params.metadata),
    parent: own === null ? null : { type: "subscription_details", subscription_details: { subscription: own } },
    period: periodOf(params.period, now, at("period")),
    pricing: money.pricing,
    proration: false,
    quantity: money.quantity,
    quantity_decimal: decimalText(money.quantityDecimal),
    tax_rates: taxRates(tx, params.tax_rates ?? [], at("tax_rates")),
    test_clock: idOf(customer.test_clock),
  });
  saveItemTaxTerms(tx, item.id, params);
  refuseMixedItem(draft, item, at("invoice"));
  if (draft) {
    attachItem(tx, draft, item);
    announceInvoice(tx, draft, retotal(tx, draft.id));
  }
  const stored = tx.get("invoiceitem", item.id);
  tx.emit("invoiceitem.created", stored);
  return stored;
}

/** Changes an item that is still pending or stands on a draft. */
export function updateInvoiceItem(tx: Transaction, id: string, params: ItemTermsParameters): Stripe.InvoiceItem {
  const { item, draft } = changeInvoiceItem(tx, id, params);
  if (draft) announceInvoice(tx, draft, retotal(tx, draft.id));
  return item;
}

/** The same, with the draft it stands on not yet added up again. */
export function changeInvoiceItem(
  tx: Transaction,
  id: string,
  params: ItemTermsParameters,
): { item: Stripe.InvoiceItem; draft: Stripe.Invoice | null } {
  const before = tx.get("invoiceitem", id);
  const draft = assertEditable(tx, before);
  const isRepriced = [
    params.amount,
    params.price_data,
    params.pricing,
    params.quantity,
    params.quantity_decimal,
    params.unit_amount_decimal,
  ].some((value) => value !== undefined);
  const item: Stripe.InvoiceItem = {
    ...before,
    description: params.description ?? before.description,
    discountable: params.discountable ?? before.discountable,
    discounts:
      params.discounts === undefined
        ? before.discounts
        : replaceDiscounts(tx, ownerOf(tx, before, draft), params.discounts, "discounts"),
    metadata: applyMetadata(before.metadata ?? {}, params.metadata),
    period: params.period === undefined ? before.period : periodOf(params.period, before.date, "period"),
    tax_rates: params.tax_rates === undefined ? before.tax_rates : taxRates(tx, params.tax_rates, "tax_rates"),
    ...(isRepriced ? repriced(tx, before, params) : {}),
  };
  refuseMixedItem(draft, item, "tax_rates");
  saveItemTaxTerms(tx, id, params);
  tx.put("invoiceitem", item);
  if (draft) {
    const line = loadLines(tx, draft.id).find((one) => invoiceItemOf(one) === id);
    const subscription = idOf(draft.parent?.subscription_details?.subscription);
    if (line) tx.put("invoice_line", invoiceItemLine(line.id, draft.id, item, subscription));
  }
  return { item, draft };
}

/** Deletes an item that is still pending or stands on a draft. */
export function deleteInvoiceItem(tx: Transaction, id: string): Stripe.DeletedInvoiceItem {
  const item = tx.get("invoiceitem", id);
  const draft = assertEditable(tx, item);
  const line = draft && loadLines(tx, draft.id).find((one) => invoiceItemOf(one) === id);
  if (line) tx.remove("invoice_line", line.id);
  tx.remove("invoiceitem", id);
  if (draft) announceInvoice(tx, draft, retotal(tx, draft.id));
  tx.emit("invoiceitem.deleted", item);
  return { id, object: "invoiceitem", deleted: true };
}

/** What an invoice item's `discounts` may name beside coupons and codes. */
function inheritedBy(
  tx: Transaction,
  customer: Stripe.Customer,
  subscription: string | null,
  draft: Stripe.Invoice | null,
): Array<string | { id: string }> {
  const own = subscription === null ? [] : (tx.find("subscription", subscription)?.discounts ?? []);
  return [
    ...(draft?.discounts ?? []).map((one) => idOf(one) ?? ""),
    ...own,
    ...(customer.discount ? [customer.discount] : []),
  ];
}

function ownerOf(tx: Transaction, item: Stripe.InvoiceItem, draft: Stripe.Invoice | null): DiscountOwner {
  const { customer, currency, discounts, test_clock } = item;
  const inherited = inheritedBy(
    tx,
    customerOf(tx, item),
    item.parent?.subscription_details?.subscription ?? null,
    draft,
  );
  return { customer, currency, discounts, test_clock, inherited, invoiceItem: item.id };
}

function assertEditable(tx: Transaction, item: Stripe.InvoiceItem): Stripe.Invoice | null {
  const id = idOf(item.invoice);
  if (id === null) return null;
  const invoice = tx.get("invoice", id);
  if (invoice.status === "draft") return invoice;
  throw invalidRequest("The invoice item is attached to an invoice that is no longer editable.", {
    code: "invoice_not_editable",
  });
}

function checkCurrency(currency: string, asked: string | undefined, draft: Stripe.Invoice | null, param: string): void {
  const expected = draft?.currency ?? asked;
  if (expected === undefined || expected === currency) return;
  throw invalidRequest(`The currency of this item (${currency}) does not match the expected one (${expected}).`, {
    param,
  });
}

function periodOf(
  given: { start: number; end: number } | undefined,
  now: number,
  param: string,
): Stripe.InvoiceItem.Period {
  if (!given) return { start: now, end: now };
  if (given.end < given.start) {
    throw invalidRequest("The period's end must not be before its start.", { param: `${param}[end]` });
  }
  return { start: given.start, end: given.end };
}

interface ItemMoney {
  amount: number;
  currency: string | null;
  description: string | null;
  pricing: Stripe.InvoiceItem.Pricing | null;
  quantity: number;
  quantityDecimal: string;
}

/** The amount of an item: given outright, from a price, or a unit amount times a quantity. */
function moneyOf(
  tx: Transaction,
  params: ItemTermsParameters,
  at: (name: string) => string,
  currency: string | null,
): ItemMoney {
  const quantityDecimal = params.quantity_decimal ?? String(params.quantity ?? 1);
  const quantity = params.quantity ?? Math.floor(Number(quantityDecimal));
  if (params.quantity !== undefined && params.quantity_decimal !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: quantity, quantity_decimal.", {
      param: at("quantity"),
    });
  }
  const unit =
    params.unit_amount_decimal ?? (params.unit_amount === undefined ? undefined : String(params.unit_amount));
  const ways = [params.amount, params.pricing?.price, params.price_data, unit].filter(
    (way) => way !== undefined,
  ).length;
  if (ways > 1) {
    throw invalidRequest("You may only specify one of these parameters: amount, pricing, unit_amount_decimal.", {
      param: at("amount"),
    });
  }
  const base = { currency: null, description: null, quantity, quantityDecimal };
  if (params.price_data !== undefined) {
    const price = createInlinePrice(tx, params.price_data, at("price_data"));
    return amountAt(tx, price, base);
  }
  if (params.pricing?.price !== undefined) return fromPrice(tx, params.pricing.price, base, at, currency);
  if (unit !== undefined) {
    return {
      ...base,
      amount: unitAmountTimes(unit, quantityDecimal, currency ?? "usd"),
      pricing: { type: "price_details", unit_amount_decimal: decimalText(unit) },
    };
  }
  if (params.amount === undefined) {
    throw invalidRequest(`Missing required param: ${at("amount")}.`, {
      code: "parameter_missing",
      param: at("amount"),
    });
  }
  checkStep(params.amount, currency, at("amount"));
  const unitOfAmount = decimalText(unitOf(params.amount, quantityDecimal));
  return { ...base, amount: params.amount, pricing: { type: "price_details", unit_amount_decimal: unitOfAmount } };
}

function fromPrice(
  tx: Transaction,
  id: string,
  base: Omit<ItemMoney, "amount" | "pricing">,
  at: (name: string) => string,
  currency: string | null,
): ItemMoney {
  const price = tx.get("price", id, at("pricing[price]"));
  if (!price.active && !isInline(tx, price))
    throw invalidRequest("The price specified is inactive. This field only accepts active prices.", {
      param: at("pricing[price]"),
    });
  if (price.type !== "one_time") {
    throw invalidRequest(
      "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
      { param: at("pricing[price]") },
    );
  }
  return amountAt(tx, currency === null ? price : priceIn(price, currency), base);
}

function amountAt(tx: Transaction, price: Stripe.Price, base: Omit<ItemMoney, "amount" | "pricing">): ItemMoney {
  return {
    ...base,
    amount: lineAmountMinor(price, base.quantityDecimal),
    currency: price.currency,
    description: productName(tx, price),
    pricing: pricingOf(price),
  };
}

function repriced(
  tx: Transaction,
  before: Stripe.InvoiceItem,
  params: ItemTermsParameters,
): Partial<Stripe.InvoiceItem> {
  const price = idOf(before.pricing?.price_details?.price);
  const keepsUnit =
    params.amount === undefined &&
    params.pricing === undefined &&
    params.price_data === undefined &&
    params.unit_amount_decimal === undefined;
  const unit = before.pricing?.unit_amount_decimal?.toString();
  const money = moneyOf(
    tx,
    {
      ...params,
      ...(keepsUnit && price !== null ? { pricing: { price } } : {}),
      ...(keepsUnit && price === null && unit !== undefined ? { unit_amount_decimal: unit } : {}),
      ...(params.quantity === undefined && params.quantity_decimal === undefined && params.amount === undefined
        ? { quantity_decimal: before.quantity_decimal.toString() }
        : {}),
    },
    (name) => name,
    before.currency,
  );
  return {
    amount: money.amount,
    pricing: money.pricing,
    quantity: money.quantity,
    quantity_decimal: decimalText(money.quantityDecimal),
  };
}
