import type { Metadata } from "next";
import Link from "next/link";
import type { TenantRow } from "@/billing/revenue/model";
import { api } from "@/trpc/server";
import { Button, ButtonLink } from "@/ui/button";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { PageHeader } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { Region } from "../../../_components/region";

export const metadata: Metadata = { title: "Tenants" };

const LIMIT = 100;

export default async function Tenants({ searchParams }: { searchParams: Promise<{ q?: string }> }) {
  const query = ((await searchParams).q ?? "").trim().slice(0, 120);
  return (
    <>
      <PageHeader title="Tenants">Open one to read its pages as it sees them.</PageHeader>
      <SearchForm query={query} />
      <Region
        failure="The tenants could not be listed"
        load={() => api.revenue.tenants({ query: query || undefined, limit: LIMIT })}
        skeleton={<TableSkeleton rows={8} label="Loading the tenants" />}
      >
        {(tenants) =>
          tenants.length === 0 ? (
            <EmptyState
              title={query ? `Nobody matches “${query}”` : "No tenants yet"}
              action={query ? <ButtonLink href="/admin/tenants">Show all</ButtonLink> : null}
            >
              {query
                ? "Search looks at names, short names and emails."
                : "The first one appears when somebody signs up."}
            </EmptyState>
          ) : (
            <>
              <TenantTable tenants={tenants} />
              <p className="mt-4 text-sm text-quiet">
                {tenants.length === LIMIT
                  ? `The first ${LIMIT}; search to narrow it down.`
                  : `${tenants.length} in all.`}
              </p>
            </>
          )
        }
      </Region>
    </>
  );
}

function SearchForm({ query }: { query: string }) {
  return (
    <search>
      <form method="get" className="mb-8 flex max-w-xl gap-3">
        <label htmlFor="tenant-search" className="sr-only">
          Search by name, short name or email
        </label>
        <input
          id="tenant-search"
          name="q"
          type="search"
          defaultValue={query}
          placeholder="Name, short name or email"
          className="h-10 w-full min-w-0 rounded-md border border-edge bg-raised px-3 placeholder:text-quiet hover:border-ink"
        />
        <Button type="submit">Search</Button>
      </form>
    </search>
  );
}

function TenantTable({ tenants }: { tenants: TenantRow[] }) {
  return (
    <DataTable
      caption="Tenants"
      rows={tenants}
      rowKey={(tenant) => tenant.id}
      columns={[
        {
          header: "Name",
          heading: true,
          cell: (tenant) => (
            <>
              <Link href={`/t/${tenant.slug}`} className="link">
                {tenant.name}
              </Link>
              <span className="block font-mono text-xs font-normal text-quiet">{tenant.slug}</span>
            </>
          ),
        },
        { header: "Email", wideOnly: true, cell: (tenant) => tenant.billingEmail },
        { header: "Plan", cell: (tenant) => tenant.planName },
        { header: "Status", cell: (tenant) => <StatusBadge status={tenant.status} /> },
        { header: "Since", cell: (tenant) => <DateText at={tenant.createdAt} style="short" /> },
        {
          header: "MRR",
          align: "right",
          cell: (tenant) => <Money amountMinor={tenant.mrrMinor} currency={tenant.currency} />,
        },
      ]}
    />
  );
}
