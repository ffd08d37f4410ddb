"use client";
import { useElements, useStripe } from "@stripe/react-stripe-js";
import { type FormEvent, useRef, useState } from "react";
import type { PaymentMethodView } from "@/billing/payments/model";
import type { Quote } from "@/billing/subscriptions/model";
import { failureOf } from "@/trpc/client";
import { Button } from "@/ui/button";
import { dateText } from "@/ui/date-text";
import { cardProblem } from "../../../../_components/card-problem";
import { PaymentFields } from "../../../../_components/payment-fields";
import { ProblemNote } from "../../../../_components/problem-note";
import { confirmText } from "../../../../_components/quote-words";
import { useCommit } from "../../../../_components/use-commit";
import type { Replaced } from "../../../../_components/use-quote";
import { CardChoices, NEW_CARD, NO_CARD } from "./card-choices";
import { useSavedCard } from "./use-saved-card";

export interface CheckoutFormProps {
  tenant: string;
  tenantName: string;
  timeZone: string;
  email: string;
  /** The promise that the server keeps to the cent. */
  quote: Quote;
  /** Whether it is the newest one, so that it may be confirmed. */
  isCurrent: boolean;
  /** What a trial without a card leads to; null where a card is needed. */
  withoutCard: string | null;
  methods: PaymentMethodView[];
  /** Where the payment's outcome is waited for. */
  donePath: string;
  onBusy: (busy: boolean) => void;
  /** Another quote is needed: the old one is no longer true, or it is spent. */
  onRenew: (because: Replaced) => void;
}

/** The payment itself. Whatever is refused, the choices, the code and the typed card stay. */
export function CheckoutForm(props: CheckoutFormProps) {
  const { tenantName, email, methods, quote, timeZone, isCurrent, withoutCard } = props;
  const standard = methods.find((method) => method.isDefault) ?? methods[0];
  const [picked, setPicked] = useState(standard?.stripePaymentMethodId ?? NEW_CARD);
  const chosen = picked === NO_CARD && withoutCard === null ? NEW_CARD : picked;
  const { ready, busy, problem, submit, onTyped } = usePayment(props, chosen);
  const isTrial = quote.action === "start_trial";
  return (
    <form onSubmit={submit} aria-busy={busy}>
      <CardChoices {...{ methods, withoutCard, chosen }} onChoose={setPicked} disabled={busy} />
      {chosen === NEW_CARD ? <PaymentFields email={email} onType={onTyped} /> : null}
      {problem ? <ProblemNote text={problem.text} requestId={problem.requestId} /> : null}
      <Button
        type="submit"
        look="primary"
        size="large"
        wide
        busy={busy}
        disabled={!ready || !isCurrent}
        className="mt-6"
      >
        {busy ? "Working…" : isCurrent ? confirmText(quote, timeZone) : "Computing…"}
      </Button>
      <p role="status" className="sr-only">
        {busy ? (isTrial ? "The trial is being started" : "The payment is being made") : ""}
      </p>
      <p className="mt-4 text-xs text-quiet">
        {isTrial && quote.nextInvoice
          ? `Nothing is charged before ${dateText(quote.nextInvoice.at, timeZone)}. `
          : null}
        {chosen === NO_CARD
          ? "Add a card before the trial ends to keep the plan."
          : `You authorise ${tenantName}’s plan to be charged to this card at each renewal until you cancel. Card details go from this page to Stripe and never reach this server.`}
      </p>
    </form>
  );
}

interface Problem {
  text: string;
  requestId?: string | null;
}

/** The quote is spent or gone: another one has to be looked at. */
const NO_LONGER_TRUE = ["quote.stale", "quote.kept", "quote.not_found"];

/** Starts the plan on the server, then lets Stripe confirm its first payment; keeps the form when either refuses. */
function usePayment({ tenant, quote, isCurrent, donePath, onBusy, onRenew }: CheckoutFormProps, chosen: string) {
  const stripe = useStripe();
  const elements = useElements();
  const commit = useCommit(tenant);
  const card = useSavedCard(tenant);
  const running = useRef(false);
  const isSpent = useRef(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  function work(is: boolean) {
    running.current = is;
    setBusy(is);
    onBusy(is);
  }

  /** Pays; returns what went wrong, null when all is done here. */
  async function pay(): Promise<string | null> {
    if (!stripe || !elements) return "The card fields are still loading. Try again in a moment.";
    const isNew = chosen === NEW_CARD;
    if (isNew) {
      const { error } = await elements.submit();
      if (error) return error.type === "validation_error" ? "Check the card details above." : cardProblem(error);
    }
    let methodId = isNew || chosen === NO_CARD ? null : chosen;
    if (isNew && quote.action === "start_trial") {
      const saved = await card.save(stripe, elements);
      if ("problem" in saved) return saved.problem;
      methodId = saved.id;
    }
    isSpent.current = true;
    const { confirmation } = await commit({ quoteId: quote.id, paymentMethodId: methodId });
    if (!confirmation || chosen === NO_CARD) return null;
    const { clientSecret, intent } = confirmation;
    if (methodId !== null) {
      const { error } = await stripe.handleNextAction({ clientSecret });
      return error ? cardProblem(error) : null;
    }
    const confirmParams = { return_url: `${window.location.origin}${donePath}` };
    const how = { elements, clientSecret, confirmParams, redirect: "if_required" } as const;
    const { error } = intent === "setup" ? await stripe.confirmSetup(how) : await stripe.confirmPayment(how);
    return error ? cardProblem(error) : null;
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (running.current || !isCurrent) return;
    work(true);
    setProblem(null);
    const outcome = await pay().then((text) => (text === null ? null : { text }), refusal);
    if (outcome === null) {
      window.location.assign(donePath);
      return;
    }
    // What was begun is begun: the same start goes on with another card, under a quote of its own.
    if (isSpent.current) onRenew("expired");
    isSpent.current = false;
    setProblem(outcome);
    work(false);
  }

  const onTyped = () => {
    if (!running.current) card.forget();
  };
  return { ready: stripe !== null, busy, problem, submit, onTyped };
}

/** What a refusal of the server comes to; null: there is a subscription already, which the next page shows. */
function refusal(error: unknown): Problem | null {
  const { code, message, requestId } = failureOf(error);
  if (code === "subscription.already_active") return null;
  if (!NO_LONGER_TRUE.includes(code ?? "")) return { text: message, requestId };
  return { text: "The amounts have been computed anew and nothing was charged. Look at them and confirm again." };
}
