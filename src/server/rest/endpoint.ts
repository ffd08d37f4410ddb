/** Declares an endpoint once: its entry in the OpenAPI document and its handler, so the two cannot drift apart in path or method. */
import type { RouteConfig } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { RestApp, RestEnvironment } from "./environment";
import { problemBodySchema } from "./schemas";

type Method = "get" | "post" | "put" | "delete";

/** What a handler may answer: a value that becomes JSON, with its status. */
export interface Answer {
  status: 200 | 201;
  body: unknown;
}

/** Registers the endpoint under its OpenAPI path (`/usage/{tenant_id}`). */
export function endpoint(
  app: RestApp,
  config: RouteConfig & { method: Method },
  handle: (c: Context<RestEnvironment>) => Promise<Answer | Response>,
): void {
  const problems = { content: { "application/problem+json": { schema: problemBodySchema } } };
  app.openAPIRegistry.registerPath({
    ...config,
    security: config.security ?? [{ apiKey: [] }],
    responses: { ...config.responses, default: { description: "A problem document (RFC 9457)", ...problems } },
  });
  app.on(config.method.toUpperCase(), config.path.replace(/\{(\w+)\}/g, ":$1"), async (c) => {
    const answer = await handle(c);
    return answer instanceof Response ? answer : c.json(answer.body as object, answer.status);
  });
}

/** The JSON content of a body or response. */
export function json<S>(schema: S) {
  return { content: { "application/json": { schema } } };
}
