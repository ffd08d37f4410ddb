import type { SubscriptionChangeView } from "@/billing/subscriptions/model";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { CHANGE_WORDS, differenceText, reasonText } from "./change-words";

/** What happened to the plan, newest first, and why. */
export function ChangeList({
  changes,
  names,
  timeZone,
}: {
  changes: SubscriptionChangeView[];
  names: Map<string, string>;
  timeZone: string;
}) {
  if (changes.length === 0) return <p className="text-sm text-quiet">On the first plan since the beginning.</p>;
  const nameOf = (key: string) => names.get(key) ?? key;
  return (
    <DataTable
      caption="Changes of the plan, newest first"
      rows={changes}
      rowKey={(change) => change.id}
      columns={[
        { header: "When", cell: (change) => <DateText at={change.occurredAt} timeZone={timeZone} style="dateTime" /> },
        { header: "What", heading: true, cell: (change) => CHANGE_WORDS[change.kind] },
        {
          header: "Plan",
          cell: (change) => differenceText(change, nameOf),
        },
        { header: "Why", cell: (change) => <span className="text-quiet">{reasonText(change)}</span> },
        {
          header: "Charged",
          align: "right",
          cell: (change) =>
            change.amountMinor === null ? (
              <span className="text-quiet">{change.kind === "renewed" ? "by its invoice" : "–"}</span>
            ) : (
              <Money amountMinor={change.amountMinor} currency={change.currency} />
            ),
        },
      ]}
    />
  );
}
