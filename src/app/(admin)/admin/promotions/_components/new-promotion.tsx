"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { DialogButtons } from "../../_components/dialog-buttons";
import { focusFirstError } from "../../_components/typed";
import { CodeFields, LimitFields } from "./promotion-fields";
import { EMPTY_FORM, errorsOf, inputOf, promiseText } from "./promotion-form";

interface NewPromotionProps {
  plans: Array<{ planKey: string; name: string }>;
  currency: string;
}

/** Makes a code. */
export function NewPromotion(props: NewPromotionProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        New code
      </Button>
      {open ? <NewPromotionDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function NewPromotionDialog({ plans, currency, onClose }: NewPromotionProps & { onClose: () => void }) {
  const router = useRouter();
  const element = useRef<HTMLFormElement>(null);
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const [form, setForm] = useState(EMPTY_FORM);
  const [wasSent, setWasSent] = useState(false);
  const create = trpc.operator.createPromotion.useMutation({
    onSuccess: () => {
      toast(`${form.code.trim().toUpperCase()} can be used`);
      router.refresh();
      onClose();
    },
    // A refused request is spent; one whose answer was lost is asked for again under its name.
    onError: (error) => {
      if (failureOf(error).code !== null) setRequestId(crypto.randomUUID());
    },
  });
  const errors = errorsOf(form);
  const failure = create.error ? failureOf(create.error) : null;
  const isUnknownTenant =
    failure?.code === "tenant.not_found" && create.variables?.onlyTenant === form.onlyTenant.trim();
  const isComplete = Object.keys(errors).length === 0;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSent(true);
    if (create.isPending) return;
    if (isComplete) create.mutate(inputOf(form, requestId));
    else focusFirstError(element.current);
  }

  const ofTenant = isUnknownTenant ? { onlyTenant: "No tenant has this short name." } : {};
  const shownErrors = wasSent ? { ...errors, ...ofTenant } : {};
  const fields = {
    ...{ form, currency, errors: shownErrors },
    onChange: (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part })),
  };
  const planNames = plans.filter(({ planKey }) => form.onlyPlans.includes(planKey)).map(({ name }) => name);
  const { reason: _reason, ...missing } = errors;
  return (
    <Dialog open onClose={onClose} locked={create.isPending} title="New promotion code">
      <form ref={element} noValidate onSubmit={submit} className="grid gap-6">
        <CodeFields {...fields} />
        <LimitFields {...fields} plans={plans} />
        <p aria-live="polite" className="border-t border-rule pt-4 text-sm">
          {Object.keys(missing).length === 0 ? (
            promiseText(form, currency, planNames)
          ) : (
            <span className="text-quiet">What the code promises appears when the form is complete.</span>
          )}
        </p>
        {failure ? <ErrorState title="The code was not made" {...failure} /> : null}
        <DialogButtons onClose={onClose} isWorking={create.isPending}>
          Make the code
        </DialogButtons>
      </form>
    </Dialog>
  );
}
