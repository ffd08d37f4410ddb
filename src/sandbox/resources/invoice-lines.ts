/** /v1/invoices/:id/lines and add_lines: an invoice's lines beyond the first ten, and more of them on a draft. */
import { announceInvoice } from "../billing/advance-invoice";
import { attachItem, retotal } from "../billing/draft";
import { linePriceData } from "../billing/inline-prices";
import { createInvoiceItem } from "../billing/invoice-items";
import { draftFor } from "../billing/item-owners";
import { setLineTaxes, taxAmounts } from "../billing/line-taxes";
import { invoiceItemOf } from "../billing/lines";
import { period } from "../billing/preview-params";
import { loadLines, saveInvoice } from "../billing/records";
import { discountList } from "../billing/subscription-params";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, boolean, decimal, hash, integer, list, metadata, string } from "../http/params";
import { defineRoute, pathValue } from "../http/route";

const addedLine = hash({
  amount: integer(),
  description: string({ maxLength: 5_000 }),
  discountable: boolean(),
  discounts: discountList,
  invoice_item: string(),
  metadata: metadata(),
  period,
  price_data: linePriceData,
  pricing: hash({ price: string() }),
  quantity: integer({ minimum: 0 }),
  quantity_decimal: decimal({ minimum: 0 }),
  tax_amounts: taxAmounts,
  tax_rates: list(string(), { maximum: 5 }),
});

/** The endpoints of an invoice's lines. */
export const invoiceLineRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/invoices/:id/lines",
    accepts: { ...pageParameters },
    handle(tx, input) {
      const invoice = tx.get("invoice", pathValue(input, "id"));
      return paginate(loadLines(tx, invoice.id), input.params, `/v1/invoices/${invoice.id}/lines`);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/invoices/:id/add_lines",
    accepts: { lines: list(addedLine, { maximum: 250 }).required(), invoice_metadata: metadata() },
    handle(tx, input) {
      const before = draftFor(tx, pathValue(input, "id"), "id");
      for (const [index, line] of input.params.lines.entries()) {
        const { invoice_item: existing, tax_amounts: taxes, ...terms } = line;
        if (existing === undefined) {
          const { id } = createInvoiceItem(tx, { ...terms, invoice: before.id }, `lines[${index}]`);
          const added = loadLines(tx, before.id).find((one) => invoiceItemOf(one) === id);
          if (added && taxes) setLineTaxes(tx, before, added.id, { tax_amounts: taxes }, `lines[${index}]`);
          continue;
        }
        const item = tx.get("invoiceitem", existing, `lines[${index}][invoice_item]`);
        if (item.invoice !== null || item.customer !== before.customer || item.currency !== before.currency) {
          throw invalidRequest(`The invoice item ${item.id} cannot be added to this invoice.`, {
            param: `lines[${index}][invoice_item]`,
          });
        }
        attachItem(tx, before, item);
      }
      const totalled = retotal(tx, before.id);
      if (input.params.invoice_metadata === undefined) return announceInvoice(tx, before, totalled);
      const change = applyMetadata(totalled.metadata ?? {}, input.params.invoice_metadata);
      return announceInvoice(tx, before, saveInvoice(tx, { ...totalled, metadata: change }));
    },
  }),
];
