import type { DailyUsage, MeterUsage } from "@/billing/usage/model";
import { type Bar, BarChart } from "@/ui/bar-chart";
import { DataTable } from "@/ui/data-table";
import { dateText } from "@/ui/date-text";
import { quantityText } from "@/ui/money";

const DAY_MS = 86_400_000;

/** One meter of a period by day (UTC), every day drawn, also the empty ones, up to today. */
export function DailyUsageChart({
  meter,
  days,
  periodStartAt,
  periodEndAt,
  computedAt,
}: {
  meter: MeterUsage;
  days: DailyUsage[];
  periodStartAt: Date;
  periodEndAt: Date;
  computedAt: Date;
}) {
  if (days.length === 0) {
    return <p className="text-sm text-quiet">Nothing was reported for {meter.displayName} in this period yet.</p>;
  }
  const byDay = new Map(days.map((day) => [day.day, day]));
  const bars = daysOf(periodStartAt, periodEndAt).map((at): Bar => {
    const quantity = byDay.get(at.toISOString().slice(0, 10))?.quantity ?? "0";
    return {
      key: at.toISOString(),
      label: dateText(at, "UTC", "short").replace(/ \d{4}$/, ""),
      value: Number(quantity),
      valueText: quantityText(quantity),
      running: at.toISOString().slice(0, 10) === computedAt.toISOString().slice(0, 10),
    };
  });
  const busiest = [...days].sort((a, b) => Number(b.quantity) - Number(a.quantity))[0];
  const summary = busiest
    ? `Most on ${dateText(new Date(busiest.day), "UTC")}: ${quantityText(busiest.quantity)} ${meter.unitPlural}. Days are UTC; today is green.`
    : "";
  return (
    <BarChart
      id={`daily-${meter.meterKey}`}
      title={`${meter.displayName} by day`}
      summary={summary}
      bars={bars}
      labelEvery={7}
      table={
        <DataTable
          caption={`${meter.displayName} by day`}
          rows={[...days].sort((a, b) => b.day.localeCompare(a.day))}
          rowKey={(day) => day.day}
          columns={[
            { header: "Day (UTC)", heading: true, cell: (day) => dateText(new Date(day.day), "UTC") },
            {
              header: meter.displayName,
              align: "right",
              cell: (day) => <span className="tabular">{quantityText(day.quantity)}</span>,
            },
            {
              header: "Reports",
              align: "right",
              cell: (day) => <span className="tabular">{quantityText(day.eventCount.toString())}</span>,
            },
          ]}
        />
      }
    />
  );
}

function daysOf(startAt: Date, endAt: Date): Date[] {
  const days: Date[] = [];
  const first = Date.UTC(startAt.getUTCFullYear(), startAt.getUTCMonth(), startAt.getUTCDate());
  for (let at = first; at < endAt.getTime() && days.length < 32; at += DAY_MS) days.push(new Date(at));
  return days;
}
