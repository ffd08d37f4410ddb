/** One unpaid invoice: where it stands, what happens next, what happened so far, and what an operator can do. */
import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { DunningCaseDetail } from "@/billing/dunning/model";
import { api } from "@/trpc/server";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { Facts, PageHeader, Section } from "@/ui/page-header";
import { TableSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { Region } from "../../../../../_components/region";
import { ActorName } from "../../../_components/audit-list";
import { CaseActions } from "../../_components/case-actions";
import { NextStep } from "../../_components/next-step";

export const metadata: Metadata = { title: "Unpaid invoice" };

const KINDS: Record<DunningCaseDetail["events"][number]["kind"], string> = {
  first_notice: "First letter",
  reminder: "Reminder",
  last_notice: "Last notice",
  attempt_failed: "Try failed",
  retried: "Tried on request",
  link_used: "Link opened",
  lapsed: "Grace ended",
  recovered: "Paid",
  stopped: "Stopped",
};

interface Params {
  params: Promise<{ tenant: string; case: string }>;
}

export default async function DunningCasePage({ params }: Params) {
  const { tenant: tenantId, case: caseId } = await params;
  const load = () =>
    api.dunning.case({ tenantId, caseId }).catch((error: unknown) => {
      if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
      throw error;
    });
  return (
    <Region
      failure="The invoice could not be loaded"
      load={load}
      skeleton={<TableSkeleton rows={6} label="Loading the invoice" />}
    >
      {(found) => <Case found={found} />}
    </Region>
  );
}

function Case({ found }: { found: DunningCaseDetail }) {
  const { tenantId, id: caseId, invoiceNumber, amountDueMinor, currency, stage } = found;
  const isEnded = stage === "recovered" || stage === "stopped";
  return (
    <>
      <PageHeader
        title={<span className="font-mono text-xl">{invoiceNumber}</span>}
        back={
          <Link href="/admin/dunning" className="link">
            Unpaid invoices
          </Link>
        }
        action={
          isEnded ? null : (
            <CaseActions
              {...{ tenantId, caseId, invoiceNumber, amountDueMinor, currency }}
              canStop={stage !== "lapsed"}
            />
          )
        }
      >
        of{" "}
        <Link href={`/admin/tenants/${found.tenantSlug}`} className="link">
          {found.tenantName}
        </Link>
      </PageHeader>
      <div className="grid gap-12">
        <div className="max-w-xl">
          <Facts items={factsOf(found)} />
        </div>
        <Section title="What happened">
          <Story found={found} />
        </Section>
      </div>
    </>
  );
}

function factsOf(found: DunningCaseDetail) {
  const { nextPaymentAttemptAt, endsPlan, planName } = found;
  const amount = <Money amountMinor={found.amountDueMinor} currency={found.currency} className="font-medium" />;
  return [
    { name: "Stage", value: <StatusBadge status={found.stage} /> },
    { name: "Still to be paid", value: amount },
    { name: "Failed first", value: <DateText at={found.firstFailedAt} style="dateTime" /> },
    { name: "Next", value: <NextStep of={found} /> },
    { name: "Grace ends", value: <DateText at={found.graceEndsAt} style="dateTime" /> },
    { name: "At stake", value: endsPlan ? `the plan ${planName ?? ""}` : "no plan" },
    { name: "Stripe’s tries so far", value: <span className="tabular">{found.attempts}</span> },
    {
      name: "Stripe tries next",
      value: nextPaymentAttemptAt ? <DateText at={nextPaymentAttemptAt} style="dateTime" /> : "never by itself",
    },
  ];
}

function Story({ found }: { found: DunningCaseDetail }) {
  return (
    <DataTable
      caption="What happened, the newest first"
      rows={found.events}
      rowKey={(event) => event.id}
      columns={[
        { header: "When", heading: true, cell: (event) => <DateText at={event.occurredAt} style="dateTime" /> },
        { header: "What", cell: (event) => KINDS[event.kind] },
        { header: "Why", cell: (event) => <span className="text-quiet">{event.reason}</span> },
        { header: "Who", cell: (event) => <ActorName of={event} /> },
      ]}
    />
  );
}
