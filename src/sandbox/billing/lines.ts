/**
 * Invoice lines: what one line says and where it comes from.
 *
 * Owns: the two kinds of line (a subscription item's period, an invoice item) in Stripe's shape, and their words. Amounts
 * arrive finished; taxes are put on by retotal (draft.ts), because they depend on the invoice.
 */

import { Decimal } from "decimal.js";
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { Period } from "./calendar";
import { dayText, decimalText, moneyText } from "./wire";

/** The name of a price's product; a product that is gone keeps its id as name. */
export function productName(tx: Transaction, price: Stripe.Price): string {
  const id = idOf(price.product) ?? "";
  return tx.find("product", id)?.name ?? id;
}

/** "1 × Professional (at $299.00 / month)" */
export function itemDescription(tx: Transaction, item: Stripe.SubscriptionItem): string {
  const { price } = item;
  const name = `${item.quantity ?? 0} × ${productName(tx, price)}`;
  const unit = price.unit_amount_decimal?.toString();
  const every = price.recurring ? ` ${intervalText(price.recurring)}` : "";
  return unit === undefined ? name : `${name} (at ${moneyText(unit, price.currency)}${every})`;
}

/** "Free trial for 1 x Professional", or in classic billing mode "Trial period for Professional" */
export function trialDescription(tx: Transaction, item: Stripe.SubscriptionItem, isClassic = false): string {
  if (isClassic) return `Trial period for ${productName(tx, item.price)}`;
  return trialText(tx, item.price, String(item.quantity ?? 0));
}

/** The words of trialDescription for any quantity. */
export function trialText(tx: Transaction, price: Stripe.Price, quantity: string): string {
  return `Free trial for ${quantity} x ${productName(tx, price)}`;
}

/** "Unused time on Basic after 21 Apr 2026", "Remaining time on 3 × Pro after 21 Apr 2026" */
export function prorationDescription(
  tx: Transaction,
  kind: "Unused" | "Remaining",
  item: Stripe.SubscriptionItem,
  after: number,
): string {
  const name = productName(tx, item.price);
  const counted = (item.quantity ?? 1) === 1 ? name : `${item.quantity} × ${name}`;
  return `${kind} time on ${counted} after ${dayText(after)}`;
}

/** The line of a subscription item for one period. */
export function subscriptionItemLine(input: {
  id: string;
  invoice: string;
  item: Stripe.SubscriptionItem;
  period: Period;
  amountMinor: number;
  description: string;
  /** What the line counts, when that is not the item's own quantity at the price's own unit amount. */
  counted?: { quantity: string; unitAmount: string } | undefined;
}): Stripe.InvoiceLineItem {
  const { item, counted } = input;
  const quantity = counted?.quantity ?? String(item.quantity ?? 0);
  return {
    ...blankLine(input.id, input.invoice, item.price.currency),
    amount: input.amountMinor,
    description: input.description,
    discounts: item.discounts.map((discount) => idOf(discount) ?? ""),
    metadata: item.metadata,
    parent: {
      type: "subscription_item_details",
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: item.subscription,
        subscription_item: item.id,
      },
    },
    period: { start: input.period.start, end: input.period.end },
    pricing: counted
      ? { ...pricingOf(item.price), unit_amount_decimal: decimalText(counted.unitAmount) }
      : pricingOf(item.price),
    quantity: Math.floor(Number(quantity)),
    quantity_decimal: decimalText(quantity),
    subscription: item.subscription,
    subtotal: input.amountMinor,
  };
}

/** The line of an invoice item. A proration's line names the subscription item, as Stripe's do. */
export function invoiceItemLine(
  id: string,
  invoice: string,
  item: Stripe.InvoiceItem,
  subscription: string | null,
): Stripe.InvoiceLineItem {
  return {
    ...blankLine(id, invoice, item.currency),
    amount: item.amount,
    description: item.description,
    discountable: item.discountable,
    discounts: (item.discounts ?? []).map((discount) => idOf(discount) ?? ""),
    metadata: item.metadata ?? {},
    parent: invoiceItemParent(item),
    period: item.period,
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription: item.parent?.subscription_details?.subscription ?? subscription,
    subtotal: item.amount,
  };
}

/** Stripe's pricing hash of a price; tiered prices have no single unit amount. */
export function pricingOf(price: Stripe.Price): Stripe.InvoiceLineItem.Pricing {
  return {
    type: "price_details",
    price_details: { price: price.id, product: idOf(price.product) ?? "" },
    unit_amount_decimal: price.unit_amount_decimal,
  };
}

/** The invoice item behind a line, or null for a subscription item's own line. */
export function invoiceItemOf(line: Stripe.InvoiceLineItem): string | null {
  return (
    line.parent?.invoice_item_details?.invoice_item ?? line.parent?.subscription_item_details?.invoice_item ?? null
  );
}

function invoiceItemParent(item: Stripe.InvoiceItem): Stripe.InvoiceLineItem.Parent {
  const details = item.parent?.subscription_details ?? null;
  const credited = item.proration_details?.credited_items?.invoice_line_item_details;
  const prorationDetails = {
    credited_items: credited ? { invoice: credited.invoice, invoice_line_items: credited.invoice_line_items } : null,
  };
  if (item.proration && details?.subscription_item) {
    return {
      type: "subscription_item_details",
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: item.id,
        proration: true,
        proration_details: prorationDetails,
        subscription: details.subscription,
        subscription_item: details.subscription_item,
      },
    };
  }
  return {
    type: "invoice_item_details",
    invoice_item_details: {
      invoice_item: item.id,
      proration: item.proration,
      proration_details: prorationDetails,
      subscription: details?.subscription ?? null,
    },
    subscription_item_details: null,
  };
}

/** "/ month", "every 3 months" */
export function intervalText(recurring: { interval: string; interval_count: number }): string {
  return recurring.interval_count === 1
    ? `/ ${recurring.interval}`
    : `every ${recurring.interval_count} ${recurring.interval}s`;
}

function blankLine(
  id: string,
  invoice: string,
  currency: string,
): Omit<
  Stripe.InvoiceLineItem,
  "amount" | "subtotal" | "description" | "parent" | "period" | "pricing" | "subscription"
> {
  return {
    id,
    object: "line_item",
    currency,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: null,
    quantity_decimal: null,
    taxes: [],
  };
}

/** A share of a unit amount as text, for the unit price of a proration: amount ÷ quantity, at most twelve places. */
export function unitOf(amountMinor: number, quantity: number | string): string {
  const units = new Decimal(quantity);
  return units.isZero() ? "0" : new Decimal(amountMinor).div(units).toDecimalPlaces(12).toFixed();
}
