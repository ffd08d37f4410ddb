"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { moneyText } from "@/ui/money";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";

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
      {props.canStop ? <Button onClick={() => setVerb("stop")}>Stop</Button> : null}
      {verb === null ? null : <ReasonDialog {...props} verb={verb} onClose={() => setVerb(null)} />}
    </>
  );
}

function wordsOf(verb: Verb, { invoiceNumber, amountDueMinor, currency }: CaseActionsProps) {
  const amount = moneyText(amountDueMinor, currency);
  return verb === "retry"
    ? {
        title: "Try to collect now",
        text: `${amount} is charged to the tenant’s default payment method. If the bank declines, nothing else changes.`,
        button: `Charge ${amount}`,
        failed: "The payment did not go through",
        done: `${invoiceNumber} is paid`,
      }
    : {
        title: "Stop",
        text: "No more letters are written and the plan is not taken away. The invoice stays to be paid, and Stripe’s own tries go on.",
        button: "Stop",
        failed: "It could not be stopped",
        done: `Nothing more is done about ${invoiceNumber}`,
      };
}

function ReasonDialog({ verb, onClose, ...props }: CaseActionsProps & { verb: Verb; onClose: () => void }) {
  const router = useRouter();
  const [reason, setReason] = useState("");
  const [wasSent, setWasSent] = useState(false);
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
  const error = reason.trim() === "" ? "Say why: it stays in the audit log." : null;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSent(true);
    if (act.isPending || error !== null) return;
    act.mutate({ tenantId: props.tenantId, caseId: props.caseId, requestId, reason: reason.trim() });
  }

  return (
    <Dialog open onClose={onClose} locked={act.isPending} title={words.title}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        <p className="text-sm">{words.text}</p>
        <Field
          label="Reason"
          value={reason}
          error={wasSent ? error : null}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
        {act.error ? <ErrorState title={words.failed} {...failureOf(act.error)} /> : null}
        <div className="flex justify-end gap-3">
          <Button onClick={onClose} disabled={act.isPending}>
            Close
          </Button>
          <Button type="submit" look={verb === "retry" ? "primary" : "danger"} busy={act.isPending}>
            {words.button}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
