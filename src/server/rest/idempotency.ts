/**
 * `Idempotency-Key` on every call that changes something: the first answer is kept for a day under the API key and replayed, so a caller that lost
 * the answer can ask again without charging or counting twice.
 *
 * A refusal that changed nothing (an invalid body, a missing payment method, a full quota) is not kept: the same key may be
 * used for the corrected call. The same key with another body is refused, and so is one whose first call is still running.
 */
import { createHash, randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { BillingError } from "@/billing/kernel/errors";
import { abandonReply, beginReply, settleReply } from "@/billing/operations";
import type { Runtime } from "../context";
import type { RestEnvironment } from "./environment";

const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

const READS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Runs a call that changes something once per key. Must come after authentication. */
export function idempotent(runtime: Runtime): MiddlewareHandler<RestEnvironment> {
  return async (c, next) => {
    const key = c.req.header("idempotency-key") ?? null;
    const actor = c.get("actor");
    c.set("idempotencyKey", key);
    c.set("operationKey", key ? `${actor.keyId}:${key}` : `${actor.keyId}:once:${randomUUID()}`);
    if (READS.has(c.req.method) || key === null) return next();
    if (!KEY_PATTERN.test(key)) {
      throw new BillingError(
        "invalid",
        "request.invalid",
        "Idempotency-Key must be 1 to 255 visible ASCII characters.",
        {
          details: { param: "Idempotency-Key" },
        },
      );
    }
    // What the query asks for is a part of the request; without one the body alone counts.
    const { search } = new URL(c.req.url);
    const requestHash = createHash("sha256")
      .update(search + (await c.req.text()))
      .digest("hex");
    const reply = { scopeId: actor.keyId, key, method: c.req.method, path: c.req.path, requestHash };
    const now = runtime.clock.now();
    const begun = await beginReply(runtime.db, { ...reply, now });
    if (begun.state === "replay") {
      return new Response(begun.body, {
        status: begun.status,
        headers: {
          "Content-Type": begun.status < 400 ? "application/json" : "application/problem+json",
          "X-Request-Id": c.get("requestId"),
          "Idempotent-Replayed": "true",
        },
      });
    }
    await next();
    // Hono has turned whatever threw inside into a problem document by now.
    const response = c.res;
    if (keepsReply(response.status)) {
      await settleReply(runtime.db, { ...reply, status: response.status, body: await response.clone().text(), now });
    } else {
      await abandonReply(runtime.db, reply);
    }
  };
}

/** A success and a declined card are facts; every other refusal changed nothing and may be asked again. */
function keepsReply(status: number): boolean {
  return status < 400 || status === 402;
}
