"use client";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { type Failure, failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { OtherCardLink } from "./charged-card";
import { WaitForWord } from "./wait-for-word";

const NOTHING_LEFT: Failure = {
  message: "This payment can no longer be finished. Nothing was charged. Choose the plan again, or leave it.",
  code: null,
  requestId: null,
};

/** Goes on with the same payment after a reload: the bank asks again, and no second payment is begun. */
export function FinishPayment({ tenant, publishableKey }: { tenant: string; publishableKey: string }) {
  const router = useRouter();
  const utils = trpc.useUtils();
  const running = useRef(false);
  const [phase, setPhase] = useState<"idle" | "bank" | "wait">("idle");
  const [problem, setProblem] = useState<Failure | null>(null);

  function stop(failure: Failure | null) {
    running.current = false;
    setProblem(failure);
    setPhase("idle");
    router.refresh();
  }

  async function finish() {
    if (running.current) return;
    running.current = true;
    setProblem(null);
    setPhase("bank");
    try {
      const confirmation = await utils.subscriptions.confirmation.fetch({ tenant }, { staleTime: 0 });
      if (confirmation === null) return stop(NOTHING_LEFT);
      const { confirmWithBank } = await import("../../../../_components/confirm-with-bank");
      const refusal = await confirmWithBank(publishableKey, confirmation.clientSecret);
      if (refusal === null) return setPhase("wait");
      stop({ message: refusal, code: null, requestId: null });
    } catch (error) {
      stop(failureOf(error));
    }
  }

  return (
    <div className="grid gap-2">
      <Button look="primary" busy={phase === "bank"} onClick={() => void finish()}>
        Finish the payment
      </Button>
      {problem ? (
        <div role="alert" className="grid max-w-prose gap-2 text-sm text-loss">
          <p>{problem.message}</p>
          <p>
            <OtherCardLink tenant={tenant} returnPath={`/t/${tenant}/plan`} />
          </p>
        </div>
      ) : null}
      {phase === "wait" ? (
        <Dialog open onClose={() => stop(null)} title="Finishing the payment">
          <WaitForWord
            tenant={tenant}
            expected={null}
            onDone={() => {
              toast("The payment is in and your plan has changed");
              stop(null);
            }}
            onGivenUp={stop}
          />
        </Dialog>
      ) : null}
    </div>
  );
}
