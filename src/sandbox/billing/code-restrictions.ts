/**
 * Who may redeem a promotion code, and for how much: `restrictions`.
 *
 * Owns: the first order of a customer, and the least amount of an order, by currency. Refuses: whether the code is still
 * alive (discount-sources.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { fixedAmount } from "./charge-parts";
import { itemIn } from "./price-currency";
import { loadItems } from "./records";

/** What a code is redeemed for; without a currency nothing is bought yet, and no amount is asked for. */
export interface CodeOrder {
  customer: string | null;
  currency: string | null;
  amountMinor: number;
}

/** Throws Stripe's 400 when a code's restrictions forbid its use for an order. */
export function checkRestrictions(tx: Transaction, code: Stripe.PromotionCode, order: CodeOrder, param: string): void {
  const { restrictions } = code;
  if (restrictions.first_time_transaction && order.customer !== null && hasTransactions(tx, order.customer)) {
    throw invalidRequest(
      "This promotion code cannot be redeemed because the associated customer has prior transactions.",
      { param },
    );
  }
  if (order.currency === null || restrictions.minimum_amount === null) return;
  const minimum = minimumIn(restrictions, order.currency);
  if (minimum === null) {
    throw invalidRequest(
      `This promotion code cannot be redeemed because its minimum amount is not defined in ${order.currency}.`,
      { param },
    );
  }
  if (order.amountMinor < minimum) {
    throw invalidRequest(
      "This promotion code cannot be redeemed because the order does not reach its minimum amount.",
      { param },
    );
  }
}

/** What the items of a subscription cost for a full period each, before discounts and taxes. */
export function subscriptionAmount(tx: Transaction, subscription: string, currency: string): number {
  return loadItems(tx, subscription).reduce((sum, item) => sum + fixedAmount(itemIn(item, currency)), 0);
}

function minimumIn(restrictions: Stripe.PromotionCode.Restrictions, currency: string): number | null {
  if (restrictions.minimum_amount_currency === currency) return restrictions.minimum_amount;
  return restrictions.currency_options?.[currency]?.minimum_amount ?? null;
}

function hasTransactions(tx: Transaction, customer: string): boolean {
  const billed = tx
    .listBy("invoice", "customer", customer)
    .some(({ status }) => status !== "draft" && status !== "void");
  return billed || tx.listBy("charge", "customer", customer).some(({ status }) => status === "succeeded");
}
