"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { dateText } from "@/ui/date-text";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";

const REASONS = ["Too expensive", "Missing something", "No longer needed", "Moving elsewhere"];

interface CancelPlanProps {
  tenant: string;
  timeZone: string;
  planName: string;
  freePlanName: string;
  periodEndAt: Date;
  label: string;
  wide?: boolean;
}

/** The way out: what happens and when, an optional reason, one button. */
export function CancelPlan({ label, wide, ...rest }: CancelPlanProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button wide={wide} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open ? <CancelDialog {...rest} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function CancelDialog({
  tenant,
  timeZone,
  planName,
  freePlanName,
  periodEndAt,
  onClose,
}: Omit<CancelPlanProps, "label" | "wide"> & { onClose: () => void }) {
  const router = useRouter();
  const [requestId] = useState(() => crypto.randomUUID());
  const [immediate, setImmediate] = useState(false);
  const endText = dateText(periodEndAt, timeZone);
  const cancel = trpc.subscriptions.cancel.useMutation({
    onSuccess: () => {
      toast(immediate ? `${planName} has ended` : `${planName} ends on ${endText}`);
      router.refresh();
      onClose();
    },
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason") ?? "");
    if (!cancel.isPending) cancel.mutate({ tenant, immediate, requestId: `${requestId}:${immediate}`, reason });
  }

  return (
    <Dialog open onClose={onClose} locked={cancel.isPending} title={`Cancel ${planName}`}>
      <form onSubmit={submit} className="grid gap-6">
        <fieldset className="grid gap-3">
          <legend className="mb-2 text-sm font-medium">When should it end?</legend>
          <Choice
            name="when"
            checked={!immediate}
            onChange={() => setImmediate(false)}
            title={`On ${endText}`}
            detail={`Your plan stays ${planName} until then, then becomes ${freePlanName}. You can change your mind until that day.`}
          />
          <Choice
            name="when"
            checked={immediate}
            onChange={() => setImmediate(true)}
            title="Now"
            detail={`${freePlanName} starts at once with its limits. The unused time is refunded; usage so far is invoiced.`}
          />
        </fieldset>
        <ReasonChoice />
        {cancel.error ? <ErrorState title="The plan was not canceled" {...failureOf(cancel.error)} /> : null}
        <div className="flex flex-wrap justify-end gap-3">
          <Button onClick={onClose} disabled={cancel.isPending}>
            Keep {planName}
          </Button>
          <Button type="submit" look="danger" busy={cancel.isPending}>
            {immediate ? "Cancel now and refund" : `Cancel on ${endText}`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function ReasonChoice() {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">
        Why? <span className="font-normal text-quiet">(optional)</span>
      </legend>
      <div className="grid gap-1 sm:grid-cols-2">
        {REASONS.map((reason) => (
          <label key={reason} className="flex items-center gap-2 py-1 text-sm">
            <input type="radio" name="reason" value={reason} className="accent-accent" />
            {reason}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Choice({
  title,
  detail,
  ...input
}: {
  name: string;
  checked: boolean;
  onChange: () => void;
  title: string;
  detail: string;
}) {
  return (
    <label className="flex gap-3 rounded-md border border-rule p-3 has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input type="radio" className="mt-1 accent-accent" {...input} />
      <span>
        <span className="block text-sm font-medium">{title}</span>
        <span className="block text-sm text-quiet">{detail}</span>
      </span>
    </label>
  );
}
