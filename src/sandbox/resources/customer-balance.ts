/** /v1/customers/:id/balance_transactions: every movement of a customer's balance, and those made by hand. */
import type Stripe from "stripe";
import { reviseCustomer } from "../billing/records";
import { invalidRequest, resourceMissing } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, currency, inTimeRange, integer, metadata, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { checkStep } from "../payments/currency-step";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";

/** A balance set by the API is a movement like any other and is kept as one. */
export function recordAdjustment(tx: Transaction, customer: Stripe.Customer, balance: number): void {
  if (balance === customer.balance) return;
  checkStep(balance, customer.currency, "balance");
  tx.put("customer_balance_transaction", {
    id: tx.newId("cbtxn"),
    object: "customer_balance_transaction",
    amount: balance - customer.balance,
    checkout_session: null,
    created: tx.now(typeof customer.test_clock === "string" ? customer.test_clock : null),
    credit_note: null,
    currency: customer.currency ?? "usd",
    customer: customer.id,
    customer_account: null,
    description: null,
    ending_balance: balance,
    invoice: null,
    livemode: false,
    metadata: {},
    type: "adjustment",
  });
}

/** An adjustment made by hand, with its reason. Returns the movement. */
function adjustBalance(
  tx: Transaction,
  customer: Stripe.Customer,
  wanted: { amount: number; currency: string; description?: string; metadata?: Parameters<typeof applyMetadata>[1] },
): Stripe.CustomerBalanceTransaction {
  const { currency } = wanted;
  if (customer.currency !== null && customer.currency !== undefined && customer.currency !== currency) {
    throw invalidRequest(`The customer's balance is kept in ${customer.currency}, not in ${currency}.`, {
      param: "currency",
    });
  }
  checkStep(wanted.amount, currency, "amount");
  const balance = customer.balance + wanted.amount;
  const movement = tx.put("customer_balance_transaction", {
    id: tx.newId("cbtxn"),
    object: "customer_balance_transaction",
    amount: wanted.amount,
    checkout_session: null,
    created: tx.now(typeof customer.test_clock === "string" ? customer.test_clock : null),
    credit_note: null,
    currency,
    customer: customer.id,
    customer_account: null,
    description: wanted.description ?? null,
    ending_balance: balance,
    invoice: null,
    livemode: false,
    metadata: applyMetadata({}, wanted.metadata),
    type: "adjustment",
  });
  reviseCustomer(tx, customer, { balance, currency: customer.currency ?? currency });
  return movement;
}

/** A movement by its id, on the customer it belongs to. */
function movementOf(tx: Transaction, customer: string, id: string): Stripe.CustomerBalanceTransaction {
  tx.get("customer", customer);
  const movement = tx.get("customer_balance_transaction", id);
  if (idOf(movement.customer) !== customer) throw resourceMissing("customer_balance_transaction", id);
  return movement;
}

/** The routes of balance movements. */
export const customerBalanceRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/:id/balance_transactions",
    accepts: { ...pageParameters, created: timeRange(), invoice: string() },
    handle(tx, input) {
      const { id } = tx.get("customer", pathValue(input, "id"));
      const { created, invoice } = input.params;
      const matching = tx
        .listBy("customer_balance_transaction", "customer", id)
        .filter((one) => inTimeRange(created, one.created) && (invoice === undefined || idOf(one.invoice) === invoice));
      return paginate(matching, input.params, `/v1/customers/${id}/balance_transactions`);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/customers/:id/balance_transactions",
    accepts: {
      amount: integer().required(),
      currency: currency().required(),
      description: string({ maxLength: 350 }),
      metadata: metadata(),
    },
    handle: (tx, input) => adjustBalance(tx, tx.get("customer", pathValue(input, "id")), input.params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/:id/balance_transactions/:transaction",
    accepts: {},
    handle: (tx, input) => movementOf(tx, pathValue(input, "id"), pathValue(input, "transaction")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/customers/:id/balance_transactions/:transaction",
    accepts: { description: string({ maxLength: 350 }).clearable(), metadata: metadata() },
    handle(tx, input) {
      const current = movementOf(tx, pathValue(input, "id"), pathValue(input, "transaction"));
      const { description, metadata: change } = input.params;
      return tx.put("customer_balance_transaction", {
        ...current,
        description: description === undefined ? current.description : description,
        metadata: applyMetadata(current.metadata ?? {}, change),
      });
    },
  }),
];
