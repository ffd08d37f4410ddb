/** The REST API on a test world, called as a service calls it: method, path, key, body. For tests. */
import { createApiKey } from "@/billing/tenants";
import type { Runtime } from "@/server/context";
import { createRestApp } from "@/server/rest/app";
import { share } from "./share";
import { createWorld, type World, type WorldOptions, withoutComplaints } from "./world";

/** An answer, read. */
export interface RestAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** How a test calls the API. */
export interface RestCall {
  key?: string | null;
  body?: unknown;
  /** Sent as it is, whatever it is. */
  rawBody?: string;
  idempotencyKey?: string;
}

/** A world with the API and an operator key in front of it. */
export interface RestWorld extends World {
  operatorKey: string;
  keyFor(tenantId: string): Promise<string>;
  call(method: string, path: string, call?: RestCall): Promise<RestAnswer>;
}

/** A world with the API for all cases of the suite that calls this. */
export function shareRestWorld(options: WorldOptions = {}): RestWorld {
  return withoutComplaints(share(() => createRestWorld(options)));
}

async function createRestWorld(options: WorldOptions): Promise<RestWorld> {
  const world = await createWorld(options);
  const { db, ctx, clock } = world;
  const runtime: Runtime = {
    mode: "sandbox",
    ...{ db, clock, stripe: ctx.stripe, sandboxClock: clock, log: ctx.log, settings: ctx.settings },
    catalogFile: "dnalang",
    contextFor: (actor) => ({ ...ctx, actor }),
    acceptWebhook: () => Promise.reject(new Error("Webhooks do not come in over REST.")),
    close: async () => {},
  };
  const app = createRestApp(runtime);
  const { key: operatorKey } = await createApiKey(ctx, { tenantId: null, name: "operator" });
  return {
    ...world,
    operatorKey,
    keyFor: async (tenantId) => (await createApiKey(ctx, { tenantId, name: "tenant" })).key,
    call: async (method, path, call = {}) => {
      const headers = new Headers();
      const key = call.key === undefined ? operatorKey : call.key;
      if (key !== null) headers.set("Authorization", `Bearer ${key}`);
      if (call.idempotencyKey) headers.set("Idempotency-Key", call.idempotencyKey);
      const body = call.rawBody ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
      if (body !== undefined) headers.set("Content-Type", "application/json");
      const response = await app.request(`/api/v1${path}`, { method, headers, body });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
    },
  };
}
