/**
 * Changes of a subscription's items: adding, changing, removing.
 *
 * Owns: reading the `items` of an update into new item records, and Stripe's surprises on the way: a price change without
 * a quantity falls back to one unit, and an entry without an id adds an item.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type Infer } from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { refuseMixedIntervals } from "./billing-mode";
import { periodAt } from "./calendar";
import { attachItemDiscounts } from "./discount-sources";
import { dropDiscounts } from "./end-discount";
import { refuseForeignInline, withInlinePrices } from "./inline-prices";
import { loadItems } from "./records";
import type { updateSchema } from "./subscription-params";
import { itemQuantity, planOf, recurrenceOf, subscribablePrice, subscriptionItem, taxRates } from "./terms";

/** One changed item, before and after; null stands for not being there. */
export interface ItemChange {
  before: Stripe.SubscriptionItem | null;
  after: Stripe.SubscriptionItem | null;
}

type ItemParameters = NonNullable<Infer<typeof updateSchema>["items"]>[number];

/** Stores the changed items and answers what changed. */
export function changeItems(
  tx: Transaction,
  subscription: Stripe.Subscription,
  entries: readonly ItemParameters[],
  now: number,
): ItemChange[] {
  const kept = loadItems(tx, subscription.id).map((item) => item.price.id);
  if (subscription.schedule === null) refuseForeignInline(tx, entries, kept);
  const changes = withInlinePrices(tx, entries, "items").map((entry, index) => {
    const path = `items[${index}]`;
    if (entry.id === undefined) return addItem(tx, subscription, entry, now, path);
    const before = tx.find("subscription_item", entry.id);
    if (before?.subscription !== subscription.id) {
      throw invalidRequest(`Invalid subscription item: No such subscription item: '${entry.id}'`, {
        code: "resource_missing",
        param: `${path}[id]`,
      });
    }
    return entry.deleted === true ? removeItem(tx, before) : changeItem(tx, subscription, before, entry, now, path);
  });
  const left = loadItems(tx, subscription.id);
  refuseMixedIntervals(
    subscription.billing_mode.type,
    left.map((item) => item.price),
  );
  if (left.length === 0) throw invalidRequest("A subscription must have at least one active plan.", { param: "items" });
  if (new Set(left.map((item) => item.price.id)).size < left.length) {
    throw invalidRequest("Subscription items must have different prices.", { param: "items" });
  }
  return changes;
}

/** Whether the change concerns money: price or quantity differ, or an item came or went. */
export function changesAmount({ before, after }: ItemChange): boolean {
  return before?.price.id !== after?.price.id || before?.quantity !== after?.quantity;
}

/** Whether the item's interval became another one. */
export function changesInterval({ before, after }: ItemChange): boolean {
  if (!before || !after) return false;
  const [old, fresh] = [recurrenceOf(before.price), recurrenceOf(after.price)];
  return old.interval !== fresh.interval || old.interval_count !== fresh.interval_count;
}

function addItem(
  tx: Transaction,
  subscription: Stripe.Subscription,
  entry: ItemParameters,
  now: number,
  path: string,
): ItemChange {
  if (entry.price === undefined) {
    throw invalidRequest(`Missing required param: ${path}[price].`, {
      code: "parameter_missing",
      param: `${path}[price]`,
    });
  }
  const price = subscribablePrice(tx, entry.price, `${path}[price]`, subscription.currency);
  const trialEnd = subscription.trial_end !== null && subscription.trial_end > now ? subscription.trial_end : null;
  const natural = periodAt(gridOf(subscription), recurrenceOf(price), now);
  const end = trialEnd ?? Math.min(natural.end, subscription.cancel_at ?? natural.end);
  const id = tx.newId("si");
  const after = tx.put("subscription_item", {
    ...subscriptionItem({
      id,
      created: now,
      subscription: subscription.id,
      price,
      quantity: itemQuantity(price, entry.quantity, path),
      taxRates: taxRates(tx, entry.tax_rates ?? [], `${path}[tax_rates]`),
      metadata: applyMetadata({}, entry.metadata),
      period: { start: now, end },
    }),
    discounts: attachItemDiscounts(
      tx,
      subscription,
      { id, discounts: [] },
      entry.discounts ?? [],
      `${path}[discounts]`,
    ),
  });
  return { before: null, after };
}

function removeItem(tx: Transaction, before: Stripe.SubscriptionItem): ItemChange {
  tx.remove("subscription_item", before.id);
  dropDiscounts(
    tx,
    before.discounts.flatMap((reference) => {
      const discount = tx.find("discount", idOf(reference) ?? "");
      return discount?.subscription_item === before.id ? [discount.id] : [];
    }),
  );
  return { before, after: null };
}

function changeItem(
  tx: Transaction,
  subscription: Stripe.Subscription,
  before: Stripe.SubscriptionItem,
  entry: ItemParameters,
  now: number,
  path: string,
): ItemChange {
  const price =
    entry.price === undefined
      ? before.price
      : subscribablePrice(tx, entry.price, `${path}[price]`, subscription.currency);
  const isNewPrice = price.id !== before.price.id;
  const { quantity: oldQuantity, ...rest } = before;
  const quantity = itemQuantity(price, entry.quantity ?? (isNewPrice ? undefined : oldQuantity), path);
  const next: Stripe.SubscriptionItem = {
    ...rest,
    ...(quantity === undefined ? {} : { quantity }),
    discounts:
      entry.discounts === undefined
        ? before.discounts
        : attachItemDiscounts(tx, subscription, before, entry.discounts, `${path}[discounts]`),
    price,
    plan: isNewPrice ? planOf(price) : before.plan,
    metadata: applyMetadata(before.metadata, entry.metadata),
    tax_rates: entry.tax_rates === undefined ? before.tax_rates : taxRates(tx, entry.tax_rates, `${path}[tax_rates]`),
  };
  const isTrialing = subscription.trial_end !== null && subscription.trial_end > now;
  if (!isTrialing && changesInterval({ before, after: next })) {
    const natural = periodAt(gridOf(subscription), recurrenceOf(price), now);
    next.current_period_start = now;
    next.current_period_end = Math.min(natural.end, subscription.cancel_at ?? natural.end);
  }
  return { before, after: tx.put("subscription_item", next) };
}
