/**
 * A planned end inside a period shortens the period, and moving the end lengthens it again.
 *
 *   period:        start ───────────────────────── natural end
 *   cancel_at:     start ───────── end              the rest is credited
 *   moved later:   start ─────────────── new end    the difference is debited
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { periodAt } from "./calendar";
import { creditUnused, debitRemaining } from "./proration-items";
import { loadItems } from "./records";
import { recurrenceOf } from "./terms";

/** Lets every item's period end where the subscription does, or at its natural end, with prorations if wanted. */
export function fitToEnd(tx: Transaction, subscription: Stripe.Subscription, prorates: boolean): void {
  for (const item of loadItems(tx, subscription.id)) {
    const inside = item.current_period_end - 1;
    const natural = periodAt(gridOf(subscription), recurrenceOf(item.price), inside);
    const end = Math.min(natural.end, subscription.cancel_at ?? natural.end);
    if (end === item.current_period_end || end <= item.current_period_start) continue;
    if (prorates && end < item.current_period_end) creditUnused(tx, subscription, item, end);
    if (prorates && end > item.current_period_end) {
      debitRemaining(tx, subscription, item, { start: item.current_period_end, end });
    }
    tx.put("subscription_item", { ...item, current_period_end: end });
  }
}
