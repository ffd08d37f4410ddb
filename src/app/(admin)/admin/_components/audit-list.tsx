import type { NamedAuditEntry } from "@/billing/tenants/model-profile";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";

/** A log with the names of who did what; what was changed stands below the action. */
export function AuditList({ entries, timeZone }: { entries: NamedAuditEntry[]; timeZone?: string }) {
  if (entries.length === 0) return <p className="text-sm text-quiet">Nothing yet.</p>;
  return (
    <DataTable
      caption="Who did what, newest first"
      rows={entries}
      rowKey={(entry) => entry.id}
      columns={[
        { header: "When", cell: (entry) => <DateText at={entry.occurredAt} timeZone={timeZone} style="dateTime" /> },
        {
          header: "Action",
          heading: true,
          cell: (entry) => (
            <>
              {entry.action}
              <code className="block font-mono text-xs font-normal break-all text-quiet">{entry.target}</code>
            </>
          ),
        },
        { header: "By", cell: (entry) => <ActorName entry={entry} /> },
        { header: "Why", cell: (entry) => entry.reason },
      ]}
    />
  );
}

function ActorName({ entry }: { entry: NamedAuditEntry }) {
  const [kind = ""] = entry.actor.split(":");
  if (entry.actorLabel === null) return <code className="font-mono text-xs break-all">{entry.actor}</code>;
  return (
    <span title={entry.actor} className="break-all">
      {entry.actorLabel}
      {kind === "user" ? null : <span className="text-quiet"> ({kind.replace("_", " ")})</span>}
    </span>
  );
}
