import type { Metadata } from "next";
import Link from "next/link";
import type { MeterUsage, UsagePeriodView } from "@/billing/usage/model";
import { api, HydrateClient } from "@/trpc/server";
import { dateText } from "@/ui/date-text";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState, Skeleton, TableSkeleton } from "@/ui/states";
import { portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";
import { DailyUsageChart } from "./_components/daily-usage-chart";
import { MeterList } from "./_components/meter-list";

export const metadata: Metadata = { title: "Usage" };

type Search = { period?: string; meter?: string };
type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Search> };

export default async function UsagePage({ params, searchParams }: Props) {
  const [{ tenant }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  const slug = tenant.slug;
  const chosen = search.period ? new Date(search.period) : null;
  const periodStartAt = chosen && !Number.isNaN(chosen.getTime()) ? chosen : undefined;
  const path = `/t/${slug}/usage`;
  return (
    <HydrateClient>
      <PageHeader title="Usage">
        Counted the moment it is reported; these are the numbers the invoice will show.
      </PageHeader>
      <Region
        failure="The periods could not be listed"
        load={() => api.usage.periods({ tenant: slug })}
        skeleton={<Skeleton lines={1} />}
      >
        {(periods) => <PeriodLinks periods={periods} chosen={periodStartAt} path={path} timeZone={tenant.timeZone} />}
      </Region>
      <Region
        failure="The usage could not be loaded"
        load={async () => {
          const input = periodStartAt ? { tenant: slug, periodStartAt } : { tenant: slug };
          const usage = await api.usage.period(input);
          return { usage, daily: await api.usage.daily({ tenant: slug, periodStartAt: usage.periodStartAt }) };
        }}
        skeleton={<TableSkeleton rows={6} label="Loading the usage" />}
      >
        {({ usage, daily }) => {
          const meters = usage.meters;
          const meter = meters.find((candidate) => candidate.meterKey === search.meter) ?? meters[0];
          if (!meter) return <EmptyState title="Nothing is metered">This catalog has no meters.</EmptyState>;
          return (
            <>
              <MeterList
                tenant={slug}
                timeZone={tenant.timeZone}
                periodStartAt={periodStartAt ?? null}
                initial={usage}
              />
              <Section
                title="Day by day"
                className="mt-12"
                aside={<MeterLinks meters={meters} chosen={meter.meterKey} path={path} period={search.period} />}
              >
                <DailyUsageChart
                  meter={meter}
                  days={daily.filter((day) => day.meterKey === meter.meterKey)}
                  periodStartAt={usage.periodStartAt}
                  periodEndAt={usage.periodEndAt}
                  computedAt={usage.computedAt}
                />
              </Section>
            </>
          );
        }}
      </Region>
    </HydrateClient>
  );
}

function MeterLinks({
  meters,
  chosen,
  path,
  period,
}: {
  meters: MeterUsage[];
  chosen: string;
  path: string;
  period: string | undefined;
}) {
  return (
    <nav aria-label="Meter" className="flex flex-wrap gap-x-4 gap-y-1">
      {meters.map((candidate) => (
        <Link
          key={candidate.meterKey}
          scroll={false}
          replace
          href={`${path}?${new URLSearchParams({
            ...(period ? { period: period } : {}),
            meter: candidate.meterKey,
          })}`}
          aria-current={candidate.meterKey === chosen ? "true" : undefined}
          className="text-quiet hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:underline aria-[current]:decoration-accent aria-[current]:decoration-2 aria-[current]:underline-offset-4"
        >
          {candidate.displayName}
        </Link>
      ))}
    </nav>
  );
}

function PeriodLinks({
  periods,
  chosen,
  path,
  timeZone,
}: {
  periods: UsagePeriodView[];
  chosen: Date | undefined;
  path: string;
  timeZone: string;
}) {
  if (periods.length < 2) return null;
  return (
    <nav aria-label="Period" className="mb-8 flex gap-1 overflow-x-auto text-sm">
      {periods.slice(0, 8).map((period, index) => {
        const here = chosen ? period.startAt.getTime() === chosen.getTime() : index === 0;
        return (
          <Link
            key={period.startAt.toISOString()}
            href={index === 0 ? path : `${path}?period=${encodeURIComponent(period.startAt.toISOString())}`}
            aria-current={here ? "true" : undefined}
            className="rounded-md border border-transparent px-3 py-1 whitespace-nowrap text-quiet hover:text-ink aria-[current]:border-edge aria-[current]:text-ink"
          >
            {index === 0 ? "This period" : dateText(period.startAt, timeZone, "short")}
          </Link>
        );
      })}
    </nav>
  );
}
