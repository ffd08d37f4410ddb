/** /v1/charges and /v1/balance_transactions: money that moved. Charges are made by payment intents only. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  currency,
  hash,
  inTimeRange,
  integer,
  metadata,
  oneOf,
  string,
  timeRange,
} from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import { capturePayment } from "../payments/capture";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { given, shippingOf, shippingParams } from "./shared-params";

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
    accepts: {
      customer: string(),
      description: string().clearable(),
      fraud_details: hash({ user_report: oneOf("fraudulent", "safe").clearable().required() }),
      metadata: metadata(),
      receipt_email: string().clearable(),
      shipping: shippingParams(),
      transfer_group: string(),
    },
    handle(tx, input) {
      const current = tx.get("charge", pathValue(input, "id"));
      const { metadata: change, customer, fraud_details: report, shipping, ...rest } = input.params;
      if (customer !== undefined) {
        tx.get("customer", customer, "customer");
        if (current.customer !== null && idOf(current.customer) !== customer) {
          throw invalidRequest("You cannot change the customer of a charge that has one.", { param: "customer" });
        }
      }
      const next: Stripe.Charge = {
        ...current,
        ...given({ ...rest, customer }),
        ...(report === undefined
          ? {}
          : { fraud_details: report.user_report ? { user_report: report.user_report } : {} }),
        ...(shipping === undefined ? {} : { shipping: shippingOf(shipping) }),
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
    method: "POST",
    pattern: "/v1/charges/:id/capture",
    accepts: {
      amount: integer({ minimum: 1 }),
      receipt_email: string(),
      statement_descriptor: string({ maxLength: 22 }),
    },
    unsupported: [
      "application_fee",
      "application_fee_amount",
      "statement_descriptor_suffix",
      "transfer_data",
      "transfer_group",
    ],
    handle(tx, input) {
      const charge = tx.get("charge", pathValue(input, "id"));
      const { amount, receipt_email: email, statement_descriptor: descriptor } = input.params;
      if (charge.captured) {
        throw invalidRequest(`Charge ${charge.id} has already been captured.`, { code: "charge_already_captured" });
      }
      const intent = tx.get("payment_intent", idOf(charge.payment_intent) ?? "");
      const done = capturePayment(tx, intent, { amountMinor: amount, statementDescriptor: descriptor }).charge;
      return email === undefined ? done : tx.put("charge", { ...done, receipt_email: email });
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
