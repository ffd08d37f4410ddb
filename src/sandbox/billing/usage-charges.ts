/**
 * Billing usage: when a metered item's period closes, what it costs, and what is reported too late for it.
 *
 *   period ─────────────────► end │ draft, 1 h ─────► finalised
 *   reports for the period:  count│ count, also late  │ lost
 *
 * Owns: that every report is billed at most once, at the price in force when it was reported: a change of the price, a
 * removal, a pause and a new anchor bill what there is and leave a mark, and only what comes after the mark is billed later.
 * Usage of a trial is free. Refuses: counting (usage.ts) and the moments themselves, which belong to the verbs.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { UsageCharge, UsageMark } from "../store/usage-records";
import { isClassic } from "./billing-mode";
import type { Period } from "./calendar";
import { type ChargePart, isMetered, usageLines } from "./charge-parts";
import type { ItemCharge } from "./issue";
import type { ItemChange } from "./item-changes";
import { trialText } from "./lines";
import { priceIn } from "./price-currency";
import { loadItems, nowOf } from "./records";
import { billedQuantity, reportsOf, unbilledReports } from "./usage";
import { decimalText } from "./wire";

/** What makes a charge one of usage: what is needed to count it again. */
export interface UsageTerms {
  customer: string;
  meter: string;
  counted: Period;
  isFree: boolean;
  mark: UsageMark | null;
}

/** The charge of an item for what was reported for a period and not billed yet; zero usage is a charge of zero. */
export function usageCharge(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  counted: Period,
): ItemCharge {
  const mark = tx.find("usage_mark", item.id) ?? null;
  const usage: UsageTerms = {
    customer: idOf(subscription.customer) ?? "",
    meter: item.price.recurring?.meter ?? "",
    counted,
    isFree: subscription.trial_end !== null && counted.start < subscription.trial_end,
    mark,
  };
  const parts = usageParts(tx, priceIn(item.price, subscription.currency), usage);
  const now = nowOf(tx, subscription);
  return {
    item,
    // A line speaks of the time since the last change, though it may bill late reports from before it.
    period: { start: Math.max(counted.start, mark?.at ?? counted.start), end: Math.min(counted.end, now) },
    amountMinor: parts.reduce((sum, part) => sum + part.amountMinor, 0),
    description: parts[0]?.description ?? "",
    parts,
    usage,
  };
}

/** The lines of usage as it stands now. */
export function usageParts(tx: Transaction, price: Stripe.Price, usage: UsageTerms): ChargePart[] {
  const meter = tx.get("meter", usage.meter);
  const reports = reportsOf(tx, usage.meter, usage.customer);
  const quantity = billedQuantity(meter, unbilledReports(reports, usage.counted, usage.mark));
  if (!usage.isFree) return usageLines(tx, price, quantity);
  return [{ amountMinor: 0, description: trialText(tx, price, quantity), quantity, unitAmount: "0" }];
}

/** The charges for the usage of items whose period is cut off now; what is reported from here on is billed later. */
export function takeUsage(
  tx: Transaction,
  subscription: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
): ItemCharge[] {
  return items.flatMap((item) => {
    if (!isMetered(item.price)) return [];
    const counted = countedUntilNow(tx, subscription, item);
    const charge = counted.end > counted.start ? [usageCharge(tx, subscription, item, counted)] : [];
    markUsage(tx, subscription, item);
    return charge;
  });
}

/** The charges for what items used until new periods begin now, their changes of this moment included; a trial's are none. */
export function cutUsage(
  tx: Transaction,
  subscription: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  changes: readonly ItemChange[],
): ItemCharge[] {
  const charges = takeUsage(tx, subscription, items);
  for (const { before, after } of changes) {
    if (after && isMetered(after.price)) markUsage(tx, subscription, before ?? after, after);
  }
  return charges.filter((charge) => charge.usage?.isFree === false);
}

/** Makes the usage of items up to now pending invoice items, to be billed with the next invoice. */
export function billUsageLater(
  tx: Transaction,
  subscription: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
): void {
  for (const charge of takeUsage(tx, subscription, items)) {
    if (charge.usage?.isFree === true) continue;
    for (const part of charge.parts ?? []) if (part.amountMinor !== 0) putUsageItem(tx, subscription, charge, part);
  }
}

/**
 * Notes that all usage of an item up to now was billed, or is given up. `next` is the item as it goes on: under another
 * meter, nothing from before now is billed at all.
 */
