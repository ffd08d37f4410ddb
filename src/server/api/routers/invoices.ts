/** Invoices of a tenant. */
import { z } from "zod";
import { getInvoice, getUpcomingInvoice, listInvoices, payInvoice } from "@/billing/invoices";
import { INVOICE_STATUSES } from "@/billing/invoices/model";
import { managerProcedure, router, tenantInput, tenantProcedure } from "../trpc";

const invoiceId = z.string().min(1).max(120);

export const invoicesRouter = router({
  list: tenantProcedure
    .input(
      z.strictObject({
        ...tenantInput,
        limit: z.int().min(1).max(100).default(24),
        status: z.enum(INVOICE_STATUSES).optional(),
        after: z.string().min(1).max(120).optional(),
      }),
    )
    .query(({ ctx, input: { tenant: _, ...input } }) =>
      listInvoices(ctx.billing, { ...input, tenantId: ctx.tenant.id }),
    ),

  get: tenantProcedure
    .input(z.strictObject({ ...tenantInput, invoiceId }))
    .query(({ ctx, input }) => getInvoice(ctx.billing, { tenantId: ctx.tenant.id, invoiceId: input.invoiceId })),

  upcoming: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => getUpcomingInvoice(ctx.billing, ctx.tenant.id)),

  pay: managerProcedure
    .input(
      z.strictObject({
        ...tenantInput,
        invoiceId,
        paymentMethodId: z.string().min(1).nullable(),
        requestId: z.string().min(1).max(255),
      }),
    )
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      payInvoice(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Paid in the portal" }),
    ),
});
