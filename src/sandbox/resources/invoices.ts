/** /v1/invoices: parameters and answers. What an invoice does is in billing/. */
import { advance } from "../billing/advance-invoice";
import { attachPayment } from "../billing/attach-payment";
import { automaticTaxParams } from "../billing/automatic-tax";
import { finaliseInvoice } from "../billing/finalise";
import { looksSchema } from "../billing/invoice-looks";
import { createInvoice, deleteDraft, payInvoice, updateInvoice } from "../billing/manual-invoice";
import { createPreview } from "../billing/preview";
import { previewSchema, unsupportedOnPreview } from "../billing/preview-params";
import { markUncollectible, voidInvoice } from "../billing/settle";
import { discountList } from "../billing/subscription-params";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  boolean,
  currency,
  hash,
  inTimeRange,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timeRange,
  timestamp,
} from "../http/params";
import { defineRoute, pathValue } from "../http/route";

const collectionMethod = oneOf("charge_automatically", "send_invoice");

const writable = {
  auto_advance: boolean(),
  automatic_tax: automaticTaxParams,
  collection_method: collectionMethod,
  ...looksSchema,
  automatically_finalizes_at: timestamp(),
  days_until_due: integer({ minimum: 0, maximum: 730 }),
  default_payment_method: string(),
  default_tax_rates: list(string(), { maximum: 5 }),
  description: string({ maxLength: 1_500 }).clearable(),
  discounts: discountList,
  due_date: timestamp(),
  effective_at: timestamp().clearable(),
  footer: string().clearable(),
  metadata: metadata(),
  number: string({ maxLength: 26 }).clearable(),
  statement_descriptor: string({ maxLength: 22 }),
};

const unsupported = [
  "account_tax_ids",
  "application_fee_amount",
  "customer_account",
  "default_source",
  "issuer",
  "on_behalf_of",
  "shipping_cost",
  "shipping_details",
  "transfer_data",
];

function refuseStatus(verb: string, status: string | null): Error {
  return invalidRequest(
    `You can only pass in open invoices. This invoice is ${status ?? "gone"}: it cannot be ${verb}.`,
    {
      code: "invoice_not_editable",
    },
  );
}

const records = [
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices",
    accepts: {
      ...writable,
      currency: currency(),
      customer: string(),
      from_invoice: hash({ action: oneOf("revision").required(), invoice: string().required() }),
      pending_invoice_items_behavior: oneOf("exclude", "include"),
      subscription: string(),
    },
    unsupported,
    handle: (tx, { params }) => createInvoice(tx, params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/invoices",
    accepts: {
      ...pageParameters,
      collection_method: collectionMethod,
      created: timeRange(),
      customer: string(),
      due_date: timeRange(),
      status: oneOf("draft", "open", "paid", "uncollectible", "void"),
      subscription: string(),
    },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const { customer, subscription } = params;
      const found =
        subscription !== undefined
          ? tx.listBy("invoice", "subscription", subscription)
          : customer !== undefined
            ? tx.listBy("invoice", "customer", customer)
            : tx.list("invoice");
      const matching = found.filter(
        (invoice) =>
          (customer === undefined || invoice.customer === customer) &&
          (params.status === undefined || invoice.status === params.status) &&
          (params.collection_method === undefined || invoice.collection_method === params.collection_method) &&
          inTimeRange(params.created, invoice.created) &&
          (params.due_date === undefined ||
            (invoice.due_date !== null && inTimeRange(params.due_date, invoice.due_date))),
      );
      return paginate(matching, params, "/v1/invoices");
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/create_preview",
    accepts: previewSchema,
    unsupported: unsupportedOnPreview,
    handle: (tx, { params }) => createPreview(tx, params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/invoices/:id",
    accepts: {},
    handle: (tx, input) => tx.get("invoice", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id",
    accepts: writable,
    unsupported,
    handle: (tx, input) => updateInvoice(tx, pathValue(input, "id"), input.params),
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/invoices/:id",
    accepts: {},
    handle: (tx, input) => deleteDraft(tx, pathValue(input, "id")),
  }),
];

const actions = [
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/finalize",
    accepts: { auto_advance: boolean() },
    handle(tx, input) {
      const options = { autoAdvance: input.params.auto_advance, byHand: true };
      const invoice = finaliseInvoice(tx, pathValue(input, "id"), options);
      return advance(tx, invoice);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/pay",
    // Forgiving concerns pre-funded sources that hold too little; a card or a debit is charged in full or not at all.
    accepts: { forgive: boolean(), off_session: boolean(), paid_out_of_band: boolean(), payment_method: string() },
    unsupported: ["mandate", "source"],
    handle(tx, input) {
      const id = pathValue(input, "id");
      const invoice = tx.get("invoice", id);
      const open = invoice.status === "draft" ? finaliseInvoice(tx, id, { byHand: true }) : invoice;
      return open.status === "paid" && invoice.status === "draft" ? open : payInvoice(tx, open, input.params);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/send",
    accepts: {},
    handle(tx, input) {
      const id = pathValue(input, "id");
      const invoice = tx.get("invoice", id);
      if (invoice.collection_method !== "send_invoice") {
        throw invalidRequest("You can only send an invoice whose collection method is `send_invoice`.");
      }
      const open = invoice.status === "draft" ? finaliseInvoice(tx, id, { byHand: true }) : invoice;
      if (open.status !== "open" && open.status !== "paid") throw refuseStatus("sent", open.status);
      tx.emit("invoice.sent", open);
      return open;
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/attach_payment",
    accepts: { payment_intent: string() },
    unsupported: ["payment_record"],
    handle(tx, input) {
      const invoice = tx.get("invoice", pathValue(input, "id"));
      const intent = input.params.payment_intent;
      if (intent !== undefined) return attachPayment(tx, invoice, intent);
      throw invalidRequest("Missing required param: payment_intent.", {
        code: "parameter_missing",
        param: "payment_intent",
      });
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/void",
    accepts: {},
    handle(tx, input) {
      const invoice = tx.get("invoice", pathValue(input, "id"));
      if (invoice.status !== "open" && invoice.status !== "uncollectible") throw refuseStatus("voided", invoice.status);
      return voidInvoice(tx, invoice);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/mark_uncollectible",
    accepts: {},
    handle(tx, input) {
      const invoice = tx.get("invoice", pathValue(input, "id"));
      if (invoice.status !== "open") throw refuseStatus("marked uncollectible", invoice.status);
      return markUncollectible(tx, invoice, null);
    },
  }),
];

/** The endpoints of invoices: their records, and what is done with them. */
export const invoiceRoutes = [...records, ...actions];
