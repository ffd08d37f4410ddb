import type { ReactNode } from "react";
import type { CurrentPlan } from "@/billing/subscriptions/model";
import type { Tenant } from "@/billing/tenants/model";
import { api } from "@/trpc/server";
import { ComputedAt, DateText, PeriodText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { Facts } from "@/ui/page-header";
import { Skeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { ChargeLines } from "../../../../../_components/charge-lines";
import { isFinal } from "../../../../../_components/plan-facts";
import { Region } from "../../../../../_components/region";
import { Discounts } from "./discounts";
import { SubscriptionActions } from "./subscription-actions";
import type { PlanChoice } from "./wishes";

/** The plan as it stands, what is about to happen to it by itself, and what can be done. */
export function PlanPanel({
  tenant,
  current,
  choices,
  contract,
}: {
  tenant: Tenant;
  current: CurrentPlan;
  choices: PlanChoice[];
  contract: string | undefined;
}) {
  const { slug, name, timeZone } = tenant;
  const { subscription } = current;
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
        <div>
          <p className="font-serif text-3xl">{current.planName}</p>
          <p className="mt-2 flex flex-wrap items-center gap-x-4 text-sm text-quiet">
            <StatusBadge status={current.cancelAtPeriodEnd ? "cancels" : current.status} />
            <code className="font-mono text-xs">{current.planVersionId}</code>
          </p>
        </div>
        {subscription ? (
          <p className="text-right">
            <Money amountMinor={current.priceMinor} currency={current.currency} className="font-serif text-xl" />
            <span className="text-sm text-quiet"> a {current.interval}, before tax</span>
          </p>
        ) : null}
      </div>
      <Facts items={factsOf(current, timeZone)} />
      <SubscriptionActions
        tenant={{ slug, name, timeZone }}
        current={current}
        choices={choices}
        plan={choices.some(({ value }) => value === contract) ? contract : undefined}
      />
      <Discounts tenant={{ slug, name, timeZone }} current={current} />
      {subscription && subscription.status !== "paused" ? <NextInvoice tenant={tenant} current={current} /> : null}
    </div>
  );
}

function factsOf(current: CurrentPlan, timeZone: string): Array<{ name: string; value: ReactNode }> {
  const { subscription, scheduled, pending, pendingChange, trialEndAt } = current;
  const date = (at: Date) => <DateText at={at} timeZone={timeZone} />;
  const facts: Array<{ name: string; value: ReactNode }> = [
    {
      name: subscription ? "Paid period" : "Period of the limits",
      value: (
        <PeriodText startAt={current.currentPeriodStartAt} endAt={current.currentPeriodEndAt} timeZone={timeZone} />
      ),
    },
  ];
  const add = (name: string, value: ReactNode) => facts.push({ name, value });
  if (current.cancelAtPeriodEnd) add("Ends", date(current.currentPeriodEndAt));
  if (trialEndAt) add("Trial ends", date(trialEndAt));
  if (subscription && subscription.seats !== null) {
    const { seats, additionalSeats } = subscription;
    add("Seats", additionalSeats === 0 ? String(seats) : `${seats}, of which ${additionalSeats} additional`);
  }
  if (scheduled) {
    const seats = scheduled.seats === null ? "" : `, ${scheduled.seats} seats`;
    add(
      "Becomes by itself",
      <>
        {scheduled.planName} by the {scheduled.interval}
        {seats}, on {date(scheduled.at)}
      </>,
    );
  }
  if (pending) add("Waits for its first payment", pending.planName);
  if (pendingChange) add("A change waits for its payment until", date(pendingChange.expiresAt));
  if (subscription) {
    add("Since", date(subscription.startedAt));
    add("At Stripe", <code className="font-mono text-xs break-all">{subscription.stripeSubscriptionId}</code>);
  } else {
    add("Trial", current.trialTaken ? "was had" : "not had yet");
  }
  return facts;
}

function NextInvoice({ tenant, current }: { tenant: Tenant; current: CurrentPlan }) {
  return (
    <Region
      failure="The next invoice could not be computed"
      load={() => api.invoices.upcoming({ tenant: tenant.slug })}
      skeleton={<Skeleton lines={5} label="Computing the next invoice" />}
    >
      {(upcoming) =>
        upcoming === null ? (
          <p className="text-sm text-quiet">No invoice follows.</p>
        ) : (
          <div className="border-t border-rule pt-4">
            <h3 className="mb-2 text-sm font-medium">
              {isFinal(current, upcoming) ? "Final invoice" : "Next invoice"} on{" "}
              <DateText at={upcoming.renewsAt} timeZone={tenant.timeZone} />
            </h3>
            <ChargeLines
              lines={upcoming.lines}
              currency={upcoming.currency}
              taxName="Tax"
              subtotalMinor={upcoming.subtotalMinor}
              taxMinor={upcoming.taxMinor}
              totalMinor={upcoming.totalMinor}
              totalName="Total if nothing more is used"
              amountDueMinor={upcoming.amountDueMinor}
            />
            <div className="mt-2">
              <ComputedAt at={upcoming.computedAt} timeZone={tenant.timeZone} />
            </div>
          </div>
        )
      }
    </Region>
  );
}
