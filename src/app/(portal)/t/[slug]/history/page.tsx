import type { Metadata } from "next";
import { api } from "@/trpc/server";
import { PageHeader, Section } from "@/ui/page-header";
import { TableSkeleton } from "@/ui/states";
import { ChangeList } from "../../../../_components/change-list";
import { portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";
import { AuditTable } from "./_components/audit-table";
import { daysOf, TransactionFilter, Transactions } from "./_components/transactions";

export const metadata: Metadata = { title: "History" };

interface HistoryProps {
  params: Promise<{ slug: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function History({ params, searchParams }: HistoryProps) {
  const { tenant } = await portalOf((await params).slug);
  const slug = tenant.slug;
  const query = await searchParams;
  const days = daysOf(query);
  const cursor = typeof query.cursor === "string" ? query.cursor : undefined;
  return (
    <>
      <PageHeader title="History">What changed, what was paid, and who did what.</PageHeader>
      <div className="grid gap-12">
        <Section title="Plan">
          <Region
            failure="The changes could not be loaded"
            load={async () => ({
              changes: await api.subscriptions.history({ tenant: slug }),
              catalog: await api.catalog.current(),
            })}
            skeleton={<TableSkeleton rows={4} label="Loading the changes" />}
          >
            {({ changes, catalog }) => {
              const names = new Map(catalog.plans.map((plan) => [plan.planKey, plan.name]));
              return <ChangeList changes={changes} names={names} timeZone={tenant.timeZone} />;
            }}
          </Region>
        </Section>
        <Section title="Transactions">
          <TransactionFilter slug={slug} days={days} />
          <Region
            key={JSON.stringify([days, cursor])}
            failure="The transactions could not be loaded"
            load={() => api.payments.transactions({ tenant: slug, ...days, cursor, limit: 25 })}
            skeleton={<TableSkeleton rows={4} label="Loading the transactions" />}
          >
            {(page) => (
              <Transactions
                page={page}
                slug={slug}
                days={days}
                isFirst={cursor === undefined}
                timeZone={tenant.timeZone}
              />
            )}
          </Region>
        </Section>
        <Section title="Audit log">
          <Region
            failure="The audit log could not be loaded"
            load={() => api.audit.list({ tenant: slug, limit: 50 })}
            skeleton={<TableSkeleton rows={4} label="Loading the audit log" />}
          >
            {(entries) => <AuditTable entries={entries} timeZone={tenant.timeZone} />}
          </Region>
        </Section>
      </div>
    </>
  );
}
