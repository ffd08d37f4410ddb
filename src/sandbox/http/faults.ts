/**
 * Answers that the API gives because somebody asked for trouble: rate limits, locks, keys in use, failures.
 *
 * Owns: what is armed, for which requests and how often, and the shape of each answer. It exists because a sandbox that
 * serves one request at a time never meets these by itself, while every client must survive them. Nothing of it is kept
 * over a restart. Refuses: anything a request could cause by its own parameters.
 */
import type { ErrorBody } from "./errors";

/** The kinds of trouble. */
export const faultKinds = ["rate_limit", "lock_timeout", "key_in_use", "api_error", "api_error_after"] as const;

/** One kind of trouble. `api_error_after` has carried the request out before it fails. */
export type FaultKind = (typeof faultKinds)[number];

/** What is armed. */
export interface Fault {
  kind: FaultKind;
  /** How many more requests meet it. */
  count: number;
  /** Only requests of this method, or of all. */
  method: string | null;
  /** Only requests whose path begins so, or all. */
  path: string | null;
}

/** What a request that meets trouble is answered. */
export interface FaultAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const answers: Record<FaultKind, { status: number; headers?: Record<string, string>; error: ErrorBody }> = {
  rate_limit: {
    status: 429,
    headers: { "stripe-rate-limited-reason": "endpoint-rate" },
    error: {
      type: "invalid_request_error",
      code: "rate_limit",
      message: "Request rate limit exceeded. Retry with an exponential backoff.",
    },
  },
  lock_timeout: {
    status: 429,
    headers: { "stripe-should-retry": "true" },
    error: {
      type: "invalid_request_error",
      code: "lock_timeout",
      message: "This object cannot be accessed right now because another request is working on it. Try again later.",
    },
  },
  key_in_use: {
    status: 409,
    error: {
      type: "idempotency_error",
      code: "idempotency_key_in_use",
      message: "Another request with this Idempotency-Key is still in progress. Try again when it has ended.",
    },
  },
  api_error: { status: 500, error: { type: "api_error", message: "The sandbox was told to fail this request." } },
  api_error_after: {
    status: 500,
    error: { type: "api_error", message: "The sandbox was told to fail this request after carrying it out." },
  },
};

/** The trouble armed on one sandbox. */
export class Faults {
  private armed: Fault | null = null;

  /** Arms trouble in the place of what was armed before; null ends it. */
  arm(fault: Fault | null): void {
    this.armed = fault;
  }

  /** What is armed now. */
  current(): Fault | null {
    return this.armed;
  }

  /** The trouble this request meets, which is then one less. */
  take(method: string, target: string): FaultKind | null {
    const fault = this.armed;
    if (fault === null) return null;
    if (fault.method !== null && fault.method !== method) return null;
    if (fault.path !== null && !target.startsWith(fault.path)) return null;
    this.armed = fault.count > 1 ? { ...fault, count: fault.count - 1 } : null;
    return fault.kind;
  }
}

/** The answer that a kind of trouble gives. */
export function faultAnswer(kind: FaultKind): FaultAnswer {
  const { status, headers = {}, error } = answers[kind];
  return { status, headers, body: JSON.stringify({ error }, null, 2) };
}
