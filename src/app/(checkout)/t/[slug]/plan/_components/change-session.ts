"use client";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import type { Quote } from "@/billing/subscriptions/model";
import { type Failure, failureOf } from "@/trpc/client";
import { confirmWithBank } from "../../../../_components/confirm-with-bank";
import { useCommit } from "../../../../_components/use-commit";
import type { Replaced } from "../../../../_components/use-quote";

/** Where a change stands: looked at, sent, before the bank, confirmed but not yet in force. */
export type ChangePhase = "look" | "commit" | "bank" | "wait";

const BANK_SAID_NO = "payment.authentication_required";
/** The quote is spent or gone: another one has to be looked at. */
const NO_LONGER_TRUE = ["quote.stale", "quote.kept", "quote.not_found"];

/** Carries a quote out, through the bank's question if there is one. Says what went wrong; never guesses what went well. */
export function useChangeSession({
  tenant,
  publishableKey,
  onRenew,
  onDone,
}: {
  tenant: string;
  publishableKey: string;
  /** Another quote is needed: the old one is no longer true, or it is spent. */
  onRenew: (because: Replaced) => void;
  onDone: () => void;
}) {
  const router = useRouter();
  const commit = useCommit(tenant);
  const running = useRef(false);
  const [phase, setPhase] = useState<ChangePhase>("look");
  const [problem, setProblem] = useState<Failure | null>(null);

  function backToLooking(failure: Failure | null) {
    running.current = false;
    setProblem(failure);
    setPhase("look");
  }

  async function askBank(clientSecret: string) {
    setPhase("bank");
    const refusal = await confirmWithBank(publishableKey, clientSecret);
    if (refusal === null) {
      setPhase("wait");
      return;
    }
    // The old plan is untouched; the page behind says that a payment waits. Trying again is another payment.
    router.refresh();
    onRenew("expired");
    backToLooking({ message: refusal, code: BANK_SAID_NO, requestId: null });
  }

  async function submit(quote: Quote, reason: string | undefined) {
    if (running.current) return;
    running.current = true;
    setProblem(null);
    setPhase("commit");
    try {
      const changed = await commit({ quoteId: quote.id, paymentMethodId: null, reason });
      if (changed.confirmation) await askBank(changed.confirmation.clientSecret);
      else onDone();
    } catch (error) {
      const failure = failureOf(error);
      const isStale = NO_LONGER_TRUE.includes(failure.code ?? "");
      if (isStale) onRenew("stale");
      backToLooking(isStale ? null : failure);
    }
  }

  return { phase, problem, submit, giveUpWaiting: backToLooking };
}
