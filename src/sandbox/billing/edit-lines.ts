/**
 * Lines of a draft, changed and taken away one by one.
 *
 * Owns: what `update_lines`, `remove_lines` and `lines/:line` do. The line of an invoice item is changed through its item;
 * the line of a subscription's period is changed alone, and what the item counts as charged follows it, so that a later
 * credit gives back what was really billed. Refuses: lines of invoices that are no longer drafts.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type MetadataChange } from "../http/params";
import { checkStep } from "../payments/currency-step";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { announceInvoice } from "./advance-invoice";
import { lineAmountMinor, unitAmountTimes } from "./amounts";
import { replaceDiscounts } from "./discount-sources";
import { sumOfParts } from "./discounts";
import { retotal } from "./draft";
import { createInlinePrice } from "./inline-prices";
import { changeInvoiceItem, type ItemTermsParameters } from "./invoice-items";
import { draftFor } from "./item-owners";
import { setLineTaxes, type TaxAmountParameters } from "./line-taxes";
import { invoiceItemOf, pricingOf, unitOf } from "./lines";
import { customerOf, loadLines, saveInvoice, subscriptionOf } from "./records";
import { decimalText } from "./wire";

/** What may be said about a line. */
export interface LineParameters extends ItemTermsParameters {
  tax_amounts?: TaxAmountParameters;
}

/** Changes lines of a draft and adds it up again, once for all of them. */
export function updateLines(
  tx: Transaction,
  invoiceId: string,
  lines: ReadonlyArray<LineParameters & { id: string }>,
  invoiceMetadata?: MetadataChange,
): Stripe.Invoice {
  return editDraft(tx, invoiceId, invoiceMetadata, (draft) => {
    for (const [index, { id, ...params }] of lines.entries()) {
      changeLine(tx, draft, lineOf(tx, draft, id, `lines[${index}][id]`), params, `lines[${index}]`);
    }
  });
}

/** Changes one line of a draft and answers it. */
export function updateLine(
  tx: Transaction,
  invoiceId: string,
  lineId: string,
  params: LineParameters,
): Stripe.InvoiceLineItem {
  editDraft(tx, invoiceId, undefined, (draft) => {
    changeLine(tx, draft, lineOf(tx, draft, lineId, "line_item_id"), params, "");
  });
  return tx.get("invoice_line", lineId);
}

/** Takes lines off a draft: deleted with their item, or with the item waiting for another invoice. */
export function removeLines(
  tx: Transaction,
  invoiceId: string,
  lines: ReadonlyArray<{ id: string; behavior: "delete" | "unassign" }>,
  invoiceMetadata?: MetadataChange,
): Stripe.Invoice {
  return editDraft(tx, invoiceId, invoiceMetadata, (draft) => {
    for (const [index, { id, behavior }] of lines.entries()) {
      const line = lineOf(tx, draft, id, `lines[${index}][id]`);
      const item = tx.find("invoiceitem", invoiceItemOf(line) ?? "");
      if (!item && behavior === "unassign") {
        throw invalidRequest("Only lines of invoice items can be unassigned; this one is a subscription's.", {
          param: `lines[${index}][behavior]`,
        });
      }
      tx.remove("invoice_line", line.id);
      tx.remove("line_tax_terms", line.id);
      followDebit(tx, line, 0);
      if (item && behavior === "unassign") tx.put("invoiceitem", { ...item, invoice: null });
      if (!item || behavior === "unassign") continue;
      tx.remove("invoiceitem", item.id);
      tx.emit("invoiceitem.deleted", item);
    }
  });
}

function editDraft(
  tx: Transaction,
  invoiceId: string,
  metadata: MetadataChange | undefined,
  edit: (draft: Stripe.Invoice) => void,
): Stripe.Invoice {
  const before = draftFor(tx, invoiceId, "id");
  const linesBefore = loadLines(tx, before.id);
  edit(before);
  const totalled = retotal(tx, before.id);
  for (const old of linesBefore) {
    const now = tx.find("invoice_line", old.id);
    if (now && invoiceItemOf(now) === null) followDebit(tx, old, netOf(now));
  }
  const change = { metadata: applyMetadata(totalled.metadata ?? {}, metadata) };
  return announceInvoice(tx, before, saveInvoice(tx, { ...totalled, ...change }));
}

function lineOf(tx: Transaction, draft: Stripe.Invoice, id: string, param: string): Stripe.InvoiceLineItem {
  const line = tx.find("invoice_line", id);
  if (line?.invoice === draft.id) return line;
  throw invalidRequest(`No such invoice line item: '${id}'`, { code: "resource_missing", param });
}

function changeLine(
  tx: Transaction,
  draft: Stripe.Invoice,
  line: Stripe.InvoiceLineItem,
  params: LineParameters,
  path: string,
): void {
  const { tax_amounts, ...terms } = params;
  const itemId = invoiceItemOf(line);
  const isProration = (itemId !== null && tx.find("invoiceitem", itemId)?.proration) === true;
  if (isProration && params.discountable === true) {
    throw invalidRequest("A proration cannot be discountable.", {
      param: path === "" ? "discountable" : `${path}[discountable]`,
    });
  }
  const ownRates = itemId === null ? { tax_rates: terms.tax_rates } : {};
  if (itemId === null) changePeriodLine(tx, draft, line, terms, path);
  else changeInvoiceItem(tx, itemId, terms);
  const hasRates = itemId !== null && (tx.find("invoiceitem", itemId)?.tax_rates ?? []).length > 0;
  if (tax_amounts !== undefined && tax_amounts.length > 0 && hasRates) {
    throw invalidRequest("You cannot set tax_amounts on a line that has tax rates.", {
      param: path === "" ? "tax_amounts" : `${path}[tax_amounts]`,
    });
  }
  if (tax_amounts === undefined && ownRates.tax_rates === undefined) return;
  setLineTaxes(tx, draft, line.id, { tax_amounts, ...ownRates }, path);
}

