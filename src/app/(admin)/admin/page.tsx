import type { Metadata } from "next";
import type { RevenueView } from "@/billing/revenue/model";
import { api } from "@/trpc/server";
import { type Bar, BarChart } from "@/ui/bar-chart";
import { DataTable } from "@/ui/data-table";
import { ComputedAt, DateText } from "@/ui/date-text";
import { Money, moneyText } from "@/ui/money";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { Region } from "../../_components/region";
import { InvoiceLink, tenantColumn } from "./_components/links";

export const metadata: Metadata = { title: "Revenue" };

const MONTHS_SHOWN = 12;
const MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export default function Revenue() {
  return (
    <>
      <PageHeader title="Revenue">Billed, collected and recurring, without tax unless it says so.</PageHeader>
      <Region
        failure="The numbers could not be computed"
        load={() => api.revenue.current()}
        skeleton={<TableSkeleton rows={8} label="Computing the numbers" />}
      >
        {(revenue) => (
          <div className="grid gap-12">
            <Headline revenue={revenue} />
            <Section title="Revenue by month">
              <ByMonth revenue={revenue} />
            </Section>
            <Section title="Active subscriptions by plan">
              <ByPlan revenue={revenue} />
            </Section>
            <Section title="Failed payments">
              <FailedPayments revenue={revenue} />
            </Section>
          </div>
        )}
      </Region>
    </>
  );
}

function Headline({ revenue }: { revenue: RevenueView }) {
  const { currency } = revenue;
  return (
    <div className="flex flex-wrap items-end gap-x-16 gap-y-6">
      <div>
        <p className="text-sm text-quiet">Monthly recurring revenue</p>
        <Money
          amountMinor={revenue.mrrMinor}
          currency={currency}
          className="block font-serif text-4xl tracking-[-0.02em] sm:text-[4rem] sm:leading-[4.25rem]"
        />
      </div>
      <div>
        <p className="text-sm text-quiet">Annual rate</p>
        <Money amountMinor={revenue.arrMinor} currency={currency} className="block font-serif text-2xl" />
      </div>
      <div>
        <p className="text-sm text-quiet">Paying tenants</p>
        <p className="tabular font-serif text-2xl">{revenue.payingTenants.toLocaleString("en-US")}</p>
      </div>
      <div className="basis-full">
        <ComputedAt
          at={revenue.computedAt}
          note="Active and overdue subscriptions; an annual price counts as a twelfth. Usage and tax are not recurring revenue."
        />
      </div>
    </div>
  );
}

function monthName(month: { year: number; month: number }): string {
  return `${MONTH_NAMES[month.month - 1] ?? month.month} ${month.year}`;
}

function ByMonth({ revenue }: { revenue: RevenueView }) {
  const { currency } = revenue;
  const months = revenue.byMonth.slice(0, MONTHS_SHOWN);
  const newest = months[0];
  if (!newest) {
    return <EmptyState title="No invoices yet">Months appear here with the first issued invoice.</EmptyState>;
  }
  const now = revenue.computedAt;
  const bars = [...months].reverse().map((month): Bar => {
    const running = month.year === now.getUTCFullYear() && month.month === now.getUTCMonth() + 1;
    return {
      key: `${month.year}-${month.month}`,
      label: MONTH_NAMES[month.month - 1] ?? "",
      value: Number(month.billedMinor),
      valueText: moneyText(month.billedMinor, currency),
      part: Number(month.usageMinor),
      running,
    };
  });
  return (
    <BarChart
      id="revenue"
      title="Revenue by month"
      summary={`Billed in ${monthName(newest)}: ${moneyText(newest.billedMinor, currency)}, of which ${moneyText(newest.usageMinor, currency)} is usage (hatched). The running month is green. Months are UTC.`}
      bars={bars}
      open
      table={
        <DataTable
          caption="Revenue by month, newest first"
          rows={months}
          rowKey={(month) => `${month.year}-${month.month}`}
          columns={[
            { header: "Month", heading: true, cell: monthName },
            { header: "Invoices", align: "right", cell: (month) => <span className="tabular">{month.invoices}</span> },
            {
              header: "Of which usage",
              align: "right",
              cell: (month) => <Money amountMinor={month.usageMinor} currency={currency} />,
            },
            {
              header: "Billed",
              align: "right",
              cell: (month) => <Money amountMinor={month.billedMinor} currency={currency} className="font-medium" />,
            },
            {
              header: "Tax",
              align: "right",
              cell: (month) => <Money amountMinor={month.taxMinor} currency={currency} />,
            },
            {
              header: "Collected with tax",
              align: "right",
              cell: (month) => <Money amountMinor={month.collectedMinor} currency={currency} />,
            },
          ]}
        />
      }
    />
  );
}

function ByPlan({ revenue }: { revenue: RevenueView }) {
  return (
    <DataTable
      caption="Tenants by plan"
      rows={revenue.byPlan}
      rowKey={(plan) => plan.planKey}
      columns={[
        { header: "Plan", heading: true, cell: (plan) => plan.planName },
        { header: "Tenants", align: "right", cell: (plan) => <span className="tabular">{plan.tenants}</span> },
        { header: "Active", align: "right", cell: (plan) => <span className="tabular">{plan.active}</span> },
        {
          header: "MRR",
          align: "right",
          cell: (plan) => <Money amountMinor={plan.mrrMinor} currency={revenue.currency} />,
        },
      ]}
    />
  );
}

function FailedPayments({ revenue }: { revenue: RevenueView }) {
  if (revenue.failedPayments.length === 0) {
    return <p className="text-sm text-quiet">None: every invoice that was due has been collected.</p>;
  }
  return (
    <DataTable
      caption="Invoices whose newest payment attempt failed"
      rows={revenue.failedPayments}
      rowKey={(failed) => failed.invoiceId}
      columns={[
        tenantColumn(),
        {
          header: "Invoice",
          cell: (failed) => <InvoiceLink number={failed.invoiceNumber} slug={failed.tenantSlug} />,
        },
        { header: "Issued", cell: (failed) => <DateText at={failed.issuedAt} style="short" /> },
        { header: "Why", cell: (failed) => <span className="text-quiet">{failed.failureMessage ?? "unknown"}</span> },
        {
          header: "Next attempt",
          cell: (failed) =>
            failed.nextPaymentAttemptAt ? (
              <DateText at={failed.nextPaymentAttemptAt} style="short" />
            ) : (
              <span className="text-quiet">none</span>
            ),
        },
        {
          header: "Amount",
          align: "right",
          cell: (failed) => (
            <Money amountMinor={failed.totalMinor} currency={failed.currency} className="font-medium text-loss" />
          ),
        },
      ]}
    />
  );
}
