/** /v1/charges and /v1/balance_transactions: money that moved. Charges are made by payment intents only. */
import type Stripe from "stripe";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, currency, inTimeRange, metadata, string, timeRange } from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { given } from "./shared-params";

registerIncludable("charge", "refunds", (tx, charge) => {
  const id = String(charge.id);
  return paginate(tx.listBy("refund", "charge", id), {}, `/v1/charges/${id}/refunds`);
});

/** Money becomes available with time alone, so its status is read off the clock instead of being stored. */
function withStatus(tx: Transaction, record: Stripe.BalanceTransaction): Stripe.BalanceTransaction {
  return { ...record, status: record.available_on <= tx.now(null) ? "available" : "pending" };
}

/** The routes of charges and balance transactions. */
export const chargeRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/charges",
    accepts: { ...pageParameters, customer: string(), payment_intent: string(), created: timeRange() },
    unsupported: ["transfer_group"],
    handle(tx, { params }) {
      const { customer, payment_intent: intent, created } = params;
      const all =
        intent !== undefined
          ? tx.listBy("charge", "payment_intent", intent)
          : customer !== undefined
            ? tx.listBy("charge", "customer", customer)
            : tx.list("charge");
      const matching = all.filter(
        (charge) =>
          (customer === undefined || idOf(charge.customer) === customer) && inTimeRange(created, charge.created),
      );
      return paginate(matching, params, "/v1/charges");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/charges/:id",
    accepts: {},
    handle: (tx, input) => tx.get("charge", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/charges/:id",
    accepts: { description: string().clearable(), metadata: metadata(), receipt_email: string().clearable() },
    unsupported: ["customer", "fraud_details", "shipping", "transfer_group"],
    handle(tx, input) {
      const current = tx.get("charge", pathValue(input, "id"));
      const { metadata: change, ...rest } = input.params;
      const next: Stripe.Charge = {
        ...current,
        ...given(rest),
        metadata: applyMetadata(current.metadata, change),
      };
      const previous = previousAttributes(current, next);
      if (previous === undefined) return current;
      const charge = tx.put("charge", next);
      tx.emit("charge.updated", charge, previous);
      return charge;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/balance_transactions",
    accepts: { ...pageParameters, created: timeRange(), currency: currency(), source: string(), type: string() },
    unsupported: ["payout"],
    handle(tx, { params }) {
      const { created, currency: code, source, type } = params;
      const matching = tx.list(
        "balance_transaction",
        (record) =>
          (code === undefined || record.currency === code) &&
          (source === undefined || idOf(record.source) === source) &&
          (type === undefined || record.type === type) &&
          inTimeRange(created, record.created),
      );
      const page = paginate(matching, params, "/v1/balance_transactions");
      return { ...page, data: page.data.map((record) => withStatus(tx, record)) };
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/balance_transactions/:id",
    accepts: {},
    handle: (tx, input) => withStatus(tx, tx.get("balance_transaction", pathValue(input, "id"))),
  }),
];
