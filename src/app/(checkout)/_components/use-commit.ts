"use client";
import { useRef } from "react";
import { type Answers, failureOf, trpc } from "@/trpc/client";

/** Codes after which nothing is known to have ended: the same attempt is made again, not another one. */
const UNDECIDED: ReadonlyArray<string | null> = [null, "operation.in_progress", "stripe.unavailable"];

/**
 * Keeps a quote under one number for one attempt. The number stays the same while the answer is unknown, so that a lost
 * connection, a double click and a retry are one change; a refusal ends the attempt.
 */
export function useCommit(tenant: string) {
  const attempt = useRef<{ quoteId: string; requestId: string } | null>(null);
  const { mutateAsync } = trpc.subscriptions.commit.useMutation();
  return async (promise: {
    quoteId: string;
    paymentMethodId: string | null;
    reason?: string;
  }): Promise<Answers["subscriptions"]["commit"]> => {
    const { quoteId } = promise;
    if (attempt.current?.quoteId !== quoteId) attempt.current = { quoteId, requestId: crypto.randomUUID() };
    try {
      const changed = await mutateAsync({ ...promise, tenant, requestId: attempt.current.requestId });
      attempt.current = null;
      return changed;
    } catch (error) {
      if (!UNDECIDED.includes(failureOf(error).code)) attempt.current = null;
      throw error;
    }
  };
}
