/** /v1/invoiceitems: parameters and answers. What an item does is in billing/invoice-items.ts. */
import { taxBehavior } from "../billing/automatic-tax";
import { oneTimePriceData } from "../billing/inline-prices";
import { createInvoiceItem, deleteInvoiceItem, updateInvoiceItem } from "../billing/invoice-items";
import { period } from "../billing/preview-params";
import { discountList } from "../billing/subscription-params";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  boolean,
  currency,
  decimal,
  hash,
  inTimeRange,
  integer,
  list,
  metadata,
  string,
  timeRange,
} from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { idOf } from "../store/indexes";

const writable = {
  amount: integer(),
  description: string({ maxLength: 5_000 }),
  discountable: boolean(),
  discounts: discountList,
  metadata: metadata(),
  period,
  price_data: oneTimePriceData,
  pricing: hash({ price: string() }),
  quantity: integer({ minimum: 0 }),
  quantity_decimal: decimal({ minimum: 0 }),
  tax_behavior: taxBehavior,
  tax_code: string().clearable(),
  tax_rates: list(string(), { maximum: 5 }),
  unit_amount_decimal: decimal(),
};
const unsupported = ["customer_account"];

/** The endpoints of invoice items. */
export const invoiceItemRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/invoiceitems",
    accepts: { ...writable, currency: currency(), customer: string(), invoice: string(), subscription: string() },
    unsupported,
    handle: (tx, { params }) => createInvoiceItem(tx, params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/invoiceitems",
    accepts: {
      ...pageParameters,
      created: timeRange(),
      customer: string(),
      invoice: string(),
      pending: boolean(),
    },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const { customer, invoice, pending, created } = params;
      const records =
        invoice !== undefined
          ? tx.listBy("invoiceitem", "invoice", invoice)
          : customer !== undefined
            ? tx.listBy("invoiceitem", "customer", customer)
            : tx.list("invoiceitem");
      const matching = records.filter(
        (item) =>
          (customer === undefined || idOf(item.customer) === customer) &&
          (pending === undefined || (item.invoice === null) === pending) &&
          inTimeRange(created, item.date),
      );
      return paginate(matching, params, "/v1/invoiceitems");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/invoiceitems/:id",
    accepts: {},
    handle: (tx, input) => tx.get("invoiceitem", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoiceitems/:id",
    accepts: { ...writable, invoicing_rules: string().clearable() },
    unsupported,
    handle(tx, input) {
      const { invoicing_rules: rules, ...params } = input.params;
      if (typeof rules === "string") {
        throw invalidRequest("Setting invoicing rules is not supported; they can be removed with an empty value.", {
          param: "invoicing_rules",
        });
      }
      return updateInvoiceItem(tx, pathValue(input, "id"), params);
    },
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/invoiceitems/:id",
    accepts: {},
    handle: (tx, input) => deleteInvoiceItem(tx, pathValue(input, "id")),
  }),
];
