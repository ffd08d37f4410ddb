/** Asking for quota before doing something. A reading, not a reservation: the report of usage decides. */
import { z } from "@hono/zod-openapi";
import { checkQuota } from "@/billing/entitlements";
import { BillingError } from "@/billing/kernel/errors";
import { resolveTenant } from "@/billing/tenants";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { quotaBodySchema, tenantPathSchema } from "./schemas";
import { quotaBody } from "./translate";

const quantitySchema = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,12})?$/)
  .default("1");
const pathSchema = tenantPathSchema.extend({
  usage_type: z.string().openapi({ param: { name: "usage_type", in: "path" }, example: "quantum_job" }),
});

/** Registers the routes of entitlements. */
export function registerEntitlements(app: RestApp): void {
  endpoint(
    app,
    {
      method: "get",
      path: "/entitlements/{tenant_id}/{usage_type}",
      operationId: "checkQuota",
      summary: "Tells whether a quantity (one unless said otherwise) would be accepted now; records nothing",
      request: { params: pathSchema, query: z.object({ quantity: quantitySchema }) },
      responses: { 200: { description: "What is left", ...json(quotaBodySchema) } },
    },
    async (c) => {
      const quantity = quantitySchema.safeParse(c.req.query("quantity"));
      if (!quantity.success) {
        throw new BillingError(
          "invalid",
          "usage.invalid_quantity",
          "The parameter `quantity` must be a positive number.",
          {
            details: { param: "quantity" },
          },
        );
      }
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const meterKey = c.req.param("usage_type") ?? "";
      return {
        status: 200,
        body: quotaBody(await checkQuota(billing, { tenantId: tenant.id, meterKey, quantity: quantity.data })),
      };
    },
  );
}
