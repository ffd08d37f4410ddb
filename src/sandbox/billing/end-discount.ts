/**
 * How discounts end: removed by request, run out after their months, or spent by the one invoice they were for.
 *
 * Owns: taking a discount off everything that has it, with the event. A discount's record stays, because invoices that
 * have used it still name it. Refuses: making discounts (discount-sources.ts).
 */
import type Stripe from "stripe";
import { StripeError } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { couponOf } from "./discount-terms";
import { type Clocked, clockNameOf, loadItems, nowOf, reviseSubscription, subscriptionOf } from "./records";

/** Due kind of the end of a repeating coupon's months. */
export const discountEndKind = "discount.end";

/** Lets a discount of limited months run out by itself. */
export function scheduleDiscountEnd(tx: Transaction, owner: Clocked, discount: Stripe.Discount): void {
  if (discount.end === null) return;
  tx.schedule({ clock: clockNameOf(owner), at: discount.end, kind: discountEndKind, subject: discount.id });
}

/** Announces discounts whose owner has let go of them. */
export function dropDiscounts(tx: Transaction, ids: readonly string[]): void {
  for (const id of ids) {
    const discount = tx.find("discount", id);
    if (!discount) continue;
    tx.unschedule(discountEndKind, id);
    tx.emit("customer.discount.deleted", discount);
  }
}

/** Takes a discount off its subscription, item or customer. */
export function endDiscount(tx: Transaction, id: string): void {
  const discount = tx.find("discount", id);
  if (!discount) return;
  const keeps = (reference: string | { id: string }) => idOf(reference) !== id;
  const customer = tx.find("customer", idOf(discount.customer) ?? "");
  if (customer?.discount?.id === id) tx.put("customer", { ...customer, discount: null });
  const owner = discount.subscription === null ? undefined : tx.find("subscription", discount.subscription);
  if (owner) {
    for (const item of loadItems(tx, owner.id)) {
      if (!item.discounts.every(keeps)) {
        tx.put("subscription_item", { ...item, discounts: item.discounts.filter(keeps) });
      }
    }
    reviseSubscription(tx, owner, { discounts: owner.discounts.filter(keeps) });
  }
  dropDiscounts(tx, [id]);
}

/** A coupon that lasts once is spent by the first finalised invoice it took something off. */
export function spendOneTimeDiscounts(tx: Transaction, invoice: Stripe.Invoice): void {
  const customer = tx.find("customer", idOf(invoice.customer) ?? "");
  const subscription = subscriptionOf(tx, invoice);
  const items = subscription ? loadItems(tx, subscription.id) : [];
  const lasting = [...(subscription?.discounts ?? []), ...items.flatMap((item) => item.discounts)].map(idOf);
  if (customer?.discount) lasting.push(customer.discount.id);
  for (const { amount, discount: reference } of invoice.total_discount_amounts ?? []) {
    const discount = tx.find("discount", idOf(reference) ?? "");
    if (!discount || amount === 0 || !lasting.includes(discount.id)) continue;
    if (couponOf(tx, discount)?.duration === "once") endDiscount(tx, discount.id);
  }
}

/** `DELETE /v1/subscriptions/:id/discount`: all discounts of the subscription itself; its items keep theirs. */
export function deleteSubscriptionDiscount(tx: Transaction, id: string): Stripe.DeletedDiscount {
  const subscription = tx.get("subscription", id);
  const ids = subscription.discounts.map((reference) => idOf(reference) ?? "");
  const discount = tx.find("discount", ids.at(-1) ?? "");
  if (!discount) throw noDiscount("subscription", id);
  reviseSubscription(tx, subscription, { discounts: [] });
  dropDiscounts(tx, ids);
  return deleted(discount);
}

/** `DELETE /v1/customers/:id/discount`. */
export function deleteCustomerDiscount(tx: Transaction, id: string): Stripe.DeletedDiscount {
  const { discount } = tx.get("customer", id);
  if (!discount || (discount.end !== null && discount.end <= nowOf(tx, tx.get("customer", id)))) {
    throw noDiscount("customer", id);
  }
  endDiscount(tx, discount.id);
  return deleted(discount);
}

function deleted({ end: _end, ...discount }: Stripe.Discount): Stripe.DeletedDiscount {
  return { ...discount, deleted: true };
}

function noDiscount(kind: string, id: string): Error {
  return new StripeError(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No active discount for ${kind}: ${id}`,
  });
}