export function markUsage(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  next: Stripe.SubscriptionItem = item,
): void {
  const meter = next.price.recurring?.meter ?? null;
  const last = meter === null ? undefined : reportsOf(tx, meter, idOf(subscription.customer) ?? "")[0];
  const { end } = countedUntilNow(tx, subscription, item);
  const at = Math.min(nowOf(tx, subscription), end);
  const isSame = item.price.recurring?.meter === meter;
  tx.put("usage_mark", { id: next.id, before: end, at, from: isSame ? 0 : at, lastReport: last?.id ?? null });
}

/**
 * Follows changes of items inside a period: usage so far is billed at the price it was reported under, or given up when the
 * change is to bill nothing. In the classic mode a new price of the same meter covers the whole period instead, and usage
 * of a removed item is dropped.
 */
export function closeUsage(
  tx: Transaction,
  subscription: Stripe.Subscription,
  changes: readonly ItemChange[],
  bills: boolean,
): void {
  const classic = isClassic(subscription);
  for (const { before, after } of changes) {
    if (before?.price.id === after?.price.id) continue;
    const staysMetered = before?.price.recurring?.meter === after?.price.recurring?.meter;
    if (before && bills && !classic) billUsageLater(tx, subscription, [before]);
    if (after && isMetered(after.price) && !(classic && staysMetered)) {
      markUsage(tx, subscription, before ?? after, after);
    } else if (before && tx.find("usage_mark", before.id)) {
      // Classic billing goes on over the whole period; a removed or licensed item has no usage any more.
      tx.remove("usage_mark", before.id);
    }
  }
}

/** What the last invoice of a subscription bills: the usage of the periods that its end cuts off or completes. */
export function lastUsage(tx: Transaction, subscription: Stripe.Subscription): ItemCharge[] {
  return takeUsage(tx, subscription, loadItems(tx, subscription.id)).filter((charge) => charge.usage?.isFree === false);
}

/** The charge for a period that is over, unless a change at its very end has billed it already. */
export function closedPeriodUsage(
  tx: Transaction,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): ItemCharge[] {
  const counted = { start: countedFrom(subscription, item), end: item.current_period_end };
  const mark = tx.find("usage_mark", item.id);
  return mark && mark.before >= counted.end ? [] : [usageCharge(tx, subscription, item, counted)];
}

/** Remembers what a draft bills, so that later reports for the same period still count. */
export function keepCounting(
  tx: Transaction,
  invoice: string,
  item: Stripe.SubscriptionItem,
  usage: UsageTerms,
  lines: readonly string[],
): void {
  const { customer, meter, counted, isFree, mark } = usage;
  tx.put("usage_charge", {
    id: tx.newId("usage"),
    invoice,
    customer,
    meter,
    item,
    periodStart: counted.start,
    periodEnd: counted.end,
    isFree,
    mark,
    lines: [...lines],
  });
}

/** The terms of a remembered charge. */
export function usageTermsOf(charge: UsageCharge): UsageTerms {
  const { customer, meter, isFree, mark } = charge;
  return { customer, meter, counted: { start: charge.periodStart, end: charge.periodEnd }, isFree, mark };
}

/** From the period's start to its end if that has come, else to the end of this second: what was reported just now counts. */
function countedUntilNow(tx: Transaction, subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): Period {
  const now = nowOf(tx, subscription);
  const isOver = item.current_period_end <= now;
  return { start: countedFrom(subscription, item), end: isOver ? item.current_period_end : now + 1 };
}

/** The period's start; the first period of a backdated subscription also counts what was used before it was made. */
function countedFrom(subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): number {
  const isFirst = item.created === subscription.created && item.current_period_start <= subscription.created;
  return isFirst ? Math.min(subscription.start_date, item.current_period_start) : item.current_period_start;
}

function putUsageItem(
  tx: Transaction,
  subscription: Stripe.Subscription,
  charge: ItemCharge,
  part: ChargePart,
): Stripe.InvoiceItem {
  const { item } = charge;
  const created = tx.put("invoiceitem", {
    id: tx.newId("ii"),
    object: "invoiceitem",
    amount: part.amountMinor,
    currency: subscription.currency,
    customer: idOf(subscription.customer) ?? "",
    customer_account: null,
    date: nowOf(tx, subscription),
    description: part.description,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: {
      type: "subscription_details",
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
    },
    period: charge.period,
    pricing: {
      type: "price_details",
      price_details: { price: item.price.id, product: idOf(item.price.product) ?? "" },
      unit_amount_decimal: decimalText(part.unitAmount),
    },
    proration: false,
    quantity: Math.floor(Number(part.quantity)),
    quantity_decimal: decimalText(part.quantity),
    tax_rates: item.tax_rates,
    test_clock: idOf(subscription.test_clock),
  });
  tx.emit("invoiceitem.created", created);
  return created;
}
