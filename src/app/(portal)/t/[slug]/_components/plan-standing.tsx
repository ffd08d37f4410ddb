import type { ReactNode } from "react";
import type { CurrentPlan } from "@/billing/subscriptions/model";
import type { Tenant } from "@/billing/tenants/model";
import { ButtonLink } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { StatusBadge } from "@/ui/status-badge";

/** The plan in force, what it costs, until when, and what comes after it. */
export function PlanStanding({ current, tenant }: { current: CurrentPlan; tenant: Tenant }) {
  const status = current.cancelAtPeriodEnd ? "cancels" : current.status;
  const seats = current.subscription?.seats ?? null;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div className="min-w-0">
          <p className="font-serif text-3xl break-words">{current.planName}</p>
          <p className="mt-2 flex flex-wrap items-center gap-x-4 text-sm text-quiet">
            <StatusBadge status={status} />
            <span>
              <Boundary current={current} tenant={tenant} />
            </span>
          </p>
        </div>
        {current.subscription === null ? (
          <ButtonLink href={`/t/${tenant.slug}/plan`} look="primary">
            Choose a plan
          </ButtonLink>
        ) : (
          <p className="text-right">
            <Money amountMinor={current.priceMinor} currency={current.currency} className="font-serif text-xl" />
            <span className="text-sm text-quiet">
              {" "}
              a {current.interval}
              {seats === null ? "" : ` for ${seats} ${seats === 1 ? "seat" : "seats"}`}, before tax
            </span>
          </p>
        )}
      </div>
      <ToCome current={current} tenant={tenant} />
    </div>
  );
}

/** The next day that matters. */
function Boundary({ current, tenant: { timeZone } }: { current: CurrentPlan; tenant: Tenant }) {
  const { subscription, trialEndAt, status, cancelAtPeriodEnd, scheduled } = current;
  const end = <DateText at={current.currentPeriodEndAt} timeZone={timeZone} />;
  if (subscription === null) return <>limits reset on {end}</>;
  if (status === "paused") return <>no charges until you resume it</>;
  if (cancelAtPeriodEnd) return <>ends on {end}</>;
  if (trialEndAt) {
    return (
      <>
        free until <DateText at={trialEndAt} timeZone={timeZone} />
      </>
    );
  }
  if (status === "past_due" || status === "unpaid") return <>this period ends on {end}</>;
  return scheduled ? <>changes on {end}</> : <>renews on {end}</>;
}

/** What waits, in one sentence each; the plan page has the buttons. */
function ToCome({ current, tenant: { slug, timeZone } }: { current: CurrentPlan; tenant: Tenant }) {
  const { scheduled, pendingChange, planName, planKey, interval } = current;
  const lines: ReactNode[] = [];
  if (pendingChange) {
    lines.push(
      <>
        A change of your plan waits for your bank until{" "}
        <DateText at={pendingChange.expiresAt} timeZone={timeZone} style="dateTime" />.{" "}
        <PlanPageLink slug={slug}>Finish the payment</PlanPageLink>
      </>,
    );
  }
  if (scheduled) {
    const becomes =
      scheduled.planKey !== planKey
        ? `${planName} becomes ${scheduled.planName}`
        : scheduled.interval !== interval
          ? `${planName} is paid by the ${scheduled.interval}`
          : `${planName} has ${scheduled.seats ?? 0} seats`;
    lines.push(
      <>
        On <DateText at={scheduled.at} timeZone={timeZone} /> {becomes}.{" "}
        <PlanPageLink slug={slug}>Change or keep</PlanPageLink>
      </>,
    );
  }
  if (lines.length === 0) return null;
  return (
    <ul className="grid gap-1 border-l-2 border-accent pl-4 text-sm">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: at most two lines, always in this order
        <li key={index}>{line}</li>
      ))}
    </ul>
  );
}

/** A document of its own: the plan stands among the pages with Stripe. */
function PlanPageLink({ slug, children }: { slug: string; children: ReactNode }) {
  return (
    <a href={`/t/${slug}/plan`} className="link">
      {children}
    </a>
  );
}
