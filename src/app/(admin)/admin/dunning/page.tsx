/** Who has not paid, how far that is, and what happens next. */
import type { Metadata } from "next";
import Link from "next/link";
import type { DunningCaseView } from "@/billing/dunning/model";
import { api } from "@/trpc/server";
import { DataTable } from "@/ui/data-table";
import { ComputedAt, DateText } from "@/ui/date-text";
import { Money, moneyText } from "@/ui/money";
import { PageHeader } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { Region } from "../../../_components/region";
import { InvoiceLink, tenantColumn } from "../_components/links";
import { NextStep } from "./_components/next-step";

export const metadata: Metadata = { title: "Unpaid invoices" };

export default async function Dunning({ searchParams }: { searchParams: Promise<{ show?: string }> }) {
  const show = (await searchParams).show === "all" ? "all" : "open";
  return (
    <>
      <PageHeader
        title="Unpaid invoices"
        action={
          <Link href={show === "all" ? "/admin/dunning" : "/admin/dunning?show=all"} className="link text-sm">
            {show === "all" ? "Only those that still move" : "Show those that have ended too"}
          </Link>
        }
      >
        Renewals and other invoices that could not be collected: who is written to, and until when a plan stays.
      </PageHeader>
      <Region
        failure="The unpaid invoices could not be loaded"
        load={() => api.dunning.cases({ show })}
        skeleton={<TableSkeleton rows={6} label="Loading the unpaid invoices" />}
      >
        {({ cases, computedAt }) =>
          cases.length === 0 ? (
            <EmptyState title={show === "all" ? "No payment has ever failed" : "Nobody owes anything just now"}>
              A renewal whose payment fails appears here, with its letters and the end of its grace.
            </EmptyState>
          ) : (
            <div className="grid gap-3">
              <Cases cases={cases} />
              <ComputedAt at={computedAt} note={owedText(cases)} />
            </div>
          )
        }
      </Region>
    </>
  );
}

/** What is owed in all, each currency by itself: "Still to be paid: $645.84". */
function owedText(cases: DunningCaseView[]): string | undefined {
  const owed = new Map<string, bigint>();
  for (const { stage, currency, amountDueMinor } of cases) {
    if (stage === "recovered" || stage === "stopped") continue;
    owed.set(currency, (owed.get(currency) ?? 0n) + amountDueMinor);
  }
  const sums = [...owed].map(([currency, amountMinor]) => moneyText(amountMinor, currency));
  return sums.length === 0 ? undefined : `Still to be paid: ${sums.join(", ")}`;
}

function Cases({ cases }: { cases: DunningCaseView[] }) {
  return (
    <DataTable
      caption="Unpaid invoices, the newest failure first"
      rows={cases}
      rowKey={(found) => found.id}
      columns={[
        tenantColumn(),
        {
          header: "Invoice",
          cell: ({ tenantId, id, invoiceNumber }) => (
            <InvoiceLink number={invoiceNumber} casePath={`/admin/dunning/${tenantId}/${id}`} />
          ),
        },
        { header: "Stage", cell: (found) => <StatusBadge status={found.stage} /> },
        { header: "Since", cell: (found) => <DateText at={found.firstFailedAt} style="short" /> },
        { header: "Next", cell: (found) => <NextStep of={found} /> },
        { header: "Tries", align: "right", cell: (found) => <span className="tabular">{found.attempts}</span> },
        {
          header: "Amount",
          align: "right",
          cell: (found) => (
            <Money amountMinor={found.amountDueMinor} currency={found.currency} className="font-medium" />
          ),
        },
      ]}
    />
  );
}
