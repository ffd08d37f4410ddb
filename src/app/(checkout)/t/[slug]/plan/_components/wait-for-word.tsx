"use client";
import { useEffect, useState } from "react";
import type { CurrentPlan, QuoteSide } from "@/billing/subscriptions/model";
import { type Failure, trpc } from "@/trpc/client";
import { Button, Spinner } from "@/ui/button";

const ASK_EVERY_MS = 1_000;
const PATIENCE_MS = 60_000;

/** The bank has confirmed; the plan changes when Stripe's webhook has said so, and not before. */
export function WaitForWord({
  tenant,
  expected,
  onDone,
  onGivenUp,
}: {
  tenant: string;
  /** What is to come into force; null: whatever the payment was for. */
  expected: QuoteSide | null;
  onDone: () => void;
  onGivenUp: (failure: Failure) => void;
}) {
  const [late, setLate] = useState(false);
  const current = trpc.subscriptions.current.useQuery(
    { tenant },
    { staleTime: 0, gcTime: 0, retry: true, refetchInterval: late ? false : ASK_EVERY_MS },
  );
  const word = current.data && !current.isPlaceholderData ? wordOf(current.data, expected) : "none";

  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each word is acted on once
  useEffect(() => {
    if (word === "done") onDone();
    if (word === "lapsed") {
      const message = "The payment did not lead to the change. Your plan is as it was.";
      onGivenUp({ message, code: null, requestId: null });
    }
  }, [word]);

  if (late && word === "none") {
    return (
      <div role="alert" className="grid gap-4 text-sm">
        <p>
          Your bank has confirmed the payment, but Stripe has not told us yet. You can close this: the plan changes by
          itself when word comes, and nothing is charged twice.
        </p>
        <Button
          onClick={() => {
            setLate(false);
            void current.refetch();
          }}
        >
          Look again
        </Button>
      </div>
    );
  }
  return (
    <p role="status" className="flex items-center gap-3 text-sm">
      <Spinner /> Your bank has confirmed. We wait for Stripe to say that the payment is in; this usually takes seconds.
    </p>
  );
}

function wordOf(current: CurrentPlan, expected: QuoteSide | null): "none" | "done" | "lapsed" {
  if (current.pendingChange !== null || current.pending !== null) return "none";
  const { subscription } = current;
  if (expected === null) return "done";
  const isThere =
    current.planKey === expected.planKey &&
    (expected.interval === null || current.interval === expected.interval) &&
    (expected.seats === null || subscription?.seats === expected.seats);
  return isThere ? "done" : "lapsed";
}
