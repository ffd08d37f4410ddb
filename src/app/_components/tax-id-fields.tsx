"use client";
import type { ReactNode } from "react";
import { countryName } from "@/billing/tenants/rules-places";
import { TAX_ID_KINDS, type TaxIdKind, taxIdKind, taxIdKindsIn } from "@/billing/tenants/rules-tax-ids";
import { Button } from "@/ui/button";
import { Field, SelectField } from "@/ui/field";
import { StatusBadge } from "@/ui/status-badge";
import type { Draft } from "./billing-details-form";

type Entry = Draft["taxIds"][number];

const LIMIT = 5;

/** A tax id for each row: its kind by country, its number with an example, and what the register said. */
export function TaxIdFields({
  country,
  taxIds,
  problemOf,
  onChange,
}: {
  country: string;
  taxIds: Entry[];
  problemOf: (field: string) => string | null;
  onChange: (taxIds: Entry[]) => void;
}) {
  const replace = (index: number, change: Partial<Entry>) =>
    onChange(taxIds.map((taxId, at) => (at === index ? { ...taxId, ...change, status: null } : taxId)));
  const add = () => {
    const [kind] = [...taxIdKindsIn(country), ...TAX_ID_KINDS];
    const key = crypto.randomUUID();
    const prefix = kind && kind.type === "eu_vat" ? kind.example.slice(0, 2) : "";
    if (kind) onChange([...taxIds, { key, type: kind.type, value: prefix, status: null, verifiedName: null }]);
  };
  return (
    <>
      <p className="mb-4 text-sm text-quiet">
        A business that gives its VAT id may owe the tax itself (reverse charge). It is checked with the register where
        there is one.
      </p>
      <ul className="grid gap-5">
        {taxIds.map((taxId, index) => (
          <TaxIdRow
            key={taxId.key}
            taxId={taxId}
            country={country}
            number={index + 1}
            problem={problemOf(`taxIds.${index}`)}
            onChange={(change) => replace(index, change)}
            onRemove={() => onChange(taxIds.filter((other) => other !== taxId))}
          />
        ))}
      </ul>
      {taxIds.length < LIMIT ? (
        <Button size="small" className={taxIds.length > 0 ? "mt-4" : ""} onClick={add}>
          Add a tax id
        </Button>
      ) : null}
    </>
  );
}

function TaxIdRow({
  taxId,
  country,
  number,
  problem,
  onChange,
  onRemove,
}: {
  taxId: Entry;
  country: string;
  number: number;
  problem: string | null;
  onChange: (change: Partial<Entry>) => void;
  onRemove: () => void;
}) {
  const kind = taxIdKind(taxId.type, taxId.value);
  const near = taxIdKindsIn(country);
  return (
    <li className="grid items-start gap-x-4 gap-y-3 sm:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_auto]">
      <SelectField
        label={`Kind of tax id ${number}`}
        value={nameOf(kind, taxId.type)}
        onChange={(event) => onChange(chosen(event.target.value))}
      >
        {kind === null ? <option value={nameOf(null, taxId.type)}>{taxId.type.replaceAll("_", " ")}</option> : null}
        {near.length > 0 ? <Kinds label={countryName(country)} kinds={near} /> : null}
        <Kinds label="Other countries" kinds={TAX_ID_KINDS.filter((other) => !near.includes(other))} />
      </SelectField>
      <div>
        <Field
          label={`Tax id ${number}`}
          hint={kind ? `For example ${kind.example}` : undefined}
          autoComplete="off"
          spellCheck={false}
          value={taxId.value}
          error={problem}
          onChange={(event) => onChange({ value: event.target.value })}
        />
        <Verification taxId={taxId} />
      </div>
      <Button
        look="quiet"
        className="justify-self-start max-sm:-ml-4 sm:mt-6"
        aria-label={`Remove tax id ${number}`}
        onClick={onRemove}
      >
        Remove
      </Button>
    </li>
  );
}

function Kinds({ label, kinds }: { label: string; kinds: readonly TaxIdKind[] }): ReactNode {
  return (
    <optgroup label={label}>
      {kinds.map((kind) => (
        <option key={nameOf(kind, kind.type)} value={nameOf(kind, kind.type)}>
          {countryName(kind.country)}: {kind.label}
        </option>
      ))}
    </optgroup>
  );
}

/** What the register said of a saved id; nothing for one that has not been saved. */
function Verification({ taxId }: { taxId: Entry }) {
  switch (taxId.status) {
    case "pending":
      return <StatusBadge status="verification_pending" />;
    case "verified":
      return (
        <p className="mt-1 text-sm">
          <StatusBadge status="verified" /> {taxId.verifiedName ? `as ${taxId.verifiedName}` : null}
        </p>
      );
    case "unverified":
      return (
        <p className="mt-1 text-sm">
          <StatusBadge status="unverified" /> The register does not know this number, so tax is charged.
        </p>
      );
    case "unavailable":
      return <p className="mt-1 text-sm text-quiet">Saved. No register could be asked about it.</p>;
    default:
      return null;
  }
}

function nameOf(kind: TaxIdKind | null, type: string): string {
  return kind === null ? type : `${kind.type}:${kind.country}`;
}

/** Another kind begins with what its numbers begin with. */
function chosen(name: string): Partial<Entry> {
  const [type = "", country = ""] = name.split(":");
  const kind = TAX_ID_KINDS.find((other) => other.type === type && other.country === country);
  const prefix = kind?.type === "eu_vat" ? kind.example.slice(0, 2) : "";
  return { type, value: prefix, verifiedName: null };
}
