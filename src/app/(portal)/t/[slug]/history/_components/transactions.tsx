import Link from "next/link";
import type { Transaction, TransactionPage } from "@/billing/payments/model";
import { Button } from "@/ui/button";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Field } from "@/ui/field";
import { Money } from "@/ui/money";
import { StatusBadge } from "@/ui/status-badge";

/** Whole days of the tenant's zone, both included. */
export interface Days {
  from?: string;
  to?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The days a page was asked for; what is no day is left out. */
export function daysOf(query: Record<string, string | string[] | undefined>): Days {
  const day = (name: "from" | "to") => {
    const value = query[name];
    const isDay = typeof value === "string" && DAY.test(value) && !Number.isNaN(Date.parse(value));
    return isDay ? { [name]: value } : {};
  };
  return { ...day("from"), ...day("to") };
}

function search(days: Days, cursor?: string | null): string {
  const text = new URLSearchParams({ ...days, ...(cursor ? { cursor } : {}) }).toString();
  return text === "" ? "" : `?${text}`;
}

/** The choice of days, which works without scripts, and the ledger as a file. */
export function TransactionFilter({ slug, days }: { slug: string; days: Days }) {
  return (
    <form method="get" className="mb-4 flex flex-wrap items-end gap-4">
      <Field label="From" name="from" type="date" defaultValue={days.from} className="w-40" />
      <Field label="To" name="to" type="date" defaultValue={days.to} className="w-40" />
      <Button type="submit">Show</Button>
      <a href={`/t/${slug}/history/transactions.csv${search(days)}`} className="link mb-2.5 text-sm" download>
        Download as CSV
      </a>
    </form>
  );
}

/** Payments and refunds as one ledger, newest first. */
export function Transactions({
  page,
  slug,
  days,
  isFirst,
  timeZone,
}: {
  page: TransactionPage;
  slug: string;
  days: Days;
  isFirst: boolean;
  timeZone: string;
}) {
  if (page.transactions.length === 0) {
    const chosen = days.from !== undefined || days.to !== undefined;
    return <p className="text-sm text-quiet">{chosen ? "No transactions on these days." : "No payments yet."}</p>;
  }
  return (
    <>
      <DataTable
        caption="Payments and refunds, newest first"
        rows={page.transactions}
        rowKey={(line) => line.id}
        columns={[
          { header: "When", cell: (line) => <DateText at={line.at} timeZone={timeZone} style="dateTime" /> },
          { header: "For", heading: true, cell: (line) => <Purpose line={line} slug={slug} /> },
          {
            header: "Status",
            cell: (line) => (
              <>
                <StatusBadge status={line.kind === "refund" ? `refund_${line.status}` : line.status} />
                {line.advice ? <span className="block max-w-72 text-xs text-quiet">{line.advice}</span> : null}
              </>
            ),
          },
          {
            header: "Amount",
            align: "right",
            cell: (line) => (
              <span className={line.movedMinor === 0n ? "text-quiet" : ""}>
                <Money amountMinor={line.amountMinor} currency={line.currency} />
                {line.movedMinor === 0n ? <span className="block text-xs whitespace-nowrap">nothing moved</span> : null}
              </span>
            ),
          },
        ]}
      />
      <nav aria-label="Pages of transactions" className="mt-4 flex gap-6 text-sm">
        {isFirst ? null : (
          <Link href={`/t/${slug}/history${search(days)}`} className="link">
            Newest
          </Link>
        )}
        {page.nextCursor ? (
          <Link href={`/t/${slug}/history${search(days, page.nextCursor)}`} className="link">
            Older
          </Link>
        ) : null}
      </nav>
    </>
  );
}

function Purpose({ line, slug }: { line: Transaction; slug: string }) {
  return (
    <>
      {line.kind === "refund" ? "Refund" : line.invoiceNumber === null ? line.description : null}
      {line.invoiceNumber === null ? null : (
        <Link
          href={`/t/${slug}/invoices/${line.invoiceNumber}`}
          className={`link font-mono text-[0.8125rem] font-normal ${line.kind === "refund" ? "ml-2" : ""}`}
        >
          {line.invoiceNumber}
        </Link>
      )}
      {line.reason ? <span className="block text-xs font-normal text-quiet">{line.reason}</span> : null}
    </>
  );
}
