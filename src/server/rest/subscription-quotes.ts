/** What a wish would do and cost, promised for a quarter of an hour and read again; and what has happened so far. */
import { z } from "@hono/zod-openapi";
import { getQuote, listSubscriptionChanges, quoteSubscription } from "@/billing/subscriptions";
import { resolveTenant } from "@/billing/tenants";
import { readBody } from "./body";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { readQuery } from "./query";
import { tenantPathSchema, wishBodySchemas } from "./schemas";
import { quoteBodySchema, subscriptionChangeBodySchema } from "./schemas-quotes";
import { quoteBody, subscriptionChangeBody, wishOf } from "./translate-quotes";

const anyWish = z.union([wishBodySchemas.start, wishBodySchemas.change, wishBodySchemas.cancel, wishBodySchemas.plain]);
const verbs = [
  ...(["start", "change", "cancel"] as const),
  ...(["resume", "cancel_scheduled", "end_trial", "pause", "unpause"] as const),
] as const;
const verbSchema = z.looseObject({ verb: z.enum(verbs).default("change") });
const quotePathSchema = tenantPathSchema.extend({
  quote_id: z
    .string()
    .min(1)
    .openapi({ param: { name: "quote_id", in: "path" }, description: "Of a preview, or of a `quote.stale` refusal" }),
});
const historyQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  starting_after: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: "The id of the last change of the page before; fewer than `limit` changes end the list" }),
});

/** Registers the routes of quotes and of the history. */
export function registerSubscriptionQuotes(app: RestApp): void {
  endpoint(
    app,
    {
      method: "post",
      path: "/subscriptions/{tenant_id}/preview",
      operationId: "previewSubscription",
      summary: "Tells to the cent what a wish would do and charge; keep it by its quote_id within 15 minutes",
      request: { params: tenantPathSchema, body: { required: true, ...json(anyWish) } },
      responses: { 200: { description: "The quote", ...json(quoteBodySchema) } },
    },
    async (c) => {
      const { verb } = await readBody(c, verbSchema);
      const schemas = wishBodySchemas;
      // Read by its verb, so that a fault names the field of the wish that was meant.
      const body =
        verb === "start" || verb === "change" || verb === "cancel"
          ? await readBody(c, schemas[verb])
          : await readBody(c, schemas.plain);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const quote = await quoteSubscription(billing, { tenantId: tenant.id, wish: wishOf(body) });
      return { status: 200, body: quoteBody(quote) };
    },
  );
  endpoint(
    app,
    {
      method: "get",
      path: "/subscriptions/{tenant_id}/quotes/{quote_id}",
      operationId: "getQuote",
      summary: "Reads a quote again: what a preview told, or the fresh one that a refused quote_id was answered with",
      request: { params: quotePathSchema },
      responses: { 200: { description: "The quote", ...json(quoteBodySchema) } },
    },
    async (c) => {
      const billing = c.get("billing");
      const tenantId = c.req.param("tenant_id") ?? "";
      const quote = await getQuote(billing, { tenantId, quoteId: c.req.param("quote_id") ?? "" });
      return { status: 200, body: quoteBody(quote) };
    },
  );
  endpoint(
    app,
    {
      method: "get",
      path: "/subscriptions/{tenant_id}/history",
      operationId: "getSubscriptionHistory",
      summary:
        "Lists what happened to the subscription, newest first: old and new plan, interval and seats, who, when, why, how much",
      request: { params: tenantPathSchema, query: historyQuerySchema },
      responses: { 200: { description: "The changes", ...json(z.array(subscriptionChangeBodySchema)) } },
    },
    async (c) => {
      const { limit, starting_after } = readQuery(c, historyQuerySchema);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const changes = await listSubscriptionChanges(billing, tenant.id, limit, starting_after);
      return { status: 200, body: changes.map(subscriptionChangeBody) };
    },
  );
}
