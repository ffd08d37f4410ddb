/** The list of transactions: a tenant's payments by date, with advice where one failed. */
import type { BillingContext } from "../context";
import { findInvoiceNumbers } from "../invoices";
import { declineAdvice } from "../kernel/declines";
import { resolveTenant } from "../tenants";
import type { ListPaymentsInput, PaymentView } from "./model";
import { findPayments } from "./store";

/** Payments of a tenant, newest first. */
export async function listPayments(ctx: BillingContext, input: ListPaymentsInput): Promise<PaymentView[]> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const rows = await findPayments(ctx.db.prisma, { ...input, tenantId: tenant.id });
  const invoiceIds = rows.flatMap((row) => row.stripeInvoiceId ?? []);
  const numbers = await findInvoiceNumbers(ctx.db.prisma, tenant.id, invoiceIds);
  return rows.map((row) => {
    const invoiceNumber = numbers.get(row.stripeInvoiceId ?? "") ?? null;
    const { stripePaymentIntentId, stripeInvoiceId, status, amountMinor, amountRefundedMinor, currency } = row;
    const { failureCode, declineCode, createdAt } = row;
    const fallback = invoiceNumber === null ? "Payment" : `Invoice ${invoiceNumber}`;
    return {
      stripePaymentIntentId,
      stripeInvoiceId,
      invoiceNumber,
      status,
      amountMinor,
      amountRefundedMinor,
      currency,
      description: row.description === "" ? fallback : row.description,
      failureCode,
      declineCode,
      failureAdvice: status === "failed" ? declineAdvice(failureCode, declineCode) : null,
      createdAt,
    };
  });
}
