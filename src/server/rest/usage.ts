/** Usage: one report in, the running period out. */
import { getCatalog } from "@/billing/catalog";
import { resolveTenant } from "@/billing/tenants";
import { getUsage, recordUsage } from "@/billing/usage";
import { readBody } from "./body";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { currentUsageBodySchema, recordedUsageBodySchema, recordUsageBodySchema, tenantPathSchema } from "./schemas";
import { currentUsageBody, recordedUsageBody } from "./translate";

/** Registers the routes of usage. */
export function registerUsage(app: RestApp): void {
  endpoint(
    app,
    {
      method: "post",
      path: "/usage/{tenant_id}",
      operationId: "recordUsage",
      summary: "Records usage; answers 429 when a hard quota is exhausted, and then counts nothing",
      request: { params: tenantPathSchema, body: { required: true, ...json(recordUsageBodySchema) } },
      responses: { 201: { description: "What was recorded", ...json(recordedUsageBodySchema) } },
    },
    async (c) => {
      const body = await readBody(c, recordUsageBodySchema, {
        quantity: "usage.invalid_quantity",
        metadata: "usage.invalid_metadata",
      });
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const recorded = await recordUsage(billing, {
        tenantId: tenant.id,
        meterKey: body.usage_type,
        quantity: plainDecimal(body.quantity),
        unit: body.unit ?? null,
        metadata: body.metadata ?? {},
        key: c.get("idempotencyKey"),
      });
      return { status: 201, body: recordedUsageBody(recorded) };
    },
  );
  endpoint(
    app,
    {
      method: "get",
      path: "/usage/{tenant_id}/current",
      operationId: "getCurrentUsage",
      summary: "Tells what the tenant used in the running period, and its limits",
      request: { params: tenantPathSchema },
      responses: { 200: { description: "Usage and limits", ...json(currentUsageBodySchema) } },
    },
    async (c) => {
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const [view, catalog] = await Promise.all([getUsage(billing, tenant.id), getCatalog(billing)]);
      return { status: 200, body: currentUsageBody(view, catalog.meters) };
    },
  );
}

/** The number's shortest text without an exponent: 1e-7 becomes 0.0000001, which is what the caller wrote. */
function plainDecimal(quantity: number): string {
  const text = String(quantity);
  if (!/e/i.test(text)) return text;
  return quantity.toLocaleString("en-US", {
    useGrouping: false,
    maximumSignificantDigits: 17,
    maximumFractionDigits: 20,
  });
}
