"use client";
import { useEffect, useRef, useState } from "react";
import type { FixPaymentView } from "@/billing/dunning/model";
import { trpc } from "@/trpc/client";
import { Button, ButtonLink } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState } from "@/ui/states";
import { StripeFields } from "../../_components/stripe-fields";
import { PayForm } from "./pay-form";

interface FixPaymentProps {
  first: FixPaymentView;
  link: string;
  publishableKey: string;
}

type View<State extends FixPaymentView["state"]> = Extract<FixPaymentView, { state: State }>;

/** One invoice and what can be done about it, from what the link opened to how it ended. */
export function FixPayment({ first, link, publishableKey }: FixPaymentProps) {
  const [view, setView] = useState(first);
  const outcome = useRef<HTMLDivElement>(null);
  const isChanged = view !== first;
  // What came of the payment is read first, by whatever reads the page.
  useEffect(() => {
    if (isChanged) outcome.current?.focus();
  }, [isChanged]);
  return (
    <div ref={outcome} tabIndex={-1} className="outline-none" aria-live="polite">
      <Shown view={view} link={link} publishableKey={publishableKey} onView={setView} />
    </div>
  );
}

function Shown({
  view,
  onView,
  ...rest
}: {
  view: FixPaymentView;
  link: string;
  publishableKey: string;
  onView: (view: FixPaymentView) => void;
}) {
  switch (view.state) {
    case "invalid":
      return (
        <Useless title="This link does not work">
          It may have been cut off on its way. Open it again from the letter, or sign in to see the invoice.
        </Useless>
      );
    case "expired":
      return (
        <Useless title="This link has expired">
          For safety, links in letters work for thirty days. Open the newest letter about the invoice, or sign in.
        </Useless>
      );
    case "void":
      return (
        <>
          <PageHeader title="Nothing to pay">for {view.tenantName}</PageHeader>
          <EmptyState title={`Invoice ${view.invoiceNumber} no longer has to be paid`}>
            It was withdrawn. Nothing was charged.
          </EmptyState>
        </>
      );
    case "processing":
      return <Processing view={view} link={rest.link} onView={onView} />;
    case "paid":
      return <Paid view={view} />;
    case "open":
      return <Open view={view} onView={onView} {...rest} />;
  }
}

function Useless({ title, children }: { title: string; children: string }) {
  return (
    <>
      <PageHeader title={title} />
      <EmptyState
        title="Nothing was charged"
        action={
          <ButtonLink href="/sign-in" hard>
            Sign in
          </ButtonLink>
        }
      >
        {children}
      </EmptyState>
    </>
  );
}

function Amount({ view }: { view: View<"open" | "processing" | "paid"> }) {
  return (
    <Money
      amountMinor={view.amountDueMinor}
      currency={view.currency}
      className="block font-serif text-4xl tracking-[-0.02em] sm:text-5xl"
    />
  );
}

function Open({
  view,
  link,
  publishableKey,
  onView,
}: {
  view: View<"open">;
  link: string;
  publishableKey: string;
  onView: (view: FixPaymentView) => void;
}) {
  return (
    <>
      <PageHeader title="Pay the overdue invoice">
        {view.invoiceNumber} of {view.tenantName}
      </PageHeader>
      <Amount view={view} />
      <p className="mt-3 mb-10 text-quiet">
        {view.planStays && view.planName ? (
          <>
            Your plan {view.planName} stays as it is until <DateText at={view.graceEndsAt} timeZone={view.timeZone} />.
            Once this is paid, everything goes on as before.
          </>
        ) : (
          "The invoice was not paid in time. It can still be paid here."
        )}
      </p>
      <Section title="Card">
        <StripeFields publishableKey={publishableKey} options={{ mode: "setup", currency: view.currency }}>
          <PayForm view={view} link={link} onView={onView} />
        </StripeFields>
      </Section>
    </>
  );
}

function Processing({
  view,
  link,
  onView,
}: {
  view: View<"processing">;
  link: string;
  onView: (view: FixPaymentView) => void;
}) {
  const settle = trpc.fixPayment.settle.useMutation({ onSuccess: onView });
  return (
    <>
      <PageHeader title="The payment is on its way">
        {view.invoiceNumber} of {view.tenantName}
      </PageHeader>
      <Amount view={view} />
      <p className="mt-3 mb-6 text-quiet">
        The bank has not decided yet. You need not wait here: a letter tells you how it ended.
      </p>
      <Button busy={settle.isPending} onClick={() => settle.mutate({ link })}>
        Look again
      </Button>
    </>
  );
}

function Paid({ view }: { view: View<"paid"> }) {
  const { restart } = view;
  return (
    <>
      <PageHeader title="Paid. Thank you.">
        {view.invoiceNumber} of {view.tenantName}
      </PageHeader>
      <Amount view={view} />
      {restart ? (
        <>
          <p className="mt-3 mb-6 text-quiet">
            Your plan {restart.planName} had ended before this was paid. You can start it again whenever you like.
          </p>
          <ButtonLink look="primary" hard href={`/t/${view.tenantSlug}/checkout?plan=${restart.planKey}`}>
            Start {restart.planName} again
          </ButtonLink>
        </>
      ) : (
        <>
          <p className="mt-3 mb-6 text-quiet">
            {view.planEnded ? "Nothing is left to pay." : "Nothing is left to do: everything goes on as before."}
          </p>
          <ButtonLink hard href={`/t/${view.tenantSlug}/invoices/${view.invoiceNumber}`}>
            Look at the invoice
          </ButtonLink>
        </>
      )}
    </>
  );
}
