"use client";
import { useEffect, useState } from "react";
import { trpc } from "@/trpc/client";
import { Button, ButtonLink, Spinner } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { PageHeader } from "@/ui/page-header";

const ASK_EVERY_MS = 1_000;
const PATIENCE_MS = 60_000;

/** Asks whether the subscription is active until it is; after a minute it says what to do instead of waiting on. */
export function Finalising({
  tenant,
  timeZone,
  plan,
  retryHref,
  failed,
}: {
  tenant: string;
  timeZone: string;
  plan: { key: string; name: string } | null;
  retryHref: string;
  failed: boolean;
}) {
  const [late, setLate] = useState(false);
  const [round, setRound] = useState(0);
  const current = trpc.subscriptions.current.useQuery(
    { tenant },
    {
      staleTime: 0,
      retry: true,
      refetchInterval: ({ state }) =>
        late || failed || isInForce(state.data?.subscription?.status) ? false : ASK_EVERY_MS,
    },
  );
  const subscription = current.data?.subscription ?? null;
  const done = isInForce(subscription?.status) && (!plan || subscription?.planKey === plan.key);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round starts the patience anew
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [round]);

  if (done && current.data && subscription) {
    const { planName, trialEndAt } = current.data;
    const until = trialEndAt ?? subscription.currentPeriodEndAt;
    return <Active {...{ tenant, planName, until, timeZone }} isTrial={trialEndAt !== null} />;
  }
  // Paid for in another tab, say, while this one still offered something else.
  if (plan && subscription && isInForce(subscription.status) && current.data)
    return <OtherPlan {...{ tenant, wanted: plan.name, planName: current.data.planName }} />;
  if (failed) return <NotConfirmed retryHref={retryHref} />;
  if (late) {
    const lookAgain = () => {
      setLate(false);
      setRound(round + 1);
      void current.refetch();
    };
    return <Late retryHref={retryHref} onLookAgain={lookAgain} />;
  }
  return <Waiting planName={plan?.name ?? null} />;
}

function Active({
  tenant,
  planName,
  until,
  isTrial,
  timeZone,
}: {
  tenant: string;
  planName: string;
  until: Date;
  isTrial: boolean;
  timeZone: string;
}) {
  return (
    <div role="status" className="settle max-w-xl">
      <PageHeader title={isTrial ? `Your trial of ${planName} has begun` : `${planName} is active`}>
        {isTrial ? "Free" : "Paid"} until <DateText at={until} timeZone={timeZone} />.{" "}
        {isTrial ? "You can cancel on the plan page any time before." : "The invoice is in your list."}
      </PageHeader>
      <div className="flex flex-wrap gap-3">
        <ButtonLink href={`/t/${tenant}`} look="primary">
          Go to the overview
        </ButtonLink>
        {isTrial ? (
          <ButtonLink href={`/t/${tenant}/plan`}>See the plan</ButtonLink>
        ) : (
          <ButtonLink href={`/t/${tenant}/invoices`}>See the invoice</ButtonLink>
        )}
      </div>
    </div>
  );
}

function OtherPlan({ tenant, wanted, planName }: { tenant: string; wanted: string; planName: string }) {
  return (
    <div role="alert" className="max-w-xl">
      <PageHeader title={`${planName} is your plan already`}>
        {wanted} was not started and nothing was charged for it. To change to it, choose it on the plan page.
      </PageHeader>
      <ButtonLink href={`/t/${tenant}/plan`} look="primary">
        Go to the plan
      </ButtonLink>
    </div>
  );
}

function NotConfirmed({ retryHref }: { retryHref: string }) {
  return (
    <div role="alert" className="max-w-xl">
      <PageHeader title="The payment was not confirmed">
        Nothing was charged. Try again and confirm it with your bank, or use another card.
      </PageHeader>
      <ButtonLink hard href={retryHref} look="primary">
        Back to the payment
      </ButtonLink>
    </div>
  );
}

function Late({ retryHref, onLookAgain }: { retryHref: string; onLookAgain: () => void }) {
  return (
    <div role="alert" className="max-w-xl">
      <PageHeader title="This takes longer than usual">
        Your payment was sent, but Stripe has not told us yet how it ended. You can close this page: the plan starts by
        itself when word comes, and nothing is charged twice.
      </PageHeader>
      <div className="flex flex-wrap gap-3">
        <Button look="primary" onClick={onLookAgain}>
          Look again
        </Button>
        <ButtonLink hard href={retryHref}>
          Back to the payment
        </ButtonLink>
      </div>
    </div>
  );
}

function Waiting({ planName }: { planName: string | null }) {
  return (
    <div role="status" className="max-w-xl">
      <PageHeader title="Finalising your plan">
        The payment is in; we wait for Stripe to say so. This usually takes a few seconds.
      </PageHeader>
      <p className="flex items-center gap-3 text-sm text-quiet">
        <Spinner /> {planName ? `${planName} starts as soon as it is confirmed` : "Waiting for the confirmation"}
      </p>
    </div>
  );
}

function isInForce(status: string | undefined): boolean {
  return status === "active" || status === "trialing";
}
