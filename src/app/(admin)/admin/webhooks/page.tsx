import type { Metadata } from "next";
import { api } from "@/trpc/server";
import { PageHeader } from "@/ui/page-header";
import { Skeleton } from "@/ui/states";
import { Region } from "../../../_components/region";

export const metadata: Metadata = { title: "Webhook inbox" };

export default function Webhooks() {
  return (
    <>
      <PageHeader title="Webhook inbox">
        What Stripe posts is stored before it is answered, then worked off in order of arrival.
      </PageHeader>
      <Region
        failure="The inbox could not be read"
        load={() => api.revenue.inbox()}
        skeleton={<Skeleton lines={2} label="Reading the inbox" />}
      >
        {(inbox) => (
          <dl className="grid gap-x-12 gap-y-6 border-t border-ink/70 pt-6 sm:grid-cols-3">
            <Count name="Due now" value={inbox.due} note="Worked off within seconds while the worker runs." />
            <Count name="Waiting for another try" value={inbox.waiting} note="Failed before; tried again by itself." />
            <Count
              name="Parked"
              value={inbox.parked}
              risk={inbox.parked > 0}
              note="Given up after eight tries; the worker’s log says why."
            />
          </dl>
        )}
      </Region>
    </>
  );
}

function Count({ name, value, note, risk = false }: { name: string; value: number; note: string; risk?: boolean }) {
  return (
    <div>
      <dt className="text-sm text-quiet">{name}</dt>
      <dd>
        <span className={`tabular block font-serif text-3xl ${risk ? "text-loss" : ""}`}>{value}</span>
        <span className="text-sm text-quiet">{note}</span>
      </dd>
    </div>
  );
}
