"use client";
import { useElements, useStripe } from "@stripe/react-stripe-js";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import type { PaymentMethodView } from "@/billing/payments/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { moneyText } from "@/ui/money";
import { CardExpiry, cardName } from "../../../../../_components/card-text";
import { cardProblem } from "../../../../_components/card-problem";
import { PaymentFields } from "../../../../_components/payment-fields";
import { ProblemNote } from "../../../../_components/problem-note";
import { StripeFields } from "../../../../_components/stripe-fields";

export interface CheckoutFormProps {
  tenant: string;
  tenantName: string;
  email: string;
  plan: { key: string; name: string };
  interval: BillingInterval;
  /** The promise that the server keeps to the cent. */
  quote: { id: string; dueNowMinor: bigint; currency: string };
  methods: PaymentMethodView[];
  publishableKey: string;
}

/** The payment of a first period. The plan is in force when Stripe's webhook has said so, not when this form is done. */
export function CheckoutForm(props: CheckoutFormProps) {
  return (
    <StripeFields
      publishableKey={props.publishableKey}
      options={{
        mode: "subscription",
        amount: Number(props.quote.dueNowMinor),
        currency: props.quote.currency,
        setupFutureUsage: "off_session",
      }}
    >
      <Payment {...props} />
    </StripeFields>
  );
}

const NEW_CARD = "new";

function Payment(props: CheckoutFormProps) {
  const { tenantName, email, methods } = props;
  const { dueNowMinor, currency } = props.quote;
  const standard = methods.find((method) => method.isDefault) ?? methods[0];
  const [chosen, setChosen] = useState(standard?.stripePaymentMethodId ?? NEW_CARD);
  const { ready, busy, problem, submit } = usePayment(props, chosen);
  return (
    <form onSubmit={submit} aria-busy={busy}>
      {methods.length > 0 ? (
        <CardChoices methods={methods} chosen={chosen} onChoose={setChosen} disabled={busy} />
      ) : null}
      {chosen === NEW_CARD ? <PaymentFields email={email} /> : null}
      {problem ? <ProblemNote text={problem.text} requestId={problem.requestId} /> : null}
      <Button type="submit" look="primary" size="large" wide busy={busy} disabled={!ready} className="mt-6">
        {busy ? "Paying…" : `Pay ${moneyText(dueNowMinor, currency)} and subscribe`}
      </Button>
      <p role="status" className="sr-only">
        {busy ? "The payment is being made" : ""}
      </p>
      <p className="mt-4 text-xs text-quiet">
        You authorise {tenantName}’s plan to be charged to this card at each renewal until you cancel. Card details go
        from this page to Stripe and never reach this server.
      </p>
    </form>
  );
}

interface Problem {
  text: string;
  requestId?: string | null;
}

/** Starts the plan on the server, then lets Stripe confirm its first payment; keeps the form when either refuses. */
function usePayment({ tenant, plan, interval, quote }: CheckoutFormProps, chosen: string) {
  const stripe = useStripe();
  const elements = useElements();
  const startPlan = useStartPlan({ tenant, quoteId: quote.id });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const donePath = `/t/${tenant}/checkout/done?plan=${plan.key}&interval=${interval}`;

  /** Pays; returns what went wrong, null when all is done here. */
  async function pay(): Promise<string | null> {
    if (!stripe || !elements) return "The card fields are still loading. Try again in a moment.";
    const isNew = chosen === NEW_CARD;
    if (isNew) {
      const { error } = await elements.submit();
      if (error) return error.type === "validation_error" ? "Check the card details above." : cardProblem(error);
    }
    const { confirmation } = await startPlan(isNew ? null : chosen);
    if (!confirmation) return null;
    const { clientSecret, intent } = confirmation;
    if (!isNew) {
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
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const outcome = await pay().then(
      (text) => (text === null ? null : { text }),
      (error: unknown): Problem | null => {
        const { code, message, requestId } = failureOf(error);
        return code === "subscription.already_active" ? null : { text: message, requestId };
      },
    );
    if (outcome === null) {
      window.location.assign(donePath);
      return;
    }
    setProblem(outcome);
    setBusy(false);
  }

  return { ready: stripe !== null, busy, problem, submit };
}

/** Starts the plan under one number for one attempt: it stays the same while the answer is unknown, so nothing starts twice. */
function useStartPlan(promise: { tenant: string; quoteId: string }) {
  const attempt = useRef<string | null>(null);
  const create = trpc.subscriptions.commit.useMutation();
  return async (paymentMethodId: string | null) => {
    attempt.current ??= crypto.randomUUID();
    try {
      const started = await create.mutateAsync({ ...promise, paymentMethodId, requestId: attempt.current });
      attempt.current = null;
      return started;
    } catch (error) {
      // The server answered: the next click is a new attempt. Without an answer it is the same one.
      if (failureOf(error).code !== null) attempt.current = null;
      throw error;
    }
  };
}

function CardChoices({
  methods,
  chosen,
  onChoose,
  disabled,
}: {
  methods: PaymentMethodView[];
  chosen: string;
  onChoose: (id: string) => void;
  disabled: boolean;
}) {
  return (
    <fieldset className="mb-6 grid gap-2" disabled={disabled}>
      <legend className="sr-only">Card to pay with</legend>
      {methods.map((method) => (
        <CardChoice
          key={method.stripePaymentMethodId}
          checked={chosen === method.stripePaymentMethodId}
          onChange={() => onChoose(method.stripePaymentMethodId)}
        >
          <span className="font-medium">{cardName(method)}</span> <CardExpiry method={method} />
        </CardChoice>
      ))}
      <CardChoice checked={chosen === NEW_CARD} onChange={() => onChoose(NEW_CARD)}>
        <span className="font-medium">Another card</span>
      </CardChoice>
    </fieldset>
  );
}

function CardChoice({ checked, onChange, children }: { checked: boolean; onChange: () => void; children: ReactNode }) {
  return (
    <label className="flex items-center gap-3 rounded-md border border-rule px-3 py-2.5 text-sm has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input type="radio" name="card" checked={checked} onChange={onChange} className="accent-accent" />
      <span>{children}</span>
    </label>
  );
}
