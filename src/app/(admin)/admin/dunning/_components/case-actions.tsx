"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { moneyText } from "@/ui/money";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { DialogButtons } from "../../_components/dialog-buttons";
import { ReasonField, useReason } from "../../_components/reason";

interface CaseActionsProps {
  tenantId: string;
  caseId: string;
  invoiceNumber: string;
  amountDueMinor: bigint;
  currency: string;
  /** A case whose plan has ended can still be collected, but there is nothing left to stop. */
  canStop: boolean;
}

type Verb = "retry" | "stop";

/** Collecting now, or stopping; either with a reason that stays in the books. */
export function CaseActions(props: CaseActionsProps) {
  const [verb, setVerb] = useState<Verb | null>(null);
  return (
    <>
      <Button look="primary" onClick={() => setVerb("retry")}>
        Try to collect now
      </Button>
      {props.canStop ? <Button onClick={() => setVerb("stop")}>Stop the letters</Button> : null}
      {verb === null ? null : <ReasonDialog {...props} verb={verb} onClose={() => setVerb(null)} />}
    </>
  );
}

function wordsOf(verb: Verb, { invoiceNumber, amountDueMinor, currency }: CaseActionsProps) {
  const amount = moneyText(amountDueMinor, currency);
  return verb === "retry"
    ? {
        title: `Collect ${invoiceNumber} now`,
        text: `${amount} is charged to the tenant’s default payment method. If the bank declines, nothing else changes.`,
        button: `Charge ${amount}`,
        failed: "The payment did not go through",
        done: `${invoiceNumber} is paid`,
      }
    : {
        title: `Stop the letters about ${invoiceNumber}`,
        text: "No more letters are written and the plan is not taken away. The invoice stays to be paid, and Stripe’s own tries go on.",
        button: "Stop the letters",
        failed: "It could not be stopped",
        done: `Nothing more is done about ${invoiceNumber}`,
      };
}

function ReasonDialog({ verb, onClose, ...props }: CaseActionsProps & { verb: Verb; onClose: () => void }) {
  const router = useRouter();
  const reason = useReason("Say why: it stays in the audit log.");
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const words = wordsOf(verb, props);
  const outcome = {
    onSuccess: () => {
      toast(words.done);
      router.refresh();
      onClose();
    },
    onError: (error: Parameters<typeof failureOf>[0]) => {
      // A refused request is spent; one whose answer was lost is asked for again under its name.
      if (failureOf(error).code !== null) setRequestId(crypto.randomUUID());
      router.refresh();
    },
  };
  const retry = trpc.dunning.retry.useMutation(outcome);
  const stop = trpc.dunning.stop.useMutation(outcome);
  const act = verb === "retry" ? retry : stop;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = reason.given();
    if (act.isPending || given === null) return;
    act.mutate({ tenantId: props.tenantId, caseId: props.caseId, requestId, reason: given });
  }

  return (
    <Dialog open onClose={onClose} locked={act.isPending} title={words.title}>
      <form noValidate onSubmit={submit} className="grid gap-6">
        <p className="text-sm">{words.text}</p>
        <ReasonField reason={reason} hint="Stands in the audit log and under “What happened”." />
        {act.error ? <ErrorState title={words.failed} {...failureOf(act.error)} /> : null}
        <DialogButtons onClose={onClose} isWorking={act.isPending} look={verb === "retry" ? "primary" : "danger"}>
          {words.button}
        </DialogButtons>
      </form>
    </Dialog>
  );
}
