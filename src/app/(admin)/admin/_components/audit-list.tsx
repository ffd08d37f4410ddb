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
              <code className="block font-mono text-xs font-normal wrap-anywhere text-quiet">{entry.target}</code>
            </>
          ),
        },
        { header: "By", cell: (entry) => <ActorName of={entry} /> },
        { header: "Why", cell: (entry) => entry.reason },
      ]}
    />
  );
}

/** Who did something: by name where there is one, else as the log has it. */
export function ActorName({ of: { actor, actorLabel } }: { of: Pick<NamedAuditEntry, "actor" | "actorLabel"> }) {
  const [kind = ""] = actor.split(":");
  if (actorLabel === null) return <code className="font-mono text-xs wrap-anywhere">{actor}</code>;
  const [name, ...domain] = actorLabel.split("@");
  return (
    <span title={actor} className="wrap-anywhere">
      {name}
      {domain.length > 0 ? (
        <>
          @<wbr />
          {domain.join("@")}
        </>
      ) : null}
      {kind === "user" ? null : <span className="whitespace-nowrap text-quiet"> ({kind.replace("_", " ")})</span>}
    </span>
  );
}
