/** /v1/refunds. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, inTimeRange, integer, metadata, oneOf, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { cancelRefund, createRefund, expireRefund, updateRefund } from "../payments/refunds";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";

/** The charge a refund is for, named directly or through its payment intent. */
function chargeToRefund(tx: Transaction, charge: string | undefined, intent: string | undefined): Stripe.Charge {
  if (charge !== undefined) return tx.get("charge", charge, "charge");
  if (intent === undefined) {
    throw invalidRequest("One of the following params should be provided for this request: payment_intent or charge.");
  }
  const { latest_charge: latest } = tx.get("payment_intent", intent, "payment_intent");
  const id = idOf(latest);
  if (id === null) {
    throw invalidRequest(`This PaymentIntent (${intent}) does not have a successful charge to refund.`, {
      param: "payment_intent",
    });
  }
  return tx.get("charge", id);
}

/** The routes of refunds. */
export const refundRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/refunds",
    accepts: {
      amount: integer({ minimum: 1 }),
      charge: string(),
      instructions_email: string({ maxLength: 800 }),
      payment_intent: string(),
      metadata: metadata(),
      reason: oneOf("duplicate", "fraudulent", "requested_by_customer"),
    },
    unsupported: ["currency", "customer", "origin", "refund_application_fee", "reverse_transfer"],
    handle(tx, { params }) {
      return createRefund(tx, {
        charge: chargeToRefund(tx, params.charge, params.payment_intent),
        amountMinor: params.amount,
        reason: params.reason,
        instructionsEmail: params.instructions_email,
        metadata: applyMetadata({}, params.metadata),
      });
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/refunds",
    accepts: { ...pageParameters, charge: string(), payment_intent: string(), created: timeRange() },
    handle(tx, { params }) {
      const { charge, payment_intent: intent, created } = params;
      const matching = tx.list(
        "refund",
        (refund) =>
          (charge === undefined || idOf(refund.charge) === charge) &&
          (intent === undefined || idOf(refund.payment_intent) === intent) &&
          inTimeRange(created, refund.created),
      );
      return paginate(matching, params, "/v1/refunds");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/refunds/:id",
    accepts: {},
    handle: (tx, input) => tx.get("refund", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/refunds/:id",
    accepts: { metadata: metadata() },
    handle(tx, input) {
      const current = tx.get("refund", pathValue(input, "id"));
      return updateRefund(tx, current, {
        ...current,
        metadata: applyMetadata(current.metadata ?? {}, input.params.metadata),
      });
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/refunds/:id/cancel",
    accepts: {},
    handle: (tx, input) => cancelRefund(tx, tx.get("refund", pathValue(input, "id"))),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/test_helpers/refunds/:id/expire",
    accepts: {},
    handle: (tx, input) => expireRefund(tx, tx.get("refund", pathValue(input, "id"))),
  }),
];
