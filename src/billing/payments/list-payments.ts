/** A tenant's payments by date, with advice where one failed. */
import type { BillingContext } from "../context";
import { findInvoiceNumbers } from "../invoices";
import { resolveTenant } from "../tenants";
import type { ListPaymentsInput, PaymentView } from "./model";
import { paymentAdvice, paymentNotFound } from "./refusals";
import { findPayment, findPayments, type PaymentRow } from "./store";

/** Payments of a tenant, newest first. */
export async function listPayments(ctx: BillingContext, input: ListPaymentsInput): Promise<PaymentView[]> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  return viewsOf(ctx, tenant.id, await findPayments(ctx.db.prisma, { ...input, tenantId: tenant.id }));
}

/** One payment of a tenant. Throws `payment.not_found`, also for a payment of somebody else. */
export async function getPayment(ctx: BillingContext, tenantId: string, paymentId: string): Promise<PaymentView> {
  const tenant = await resolveTenant(ctx, tenantId);
  const row = await findPayment(ctx.db.prisma, tenant.id, paymentId);
  const [view] = row === null ? [] : await viewsOf(ctx, tenant.id, [row]);
  if (view === undefined) throw paymentNotFound();
  return view;
}

async function viewsOf(ctx: BillingContext, tenantId: string, rows: readonly PaymentRow[]): Promise<PaymentView[]> {
  const invoiceIds = rows.flatMap((row) => row.stripeInvoiceId ?? []);
  const numbers = await findInvoiceNumbers(ctx.db.prisma, tenantId, invoiceIds);
  return rows.map((row) => {
    const invoiceNumber = numbers.get(row.stripeInvoiceId ?? "") ?? null;
    const { stripePaymentIntentId, stripeInvoiceId, status, currency, failureCode, declineCode, createdAt } = row;
    const { amountMinor, amountCapturedMinor, amountRefundedMinor } = row;
    return {
      ...{ stripePaymentIntentId, stripeInvoiceId, invoiceNumber, status, currency },
      ...{ amountMinor, amountCapturedMinor, amountRefundedMinor },
      description: paymentText(row, invoiceNumber),
      ...{ failureCode, declineCode },
      failureAdvice: status === "failed" ? paymentAdvice(row) : null,
      createdAt,
    };
  });
}

/** What a payment was for, in words. */
export function paymentText(payment: { description: string }, invoiceNumber: string | null): string {
  if (payment.description !== "") return payment.description;
  return invoiceNumber === null ? "Payment" : `Invoice ${invoiceNumber}`;
}
