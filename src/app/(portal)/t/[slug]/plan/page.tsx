import type { Metadata } from "next";
import type { CurrentPlan } from "@/billing/subscriptions/model";
import type { Tenant } from "@/billing/tenants/model";
import { api } from "@/trpc/server";
import { DateText } from "@/ui/date-text";
import { PageHeader, Section } from "@/ui/page-header";
import { TableSkeleton } from "@/ui/states";
import { IntervalSwitch } from "../../../../_components/interval-switch";
import { PlanColumns } from "../../../../_components/plan-columns";
import { intervalOf } from "../../../../_components/plan-facts";
import { PlanTable } from "../../../../_components/plan-table";
import { mayManage, portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";
import { CancelPlan } from "./_components/cancel-plan";
import { PlanAction } from "./_components/plan-action";
import { planOffer } from "./_components/plan-offer";

export const metadata: Metadata = { title: "Plan" };

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<{ interval?: string }> };

export default async function PlanPage({ params, searchParams }: Props) {
  const [{ tenant, role }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  return (
    <Region
      failure="The plans could not be loaded"
      load={async () => ({
        catalog: await api.catalog.current(),
        current: await api.subscriptions.current({ tenant: tenant.slug }),
      })}
      skeleton={<TableSkeleton rows={8} label="Loading the plans" />}
    >
      {({ catalog, current }) => {
        const interval = search.interval ? intervalOf(search.interval) : (current.interval ?? "month");
        const readOnly = mayManage(role) ? null : "Only an owner or admin of this organisation may change the plan.";
        return (
          <>
            <PageHeader
              title="Plan"
              action={
                <IntervalSwitch interval={interval} path={`/t/${tenant.slug}/plan`} plans={catalog.plans} explicit />
              }
            >
              {current.subscription ? (
                <>
                  You are on {current.planName}, paid by the {current.interval}. This period ends on{" "}
                  <DateText at={current.currentPeriodEndAt} timeZone={tenant.timeZone} />.
                </>
              ) : (
                `You are on ${current.planName}. Choosing another plan starts it at once.`
              )}
            </PageHeader>
            <PlanColumns
              catalog={catalog}
              interval={interval}
              currentPlanKey={current.planKey}
              action={(plan) => (
                <PlanAction
                  tenant={tenant.slug}
                  timeZone={tenant.timeZone}
                  plan={{ key: plan.planKey, name: plan.name }}
                  currentPlanName={current.planName}
                  periodEndAt={current.currentPeriodEndAt}
                  interval={interval}
                  offer={planOffer(catalog, current, plan, interval)}
                  readOnly={readOnly}
                />
              )}
            />
            <p className="mt-3 text-sm text-quiet">
              Before {catalog.tax.displayName.toLowerCase()} ({catalog.tax.percentage}%). An upgrade starts now and
              charges the difference for the rest of the period; after a downgrade the difference is credited to your
              next invoices.
            </p>
            <details className="mt-10">
              <summary className="link inline-block text-sm">Compare everything side by side</summary>
              <div className="mt-4">
                <PlanTable catalog={catalog} interval={interval} />
              </div>
            </details>
            {current.subscription && !current.cancelAtPeriodEnd && !readOnly ? (
              <CancelSection tenant={tenant} current={current} freePlanName={catalog.freePlan.name} />
            ) : null}
          </>
        );
      }}
    </Region>
  );
}

function CancelSection({
  tenant,
  current,
  freePlanName,
}: {
  tenant: Tenant;
  current: CurrentPlan;
  freePlanName: string;
}) {
  return (
    <Section title="Cancel" className="mt-14">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-prose text-sm text-quiet">
          Your plan would stay {current.planName} until{" "}
          <DateText at={current.currentPeriodEndAt} timeZone={tenant.timeZone} /> and then become {freePlanName}.
          Invoices and usage stay readable.
        </p>
        <CancelPlan
          tenant={tenant.slug}
          timeZone={tenant.timeZone}
          planName={current.planName}
          freePlanName={freePlanName}
          periodEndAt={current.currentPeriodEndAt}
          label="Cancel the plan"
        />
      </div>
    </Section>
  );
}
