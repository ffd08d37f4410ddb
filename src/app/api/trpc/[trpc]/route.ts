/**
 * The door of the router for browsers. Changes come only as JSON from our own pages: forms of other sites cannot send that
 * without asking first, and a request that says it comes from elsewhere is refused before anything is read.
 */
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { newId } from "@/billing/kernel/ids";
import { env } from "@/env";
import { appRouter } from "@/server/api/root";
import { getRuntime } from "@/server/api/runtime";
import { isSameOrigin } from "@/server/auth/same-origin";
import { sessionUser } from "@/server/auth/session";

const BATCH_LIMIT = 8;
const MAXIMUM_BODY_BYTES = 64 * 1024;

async function answer(request: Request): Promise<Response> {
  const requestId = request.headers.get("x-request-id") ?? newId("req");
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    maxBatchSize: BATCH_LIMIT,
    createContext: async () => ({ runtime: await getRuntime(), user: await sessionUser(), requestId }),
  });
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/** Queries. */
export function GET(request: Request): Promise<Response> {
  return answer(request);
}

/** Changes (and queries that are too long for an address). */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request.headers, env().publicUrl)) return refuse(403, "This call did not come from our pages.");
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return refuse(415, "Send application/json.");
  if (Number(request.headers.get("content-length") ?? 0) > MAXIMUM_BODY_BYTES) return refuse(413, "That is too much.");
  return answer(request);
}

function refuse(status: number, message: string): Response {
  return Response.json({ error: message }, { status, headers: { "Cache-Control": "no-store" } });
}
