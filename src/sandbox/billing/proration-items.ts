/**
 * Prorations as pending invoice items.
 *
 * Owns: turning a change of a subscription item into credits for what was charged and a debit for what is now due, each a
 * pending invoice item that names what it credits. Nothing is prorated during a trial: nothing was charged for it.
 */
import type Stripe from "stripe";
import { stepOf } from "../payments/currency-step";
import { idOf } from "../store/indexes";
import type { ItemDebit, Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { isClassic } from "./billing-mode";
import { type Period, periodAt } from "./calendar";
import { fixedAmount, isMetered } from "./charge-parts";
import { classicAmount, classicCredit } from "./classic-proration";
import { discountsInForce, discountTermsOf, inForce } from "./discount-terms";
import { type DiscountPart, shareParts, spreadDiscounts, sumOfParts } from "./discounts";
import { pricingOf, prorationDescription, unitOf } from "./lines";
import { itemIn } from "./price-currency";
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
  if (isClassic(subscription)) return creditAtPrice(tx, subscription, item, at, debits);
  return creditsFor(debits, at, stepOf(subscription.currency)).flatMap((credit) => {
    const parts = creditedParts(credit, stepOf(subscription.currency));
    tx.put("item_debit", withoutParts(keptPart(credit), parts));
    if (credit.amountMinor === 0) return [];
    return putItem(tx, subscription, item, {
      amountMinor: credit.amountMinor,
      parts: parts.map((part) => ({ ...part, amountMinor: -part.amountMinor })),
      description: prorationDescription(tx, "Unused", item, at),
      period: credit.period,
      creditedItems: creditedItems(credit),
    });
  });
}

/** The classic credit. What was charged is written down all the same: a migrated subscription goes on from there. */
function creditAtPrice(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  at: number,
  debits: readonly ItemDebit[],
): Stripe.InvoiceItem[] {
  const charged = creditsFor(debits, at, stepOf(subscription.currency));
  for (const credit of charged)
    tx.put("item_debit", withoutParts(keptPart(credit), creditedParts(credit, stepOf(subscription.currency))));
  const credit = classicCredit(tx, subscription, item, at);
  if (credit === null) return [];
  const last = charged.at(-1);
  const terms = {
    ...credit,
    description: prorationDescription(tx, "Unused", item, at),
    creditedItems: last === undefined ? null : creditedItems(last),
  };
  return [putItem(tx, subscription, item, { ...terms, parts: [] })];
}

/** Debits an item for the part of its grid period between two moments, after discounts, as a base of later credits. */
export function debitRemaining(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  span: Period,
): Stripe.InvoiceItem | null {
  if (isMetered(item.price)) return null;
  const natural = periodAt(gridOf(subscription), recurrenceOf(item.price), span.start);
  const step = stepOf(subscription.currency);
  const shareOfSpan = (amount: number) =>
    remainingShare(amount, natural, span.start, step) - remainingShare(amount, natural, span.end, step);
  const amountOf = isClassic(subscription) ? classicAmount : discountedAmount;
  const whole = amountOf(tx, subscription, item);
  const amountMinor = shareOfSpan(whole.grossMinor - sumOfParts(whole.parts));
  const parts = shareParts(whole.parts, shareOfSpan(whole.grossMinor) - amountMinor, step);
  if (amountMinor === 0) return null;
  const debit = putItem(tx, subscription, item, {
    amountMinor,
    parts,
    description: prorationDescription(tx, "Remaining", item, span.start),
    period: span,
    creditedItems: null,
  });
  tx.put("item_debit", {
    id: tx.newId("debit"),
    subscriptionItem: item.id,
    invoice: null,
    invoiceLine: null,
    invoiceItem: debit.id,
    amountMinor,
    ...(parts.length === 0 ? {} : { discounts: parts }),
    periodStart: span.start,
    periodEnd: span.end,
  });
  return debit;
}

