"use client";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { httpBatchLink, TRPCClientError } from "@trpc/client";
import { createTRPCReact } from "@trpc/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import type { AppRouter } from "@/server/api/root";
import { makeQueryClient } from "./query-client";

/** The router for components in the browser. */
export const trpc = createTRPCReact<AppRouter>();

/** What procedures answer, by name. */
export type Answers = inferRouterOutputs<AppRouter>;

/** Must stay within what the route accepts in one request. */
const BATCH_LIMIT = 8;

let browserClient: QueryClient | undefined;

function queryClientOfPlace(): QueryClient {
  if (typeof window === "undefined") return makeQueryClient();
  browserClient ??= makeQueryClient();
  return browserClient;
}

/** Gives the components below it the router; stands in layouts whose pages change something. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const queryClient = queryClientOfPlace();
  const [client] = useState(() =>
    trpc.createClient({
      links: [httpBatchLink({ url: "/api/trpc", transformer: superjson, maxItems: BATCH_LIMIT })],
    }),
  );
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}

/** What went wrong in a call, for people, with the number to quote. */
export interface Failure {
  message: string;
  /** The domain's code, to switch on; never the message. */
  code: string | null;
  requestId: string | null;
  /** Small named values that explain the refusal, such as what is wrong by field. */
  details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Reads a failed call. A call that never reached us says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TRPCClientError) {
    const data = (error as TRPCClientError<AppRouter>).data;
    if (data) {
      const { requestId, refusal } = data;
      return { message: error.message, code: refusal?.code ?? null, requestId, details: refusal?.details ?? {} };
    }
    return {
      message: "We could not reach the server. Check your connection and try again.",
      code: null,
      requestId: null,
      details: {},
    };
  }
  return { message: "Something went wrong in this page. Please try again.", code: null, requestId: null, details: {} };
}
