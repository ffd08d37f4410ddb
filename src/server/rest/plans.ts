/** GET /plans: the catalog as it is sold. */
import { z } from "@hono/zod-openapi";
import { getCatalog } from "@/billing/catalog";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { planBodySchema } from "./schemas-plans";
import { planBody } from "./translate-plans";

/** Registers the routes of the catalog. */
export function registerPlans(app: RestApp): void {
  endpoint(
    app,
    {
      method: "get",
      path: "/plans",
      operationId: "listPlans",
      summary:
        "Lists the plans on sale, cheapest first: prices, trial, seats, what is included and what more of it costs",
      responses: { 200: { description: "The plans", ...json(z.array(planBodySchema)) } },
    },
    async (c) => {
      const catalog = await getCatalog(c.get("billing"));
      return { status: 200, body: catalog.plans.map((version) => planBody(version, catalog.meters)) };
    },
  );
}
