/** Invoices as they are read: the list, one in full. From our rows alone. */
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { resolveTenant } from "../tenants";
import type { InvoiceDetail, InvoiceSummary, ListInvoicesInput } from "./model";
import { findInvoices, getInvoiceRow, loadInvoicePayments, loadLines } from "./store";

/** A tenant's invoices, newest first; drafts only when asked for. */
export async function listInvoices(ctx: BillingContext, input: ListInvoicesInput): Promise<InvoiceSummary[]> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  return findInvoices(ctx.db.prisma, { ...input, tenantId: tenant.id });
}

/** One invoice with its lines and payments, by our id or its number. Throws `invoice.not_found`. */
export async function getInvoice(
  ctx: BillingContext,
  input: { tenantId: string; invoiceId: string },
): Promise<InvoiceDetail> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { summary, stripeInvoiceId } = await getInvoiceRow(ctx.db.prisma, tenant.id, input.invoiceId);
  const [lines, payments, catalog] = await Promise.all([
    loadLines(ctx.db.prisma, tenant.id, summary.id),
    loadInvoicePayments(ctx.db.prisma, tenant.id, stripeInvoiceId),
    getCatalog(ctx),
  ]);
  return {
    ...summary,
    lines,
    tenantName: tenant.name,
    tenantSlug: tenant.slug,
    billingEmail: tenant.billingEmail,
    taxName: catalog.tax.displayName,
    payments,
  };
}
