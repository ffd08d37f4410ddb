import type { Metadata } from "next";
import Link from "next/link";
import type { UpcomingInvoice } from "@/billing/invoices/model";
import type { CurrentPlan } from "@/billing/subscriptions/model";
import type { Tenant } from "@/billing/tenants/model";
import type { UsageView } from "@/billing/usage/model";
import { api } from "@/trpc/server";
import { ComputedAt, DateText, PeriodText } from "@/ui/date-text";
import { Money, quantityText } from "@/ui/money";
import { Facts, PageHeader, Section } from "@/ui/page-header";
import { Skeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { CardExpiry, cardName } from "../../../_components/card-text";
import { ChargeLines } from "../../../_components/charge-lines";
import { MeterReading, nearness } from "../../../_components/meter-reading";
import { isFinal } from "../../../_components/plan-facts";
import { portalOf } from "../../../_components/portal";
import { Region } from "../../../_components/region";
import { PlanStanding } from "./_components/plan-standing";

export const metadata: Metadata = { title: "Overview" };

export default async function Overview({ params }: { params: Promise<{ slug: string }> }) {
  const { tenant } = await portalOf((await params).slug);
  const slug = tenant.slug;
  return (
    <>
      <PageHeader title={tenant.name} />
      <div className="grid gap-x-16 gap-y-10 xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
        <div className="grid content-start gap-10">
          <Section title="Plan" aside={<PlanLink slug={slug} />}>
            <Region
              failure="The plan could not be loaded"
              load={() => api.subscriptions.current({ tenant: slug })}
              skeleton={<Skeleton lines={3} label="Loading the plan" />}
            >
              {(current) => <PlanStanding current={current} tenant={tenant} />}
            </Region>
          </Section>
          <Section title="Usage this period" aside={<UsageLink slug={slug} />}>
            <Region
              failure="The usage could not be loaded"
              load={() => api.usage.period({ tenant: slug })}
              skeleton={<Skeleton lines={6} label="Loading the usage" />}
            >
              {(usage) => <TopMeters usage={usage} tenant={tenant} />}
            </Region>
          </Section>
          <LastInvoice tenant={tenant} />
        </div>
        <div className="grid content-start gap-10">
          <NextCharge tenant={tenant} />
          <DefaultCard slug={slug} />
        </div>
      </div>
    </>
  );
}

function TopMeters({ usage, tenant }: { usage: UsageView; tenant: Tenant }) {
  const meters = [...usage.meters].sort((a, b) => nearness(b) - nearness(a)).slice(0, 4);
  return (
    <div className="grid gap-6">
      {meters.map((meter) => (
        <div key={meter.meterKey}>
          <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="text-sm font-medium">{meter.displayName}</span>
            <span className="tabular text-sm">
              <span className="font-medium">{quantityText(meter.usedQuantity)}</span>
              <span className="text-quiet">
                {meter.includedQuantity === null || meter.includedQuantity === "0"
                  ? ` ${meter.unitPlural}`
                  : ` of ${quantityText(meter.includedQuantity)} ${meter.unitPlural}`}
              </span>
              {meter.overageMinor > 0n ? (
                <span className={Number(meter.includedQuantity) > 0 ? "text-risk" : ""}>
                  {" "}
                  · <Money amountMinor={meter.overageMinor} currency={usage.currency} />
                  {Number(meter.includedQuantity) > 0 ? " over" : ""}
                </span>
              ) : null}
            </span>
          </div>
          <MeterReading meter={meter} />
        </div>
      ))}
      <div className="flex flex-wrap justify-between gap-x-6 text-xs text-quiet">
        <PeriodText startAt={usage.periodStartAt} endAt={usage.periodEndAt} timeZone={tenant.timeZone} />
        <ComputedAt at={usage.computedAt} timeZone={tenant.timeZone} />
      </div>
    </div>
  );
}

function LastInvoice({ tenant }: { tenant: Tenant }) {
  const { slug } = tenant;
  return (
    <Section title="Last invoice" aside={<InvoicesLink slug={slug} />}>
      <Region
        failure="The invoices could not be loaded"
        load={() => api.invoices.list({ tenant: slug, limit: 1 })}
        skeleton={<Skeleton lines={3} label="Loading the last invoice" />}
      >
        {([invoice]) =>
          invoice ? (
            <Facts
              items={[
                {
                  name: "Number",
                  value: (
                    <Link href={`/t/${slug}/invoices/${invoice.number}`} className="link font-mono">
                      {invoice.number}
                    </Link>
                  ),
                },
                {
                  name: "Status",
                  value: <StatusBadge status={invoice.paymentFailed ? "payment_failed" : invoice.status} />,
                },
                { name: "Date", value: <DateText at={invoice.createdAt} timeZone={tenant.timeZone} /> },
                {
                  name: "Total",
                  value: <Money amountMinor={invoice.totalMinor} currency={invoice.currency} />,
                },
              ]}
            />
          ) : (
            <p className="text-sm text-quiet">None yet. The first one comes with a paid plan.</p>
          )
        }
      </Region>
    </Section>
  );
}

function DefaultCard({ slug }: { slug: string }) {
  return (
    <Section title="Payment method" aside={<MethodsLink slug={slug} />}>
      <Region
        failure="The payment methods could not be loaded"
        load={() => api.payments.methods({ tenant: slug })}
        skeleton={<Skeleton lines={1} label="Loading the payment method" />}
      >
        {(methods) => {
          const standard = methods.find((method) => method.isDefault) ?? methods[0];
          return standard ? (
            <p className="flex flex-wrap justify-between gap-x-6 text-sm">
              <span className="font-medium">{cardName(standard)}</span>
              <CardExpiry method={standard} />
            </p>
          ) : (
            <p className="text-sm text-quiet">No card on file.</p>
          );
        }}
      </Region>
    </Section>
  );
}

/** What is charged next, and what its tax is called. */
async function nextCharge(
  slug: string,
): Promise<{ current: CurrentPlan; upcoming: UpcomingInvoice | null; taxName: string }> {
  const [current, { tax }] = await Promise.all([api.subscriptions.current({ tenant: slug }), api.catalog.current()]);
  const taxName = tax.displayName;
  if (!current.subscription || current.status === "paused") return { current, upcoming: null, taxName };
  return { current, upcoming: await api.invoices.upcoming({ tenant: slug }), taxName };
}

function chargeTitle(current: CurrentPlan, upcoming: UpcomingInvoice): string {
  if (isFinal(current, upcoming)) return "Final charge";
  return current.trialEndAt ? "First charge after the trial" : "Next charge";
}

function NextCharge({ tenant }: { tenant: Tenant }) {
  return (
    <Region
      failure="The next charge could not be computed"
      load={() => nextCharge(tenant.slug)}
      skeleton={<Skeleton lines={6} label="Computing the next charge" />}
    >
      {({ current, upcoming, taxName }) => {
        if (!upcoming) {
          return (
            <Section title="Next charge">
              <p className="text-sm text-quiet">
                {current.status === "paused"
                  ? `None while ${current.planName} is paused.`
                  : `None: the ${current.planName} plan charges nothing.`}
              </p>
            </Section>
          );
        }
        const metered = upcoming.lines.some((line) => line.kind === "overage");
        return (
          <Section title={chargeTitle(current, upcoming)}>
            <p className="mb-4">
              <Money
                amountMinor={upcoming.amountDueMinor}
                currency={upcoming.currency}
                className="block font-serif text-3xl"
              />
              <span className="text-sm text-quiet">
                on <DateText at={upcoming.renewsAt} timeZone={tenant.timeZone} />
              </span>
            </p>
            <ChargeLines
              lines={upcoming.lines}
              currency={upcoming.currency}
              taxName={taxName}
              subtotalMinor={upcoming.subtotalMinor}
              taxMinor={upcoming.taxMinor}
              totalMinor={upcoming.totalMinor}
              totalName="Total if nothing more is used"
              amountDueMinor={upcoming.amountDueMinor}
            />
            <div className="mt-3">
              <ComputedAt
                at={upcoming.computedAt}
                timeZone={tenant.timeZone}
                note={metered ? "Usage until the renewal is added" : undefined}
              />
            </div>
          </Section>
        );
      }}
    </Region>
  );
}

const PlanLink = ({ slug }: { slug: string }) => (
  <Link href={`/t/${slug}/plan`} className="link">
    Change plan
  </Link>
);
const UsageLink = ({ slug }: { slug: string }) => (
  <Link href={`/t/${slug}/usage`} className="link">
    All usage
  </Link>
);
const InvoicesLink = ({ slug }: { slug: string }) => (
  <Link href={`/t/${slug}/invoices`} className="link">
    All invoices
  </Link>
);
const MethodsLink = ({ slug }: { slug: string }) => (
  <Link href={`/t/${slug}/payment-methods`} className="link">
    Manage
  </Link>
);
