/** Where Stripe posts its events: stored, answered, projected later by the worker. */
import { BillingError } from "@/billing/kernel/errors";
import { getRuntime } from "@/server/api/runtime";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

const BODY_LIMIT_BYTES = 1_048_576;

/** 200 for a stored event, new or not; 400 when it is not to be trusted; 503 when it could not be stored, so it comes again. */
export async function POST(request: Request): Promise<Response> {
  const { acceptWebhook, log } = await getRuntime();
  try {
    // What is announced as too large is not read at all; what lies about its length is refused after reading.
    if (Number(request.headers.get("content-length") ?? 0) > BODY_LIMIT_BYTES) {
      return problem(413, "webhook.too_large", "The body is larger than 1 MiB.");
    }
    const accepted = await acceptWebhook(await request.text(), request.headers.get("stripe-signature"));
    return Response.json({ received: true, id: accepted.id, duplicate: accepted.duplicate });
  } catch (error) {
    if (error instanceof BillingError && error.kind === "invalid") {
      log.warn({ code: error.code }, "A webhook was refused");
      return problem(error.code === "webhook.too_large" ? 413 : 400, error.code, error.message);
    }
    log.error({ err: error }, "An event could not be stored");
    return problem(503, "webhook.not_stored", "The event could not be stored. Send it again.");
  }
}

function problem(status: number, code: string, detail: string): Response {
  const title = status < 500 ? "The event was refused" : "The event was not stored";
  return new Response(JSON.stringify({ type: "about:blank", title, status, code, detail }), {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}
