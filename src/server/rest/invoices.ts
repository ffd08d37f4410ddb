/** Invoices of a tenant: generate now, list, preview the next renewal. */
import { z } from "@hono/zod-openapi";
import { generateInvoice, getUpcomingInvoice, listInvoices } from "@/billing/invoices";
import { resolveTenant } from "@/billing/tenants";
import { readBody } from "./body";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { readQuery } from "./query";
import { invoiceBodySchema, listedInvoiceBodySchema, tenantPathSchema, upcomingInvoiceBodySchema } from "./schemas";
import { invoiceBody, listedInvoiceBody, upcomingInvoiceBody } from "./translate";

const MOST = 100;

const listQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MOST).default(12),
  status: invoiceBodySchema.shape.status.optional().openapi({ description: "Only these" }),
});

/** Stripe's word for the seed's; whether an open one has failed is told by its attempts. */
const STRIPE_STATUS = {
  pending: "open",
  failed: "open",
  paid: "paid",
  void: "void",
  uncollectible: "uncollectible",
} as const;

/** Registers the routes of invoices. */
export function registerInvoices(app: RestApp): void {
  endpoint(
    app,
    {
      method: "post",
      path: "/invoices/{tenant_id}/generate",
      operationId: "generateInvoice",
      summary: "Bills the running period's overage that is not billed yet, now",
      request: { params: tenantPathSchema },
      responses: { 201: { description: "The invoice", ...json(invoiceBodySchema) } },
    },
    async (c) => {
      await readBody(c, z.strictObject({}));
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const invoice = await generateInvoice(billing, {
        tenantId: tenant.id,
        requestId: c.get("operationKey"),
        reason: "Asked for over the REST API",
      });
      return { status: 201, body: invoiceBody(invoice) };
    },
  );
  endpoint(
    app,
    {
      method: "get",
      path: "/invoices/{tenant_id}/upcoming",
      operationId: "getUpcomingInvoice",
      summary: "Previews the next renewal: base fee, overage so far, tax",
      request: { params: tenantPathSchema },
      responses: { 200: { description: "The renewal as it would be now", ...json(upcomingInvoiceBodySchema) } },
    },
    async (c) => {
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      return { status: 200, body: upcomingInvoiceBody(await getUpcomingInvoice(billing, tenant.id)) };
    },
  );
  endpoint(
    app,
    {
      method: "get",
      path: "/invoices/{tenant_id}",
      operationId: "listInvoices",
      summary: "Lists invoices, newest first",
      request: { params: tenantPathSchema, query: listQuerySchema },
      responses: { 200: { description: "The invoices", ...json(z.array(listedInvoiceBodySchema)) } },
    },
    async (c) => {
      const { limit, status } = readQuery(c, listQuerySchema);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const wanted = status === undefined ? { limit } : { limit: MOST, status: STRIPE_STATUS[status] };
      const invoices = await listInvoices(billing, { ...wanted, tenantId: tenant.id });
      const bodies = invoices.map(listedInvoiceBody).filter((body) => status === undefined || body.status === status);
      return { status: 200, body: bodies.slice(0, limit) };
    },
  );
}
