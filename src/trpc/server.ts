/** The router for components on the server: the same procedures and guards, without a request in between. */
import { createHydrationHelpers } from "@trpc/react-query/rsc";
import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { cache } from "react";
import { newId } from "@/billing/kernel/ids";
import { refusalOf } from "@/server/api/errors";
import { type AppRouter, createCaller } from "@/server/api/root";
import { getRuntime } from "@/server/api/runtime";
import type { CallContext } from "@/server/api/trpc";
import { sessionUser } from "@/server/auth/session";
import type { Failure } from "./client";
import { makeQueryClient } from "./query-client";

/** The number of this request; the proxy gives it. */
export const requestId = cache(async (): Promise<string> => (await headers()).get("x-request-id") ?? newId("req"));

const callContext = cache(async (): Promise<CallContext> => {
  const [runtime, user, id] = await Promise.all([getRuntime(), sessionUser(), requestId()]);
  return { runtime, user, requestId: id };
});

const getQueryClient = cache(makeQueryClient);

/** `api.usage.period(...)` calls a procedure; `api.usage.period.prefetch(...)` puts its answer into the page for the browser. */
export const { trpc: api, HydrateClient } = createHydrationHelpers<AppRouter>(
  createCaller(callContext),
  getQueryClient,
);

/** What went wrong in a call on the server, for people. */
export async function failureOnServer(error: unknown): Promise<Failure> {
  const id = await requestId();
  if (!(error instanceof TRPCError)) {
    const { log } = await getRuntime();
    log.error({ err: error, requestId: id }, "A page broke");
    return { message: "Something went wrong on our side. Please try again.", code: null, requestId: id };
  }
  return { message: error.message, code: refusalOf(error)?.code ?? null, requestId: id };
}