function changePeriodLine(
  tx: Transaction,
  draft: Stripe.Invoice,
  line: Stripe.InvoiceLineItem,
  params: LineParameters,
  path: string,
): void {
  const period = params.period ?? line.period;
  if (period.end < period.start) {
    throw invalidRequest("The period's end must not be before its start.", {
      param: path === "" ? "period[end]" : `${path}[period][end]`,
    });
  }
  tx.put("invoice_line", {
    ...line,
    ...repriced(tx, line, params, path),
    description: params.description ?? line.description,
    discountable: params.discountable ?? line.discountable,
    discounts: params.discounts === undefined ? line.discounts : discountsOf(tx, draft, line, params.discounts, path),
    // A subscription's line takes the given metadata instead of merging it.
    metadata: params.metadata === undefined ? line.metadata : applyMetadata({}, params.metadata),
    period: { start: period.start, end: period.end },
  });
}

function discountsOf(
  tx: Transaction,
  draft: Stripe.Invoice,
  line: Stripe.InvoiceLineItem,
  sources: NonNullable<LineParameters["discounts"]>,
  path: string,
): string[] {
  const { customer, currency, test_clock } = draft;
  const own = customerOf(tx, draft).discount;
  const inherited = [
    ...draft.discounts.map((one) => idOf(one) ?? ""),
    ...(subscriptionOf(tx, draft)?.discounts ?? []),
    ...(own ? [own] : []),
  ];
  const discounts = line.discounts.map((one) => idOf(one) ?? "");
  const owner = { customer, currency, test_clock, invoiceItem: line.id, discounts, inherited };
  return replaceDiscounts(tx, owner, sources, path === "" ? "discounts" : `${path}[discounts]`);
}

/** A line's money: given outright, or its (or another) price times its (or another) quantity. */
function repriced(
  tx: Transaction,
  line: Stripe.InvoiceLineItem,
  params: LineParameters,
  path: string,
): Partial<Stripe.InvoiceLineItem> {
  const at = (name: string) => (path === "" ? name : `${path}[${name}]`);
  const ways = [params.amount, params.pricing?.price, params.price_data].filter((way) => way !== undefined);
  if (ways.length > 1) {
    throw invalidRequest("You may only specify one of these parameters: amount, pricing, price_data.", {
      param: at("amount"),
    });
  }
  if (params.quantity !== undefined && params.quantity_decimal !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: quantity, quantity_decimal.", {
      param: at("quantity"),
    });
  }
  const given = params.quantity_decimal ?? params.quantity?.toString();
  if (ways.length === 0 && given === undefined) return {};
  const quantity = given ?? line.quantity_decimal?.toString() ?? "1";
  const counted = { quantity: Math.floor(Number(quantity)), quantity_decimal: decimalText(quantity) };
  if (params.amount !== undefined) {
    checkStep(params.amount, line.currency, at("amount"));
    const unit = { ...line.pricing, type: "price_details" as const };
    const pricing = { ...unit, unit_amount_decimal: decimalText(unitOf(params.amount, quantity)) };
    return { ...counted, amount: params.amount, subtotal: params.amount, pricing };
  }
  const price =
    params.price_data !== undefined
      ? createInlinePrice(tx, params.price_data, at("price_data"))
      : params.pricing?.price === undefined
        ? null
        : tx.get("price", params.pricing.price, at("pricing[price]"));
  if (price !== null && price.currency !== line.currency) {
    throw invalidRequest(`The price's currency (${price.currency}) does not match the invoice's (${line.currency}).`, {
      param: at("pricing[price]"),
    });
  }
  const unit = line.pricing?.unit_amount_decimal?.toString() ?? "0";
  const amount = price === null ? unitAmountTimes(unit, quantity, line.currency) : lineAmountMinor(price, quantity);
  return { ...counted, amount, subtotal: amount, pricing: price === null ? line.pricing : pricingOf(price) };
}

function netOf(line: Stripe.InvoiceLineItem): number {
  return line.amount - sumOfParts((line.discount_amounts ?? []).map((one) => ({ amountMinor: one.amount })));
}

/** What an item counts as charged by a line follows the line, unless part of it was already given back. */
function followDebit(tx: Transaction, before: Stripe.InvoiceLineItem, netMinor: number): void {
  const item = before.parent?.subscription_item_details?.subscription_item;
  if (item === undefined) return;
  for (const debit of tx.listBy("item_debit", "subscription_item", item)) {
    if (debit.invoiceLine !== before.id || debit.amountMinor !== netOf(before)) continue;
    if (netMinor <= 0) {
      tx.remove("item_debit", debit.id);
      continue;
    }
    const off = (tx.find("invoice_line", before.id)?.discount_amounts ?? []).map((one) => ({
      discount: idOf(one.discount) ?? "",
      amountMinor: one.amount,
    }));
    tx.put("item_debit", { ...debit, amountMinor: netMinor, discounts: off });
  }
}
