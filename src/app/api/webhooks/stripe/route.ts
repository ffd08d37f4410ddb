/** Where Stripe posts its events: stored, answered, projected later by the worker. */
import { BillingError } from "@/billing/kernel/errors";
import { getRuntime } from "@/server/context";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

const BODY_LIMIT_BYTES = 1_048_576;

/** 200 for a stored event, new or not; 400 when it is not to be trusted; 503 when it could not be stored, so it comes again. */
export async function POST(request: Request): Promise<Response> {
  const { acceptWebhook, log } = await getRuntime();
  try {
    const rawBody = await readBody(request);
    if (rawBody === null) return problem(413, "webhook.too_large", "The body is larger than 1 MiB.");
    const accepted = await acceptWebhook(rawBody, request.headers.get("stripe-signature"));
    return Response.json({ received: true, id: accepted.id, duplicate: accepted.duplicate });
  } catch (error) {
    if (error instanceof BillingError && error.kind === "invalid") {
      log.warn({ code: error.code }, "A webhook was refused");
      return problem(400, error.code, error.message);
    }
    log.error({ err: error }, "An event could not be stored");
    return problem(503, "webhook.not_stored", "The event could not be stored. Send it again.");
  }
}

/** The body as it was sent, or null as soon as it exceeds the limit: anybody can post here, and nobody has signed yet. */
async function readBody(request: Request): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > BODY_LIMIT_BYTES) {
      await reader?.cancel();
      return null;
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function problem(status: number, code: string, detail: string): Response {
  const title = status < 500 ? "The event was refused" : "The event was not stored";
  return new Response(JSON.stringify({ type: "about:blank", title, status, code, detail }), {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}
