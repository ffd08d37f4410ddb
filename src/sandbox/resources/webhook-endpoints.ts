/** /v1/webhook_endpoints: where events are sent. The secret is told once, in the reply to the creation. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, boolean, list, metadata, string } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { randomText } from "../store/ids";
import type { Transaction } from "../store/transaction";
import { apiVersion } from "../webhooks/events";

function checkUrl(url: string): string {
  if (!/^https?:\/\/[^\s]+$/.test(url)) throw invalidRequest("Not a valid URL", { code: "url_invalid", param: "url" });
  return url;
}

/** A new endpoint; `secret` is generated unless the server's options bring one. */
export function createEndpoint(
  tx: Transaction,
  given: { url: string; enabledEvents: string[]; description?: string; metadata?: Record<string, string> },
  secret: { value: string; source: "api" | "options" },
): Stripe.WebhookEndpoint {
  const endpoint = tx.put("webhook_endpoint", {
    id: tx.newId("we"),
    object: "webhook_endpoint",
    api_version: apiVersion,
    application: null,
    created: tx.now(null),
    description: given.description ?? null,
    // The SDK spells the list of all event types; the sandbox takes any name and simply never sends unknown ones.
    enabled_events: given.enabledEvents,
    livemode: false,
    metadata: given.metadata ?? {},
    status: "enabled",
    url: checkUrl(given.url),
  });
  tx.put("webhook_secret", {
    id: endpoint.id,
    secrets: [{ secret: secret.value, expiresAtMs: null }],
    source: secret.source,
  });
  return endpoint;
}

/** The endpoint of the server's options keeps its id over restarts, whatever its URL and secret have become. */
export function ensureOptionsEndpoint(
  tx: Transaction,
  { url, secret, events: enabledEvents = ["*"] }: { url: string; secret: string; events?: string[] },
): Stripe.WebhookEndpoint {
  const known = tx.list("webhook_secret", (record) => record.source === "options")[0];
  const endpoint = known === undefined ? undefined : tx.find("webhook_endpoint", known.id);
  if (known === undefined || endpoint === undefined) {
    return createEndpoint(tx, { url, enabledEvents }, { value: secret, source: "options" });
  }
  if (known.secrets[0]?.secret !== secret) {
    tx.put("webhook_secret", { ...known, secrets: [{ secret, expiresAtMs: null }] });
  }
  return tx.put("webhook_endpoint", { ...endpoint, url: checkUrl(url), enabled_events: enabledEvents });
}

/** As many as an account may have. */
const MAXIMUM_ENDPOINTS = 16;

/** The routes of webhook endpoints. */
export const webhookEndpointRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/webhook_endpoints",
    accepts: {
      url: string().required(),
      enabled_events: list(string()).required(),
      description: string().clearable(),
      metadata: metadata(),
      api_version: string(),
    },
    unsupported: ["connect"],
    handle(tx, { params }) {
      if (params.api_version !== undefined && params.api_version !== apiVersion) {
        throw invalidRequest(`Invalid API version: ${params.api_version}`, { param: "api_version" });
      }
      if (tx.list("webhook_endpoint").length >= MAXIMUM_ENDPOINTS) {
        throw invalidRequest(`You have reached the maximum of ${MAXIMUM_ENDPOINTS} test webhook endpoints.`);
      }
      const secret = `whsec_${randomText(32)}`;
      const endpoint = createEndpoint(
        tx,
        {
          url: params.url,
          enabledEvents: params.enabled_events,
          ...(params.description ? { description: params.description } : {}),
          metadata: applyMetadata({}, params.metadata),
        },
        { value: secret, source: "api" },
      );
      return { ...endpoint, secret };
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/webhook_endpoints",
    accepts: pageParameters,
    handle: (tx, { params }) => paginate(tx.list("webhook_endpoint"), params, "/v1/webhook_endpoints"),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/webhook_endpoints/:id",
    accepts: {},
    handle: (tx, input) => tx.get("webhook_endpoint", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/webhook_endpoints/:id",
    accepts: {
      url: string(),
      enabled_events: list(string()),
      description: string().clearable(),
      disabled: boolean(),
      metadata: metadata(),
    },
    handle(tx, input) {
      const current = tx.get("webhook_endpoint", pathValue(input, "id"));
      const { url, enabled_events, description, disabled } = input.params;
      return tx.put("webhook_endpoint", {
        ...current,
        ...(url === undefined ? {} : { url: checkUrl(url) }),
        ...(enabled_events === undefined ? {} : { enabled_events }),
        ...(description === undefined ? {} : { description }),
        ...(disabled === undefined ? {} : { status: disabled ? "disabled" : "enabled" }),
        metadata: applyMetadata(current.metadata, input.params.metadata),
      });
    },
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/webhook_endpoints/:id",
    accepts: {},
    handle(tx, input) {
      const { id } = tx.get("webhook_endpoint", pathValue(input, "id"));
      tx.remove("webhook_endpoint", id);
      tx.remove("webhook_secret", id);
      tx.remove("endpoint_chaos", id);
      return { id, object: "webhook_endpoint", deleted: true };
    },
  }),
];
