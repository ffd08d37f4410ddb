/**
 * Errors of the REST API as problem documents (RFC 9457): `type`, `title`, `status`, `detail`, and beside them the stable
 * `code`, the class of the refusal as `error`, the `param` at fault and the `request_id`. One table turns a kind of refusal into a status; nothing else does.
 */
import type { Context } from "hono";
import {
  BillingError,
  type BillingErrorKind,
  type BillingErrorName,
  type ErrorDetails,
  errorName,
} from "@/billing/kernel/errors";
import { toMajorNumber } from "@/billing/kernel/money";
import type { RestEnvironment } from "./environment";

const STATUS: Record<BillingErrorKind, number> = {
  invalid: 400,
  declined: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition: 422,
  limit: 429,
  invariant: 500,
  upstream: 502,
};

const TITLE: Record<number, string> = {
  400: "The request is not valid",
  401: "Not authenticated",
  402: "The payment was declined",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "The body is too large",
  415: "Unsupported media type",
  422: "Something is missing first",
  429: "A limit is reached",
  500: "Something broke on our side",
  502: "Stripe refused",
  503: "Stripe cannot be reached",
};

/** A problem to answer with. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  /** The class of a refusal of the domain. */
  error?: BillingErrorName;
  details?: ErrorDetails;
  headers?: Record<string, string>;
}

/** The problem behind any thrown value; what is not a BillingError becomes a 500 that tells nothing of its cause. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof BillingError)) {
    return {
      status: 500,
      code: "internal",
      detail: "Something broke on our side. The same request may be tried again.",
    };
  }
  if (error.code === "auth.unauthenticated") {
    return { status: 401, code: error.code, detail: error.message, headers: { "WWW-Authenticate": "Bearer" } };
  }
  const status = error.kind === "upstream" && error.retryable ? 503 : STATUS[error.kind];
  const headers = error.retryable ? { "Retry-After": "1" } : undefined;
  const detail = error.kind === "invariant" ? "Something broke on our side; nothing was changed." : error.message;
  const details = error.kind === "invariant" ? {} : error.details;
  return { status, code: error.code, detail, error: errorName(error), details, headers };
}

/** `quoteId` of the domain is `quote_id` in every body. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A parameter of Stripe's is none that the caller sent, and money is told as everywhere in this API. */
function toldOf(details: ErrorDetails): ErrorDetails {
  const { leftMinor, currency, ...others } = details;
  const isMoney = typeof leftMinor === "number" && typeof currency === "string";
  const told = isMoney ? { ...others, left: toMajorNumber(BigInt(leftMinor), currency), currency } : details;
  if (!("stripeCode" in told)) return told;
  const { param: _stripes, ...own } = told;
  return own;
}

/** Writes a problem as application/problem+json. */
export function sendProblem(c: Context<RestEnvironment>, problem: Problem): Response {
  const details = Object.entries(toldOf(problem.details ?? {})).map(([name, value]) => [snakeCase(name), value]);
  const body = {
    // First, because what Stripe called its status and its request is not what this answer calls them.
    ...Object.fromEntries(details),
    type: `${new URL(c.req.url).origin}/api/v1/openapi.json#${problem.code}`,
    title: TITLE[problem.status] ?? "Error",
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    ...(problem.error && { error: problem.error }),
    instance: c.req.path,
    request_id: c.get("requestId"),
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      "Content-Type": "application/problem+json",
      "X-Request-Id": c.get("requestId"),
      "Cache-Control": "no-store",
      ...problem.headers,
    },
  });
}
