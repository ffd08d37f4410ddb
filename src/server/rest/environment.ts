/** What the middleware of the REST API leaves for the resources. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { BillingContext } from "@/billing/context";
import type { Actor } from "@/billing/kernel/actor";

/** Variables of one request. */
export interface RestEnvironment {
  Variables: {
    requestId: string;
    /** The key behind the call; set by authentication, absent only on open routes. */
    actor: Extract<Actor, { kind: "api_key" }>;
    /** The context of this call, as this actor. */
    billing: BillingContext;
    /** The caller's Idempotency-Key bound to its API key, or a fresh one: what verbs take as `requestId`. */
    operationKey: string;
    /** The caller's own key, null when none was sent. */
    idempotencyKey: string | null;
  };
}

/** The application and its routers. */
export type RestApp = OpenAPIHono<RestEnvironment>;
