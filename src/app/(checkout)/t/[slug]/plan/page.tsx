import type { Metadata } from "next";
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval, CurrentPlan } from "@/billing/subscriptions/model";
import { env } from "@/env";
import { api } from "@/trpc/server";
import { DateText } from "@/ui/date-text";
import { PageHeader, Section } from "@/ui/page-header";
import { TableSkeleton } from "@/ui/states";
import { beforeTaxText } from "../../../../_components/before-tax";
import { IntervalSwitch } from "../../../../_components/interval-switch";
import { PlanColumns } from "../../../../_components/plan-columns";
import { intervalOf, priceOf } from "../../../../_components/plan-facts";
import { PlanTable } from "../../../../_components/plan-table";
import { mayManage, portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";
import { seatChoices } from "../../../../_components/seat-words";
import type { ChangeDialogProps, ChangeStart } from "./_components/change-dialog";
import { ManagePlan } from "./_components/manage-plan";
import { PlanAction, type PlanActionProps } from "./_components/plan-action";
import { planOffer } from "./_components/plan-offer";
import { PlanState } from "./_components/plan-state";
import type { Setting } from "./_components/quote-dialog";

export const metadata: Metadata = { title: "Plan" };

/** `change`, `seats` and `code` open a change again after another card was added; `do` opens a verb's dialog. */
type Search = { interval?: string; change?: string; seats?: string; code?: string; do?: string };
type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Search> };

