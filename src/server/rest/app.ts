/**
 * The REST API under /api/v1: the first seed's paths and bodies over the same verbs the pages use.
 *
 * A resource file validates, calls a verb and translates its view; it holds no rule. Errors leave as problem documents from
 * one place. Bodies are limited to 256 KiB. The OpenAPI document at /openapi.json is made from the same schemas.
 */
import { randomUUID } from "node:crypto";
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { BillingError } from "@/billing/kernel/errors";
import type { Runtime } from "../context";
import { authenticate } from "./authenticate";
import { registerEntitlements } from "./entitlements";
import type { RestApp, RestEnvironment } from "./environment";
import { registerHealth } from "./health";
import { idempotent } from "./idempotency";
import { registerInvoices } from "./invoices";
import { registerPaymentMethods } from "./payment-methods";
import { registerPayments } from "./payments";
import { registerPlans } from "./plans";
import { problemOf, sendProblem } from "./problem";
import { limitRate } from "./rate-limit";
import { registerSubscriptionQuotes } from "./subscription-quotes";
import { registerSubscriptions } from "./subscriptions";
import { registerUsage } from "./usage";

const OPEN_PATHS = new Set(["/api/v1/health", "/api/v1/openapi.json"]);
const MAXIMUM_BODY_BYTES = 256 * 1024;

/** Builds the API on a runtime. The caller mounts it on a listener; paths start at /api/v1. */
export function createRestApp(runtime: Runtime): RestApp {
  const app: RestApp = new OpenAPIHono<RestEnvironment>().basePath("/api/v1");
  app.use(async (c, next) => {
    c.set("requestId", c.req.header("x-request-id")?.slice(0, 100) ?? randomUUID());
    await next();
    c.header("X-Request-Id", c.get("requestId"));
    c.header("Cache-Control", "no-store");
  });
  app.use(
    bodyLimit({
      maxSize: MAXIMUM_BODY_BYTES,
      onError: (c) =>
        sendProblem(c, { status: 413, code: "request.too_large", detail: "A body may have at most 256 KiB." }),
    }),
  );
  const guard = authenticate(runtime);
  app.use((c, next) => (OPEN_PATHS.has(c.req.path) ? next() : guard(c, next)));
  app.use(limitRate());
  const once = idempotent(runtime);
  app.use((c, next) => (OPEN_PATHS.has(c.req.path) ? next() : once(c, next)));

  registerHealth(app, runtime);
  registerPlans(app);
  registerSubscriptions(app);
  registerSubscriptionQuotes(app);
  registerPaymentMethods(app);
  registerUsage(app);
  registerEntitlements(app);
  registerInvoices(app);
  registerPayments(app);

  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Quittance",
      version: "1",
      description: "Plans, subscriptions, usage, invoices and payments of a tenant.",
    },
  });
  app.notFound((c) => sendProblem(c, missingRoute(app, c.req.method, c.req.path)));
  app.onError((error, c) => {
    if (!(error instanceof BillingError)) runtime.log.error({ err: error, path: c.req.path }, "A REST call broke");
    return sendProblem(c, problemOf(error));
  });
  return app;
}

/** 405 with the methods there are when the path exists under another method, 404 otherwise. */
function missingRoute(app: RestApp, method: string, path: string) {
  const methods = new Set<string>();
  for (const route of app.routes) {
    const pattern = new RegExp(`^${route.path.replace(/:[^/]+/g, "[^/]+")}$`);
    if (route.method !== "ALL" && pattern.test(path)) methods.add(route.method);
  }
  if (methods.size === 0) {
    return {
      status: 404,
      code: "request.unknown_path",
      detail: `There is nothing at ${path}. See /api/v1/openapi.json.`,
    };
  }
  const allowed = [...methods].join(", ");
  return {
    status: 405,
    code: "request.wrong_method",
    detail: `${path} does not take ${method}; it takes ${allowed}.`,
    headers: { Allow: allowed },
  };
}
