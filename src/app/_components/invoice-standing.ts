import type { InvoiceSummary } from "@/billing/invoices/model";

/** What a reader has to know of an invoice: a missing address and a failed payment come before its status. */
export function standingOf(invoice: Pick<InvoiceSummary, "problem" | "paymentFailed" | "status">): string {
  if (invoice.problem === "needs_address" || invoice.problem === "not_issued") return invoice.problem;
  return invoice.paymentFailed ? "payment_failed" : invoice.status;
}
