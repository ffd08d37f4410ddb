import type { Metadata } from "next";
import Link from "next/link";
import { INVOICE_STATUSES, type InvoiceStatus, type InvoiceSummary } from "@/billing/invoices/model";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { DataTable } from "@/ui/data-table";
import { DateText, PeriodText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { PageHeader } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { standingOf } from "../../../../_components/invoice-standing";
import { portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";

export const metadata: Metadata = { title: "Invoices" };

const PAGE_SIZE = 24;
const FILTERS: Array<{ status: InvoiceStatus | null; text: string }> = [
  { status: null, text: "All" },
  { status: "open", text: "Open" },
  { status: "paid", text: "Paid" },
  { status: "draft", text: "Draft" },
  { status: "void", text: "Void" },
];

type Search = { status?: string; after?: string };
type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Search> };

export default async function Invoices({ params, searchParams }: Props) {
  const [{ tenant }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  const status = INVOICE_STATUSES.find((known) => known === search.status);
  const path = `/t/${tenant.slug}/invoices`;
  return (
    <>
      <PageHeader title="Invoices">Every invoice with its lines, its tax and its payments.</PageHeader>
      <nav aria-label="Filter by status" className="mb-6 flex flex-wrap gap-1 text-sm">
        {FILTERS.map((filter) => (
          <Link
            key={filter.text}
            href={filter.status ? `${path}?status=${filter.status}` : path}
            aria-current={(filter.status ?? undefined) === status ? "true" : undefined}
            className="rounded-md border border-transparent px-3 py-1 text-quiet hover:text-ink aria-[current]:border-edge aria-[current]:text-ink"
          >
            {filter.text}
          </Link>
        ))}
      </nav>
      <Region
        failure="The invoices could not be loaded"
        load={() => api.invoices.list({ tenant: tenant.slug, limit: PAGE_SIZE, status, after: search.after })}
        skeleton={<TableSkeleton rows={8} label="Loading the invoices" />}
      >
        {(invoices) => {
          const last = invoices.at(-1);
          if (!last) {
            return (
              <EmptyState
                title={status ? `No ${status} invoices` : "No invoices yet"}
                action={status ? null : <ButtonLink href={`/t/${tenant.slug}/plan`}>See the plans</ButtonLink>}
              >
                {status ? "None has this status now." : "The first one is made when a paid plan starts."}
              </EmptyState>
            );
          }
          const older = new URLSearchParams({ ...(status ? { status } : {}), after: last.id });
          return (
            <>
              <InvoiceTable invoices={invoices} path={path} timeZone={tenant.timeZone} />
              <div className="mt-6 flex justify-between gap-4 text-sm">
                {search.after ? (
                  <Link href={status ? `${path}?status=${status}` : path} className="link">
                    Newest
                  </Link>
                ) : (
                  <span />
                )}
                {invoices.length === PAGE_SIZE ? (
                  <Link href={`${path}?${older}`} className="link">
                    Older invoices
                  </Link>
                ) : null}
              </div>
            </>
          );
        }}
      </Region>
    </>
  );
}

function InvoiceTable({ invoices, path, timeZone }: { invoices: InvoiceSummary[]; path: string; timeZone: string }) {
  return (
    <DataTable
      caption="Invoices, newest first"
      rows={invoices}
      rowKey={(invoice) => invoice.id}
      columns={[
        {
          header: "Number",
          heading: true,
          cell: (invoice) => (
            <Link href={`${path}/${invoice.number}`} className="link font-mono text-[0.8125rem] font-normal">
              {invoice.number}
            </Link>
          ),
        },
        { header: "Date", cell: (invoice) => <DateText at={invoice.createdAt} timeZone={timeZone} style="short" /> },
        {
          header: "Period",
          className: "max-xl:hidden",
          cell: (invoice) => (
            <span className="text-quiet">
              <PeriodText startAt={invoice.periodStartAt} endAt={invoice.periodEndAt} timeZone={timeZone} />
            </span>
          ),
        },
        {
          header: "Status",
          cell: (invoice) => <StatusBadge status={standingOf(invoice)} />,
        },
        {
          header: "Total",
          align: "right",
          cell: (invoice) => (
            <Money amountMinor={invoice.totalMinor} currency={invoice.currency} className="font-medium" />
          ),
        },
        {
          header: "Still due",
          align: "right",
          cell: (invoice) => <StillDue invoice={invoice} timeZone={timeZone} />,
        },
        {
          header: "PDF",
          align: "right",
          cell: (invoice) =>
            invoice.status === "draft" ? (
              <span className="text-quiet">when final</span>
            ) : (
              <a
                href={`${path}/${invoice.number}/pdf`}
                className="link"
                aria-label={`Download ${invoice.number} as PDF`}
              >
                PDF
              </a>
            ),
        },
      ]}
    />
  );
}

function StillDue({ invoice, timeZone }: { invoice: InvoiceSummary; timeZone: string }) {
  if (invoice.status !== "open") return <span className="text-quiet">–</span>;
  return (
    <>
      <Money amountMinor={invoice.amountDueMinor - invoice.amountPaidMinor} currency={invoice.currency} />
      <span className="block text-xs whitespace-nowrap text-quiet">
        by <DateText at={invoice.dueAt} timeZone={timeZone} style="short" />
      </span>
    </>
  );
}
