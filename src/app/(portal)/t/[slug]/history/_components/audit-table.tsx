import type { NamedAuditEntry } from "@/billing/tenants/model-profile";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";

/** Who acts when no person of the organisation and none of its keys does. */
const OTHERS: Record<string, string> = {
  operator: "Operator",
  webhook: "Stripe",
  worker: "By itself",
  system: "By itself",
  user: "A former member",
  api_key: "An API key",
};

/** The log of an organisation, newest first. The exact names of actions and actors are in the titles. */
export function AuditTable({ entries, timeZone }: { entries: NamedAuditEntry[]; timeZone: string }) {
  if (entries.length === 0) return <p className="text-sm text-quiet">Nothing yet.</p>;
  return (
    <DataTable
      caption="Who did what, newest first"
      rows={entries}
      rowKey={(entry) => entry.id}
      columns={[
        { header: "When", cell: (entry) => <DateText at={entry.occurredAt} timeZone={timeZone} style="dateTime" /> },
        { header: "Action", heading: true, cell: (entry) => <Action entry={entry} /> },
        { header: "By", cell: (entry) => <Actor entry={entry} /> },
        { header: "Why", cell: (entry) => <span className="text-quiet">{entry.reason}</span> },
      ]}
    />
  );
}

/** "subscription.cancel_at_period_end" as "Subscription: cancel at period end". */
function Action({ entry: { action, target } }: { entry: NamedAuditEntry }) {
  const [thing = "", verb = ""] = action.split(".").map((part) => part.replaceAll("_", " "));
  return (
    <>
      <span title={action}>
        {thing.charAt(0).toUpperCase() + thing.slice(1)}: {verb}
      </span>
      <code className="block font-mono text-xs font-normal break-all text-quiet max-sm:hidden">{target}</code>
    </>
  );
}

function Actor({ entry: { actor, actorLabel } }: { entry: NamedAuditEntry }) {
  const [kind = ""] = actor.split(":");
  return (
    <span title={actor} className="break-words">
      {actorLabel ?? OTHERS[kind] ?? kind}
      {actorLabel !== null && kind === "api_key" ? <span className="text-quiet"> (API key)</span> : null}
    </span>
  );
}
