/**
 * The node:http side: reads bodies with a bound, answers browsers' preflights, hands the rest to control, browser files
 * or the API, and writes replies. It decides nothing about Stripe.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { handleBrowserAsset } from "../browser/assets";
import type { ControlApi } from "../control/control";
import { handleFace } from "../face/face";
import type { Api, ApiReply } from "./api";
import { boundaryOf, formOfMultipart } from "./multipart";
import type { ExchangeLog } from "./record";
import { isStripeOperation } from "./stripe-operations";

const BODY_LIMIT_BYTES = 2_000_000;
const UPLOAD_LIMIT_BYTES = 10_000_000;

/** Whom the listener hands requests to. */
export interface Destinations {
  api: Api;
  control: ControlApi;
  record: ExchangeLog | null;
  baseUrl: () => string;
}

/** Reads a whole body; null when it is larger than the sandbox takes. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  return (await readBytes(request, BODY_LIMIT_BYTES))?.toString("utf8") ?? null;
}

/** Reads a body as the API understands it: uploads come as the form that they amount to. */
async function readForm(request: IncomingMessage): Promise<string | null> {
  const boundary = boundaryOf(request.headers["content-type"]);
  if (boundary === null) return readBody(request);
  const bytes = await readBytes(request, UPLOAD_LIMIT_BYTES);
  if (bytes === null) return null;
  request.headers["content-type"] = "application/x-www-form-urlencoded";
  return formOfMultipart(bytes, boundary);
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  // Listening is a good deal cheaper than iterating, and every request passes here.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
    });
    request.once("end", () => {
      const [only] = chunks;
      if (size > limit) resolve(null);
      else resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    request.once("error", reject);
    request.once("close", () => {
      if (!request.complete) reject(new Error("The request was cut off."));
    });
  });
}

/** Browsers call with publishable keys from the application's origin, whichever that is. */
function crossOrigin(request: IncomingMessage): Record<string, string> {
  const origin = request.headers.origin;
  if (origin === undefined) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Request-Id, Stripe-Version, Idempotent-Replayed",
    vary: "Origin",
  };
}

function preflight(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    ...crossOrigin(request),
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers":
      request.headers["access-control-request-headers"] ?? "Authorization, Content-Type, Stripe-Version",
    "access-control-max-age": "600",
  });
  response.end();
}

function tooLarge(): ApiReply {
  const message = "Invalid request: the body is too large.";
  return {
    status: 413,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: { type: "invalid_request_error", message } }),
  };
}

/** The request handler of the server. */
export function createListener(to: Destinations) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === "OPTIONS") {
      preflight(request, response);
      return;
    }
    const target = request.url ?? "/";
    if (target === "/_sandbox" || target.startsWith("/_sandbox/")) {
      await to.control.handle(request, response, crossOrigin(request));
      return;
    }
    if (await handleFace(to.control.context, request, response)) return;
    if (
      !target.startsWith("/v1/") &&
      !target.startsWith("/v2/") &&
      handleBrowserAsset(request, response, to.baseUrl())
    ) {
      return;
    }
    const body = await readForm(request);
    const method = request.method ?? "GET";
    const reply =
      body === null
        ? tooLarge()
        : await to.api.answer({ method, target, headers: request.headers, body, baseUrl: to.baseUrl() });
    // Calls that only Stripe.js makes have no published schema to be held against.
    if (isStripeOperation(method, target.split("?")[0] ?? ""))
      to.record?.append({ method, path: target, status: reply.status, body: reply.body });
    const text = `${reply.body}\n`;
    // With its length known, a reply leaves in one piece.
    const length = { "content-length": Buffer.byteLength(text) };
    response.writeHead(reply.status, { ...reply.headers, ...length, ...crossOrigin(request) });
    response.end(text);
  };
}
