import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { cache } from "react";
import type { Tenant } from "@/billing/tenants/model";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { PageHeader, Section } from "@/ui/page-header";
import { Skeleton, TableSkeleton } from "@/ui/states";
import { ChangeList } from "../../../../_components/change-list";
import { Region } from "../../../../_components/region";
import { AuditList } from "../../_components/audit-list";
import { InvoiceList, Ledger, MethodList } from "./_components/money-lists";
import { planChoices } from "./_components/plan-choices";
import { PlanPanel } from "./_components/plan-panel";
import { Unpaid } from "./_components/unpaid";
import { UsageList } from "./_components/usage-list";
import { People, WhoTheyAre } from "./_components/who-they-are";

const AUDIT_SHOWN = 50;
const AUDIT_MOST = 200;

type Parameters = { params: Promise<{ slug: string }> };
type Search = { searchParams: Promise<{ contract?: string; audit?: string }> };

const profileOf = cache(async (slug: string) => {
  try {
    return await api.operator.tenant({ tenant: slug });
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Parameters): Promise<Metadata> {
  const { tenant } = await profileOf((await params).slug);
  return { title: tenant.name };
}

export default async function TenantPage({ params, searchParams }: Parameters & Search) {
  const [profile, search] = await Promise.all([params.then(({ slug }) => profileOf(slug)), searchParams]);
  const { tenant } = profile;
  return (
    <>
      <PageHeader
        title={tenant.name}
        back={
          <Link href="/admin/tenants" className="link">
            Tenants
          </Link>
        }
        action={
          <ButtonLink hard href={`/t/${tenant.slug}`} size="small">
            Read its portal
          </ButtonLink>
        }
      />
      <div className="grid gap-x-16 gap-y-10 xl:grid-cols-[minmax(0,7fr)_minmax(0,4fr)]">
        <div className="grid content-start gap-10">
          <Now tenant={tenant} contract={search.contract} />
        </div>
        <div className="grid content-start gap-10">
          <Section title="Who they are">
            <WhoTheyAre profile={profile} />
          </Section>
          <Section title="Payment methods">
            <Region
              failure="The payment methods could not be loaded"
              load={() => api.payments.methods({ tenant: tenant.slug })}
              skeleton={<Skeleton lines={2} label="Loading the payment methods" />}
            >
              {(methods) => <MethodList methods={methods} />}
            </Region>
          </Section>
          <Section title="People">
            <People members={profile.members} timeZone={tenant.timeZone} />
          </Section>
        </div>
      </div>
      <div className="mt-10 grid gap-10">
        <Before tenant={tenant} />
        <Log tenant={tenant} limit={search.audit === "more" ? AUDIT_MOST : AUDIT_SHOWN} />
      </div>
    </>
  );
}

/** What the tenant has and uses; money at risk comes first. */
function Now({ tenant, contract }: { tenant: Tenant; contract: string | undefined }) {
  const { slug, timeZone } = tenant;
  return (
    <>
      <Region
        failure="Whether anything is unpaid could not be loaded"
        load={() => api.dunning.current({ tenant: slug })}
        skeleton={<span />}
      >
        {(standing) => (standing ? <Unpaid standing={standing} tenant={tenant} /> : null)}
      </Region>
      <Section title="Subscription">
        <Region
          failure="The subscription could not be loaded"
          load={async () => {
            const [current, catalog, versions] = await Promise.all([
              api.subscriptions.current({ tenant: slug }),
              api.catalog.current(),
              api.operator.planVersions(),
            ]);
            return { current, choices: planChoices(catalog, versions, tenant.id) };
          }}
          skeleton={<Skeleton lines={6} label="Loading the subscription" />}
        >
          {({ current, choices }) => (
            <PlanPanel tenant={tenant} current={current} choices={choices} contract={contract} />
          )}
        </Region>
      </Section>
      <Section title="Usage this period">
        <Region
          failure="The usage could not be loaded"
          load={() => api.usage.period({ tenant: slug })}
          skeleton={<Skeleton lines={5} label="Loading the usage" />}
        >
          {(usage) => <UsageList usage={usage} timeZone={timeZone} />}
        </Region>
      </Section>
    </>
  );
}

/** What was billed, paid and changed. */
function Before({ tenant }: { tenant: Tenant }) {
  const { slug, timeZone } = tenant;
  return (
    <>
      <Section title="Invoices" aside={<PortalLink slug={slug} page="invoices" text="All invoices" />}>
        <Region
          failure="The invoices could not be loaded"
          load={() => api.invoices.list({ tenant: slug, limit: 10 })}
          skeleton={<TableSkeleton rows={4} label="Loading the invoices" />}
        >
          {(invoices) => <InvoiceList invoices={invoices} slug={slug} timeZone={timeZone} />}
        </Region>
      </Section>
      <Section title="Payments and refunds">
        <Region
          failure="The payments could not be loaded"
          load={() => api.payments.transactions({ tenant: slug, limit: 20 })}
          skeleton={<TableSkeleton rows={4} label="Loading the payments" />}
        >
          {({ transactions }) => <Ledger transactions={transactions} tenant={tenant} />}
        </Region>
      </Section>
      <Section title="History of the plan">
        <Region
          failure="The changes could not be loaded"
          load={async () => {
            const [changes, { plans }] = await Promise.all([
              api.subscriptions.history({ tenant: slug, limit: 30 }),
              api.catalog.current(),
            ]);
            return { changes, names: new Map(plans.map(({ planKey, name }) => [planKey, name])) };
          }}
          skeleton={<TableSkeleton rows={4} label="Loading the changes" />}
        >
          {({ changes, names }) => <ChangeList changes={changes} names={names} timeZone={timeZone} />}
        </Region>
      </Section>
    </>
  );
}

function Log({ tenant, limit }: { tenant: Tenant; limit: number }) {
  return (
    <Section title="Audit log">
      <Region
        failure="The audit log could not be loaded"
        load={() => api.operator.audit({ tenantId: tenant.id, limit })}
        skeleton={<TableSkeleton rows={6} label="Loading the audit log" />}
      >
        {(entries) => (
          <>
            <AuditList entries={entries} timeZone={tenant.timeZone} />
            {entries.length === AUDIT_SHOWN ? (
              <p className="mt-4 text-sm">
                <Link href={`/admin/tenants/${tenant.slug}?audit=more`} className="link">
                  Show the latest {AUDIT_MOST}
                </Link>
              </p>
            ) : null}
          </>
        )}
      </Region>
    </Section>
  );
}

function PortalLink({ slug, page, text }: { slug: string; page: string; text: string }) {
  return (
    <a href={`/t/${slug}/${page}`} className="link">
      {text}
    </a>
  );
}
