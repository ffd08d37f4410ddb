/** GET /health: whether this process can serve, for load balancers and people. Open to all, tells no secrets. */
import { z } from "@hono/zod-openapi";
import type { Runtime } from "../context";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";

const healthBodySchema = z.object({
  status: z.enum(["ok"]),
  mode: z.enum(["sandbox", "stripe"]),
  time: z.string().openapi({ format: "date-time", description: "The clock that billing goes by" }),
});

/** Registers the health route. */
export function registerHealth(app: RestApp, runtime: Runtime): void {
  endpoint(
    app,
    {
      method: "get",
      path: "/health",
      operationId: "getHealth",
      summary: "Answers 200 when the service and its database work",
      security: [],
      responses: { 200: { description: "All is well", ...json(healthBodySchema) } },
    },
    async () => {
      await runtime.db.pool.query("select 1");
      return { status: 200, body: { status: "ok", mode: runtime.mode, time: runtime.clock.now().toISOString() } };
    },
  );
}
