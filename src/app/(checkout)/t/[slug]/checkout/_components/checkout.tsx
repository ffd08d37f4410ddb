"use client";
import type { StripeElementsOptions } from "@stripe/stripe-js";
import { type ReactNode, useCallback, useState } from "react";
import type { PaymentMethodView } from "@/billing/payments/model";
import type { BillingInterval, Quote } from "@/billing/subscriptions/model";
import { failureOf } from "@/trpc/client";
import { Button, ButtonLink } from "@/ui/button";
import { dateText } from "@/ui/date-text";
import { Money, moneyText } from "@/ui/money";
import { Section } from "@/ui/page-header";
import { ErrorState, Skeleton } from "@/ui/states";
import { QuoteStatement } from "../../../../../_components/quote-statement";
import { IntervalChoice } from "../../../../_components/interval-choice";
import { PromotionField } from "../../../../_components/promotion-field";
import { QuoteMoved } from "../../../../_components/quote-moved";
import { trialDays } from "../../../../_components/quote-words";
import { type SeatChoice, SeatsField } from "../../../../_components/seats-field";
import { StripeFields } from "../../../../_components/stripe-fields";
import { type LiveQuote, useQuote } from "../../../../_components/use-quote";
import { useSettled } from "../../../../_components/use-settled";
import { CheckoutForm } from "./checkout-form";

export interface CheckoutProps {
  tenant: string;
  tenantName: string;
  timeZone: string;
  email: string;
  plan: {
    key: string;
    name: string;
    intervals: BillingInterval[];
    seats: Record<BillingInterval, SeatChoice> | null;
    /** Whether the trial needs no card; null without one. */
    trialWithoutCard: boolean | null;
  };
  freePlanName: string;
  start: { interval: BillingInterval; seats: number | null; code: string | null };
  /** The server's quote for that start; null when it could not be made, which the browser then tries again. */
  quote: Quote | null;
  methods: PaymentMethodView[];
  publishableKey: string;
  /** What the plan includes. */
  children: ReactNode;
}

/** The choice and its price on one side, the card on the other; every choice is quoted anew and the card fields stay. */
export function Checkout(props: CheckoutProps) {
  const { tenant, tenantName, timeZone, email, plan, start, methods, publishableKey, children } = props;
  const [interval, setBillingInterval] = useState(start.interval);
  const [seats, setSeats] = useState(start.seats);
  const [code, setCode] = useState(start.code);
  const [trial, setTrial] = useState(true);
  const [busy, setBusy] = useState(false);
  const settledSeats = useSettled(seats);
  const applyCode = useCallback((next: string | null) => setCode(next), []);
  const live = useQuote({
    tenant,
    timeZone,
    wish: { verb: "start", planKey: plan.key, interval, seats: settledSeats, promotionCode: code, trial },
    initial: props.quote ?? undefined,
  });
  const { quote } = live;
  const isCurrent = live.isCurrent && seats === settledSeats;
  const failure = live.error ? failureOf(live.error) : null;
  const choice = plan.seats?.[interval] ?? null;
  if (quote === null) return <Unpriced live={live} tenant={tenant} />;
  const isTrial = quote.action === "start_trial";
  return (
    <div className="grid gap-x-16 gap-y-10 lg:grid-cols-[minmax(0,6fr)_minmax(0,5fr)]">
      <Section title="What you pay" className="lg:order-2">
        <DueToday quote={quote} isCurrent={isCurrent} timeZone={timeZone} />
        <div className="mb-6 grid gap-4">
          <IntervalChoice intervals={plan.intervals} value={interval} disabled={busy} onChange={setBillingInterval} />
          {choice ? (
            <SeatsField choice={choice} value={seats ?? choice.fewest} disabled={busy} onChange={setSeats} />
          ) : null}
          {plan.trialWithoutCard !== null && (isTrial || !trial) ? (
            <label className="flex items-center gap-2 text-sm">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={!trial}
                disabled={busy}
                onChange={(event) => setTrial(!event.target.checked)}
              />
              Skip the trial and pay from today
            </label>
          ) : null}
          <PromotionField applied={code} words={quote.promotion} failure={failure} busy={busy} onApply={applyCode} />
        </div>
        <QuoteMoved replaced={live.replaced} />
        <Amounts tenant={tenant} live={live} quote={quote} isCurrent={isCurrent} timeZone={timeZone} />
        {children}
      </Section>
      <Section title="How you pay">
        <StripeFields
          key={isTrial ? "setup" : "subscription"}
          publishableKey={publishableKey}
          options={fieldsFor(quote)}
        >
          <CheckoutForm
            {...{ tenant, tenantName, timeZone, email, quote, isCurrent, methods }}
            withoutCard={isTrial && plan.trialWithoutCard ? `The trial then ends in ${props.freePlanName}.` : null}
            donePath={`/t/${tenant}/checkout/done?plan=${plan.key}&interval=${interval}`}
            onBusy={setBusy}
            onRenew={live.renew}
          />
        </StripeFields>
      </Section>
    </div>
  );
}

/** A trial only saves the card; everything else is a payment at once. */
function fieldsFor({ action, currency, dueNowMinor }: Quote): StripeElementsOptions {
  if (action === "start_trial") return { mode: "setup", currency };
  return { mode: "subscription", amount: Number(dueNowMinor), currency, setupFutureUsage: "off_session" };
}

function DueToday({ quote, isCurrent, timeZone }: { quote: Quote; isCurrent: boolean; timeZone: string }) {
  const { nextInvoice } = quote;
  return (
    <p className={`mb-5 transition-opacity ${isCurrent ? "" : "opacity-50"}`} aria-busy={!isCurrent}>
      <Money
        amountMinor={quote.dueNowMinor}
        currency={quote.currency}
        className="block font-serif text-4xl tracking-[-0.01em]"
      />
      <span className="mt-1 block text-sm text-quiet">
        {quote.action === "start_trial" && nextInvoice
          ? `due today. ${trialDays(quote)} days free, then ${moneyText(nextInvoice.totalMinor, quote.currency)} on ${dateText(nextInvoice.at, timeZone)}, unless you cancel before`
          : `due today, for one ${quote.to.interval ?? "month"}`}
      </span>
    </p>
  );
}

function Amounts({
  tenant,
  live,
  quote,
  isCurrent,
  timeZone,
}: {
  tenant: string;
  live: LiveQuote;
  quote: Quote;
  isCurrent: boolean;
  timeZone: string;
}) {
  if (live.error) return <NotComputed live={live} tenant={tenant} />;
  return (
    <div className={`transition-opacity ${isCurrent ? "" : "opacity-50"}`} aria-busy={!isCurrent}>
      <QuoteStatement quote={quote} timeZone={timeZone} withTerms={false} />
    </div>
  );
}

/** No price is known yet, so nothing is asked for. */
function Unpriced({ live, tenant }: { live: LiveQuote; tenant: string }) {
  return (
    <Section title="What you pay">
      {live.error ? <NotComputed live={live} tenant={tenant} /> : <Skeleton lines={7} label="Computing the amounts" />}
    </Section>
  );
}

function NotComputed({ live, tenant }: { live: LiveQuote; tenant: string }) {
  const isDone = failureOf(live.error).code === "subscription.already_active";
  const retry = isDone ? (
    <ButtonLink hard size="small" href={`/t/${tenant}/plan`}>
      See your plan
    </ButtonLink>
  ) : (
    <Button size="small" onClick={live.retry}>
      Try again
    </Button>
  );
  return <ErrorState title="The amounts could not be computed" {...failureOf(live.error)} retry={retry} />;
}
