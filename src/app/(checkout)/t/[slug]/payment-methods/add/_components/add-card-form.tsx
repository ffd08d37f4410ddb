"use client";
import { useElements, useStripe } from "@stripe/react-stripe-js";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { ErrorState, Skeleton } from "@/ui/states";
import { cardProblem } from "../../../../../_components/card-problem";
import { PaymentFields } from "../../../../../_components/payment-fields";
import { ProblemNote } from "../../../../../_components/problem-note";
import { StripeFields } from "../../../../../_components/stripe-fields";

interface AddCardProps {
  tenant: string;
  email: string;
  /** Where to go on when the card is saved. */
  returnPath: string;
  publishableKey: string;
}

/** Saves a card or a bank account with a setup intent; the bank may ask for confirmation, or make deposits first. */
export function AddCardForm({ tenant, email, returnPath, publishableKey }: AddCardProps) {
  const setup = trpc.payments.startSetup.useMutation();
  const begun = useRef(false);
  const { mutate } = setup;
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    mutate({ tenant });
  }, [mutate, tenant]);

  if (setup.error) {
    return (
      <ErrorState
        title="Nothing can be added just now"
        {...failureOf(setup.error)}
        retry={
          <Button size="small" onClick={() => mutate({ tenant })}>
            Try again
          </Button>
        }
      />
    );
  }
  if (!setup.data) return <Skeleton lines={5} label="Loading the card fields" />;
  return (
    <StripeFields publishableKey={publishableKey} options={{ clientSecret: setup.data.clientSecret }}>
      <CardForm tenant={tenant} email={email} returnPath={returnPath} />
    </StripeFields>
  );
}

function CardForm({ tenant, email, returnPath }: Omit<AddCardProps, "publishableKey">) {
  const stripe = useStripe();
  const elements = useElements();
  const [makeDefault, setMakeDefault] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [requestId] = useState(() => crypto.randomUUID());
  // A card that was saved at Stripe but not yet here is not asked for again.
  const savedMethod = useRef<string | null>(null);
  const add = trpc.payments.add.useMutation();
  const refresh = trpc.payments.refreshBankAccounts.useMutation();
  const [type, setType] = useState("card");
  const isCard = type === "card";

  async function save(): Promise<string | null> {
    if (!stripe || !elements) return "The card fields are still loading. Try again in a moment.";
    if (savedMethod.current === null) {
      const { error, setupIntent } = await stripe.confirmSetup({
        elements,
        confirmParams: { return_url: `${window.location.origin}${returnPath}` },
        redirect: "if_required",
      });
      if (error) return error.type === "validation_error" ? "Check the details above." : cardProblem(error);
      if (setupIntent.next_action?.type === "verify_with_microdeposits") {
        // Not a payment method yet: the list shows what to look for on the statement.
        await refresh.mutateAsync({ tenant });
        return null;
      }
      const method = setupIntent.payment_method;
      savedMethod.current = typeof method === "string" ? method : (method?.id ?? null);
    }
    if (savedMethod.current === null) return "Stripe did not name the payment method. Please try again.";
    await add.mutateAsync({ tenant, paymentMethodId: savedMethod.current, makeDefault, requestId });
    return null;
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const text = await save().catch((error: unknown) => failureOf(error).message);
    if (text === null) {
      window.location.assign(returnPath);
      return;
    }
    setProblem(text);
    setBusy(false);
  }

  return (
    <form onSubmit={submit} aria-busy={busy}>
      <PaymentFields email={email} onType={setType} />
      <label className="mt-4 flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={makeDefault}
          onChange={(event) => setMakeDefault(event.target.checked)}
        />
        Use it for the next invoices
      </label>
      {problem ? <ProblemNote text={problem} /> : null}
      <Button type="submit" look="primary" size="large" wide busy={busy} disabled={!stripe} className="mt-6">
        {busy ? "Saving…" : isCard ? "Save card" : "Save bank account"}
      </Button>
    </form>
  );
}
