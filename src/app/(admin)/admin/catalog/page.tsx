import type { Metadata } from "next";
import Link from "next/link";
import type { AppliedCatalog, ChangePolicy, ChangeTiming } from "@/billing/catalog/model";
import type { PlanVersionRow, PlanVersionsView } from "@/billing/revenue/model";
import { api } from "@/trpc/server";
import { DataTable } from "@/ui/data-table";
import { ComputedAt } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { Facts, PageHeader, Section } from "@/ui/page-header";
import { TableSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { Region } from "../../../_components/region";
import { PendingCatalog } from "./_components/pending-catalog";

export const metadata: Metadata = { title: "Catalog" };

const TIMINGS: Record<ChangeTiming, string> = {
  now_prorated: "now, prorated to the second",
  now_full: "now, a new full period",
  at_period_end: "when the paid period ends",
};

const DIRECTIONS: Array<[keyof ChangePolicy, string]> = [
  ["upgrade", "Upgrade"],
  ["downgrade", "Downgrade"],
  ["longerInterval", "From month to year"],
  ["shorterInterval", "From year to month"],
  ["moreSeats", "More seats"],
  ["fewerSeats", "Fewer seats"],
];

export default function Catalog() {
  return (
    <>
      <PageHeader title="Catalog">
        What is sold and what was sold. Versions never change: a new catalog file makes new ones, and tenants stay on
        theirs until they are moved.
      </PageHeader>
      <Region
        failure="The catalog could not be loaded"
        load={async () => {
          const [catalog, view] = await Promise.all([api.catalog.current(), api.operator.planVersions()]);
          return { catalog, view };
        }}
        skeleton={<TableSkeleton rows={8} label="Loading the catalog" />}
      >
        {({ catalog, view }) => <Contents catalog={catalog} view={view} />}
      </Region>
    </>
  );
}

function Contents({ catalog, view }: { catalog: AppliedCatalog; view: PlanVersionsView }) {
  const plans = view.versions.filter(({ version }) => version.madeForTenantId === null);
  const drafts = plans.filter(({ version }) => version.status === "draft");
  const contracts = view.versions.filter(({ version }) => version.madeForTenantId !== null);
  return (
    <div className="grid gap-12">
      <Section title="Plans and their versions">
        <VersionTable rows={plans.filter((row) => !drafts.includes(row))} caption="Plan versions, by rank" />
        <div className="mt-3">
          <ComputedAt at={view.computedAt} note="Tenants without a paid subscription count for the free plan." />
        </div>
      </Section>
      {drafts.length > 0 ? (
        <Section title="Drafts">
          <VersionTable rows={drafts} caption="Drafts" />
        </Section>
      ) : null}
      <Section title="Contracts">
        {contracts.length === 0 ? (
          <p className="text-sm text-quiet">
            None. Terms for one tenant alone are agreed on its page: choose “Agree on a contract” there.
          </p>
        ) : (
          <VersionTable rows={contracts} caption="Contracts, each for one tenant" />
        )}
      </Section>
      <PendingCatalog />
      <div className="grid gap-x-16 gap-y-12 lg:grid-cols-2">
        <Section title="When changes take effect">
          <Facts items={DIRECTIONS.map(([key, name]) => ({ name, value: TIMINGS[catalog.changePolicy[key]] }))} />
        </Section>
        <Section title="The catalog as a whole">
          <Facts items={wholeFacts(catalog)} />
        </Section>
      </div>
    </div>
  );
}

function wholeFacts({ key, contact, currency, tax, dunning, meters }: AppliedCatalog) {
  return [
    { name: "Catalog", value: <code className="font-mono text-xs">{key}</code> },
    { name: "Currency", value: currency.toUpperCase() },
    { name: tax.displayName, value: `${tax.percentage}%` },
    { name: "Meters", value: meters.map(({ displayName }) => displayName).join(", ") },
    { name: "Agreed prices are asked for at", value: contact ?? <span className="text-quiet">nowhere</span> },
    { name: "Unpaid renewals are tolerated for", value: `${dunning.graceDays} days` },
    { name: "Reminders after", value: `${dunning.reminderDays.join(", ")} days` },
  ];
}

function VersionTable({ rows, caption }: { rows: PlanVersionRow[]; caption: string }) {
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={({ version }) => version.id}
      columns={[
        {
          header: "Plan",
          heading: true,
          cell: ({ version, madeFor }) => (
            <>
              {version.name}
              <code className="block font-mono text-xs font-normal text-quiet">{version.id}</code>
              {madeFor ? (
                <Link href={`/admin/tenants/${madeFor.slug}`} className="link text-xs font-normal">
                  {madeFor.name}
                </Link>
              ) : null}
            </>
          ),
        },
        { header: "Status", cell: ({ version }) => <StatusBadge status={version.status} /> },
        {
          header: "Price a month",
          align: "right",
          cell: ({ version }) => <Price of={version} minor={version.monthlyPriceMinor} />,
        },
        {
          header: "Price a year",
          align: "right",
          cell: ({ version }) => <Price of={version} minor={version.annualPriceMinor} />,
        },
        { header: "Tenants", align: "right", cell: (row) => <Tenants row={row} /> },
      ]}
    />
  );
}

function Price({ of, minor }: { of: { currency: string }; minor: bigint | null }) {
  if (minor === null) return <span className="text-quiet">on request</span>;
  return <Money amountMinor={minor} currency={of.currency} />;
}

function Tenants({ row }: { row: PlanVersionRow }) {
  const { version, tenants, ending, arriving } = row;
  const notes = [ending > 0 && `${ending} ending`, arriving > 0 && `${arriving} coming`].filter(
    (part) => typeof part === "string",
  );
  return (
    <>
      {tenants === 0 ? (
        <span className="tabular text-quiet">0</span>
      ) : (
        <Link
          href={`/admin/tenants?plan=${encodeURIComponent(version.planKey)}`}
          className="link tabular"
          aria-label={`${tenants} on ${version.name}, ${version.id}`}
        >
          {tenants.toLocaleString("en-US")}
        </Link>
      )}
      {notes.length > 0 ? <span className="block text-xs text-quiet">{notes.join(", ")}</span> : null}
    </>
  );
}
