import type { Metadata } from "next";
import Link from "next/link";
import { TENANT_STANDINGS, type TenantPage, type TenantRow, type TenantStanding } from "@/billing/revenue/model";
import { api } from "@/trpc/server";
import { Button, ButtonLink } from "@/ui/button";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Field, SelectField } from "@/ui/field";
import { Money } from "@/ui/money";
import { PageHeader } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { Region } from "../../../_components/region";

export const metadata: Metadata = { title: "Tenants" };

const PATH = "/admin/tenants";
const PAGE_SIZE = 50;

const STANDINGS: Record<TenantStanding, string> = {
  free: "On the free plan",
  trialing: "In a trial",
  active: "Active",
  cancels: "Ends soon",
  past_due: "Payment overdue",
  unpaid: "Unpaid",
  paused: "Paused",
};

type Search = { q?: string; plan?: string; status?: string; after?: string };

interface Filter {
  query: string;
  planKey: string | null;
  standing: TenantStanding | null;
}

export default async function Tenants({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const filter: Filter = {
    query: (search.q ?? "").trim().slice(0, 120),
    planKey: search.plan?.slice(0, 80) || null,
    standing: TENANT_STANDINGS.find((known) => known === search.status) ?? null,
  };
  return (
    <>
      <PageHeader title="Tenants">Everybody who uses the product, and what they pay.</PageHeader>
      <Region
        failure="The tenants could not be listed"
        load={async () => {
          const [page, catalog] = await Promise.all([
            api.operator.tenants({ ...filter, after: search.after?.slice(0, 80) ?? null, limit: PAGE_SIZE }),
            api.catalog.current(),
          ]);
          return { page, plans: catalog.plans.map(({ planKey, name }) => ({ planKey, name })) };
        }}
        skeleton={<TableSkeleton rows={8} label="Loading the tenants" />}
      >
        {({ page, plans }) => (
          <>
            <FilterForm filter={filter} plans={plans} />
            <Found page={page} filter={filter} isLater={search.after !== undefined} />
          </>
        )}
      </Region>
    </>
  );
}

function FilterForm({ filter, plans }: { filter: Filter; plans: Array<{ planKey: string; name: string }> }) {
  return (
    <search>
      <form method="get" className="mb-8 grid items-end gap-3 sm:grid-cols-[minmax(0,2fr)_1fr_1fr_auto]">
        <Field label="Search" name="q" type="search" defaultValue={filter.query} placeholder="Name, email or id" />
        <SelectField label="Plan" name="plan" defaultValue={filter.planKey ?? ""}>
          <option value="">All</option>
          {plans.map((plan) => (
            <option key={plan.planKey} value={plan.planKey}>
              {plan.name}
            </option>
          ))}
        </SelectField>
        <SelectField label="Status" name="status" defaultValue={filter.standing ?? ""}>
          <option value="">All</option>
          {TENANT_STANDINGS.map((standing) => (
            <option key={standing} value={standing}>
              {STANDINGS[standing]}
            </option>
          ))}
        </SelectField>
        <Button type="submit">Show</Button>
      </form>
    </search>
  );
}

function Found({ page, filter, isLater }: { page: TenantPage; filter: Filter; isLater: boolean }) {
  const isFiltered = filter.query !== "" || filter.planKey !== null || filter.standing !== null;
  if (page.tenants.length === 0) {
    return (
      <EmptyState
        title={isFiltered ? "Nobody fits" : "No tenants yet"}
        action={isFiltered ? <ButtonLink href={PATH}>Show all</ButtonLink> : null}
      >
        {isFiltered
          ? "Search looks at names, short names, emails and ids; plan and status narrow it down."
          : "The first one appears when somebody signs up."}
      </EmptyState>
    );
  }
  return (
    <>
      <TenantTable tenants={page.tenants} />
      <div className="mt-4 flex flex-wrap justify-between gap-x-6 gap-y-2 text-sm">
        <p className="text-quiet">{totalText(page, isFiltered)}</p>
        <nav aria-label="Pages of tenants" className="flex gap-6">
          {isLater ? (
            <Link href={addressOf(filter, null)} className="link">
              First page
            </Link>
          ) : null}
          {page.next ? (
            <Link href={addressOf(filter, page.next)} className="link">
              Next page
            </Link>
          ) : null}
        </nav>
      </div>
    </>
  );
}

function totalText({ total, countedTo }: TenantPage, isFiltered: boolean): string {
  const count = `${total.toLocaleString("en-US")}${total >= countedTo ? "+" : ""}`;
  return isFiltered ? `${count} that fit` : `${count} in all`;
}

function addressOf(filter: Filter, after: string | null): string {
  const parameters = new URLSearchParams({
    ...(filter.query && { q: filter.query }),
    ...(filter.planKey && { plan: filter.planKey }),
    ...(filter.standing && { status: filter.standing }),
    ...(after && { after }),
  });
  return parameters.size === 0 ? PATH : `${PATH}?${parameters}`;
}

function TenantTable({ tenants }: { tenants: TenantRow[] }) {
  return (
    <DataTable
      caption="Tenants by name"
      rows={tenants}
      rowKey={(tenant) => tenant.id}
      columns={[
        {
          header: "Name",
          heading: true,
          cell: (tenant) => (
            <>
              <Link href={`${PATH}/${tenant.slug}`} className="link">
                {tenant.name}
              </Link>
              <span className="block font-mono text-xs font-normal text-quiet">{tenant.slug}</span>
            </>
          ),
        },
        { header: "Email", wideOnly: true, className: "max-xl:hidden", cell: (tenant) => tenant.billingEmail },
        { header: "Plan", cell: (tenant) => tenant.planName },
        {
          header: "Status",
          cell: (tenant) =>
            tenant.standing === "free" ? (
              <span className="text-quiet">Free</span>
            ) : (
              <StatusBadge status={tenant.standing} />
            ),
        },
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
