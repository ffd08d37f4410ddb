/**
 * Prorations as pending invoice items.
 *
 * Owns: turning a change of a subscription item into credits for what was charged and a debit for what is now due, each a
 * pending invoice item that names what it credits. Nothing is prorated during a trial: nothing was charged for it.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { ItemDebit, Transaction } from "../store/transaction";
import { lineAmountMinor } from "./amounts";
import { type Period, periodAt } from "./calendar";
import { discountsInForce, discountTermsOf } from "./discount-terms";
import { spreadDiscounts } from "./discounts";
import { pricingOf, prorationDescription, unitOf } from "./lines";
import { type Credit, creditsFor, keptPart, remainingShare } from "./proration";
import { customerOf, loadItems, nowOf } from "./records";
import { recurrenceOf } from "./terms";
import { decimalText } from "./wire";

/** Credits the unused time of everything an item was charged for beyond a moment. */
export function creditUnused(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  at: number,
): Stripe.InvoiceItem[] {
  const debits = tx.listBy("item_debit", "subscription_item", item.id).reverse();
  return creditsFor(debits, at).flatMap((credit) => {
    tx.put("item_debit", keptPart(credit));
    if (credit.amountMinor === 0) return [];
    return putItem(tx, subscription, item, {
      amountMinor: credit.amountMinor,
      description: prorationDescription(tx, "Unused", item, at),
      period: credit.period,
      prorationDetails: { credited_items: creditedItems(credit), discount_amounts: [] },
    });
  });
}

/** Debits an item for the part of its grid period between two moments, after discounts, as a base of later credits. */
export function debitRemaining(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  span: Period,
): Stripe.InvoiceItem | null {
  const natural = periodAt(subscription.billing_cycle_anchor, recurrenceOf(item.price), span.start);
  const full = netAmount(tx, subscription, item);
  const amountMinor = remainingShare(full, natural, span.start) - remainingShare(full, natural, span.end);
  if (amountMinor === 0) return null;
  const debit = putItem(tx, subscription, item, {
    amountMinor,
    description: prorationDescription(tx, "Remaining", item, span.start),
    period: span,
    prorationDetails: { credited_items: null, discount_amounts: [] },
  });
  tx.put("item_debit", {
    id: tx.newId("debit"),
    subscriptionItem: item.id,
    invoice: null,
    invoiceLine: null,
    invoiceItem: debit.id,
    amountMinor,
    periodStart: span.start,
    periodEnd: span.end,
  });
  return debit;
}

/** What a full period of an item costs after the subscription's discounts, spread over all its items. */
function netAmount(tx: Transaction, subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): number {
  const items = loadItems(tx, subscription.id);
  const lines = items.map((one) => ({
    amountMinor: lineAmountMinor(one.price, one.quantity ?? 0),
    discountable: true,
  }));
  const inForce = discountsInForce(tx, subscription, customerOf(tx, subscription), nowOf(tx, subscription));
  const parts = spreadDiscounts(
    lines,
    inForce.flatMap((id) => discountTermsOf(tx, id)),
  );
  const index = items.findIndex((one) => one.id === item.id);
  const off = (parts[index] ?? []).reduce((sum, part) => sum + part.amountMinor, 0);
  return lineAmountMinor(item.price, item.quantity ?? 0) - off;
}

function creditedItems(credit: Credit<ItemDebit>): Stripe.InvoiceItem.ProrationDetails.CreditedItems | null {
  const { invoice, invoiceLine, invoiceItem } = credit.charged;
  if (invoice !== null && invoiceLine !== null) {
    return { type: "invoice_line_items", invoice_line_item_details: { invoice, invoice_line_items: [invoiceLine] } };
  }
  return invoiceItem === null ? null : { type: "invoice_item", invoice_item: invoiceItem };
}

function putItem(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  terms: {
    amountMinor: number;
    description: string;
    period: Period;
    prorationDetails: Stripe.InvoiceItem.ProrationDetails;
  },
): Stripe.InvoiceItem {
  const quantity = item.quantity ?? 1;
  const created = tx.put("invoiceitem", {
    id: tx.newId("ii"),
    object: "invoiceitem",
    amount: terms.amountMinor,
    currency: subscription.currency,
    customer: idOf(subscription.customer) ?? "",
    customer_account: null,
    date: nowOf(tx, subscription),
    description: terms.description,
    discountable: false,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: {
      type: "subscription_details",
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
    },
    period: { start: terms.period.start, end: terms.period.end },
    pricing: { ...pricingOf(item.price), unit_amount_decimal: decimalText(unitOf(terms.amountMinor, quantity)) },
    proration: true,
    proration_details: terms.prorationDetails,
    quantity,
    quantity_decimal: decimalText(String(quantity)),
    tax_rates: item.tax_rates,
    test_clock: idOf(subscription.test_clock),
  });
  tx.emit("invoiceitem.created", created);
  return created;
}
