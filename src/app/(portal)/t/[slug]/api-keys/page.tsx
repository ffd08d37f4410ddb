import type { Metadata } from "next";
import { api } from "@/trpc/server";
import { PageHeader } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { mayManage, portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";
import { KeyList } from "./_components/key-list";

export const metadata: Metadata = { title: "API keys" };

export default async function ApiKeys({ params }: { params: Promise<{ slug: string }> }) {
  const { tenant, role } = await portalOf((await params).slug);
  return (
    <>
      <PageHeader title="API keys">
        With a key your services report usage and ask for quota at <code className="font-mono text-sm">/api/v1</code>. A
        key acts for {tenant.name} alone.
      </PageHeader>
      {mayManage(role) ? (
        <Region
          failure="The keys could not be loaded"
          load={() => api.apiKeys.list({ tenant: tenant.slug })}
          skeleton={<TableSkeleton rows={3} label="Loading the keys" />}
        >
          {(keys) => <KeyList tenant={tenant.slug} timeZone={tenant.timeZone} keys={keys} />}
        </Region>
      ) : (
        <EmptyState title="Keys are kept by owners and admins">Ask somebody who manages this organisation.</EmptyState>
      )}
    </>
  );
}
