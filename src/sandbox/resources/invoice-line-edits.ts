/** /v1/invoices/:id/update_lines, remove_lines and lines/:line: changing what stands on a draft. */
import { removeLines, updateLine, updateLines } from "../billing/edit-lines";
import { linePriceData } from "../billing/inline-prices";
import { taxAmounts } from "../billing/line-taxes";
import { period } from "../billing/preview-params";
import { discountList } from "../billing/subscription-params";
import { boolean, decimal, hash, integer, list, metadata, oneOf, string } from "../http/params";
import { defineRoute, pathValue } from "../http/route";

const lineTerms = {
  amount: integer(),
  description: string({ maxLength: 5_000 }),
  discountable: boolean(),
  discounts: discountList,
  metadata: metadata(),
  period,
  price_data: linePriceData,
  pricing: hash({ price: string() }),
  quantity: integer({ minimum: 0 }),
  quantity_decimal: decimal({ minimum: 0 }),
  tax_amounts: taxAmounts,
  tax_rates: list(string(), { maximum: 5 }),
};

/** The endpoints that change and remove lines. */
export const invoiceLineEditRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/update_lines",
    accepts: {
      lines: list(hash({ ...lineTerms, id: string().required() }), { maximum: 250 }).required(),
      invoice_metadata: metadata(),
    },
    handle: (tx, input) => updateLines(tx, pathValue(input, "id"), input.params.lines, input.params.invoice_metadata),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/remove_lines",
    accepts: {
      lines: list(hash({ id: string().required(), behavior: oneOf("delete", "unassign").required() }), {
        maximum: 250,
      }).required(),
      invoice_metadata: metadata(),
    },
    handle: (tx, input) => removeLines(tx, pathValue(input, "id"), input.params.lines, input.params.invoice_metadata),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/lines/:line",
    accepts: lineTerms,
    handle: (tx, input) => updateLine(tx, pathValue(input, "id"), pathValue(input, "line"), input.params),
  }),
];
