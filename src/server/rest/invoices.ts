/** Invoices of a tenant: generate now, list, preview the next renewal. */
import { z } from "@hono/zod-openapi";
import { generateInvoice, getUpcomingInvoice, listInvoices } from "@/billing/invoices";
import { BillingError } from "@/billing/kernel/errors";
import { resolveTenant } from "@/billing/tenants";
import { readBody } from "./body";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { invoiceBodySchema, listedInvoiceBodySchema, tenantPathSchema, upcomingInvoiceBodySchema } from "./schemas";
import { invoiceBody, listedInvoiceBody, upcomingInvoiceBody } from "./translate";

const limitSchema = z.coerce.number().int().min(1).max(100).default(12);

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
      request: { params: tenantPathSchema, query: z.object({ limit: limitSchema }) },
      responses: { 200: { description: "The invoices", ...json(z.array(listedInvoiceBodySchema)) } },
    },
    async (c) => {
      const limit = limitSchema.safeParse(c.req.query("limit"));
      if (!limit.success) {
        throw new BillingError(
          "invalid",
          "request.invalid",
          "The parameter `limit` must be a whole number from 1 to 100.",
          {
            details: { param: "limit" },
          },
        );
      }
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const invoices = await listInvoices(billing, { tenantId: tenant.id, limit: limit.data });
      return { status: 200, body: invoices.map(listedInvoiceBody) };
    },
  );
}
