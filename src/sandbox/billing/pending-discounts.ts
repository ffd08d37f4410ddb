/**
 * Discounts of a change that waits for its payment.
 *
 * Owns: which discounts a parked change would give and take, and that neither happens before it is paid for: until then a
 * code has not been redeemed, nothing runs out and nothing is announced. A discount's record exists from the start, because
 * the invoice that is to be paid names it. Stripe does not say when it counts a redemption; here it counts with the change,
 * so that one which lapses leaves a code as it was.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { PendingChange, Transaction } from "../store/transaction";
import { countRedemption } from "./discount-sources";
import { dropDiscounts, scheduleDiscountEnd, spendOneTimeDiscounts } from "./end-discount";

type Discounted = Pick<Stripe.Subscription, "discounts">;
type Items = ReadonlyArray<Pick<Stripe.SubscriptionItem, "discounts">>;

/** What a change gives and takes, with the redemptions taken back that making the records has counted. */
export function holdDiscounts(
  tx: Transaction,
  before: { subscription: Discounted; items: Items },
  after: { subscription: Discounted; items: Items },
): Pick<PendingChange, "gained" | "lost"> {
  const [old, fresh] = [idsOf(before), idsOf(after)];
  const gained = [...fresh].filter((id) => !old.has(id));
  for (const id of gained) countRedemption(tx, id, -1);
  return { gained, lost: [...old].filter((id) => !fresh.has(id)) };
}

/** The discounts a parked change leaves its subscription with: what it gives, and what it kept and is still there. */
export function discountsAfter(current: Discounted, parked: PendingChange): string[] | undefined {
  const still = idsOf({ subscription: current, items: [] });
  return parked.change.discounts?.map(reference).filter((id) => still.has(id) || parked.gained.includes(id));
}

/** Redeems what a change gives, now that it is in force; a coupon that lasts once is spent by the invoice that was paid. */
export function redeemHeld(
  tx: Transaction,
  subscription: Stripe.Subscription,
  parked: PendingChange,
): Stripe.Subscription {
  for (const id of parked.gained) {
    const discount = tx.find("discount", id);
    if (!discount) continue;
    countRedemption(tx, id, 1);
    tx.emit("customer.discount.created", discount);
    scheduleDiscountEnd(tx, subscription, discount);
  }
  dropDiscounts(tx, parked.lost);
  const invoice = tx.find("invoice", parked.id);
  if (invoice && parked.gained.length > 0) spendOneTimeDiscounts(tx, invoice);
  return tx.get("subscription", subscription.id);
}

/** How a parked change shows its discounts; null when the update said nothing of them. */
export function shownDiscounts(
  tx: Transaction,
  parked: PendingChange,
): Pick<Stripe.Subscription.PendingUpdate, "discount" | "discounts"> {
  if (!parked.asked.discounts) return { discount: null, discounts: null };
  const ids = (parked.change.discounts ?? []).map(reference);
  return { discount: tx.find("discount", ids.at(-1) ?? "") ?? null, discounts: ids };
}

function idsOf({ subscription, items }: { subscription: Discounted; items: Items }): Set<string> {
  return new Set([...subscription.discounts, ...items.flatMap((item) => item.discounts)].map(reference));
}

function reference(of: string | { id: string }): string {
  return idOf(of) ?? "";
}
