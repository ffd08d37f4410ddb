/** Turns `Authorization: Bearer <API key>` into the actor of the call. Every route but /health and the API document needs one. */
import type { MiddlewareHandler } from "hono";
import { BillingError } from "@/billing/kernel/errors";
import { authenticateApiKey } from "@/billing/tenants";
import type { Runtime } from "../context";
import type { RestEnvironment } from "./environment";

/** Refuses calls without a valid key with 401; the message never repeats the key. */
export function authenticate(runtime: Runtime): MiddlewareHandler<RestEnvironment> {
  return async (c, next) => {
    const header = c.req.header("authorization") ?? "";
    const key = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    const actor = key ? await authenticateApiKey(runtime.db, runtime.clock, key) : null;
    if (actor?.kind !== "api_key") {
      throw new BillingError(
        "forbidden",
        "auth.unauthenticated",
        key
          ? "This API key is unknown or was revoked. Make a new one in the portal under API keys."
          : "Send an API key as `Authorization: Bearer <key>`. Keys are made in the portal under API keys.",
      );
    }
    c.set("actor", actor);
    c.set("billing", runtime.contextFor(actor));
    await next();
  };
}
