/** Invoices as they are read: the list, one in full. From our rows alone. */
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { resolveTenant, type Tenant } from "../tenants";
import type { InvoiceDetail, InvoiceSummary, ListInvoicesInput } from "./model";
import type { InvoiceStatement } from "./model-statement";
import { sellerOf } from "./seller";
import { findInvoices, getInvoiceRow, loadInvoicePayments, loadLines } from "./store";
import { loadGivenBack } from "./store-credit-notes";

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
  const { summary, statement, stripeInvoiceId } = await getInvoiceRow(ctx.db.prisma, tenant.id, input.invoiceId);
  const [lines, payments, givenBack, catalog] = await Promise.all([
    loadLines(ctx.db.prisma, tenant.id, summary.id),
    loadInvoicePayments(ctx.db.prisma, tenant.id, stripeInvoiceId),
    loadGivenBack(ctx.db.prisma, tenant.id, stripeInvoiceId),
    getCatalog(ctx),
  ]);
  return {
    ...summary,
    lines,
    tenantName: tenant.name,
    tenantSlug: tenant.slug,
    billingEmail: tenant.billingEmail,
    taxName: catalog.tax.displayName,
    ...(statement === null ? await unstated(ctx, tenant, summary) : partsOf(statement)),
    payments,
    givenBack,
  };
}

type Stated = Pick<InvoiceDetail, "seller" | "customer" | "purchaseOrder" | "taxes" | "discounts">;

function partsOf({ seller, customer, purchaseOrder, taxes, discounts }: InvoiceStatement): Stated {
  return { seller, customer, purchaseOrder, taxes, discounts };
}

/** An invoice from before statements were kept: the parties as they are now, its taxes and discounts in one sum each. */
async function unstated(ctx: BillingContext, tenant: Tenant, summary: InvoiceSummary): Promise<Stated> {
  const { discountMinor, subtotalMinor, taxMinor } = summary;
  const { tax } = await getCatalog(ctx);
  const nobody = { phone: null, address: null, taxExempt: "none" as const, taxIds: [] };
  const rate = { name: tax.displayName, place: null, percentage: null, isInclusive: false, reason: "not_available" };
  return {
    seller: await sellerOf(ctx.db.prisma, ctx),
    customer: { name: tenant.name, email: tenant.billingEmail, ...nobody },
    purchaseOrder: null,
    taxes: taxMinor === 0n ? [] : [{ ...rate, taxableMinor: subtotalMinor - discountMinor, amountMinor: taxMinor }],
    discounts: discountMinor === 0n ? [] : [{ name: null, amountMinor: discountMinor }],
  };
}
