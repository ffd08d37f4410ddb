/** The public face of invoices: what was billed, what will be, and every way in which usage gets onto an invoice. */
export { billEndedPeriods } from "./bill-ended-periods";
export { billRenewalDraft } from "./bill-renewal";
export { convergeCreditNote, syncCreditNote } from "./credit-notes";
export { generateInvoice } from "./generate-invoice";
export { getUpcomingInvoice } from "./get-upcoming-invoice";
export { getInvoice, listInvoices } from "./list-invoices";
export {
  type GenerateInvoiceInput,
  generateInvoiceSchema,
  INVOICE_STATUSES,
  type InvoiceDetail,
  type InvoiceLineView,
  type InvoiceStatus,
  type InvoiceSummary,
  type InvoiceSynced,
  type ListInvoicesInput,
  type PayInvoiceInput,
  payInvoiceSchema,
  type UpcomingInvoice,
} from "./model";
export { payInvoice } from "./pay-invoice";
export { type Keep, recoverOperations } from "./recover-operations";
export { creditPart, type TaxedSum } from "./rules/credit";
export { findInvoiceByStripeId, findInvoiceNumbers } from "./store";
export { syncInvoice } from "./sync";