/** What a full period of an item costs, and what its own and the subscription's discounts, spread over all items, take off. */
function discountedAmount(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): { grossMinor: number; parts: DiscountPart[] } {
  const now = nowOf(tx, subscription);
  const items = loadItems(tx, subscription.id);
  const lines = items.map((one) => ({
    amountMinor: fixedAmount(itemIn(one, subscription.currency)),
    discountable: true,
    own: inForce(tx, one.discounts, now).flatMap((id) => discountTermsOf(tx, id, subscription.currency)),
    product: idOf(one.price.product) ?? undefined,
  }));
  const shared = discountsInForce(tx, subscription, customerOf(tx, subscription), now);
  const parts = spreadDiscounts(
    lines,
    shared.flatMap((id) => discountTermsOf(tx, id, subscription.currency)),
    stepOf(subscription.currency),
  );
  const index = items.findIndex((one) => one.id === item.id);
  return {
    grossMinor: fixedAmount(itemIn(item, subscription.currency)),
    parts: parts[index] ?? [],
  };
}

/** The discounts' share in what a credit gives back. */
function creditedParts({ charged, amountMinor, period }: Credit<ItemDebit>, step: number): DiscountPart[] {
  const parts = charged.discounts ?? [];
  if (parts.length === 0) return [];
  const span = { start: charged.periodStart, end: charged.periodEnd };
  const gross = remainingShare(charged.amountMinor + sumOfParts(parts), span, period.start, step);
  return shareParts(parts, Math.max(0, gross + amountMinor), step);
}

function withoutParts(kept: ItemDebit, credited: readonly DiscountPart[]): ItemDebit {
  if (kept.discounts === undefined) return kept;
  const given = new Map(credited.map((part) => [part.discount, part.amountMinor]));
  const left = kept.discounts.map((part) => ({
    ...part,
    amountMinor: part.amountMinor - (given.get(part.discount) ?? 0),
  }));
  return { ...kept, discounts: left.filter((part) => part.amountMinor > 0) };
}

/** Whether the subscription's prorations show the full amounts and their discounts, instead of net amounts. */
function isItemized(subscription: Stripe.Subscription): boolean {
  return subscription.billing_mode.flexible?.proration_discounts === "itemized";
}

function creditedItems(credit: Credit<ItemDebit>): Stripe.InvoiceItem.ProrationDetails.CreditedItems | null {
  const { invoice, invoiceLine, invoiceItem, invoiceLines } = credit.charged;
  if (invoice !== null && invoiceLine !== null) {
    return {
      type: "invoice_line_items",
      invoice_line_item_details: { invoice, invoice_line_items: invoiceLines ?? [invoiceLine] },
    };
  }
  return invoiceItem === null ? null : { type: "invoice_item", invoice_item: invoiceItem };
}

function putItem(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  terms: {
    /** After discounts. */
    amountMinor: number;
    parts: readonly DiscountPart[];
    description: string;
    period: Period;
    creditedItems: Stripe.InvoiceItem.ProrationDetails.CreditedItems | null;
  },
): Stripe.InvoiceItem {
  const quantity = item.quantity ?? 1;
  const shown = isItemized(subscription) ? terms.parts : [];
  const amount = terms.amountMinor + sumOfParts(shown);
  const created = tx.put("invoiceitem", {
    id: tx.newId("ii"),
    object: "invoiceitem",
    amount,
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
    net_amount: terms.amountMinor,
    parent: {
      type: "subscription_details",
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
    },
    period: { start: terms.period.start, end: terms.period.end },
    pricing: { ...pricingOf(item.price), unit_amount_decimal: decimalText(unitOf(amount, quantity)) },
    proration: true,
    proration_details: {
      credited_items: terms.creditedItems,
      discount_amounts: shown.map((part) => ({ amount: part.amountMinor, discount: part.discount })),
    },
    quantity,
    quantity_decimal: decimalText(String(quantity)),
    tax_rates: item.tax_rates,
    test_clock: idOf(subscription.test_clock),
  });
  tx.emit("invoiceitem.created", created);
  return created;
}
