/** /v1/invoice_payments: how a charge leads back to its invoice. */
import { pageParameters, paginate } from "../http/pages";
import { hash, inTimeRange, oneOf, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { idOf } from "../store/indexes";

/** The endpoints of invoice payments. */
export const invoicePaymentRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/invoice_payments",
    accepts: {
      ...pageParameters,
      created: timeRange(),
      invoice: string(),
      payment: hash({ type: oneOf("payment_intent").required(), payment_intent: string() }, ["payment_record"]),
      status: oneOf("canceled", "open", "paid"),
    },
    handle(tx, { params }) {
      const intent = params.payment?.payment_intent;
      const records =
        intent !== undefined
          ? tx.listBy("invoice_payment", "payment_intent", intent)
          : params.invoice !== undefined
            ? tx.listBy("invoice_payment", "invoice", params.invoice)
            : tx.list("invoice_payment");
      const matching = records.filter(
        (payment) =>
          (params.invoice === undefined || idOf(payment.invoice) === params.invoice) &&
          (params.status === undefined || payment.status === params.status) &&
          inTimeRange(params.created, payment.created),
      );
      return paginate(matching, params, "/v1/invoice_payments");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/invoice_payments/:id",
    accepts: {},
    handle: (tx, input) => tx.get("invoice_payment", pathValue(input, "id")),
  }),
];
