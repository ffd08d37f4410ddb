import Link from "next/link";
import type { ReactNode } from "react";
import { creationText, fieldValueText, planChangeText } from "@/billing/catalog/rules-diff-words";
import type { Answers } from "@/trpc/client";
import { api } from "@/trpc/server";
import { DataTable } from "@/ui/data-table";
import { ComputedAt } from "@/ui/date-text";
import { Section } from "@/ui/page-header";
import { Skeleton } from "@/ui/states";
import { Region } from "../../../../_components/region";

type Pending = Answers["operator"]["pendingCatalog"];
type Preview = NonNullable<Pending["preview"]>;
type Field = Preview["settings"][number];

/** Names beyond these are counted. */
const NAMES_SHOWN = 6;

const METER_WORDS: Record<Preview["meters"][number]["change"], string> = {
  new: "is metered from now on",
  changed: "says something else",
  retired: "is metered no longer",
  revived: "is metered again",
};

/** What the catalog file would change, were it applied: to be read, never to be pressed. */
export function PendingCatalog() {
  return (
    <Section title="What the catalog file would change">
      <Region
        failure="The catalog file could not be compared"
        load={() => api.operator.pendingCatalog()}
        skeleton={<Skeleton lines={3} label="Comparing the catalog file with what is in force" />}
      >
        {(pending) => (
          <div className="grid gap-6">
            {pending.preview === null ? (
              <Broken problems={pending.problems} />
            ) : pending.preview.hasChanges ? (
              <Difference preview={pending.preview} />
            ) : (
              <p className="max-w-prose text-sm text-quiet">
                Nothing: the file says what is in force, here and at Stripe.
              </p>
            )}
            <ComputedAt at={pending.computedAt} note={`File: ${pending.file}`} />
          </div>
        )}
      </Region>
    </Section>
  );
}

function Broken({ problems }: Pick<Pending, "problems">) {
  return (
    <div role="alert" className="border-l-2 border-loss bg-loss-wash px-4 py-3 text-sm">
      <p className="text-base font-medium">The file cannot be applied</p>
      <p className="mt-0.5">What is in force stays in force until these are put right.</p>
      <ul className="mt-2 grid gap-1">
        {problems.map(({ path, message }) => (
          <li key={path} className="break-words">
            <code className="font-mono text-xs">{path}</code> {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Difference({ preview }: { preview: Preview }) {
  const { currency, meters, settings, stripe, tenants } = preview;
  const plans = preview.plans.filter(({ change }) => change !== "unchanged");
  const behind = tenants.filter((row) => row.tenants.length > 0);
  return (
    <>
      <p className="max-w-prose text-sm">
        Nothing of this is in force. <code className="font-mono">catalog apply</code> puts it in force: new terms become
        new versions, and who is on an older one stays there until <code className="font-mono">catalog migrate</code>.
      </p>
      {plans.length > 0 ? (
        <Part title="Plans">
          {plans.map((plan) => (
            <Change key={plan.planKey} name={plan.name} text={planChangeText(plan)} fields={plan.fields} />
          ))}
        </Part>
      ) : null}
      {meters.length > 0 ? (
        <Part title="Meters">
          {meters.map(({ key, change, fields }) => (
            <Change key={key} name={key} text={METER_WORDS[change]} fields={fields} />
          ))}
        </Part>
      ) : null}
      {settings.length > 0 ? (
        <Part title="Settings">
          <Change name="The catalog as a whole" text="" fields={settings} />
        </Part>
      ) : null}
      {stripe.length > 0 ? (
        <Part title="Would be made at Stripe">
          {stripe.map((creation) => (
            <li key={`${creation.what} ${creation.name}`} className="py-1.5 text-sm break-words">
              {creationText(creation, currency)}
            </li>
          ))}
        </Part>
      ) : null}
      {behind.length > 0 ? <Behind rows={behind} /> : null}
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium text-quiet">{title}</h3>
      <ul className="grid border-t border-rule">{children}</ul>
    </div>
  );
}

function Change({ name, text, fields }: { name: string; text: string; fields: Field[] }) {
  return (
    <li className="border-b border-rule py-2.5 text-sm">
      <p className="break-words">
        <span className="font-medium">{name}</span> <span className="text-quiet">{text}</span>
      </p>
      {fields.length > 0 ? (
        <dl className="mt-1.5 grid gap-1 sm:pl-4">
          {fields.map(({ path, before, after }) => (
            <div key={path} className="flex flex-wrap justify-between gap-x-6">
              <dt className="min-w-0 font-mono text-xs leading-5 break-all text-quiet">{path}</dt>
              <dd className="tabular min-w-0 break-words">
                <s className="text-quiet">{fieldValueText(before)}</s> <span className="sr-only">becomes</span>{" "}
                <span aria-hidden="true">→</span> {fieldValueText(after)}
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </li>
  );
}

function Behind({ rows }: { rows: Preview["tenants"] }) {
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium text-quiet">Who would stay on a version that is sold no longer</h3>
      <DataTable
        caption="Tenants by the version they would stay on"
        rows={rows}
        rowKey={({ planVersionId }) => planVersionId}
        columns={[
          {
            header: "Version",
            heading: true,
            cell: ({ planVersionId }) => <code className="font-mono text-xs">{planVersionId}</code>,
          },
          { header: "Who", cell: ({ tenants }) => <Names tenants={tenants} /> },
          {
            header: "Tenants",
            align: "right",
            cell: ({ tenants }) => <span className="tabular">{tenants.length.toLocaleString("en-US")}</span>,
          },
        ]}
      />
    </div>
  );
}

function Names({ tenants }: Pick<Preview["tenants"][number], "tenants">) {
  const more = tenants.length - NAMES_SHOWN;
  return (
    <>
      {tenants.slice(0, NAMES_SHOWN).map(({ slug, name }, index) => (
        <span key={slug}>
          {index > 0 ? ", " : ""}
          <Link href={`/admin/tenants/${slug}`} className="link">
            {name}
          </Link>
        </span>
      ))}
      {more > 0 ? ` and ${more.toLocaleString("en-US")} more` : ""}
    </>
  );
}
