/**
 * The customer's balance: a negative one is credit, a positive one is added to the next invoice.
 *
 * Owns: every movement the billing engine causes, each with its balance transaction.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import { nowOf, reviseCustomer } from "./records";

/** Adds to the balance, records why, and announces the customer's change. A movement of zero is none: null then. */
export function moveBalance(
  tx: Transaction,
  customer: Stripe.Customer,
  amountMinor: number,
  type: Stripe.CustomerBalanceTransaction.Type,
  invoice: string | null,
  creditNote: string | null = null,
): Stripe.CustomerBalanceTransaction | null {
  if (amountMinor === 0) return null;
  const endingBalance = customer.balance + amountMinor;
  const movement = tx.put("customer_balance_transaction", {
    id: tx.newId("cbtxn"),
    object: "customer_balance_transaction",
    amount: amountMinor,
    checkout_session: null,
    created: nowOf(tx, customer),
    credit_note: creditNote,
    currency: customer.currency ?? "usd",
    customer: customer.id,
    customer_account: null,
    description: null,
    ending_balance: endingBalance,
    invoice,
    livemode: false,
    metadata: {},
    type,
  });
  reviseCustomer(tx, customer, { balance: endingBalance });
  return movement;
}