export default async function PlanPage({ params, searchParams }: Props) {
  const [{ tenant, role }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  const { slug, timeZone } = tenant;
  const setting = { tenant: slug, timeZone, publishableKey: env().stripe.publishableKey };
  const readOnly = mayManage(role) ? null : "Only an owner or admin of this organisation may change the plan.";
  return (
    <Region
      failure="The plans could not be loaded"
      load={async () => {
        const [catalog, current, usage] = await Promise.all([
          api.catalog.current(),
          api.subscriptions.current({ tenant: slug }),
          api.usage.period({ tenant: slug }),
        ]);
        return { catalog, current, now: usage.computedAt };
      }}
      skeleton={<TableSkeleton rows={8} label="Loading the plans" />}
    >
      {(loaded) => <Plans {...loaded} setting={setting} search={search} readOnly={readOnly} />}
    </Region>
  );
}

function Plans({
  catalog,
  current,
  now,
  setting,
  search,
  readOnly,
}: {
  catalog: AppliedCatalog;
  current: CurrentPlan;
  now: Date;
  setting: Setting;
  search: Search;
  readOnly: string | null;
}) {
  const interval = search.interval ? intervalOf(search.interval) : (current.interval ?? "month");
  const freePlanName = catalog.freePlan.name;
  const cancel = cancelOf(current, freePlanName);
  const own = catalog.plans.find(({ planKey }) => planKey === current.planKey);
  const seats = own && current.subscription && isChangeable(current) ? seatsOf(own, current, search) : null;
  return (
    <>
      <PageHeader
        title="Plan"
        action={
          <IntervalSwitch interval={interval} path={`/t/${setting.tenant}/plan`} plans={catalog.plans} explicit />
        }
      >
        <Standing current={current} timeZone={setting.timeZone} />
      </PageHeader>
      <PlanState
        {...{ setting, current, freePlanName, now, mayChange: readOnly === null }}
        asked={readOnly ? undefined : search.do}
      />
      <PlanColumns
        catalog={catalog}
        interval={interval}
        currentPlanKey={current.planKey}
        start={startWay(current)}
        action={(plan) => (
          <PlanAction
            {...actionOf(plan, { current, interval, search })}
            {...{ setting, cancel, readOnly }}
            offer={planOffer(catalog, current, plan, interval)}
          />
        )}
      />
      <p className="mt-3 max-w-prose text-sm text-quiet">
        Prices are {beforeTaxText(catalog.tax, env().taxMode)}. {policyText(catalog)}
      </p>
      {current.subscription && !readOnly ? (
        <ManagePlan
          {...{ setting, current, freePlanName, seats, cancel }}
          openSeats={search.change === current.planKey && interval === current.interval}
        />
      ) : null}
      <Section title="Compare the plans" className="mt-14">
        <PlanTable
          {...{ catalog, interval }}
          currentPlanKey={current.planKey}
          withTrials={startWay(current) === "trial"}
        />
      </Section>
    </>
  );
}

function Standing({ current, timeZone }: { current: CurrentPlan; timeZone: string }) {
  const { subscription, planName } = current;
  if (!subscription) return `You are on ${planName}.`;
  if (current.status === "paused") return `You are on ${planName}, which is paused.`;
  if (current.trialEndAt) {
    return (
      <>
        You are trying {planName}
        {subscription.seats === null ? "" : ` with ${subscription.seats} seats`}, free until{" "}
        <DateText at={current.trialEndAt} timeZone={timeZone} />.
      </>
    );
  }
  return (
    <>
      You are on {planName}, paid by the {current.interval}
      {subscription.seats === null ? "" : `, with ${subscription.seats} seats`}. This period ends on{" "}
      <DateText at={current.currentPeriodEndAt} timeZone={timeZone} />.
    </>
  );
}

/** A trial is had once, and only by who has no paid plan yet. */
function startWay({ subscription, trialTaken }: CurrentPlan): "trial" | "today" | "change" {
  if (subscription !== null) return "change";
  return trialTaken ? "today" : "trial";
}

/** When a change takes effect, from the catalog's own policy. */
function policyText({ changePolicy: { upgrade, downgrade } }: AppliedCatalog): string {
  const up = {
    now_prorated: "An upgrade starts now and charges the difference for the rest of the period",
    now_full: "An upgrade starts a new period now at its full price",
    at_period_end: "An upgrade starts with the next period",
  }[upgrade];
  const down = {
    now_prorated: "a downgrade starts now, and the difference is credited to your next invoices",
    now_full: "a downgrade starts a new period now",
    at_period_end: "a downgrade waits for the end of the period, which is paid",
  }[downgrade];
  return `${up}; ${down}. Every change shows its amounts before it is made.`;
}

function actionOf(
  plan: PlanVersion,
  { current, interval, search }: { current: CurrentPlan; interval: BillingInterval; search: Search },
): Pick<PlanActionProps, "plan" | "change" | "openAtOnce"> {
  const isAsked = search.change === plan.planKey && plan.planKey !== current.planKey;
  const isOtherInterval = search.change === plan.planKey && interval !== current.interval;
  return {
    plan: dialogPlan(plan),
    change: {
      currentPlanName: current.planName,
      start: startOf(plan, interval, search, current.subscription?.seats ?? null),
      held: plan.planKey === current.planKey ? heldOf(current) : null,
    },
    // A payment that waits is dealt with first.
    openAtOnce: current.pendingChange === null && (isAsked || isOtherInterval),
  };
}

function seatsOf(own: PlanVersion, current: CurrentPlan, search: Search) {
  const { interval, subscription } = current;
  if (own.terms.seats === null || interval === null) return null;
  const plan = { ...dialogPlan(own), intervals: [interval] };
  return { plan, start: startOf(own, interval, search, subscription?.seats ?? null), held: heldOf(current) };
}

function heldOf({ interval, subscription }: CurrentPlan): ChangeDialogProps["held"] {
  return interval === null || subscription === null ? null : { interval, seats: subscription.seats };
}

function dialogPlan(plan: PlanVersion): PlanActionProps["plan"] {
  const intervals = (["month", "year"] as const).filter((interval) => priceOf(plan, interval) !== null);
  return { key: plan.planKey, name: plan.name, intervals, seats: seatChoices(plan) };
}

/** What a dialog starts from: what the address says, else as many seats as there are, as far as the plan allows. */
function startOf(plan: PlanVersion, interval: BillingInterval, search: Search, held: number | null): ChangeStart {
  const isAsked = search.change === plan.planKey;
  const terms = plan.terms.seats;
  const asked = isAsked && /^\d{1,7}$/.test(search.seats ?? "") ? Number(search.seats) : held;
  const seats = terms === null ? null : Math.min(Math.max(asked ?? 0, terms.included, 1), terms.max ?? 1_000_000);
  return { interval, seats, code: isAsked ? (search.code?.slice(0, 100) ?? null) : null };
}

function cancelOf(current: CurrentPlan, freePlanName: string): PlanActionProps["cancel"] {
  const { planName, currentPeriodEndAt: periodEndAt, status, subscription } = current;
  const hasPaidTime = status === "active" && subscription !== null;
  return { planName, freePlanName, periodEndAt, onlyNow: status === "paused", hasPaidTime };
}

function isChangeable({ status }: CurrentPlan): boolean {
  return status === "active" || status === "trialing";
}
