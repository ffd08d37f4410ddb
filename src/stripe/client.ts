/**
 * The official SDK's client, made on first use.
 *
 * Owns the pinned API version and where requests go: to Stripe, or to the sandbox through the SDK's own host options, so
 * that both run the same code. Refuses nothing; a key that is wrong shows at the first call.
 */
import Stripe from "stripe";
import { retryingHttpClient } from "./retrying-http-client";

/** The version of Stripe's API that every request names and every translation expects. */
export const STRIPE_API_VERSION = "2026-10-28.endive";

/** How to reach Stripe. */
export interface StripeOptions {
  secretKey: string;
  /** Base address of the sandbox; null for Stripe itself. */
  sandboxUrl: string | null;
  /** Further tries after a lost connection, a 409, a 429 or a 5xx, with backoff, jitter and the same idempotency key. */
  maxNetworkRetries?: number;
  timeoutMs?: number;
}

/** Gives the SDK's client. */
export type ClientSource = () => Stripe;

/**
 * A source that makes its client at the first call and keeps it.
 *
 * Lazy, because a build or a command that never talks to Stripe must not need a key.
 */
export function lazyClient(options: StripeOptions): ClientSource {
  let client: Stripe | null = null;
  return () => {
    client ??= new Stripe(options.secretKey, {
      apiVersion: STRIPE_API_VERSION,
      telemetry: false,
      maxNetworkRetries: options.maxNetworkRetries ?? 3,
      httpClient: retryingHttpClient(),
      timeout: options.timeoutMs ?? 30_000,
      appInfo: { name: "Quittance" },
      ...address(options.sandboxUrl),
    });
    return client;
  };
}

function address(sandboxUrl: string | null): { host?: string; port?: string; protocol?: "http" | "https" } {
  if (sandboxUrl === null) return {};
  const url = new URL(sandboxUrl);
  return {
    host: url.hostname,
    port: url.port === "" ? "80" : url.port,
    protocol: url.protocol === "https:" ? "https" : "http",
  };
}
