"use client";
import { useElements, useStripe } from "@stripe/react-stripe-js";
import { type FormEvent, useRef, useState } from "react";
import type { FixPaymentView } from "@/billing/dunning/model";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { moneyText } from "@/ui/money";
import { cardProblem } from "../../_components/card-problem";
import { PaymentFields } from "../../_components/payment-fields";
import { ProblemNote } from "../../_components/problem-note";

interface PayFormProps {
  view: Extract<FixPaymentView, { state: "open" }>;
  link: string;
  onView: (view: FixPaymentView) => void;
}

/** Takes a card, saves it, pays the invoice with it, and lets the bank ask when it wants to. */
export function PayForm({ view, link, onView }: PayFormProps) {
  const { busy, problem, ready, submit } = useFix({ link, onView });
  const amount = moneyText(view.amountDueMinor, view.currency);
  return (
    <form onSubmit={submit} aria-busy={busy}>
      <PaymentFields email="" />
      {problem ? <ProblemNote text={problem} /> : null}
      <Button type="submit" look="primary" size="large" wide busy={busy} disabled={!ready} className="mt-6">
        {busy ? "Paying…" : `Pay ${amount}`}
      </Button>
      <p role="status" className="sr-only">
        {busy ? "The payment is being made" : ""}
      </p>
      <p className="mt-4 text-xs text-quiet">
        The card is also used for {view.tenantName}’s next invoices. Card details go from this page to Stripe and never
        reach this server.
      </p>
    </form>
  );
}

function useFix({ link, onView }: Pick<PayFormProps, "link" | "onView">) {
  const stripe = useStripe();
  const elements = useElements();
  const setup = trpc.fixPayment.startSetup.useMutation();
  const pay = trpc.fixPayment.pay.useMutation();
  const settle = trpc.fixPayment.settle.useMutation();
  // One number for one card: kept while its outcome is unknown, so that nothing is paid twice.
  const attempt = useRef<{ requestId: string; paymentMethodId: string } | null>(null);

  /** Saves the card at Stripe; returns what is wrong with it, or null. */
  async function saveCard(): Promise<string | null> {
    if (!stripe || !elements) return "The card fields are still loading. Try again in a moment.";
    if (attempt.current !== null) return null;
    const checked = await elements.submit();
    if (checked.error) return "Check the card details above.";
    const { clientSecret } = await setup.mutateAsync({ link });
    const { error, setupIntent } = await stripe.confirmSetup({
      elements,
      clientSecret,
      confirmParams: { return_url: window.location.href },
      redirect: "if_required",
    });
    if (error) return error.type === "validation_error" ? "Check the card details above." : cardProblem(error);
    const method = setupIntent.payment_method;
    const paymentMethodId = typeof method === "string" ? method : method?.id;
    if (setupIntent.status !== "succeeded" || !paymentMethodId) {
      return "This account has to be verified before it can pay. Please use a card here, or sign in to add the account.";
    }
    attempt.current = { requestId: crypto.randomUUID(), paymentMethodId };
    return null;
  }

  /** Pays; returns what went wrong, null when the page shows how it ended. */
  async function work(): Promise<string | null> {
    const refused = await saveCard();
    if (refused !== null || attempt.current === null || !stripe) return refused;
    const { view, confirmation } = await pay.mutateAsync({ link, ...attempt.current });
    const clientSecret = confirmation?.clientSecret;
    const answer = clientSecret ? await stripe.handleNextAction({ clientSecret }) : null;
    const ended = answer === null ? view : await settle.mutateAsync({ link });
    if (ended.state !== "open") {
      onView(ended);
      return null;
    }
    attempt.current = null;
    return answer?.error
      ? cardProblem(answer.error)
      : "The payment was not confirmed, so nothing was charged. Please try again.";
  }

  function refusal(error: unknown): string {
    const { code, message } = failureOf(error);
    // This card has had its answer; the next try takes what the fields hold then.
    if (code !== null) attempt.current = null;
    return message;
  }

  const form = useSubmit(() => work().catch(refusal));
  return { ready: stripe !== null, ...form };
}

/** One submission at a time, and what went wrong with the newest; `act` says it, null when nothing did. */
function useSubmit(act: () => Promise<string | null>) {
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(null);
    const text = await act();
    setProblem(text);
    running.current = false;
    setBusy(false);
  }

  return { busy, problem, submit };
}
