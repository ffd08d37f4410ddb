"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { BillingDetails } from "@/billing/tenants/model-billing-details";
import { regionsIn } from "@/billing/tenants/rules-places";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Field, SelectField } from "@/ui/field";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { TaxIdFields } from "./tax-id-fields";

export interface BillingDetailsFormProps {
  tenant: string;
  details: BillingDetails;
  countries: ReadonlyArray<{ code: string; name: string }>;
  timeZones: readonly string[];
  /** Only what taxes and the invoice need, for a checkout that has to ask; the rest is kept as it is. */
  brief?: boolean;
  submitText?: string;
}

/** The details as a form has them: text, never null. */
export interface Draft {
  legalName: string;
  billingEmail: string;
  phone: string;
  line1: string;
  line2: string;
  city: string;
  state: string;
  postalCode: string;
  country: string;
  purchaseOrder: string;
  timeZone: string;
  taxIds: Array<{ key: string; type: string; value: string; status: string | null; verifiedName: string | null }>;
}

/** Reads a text field by its name, and writes it back. */
interface Fields {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  /** What the server said is wrong, by field. */
  problemOf: (field: string) => string | null;
}

/** Who is billed. Nothing that was typed is lost when something is wrong; the first wrong field gets the focus. */
export function BillingDetailsForm(props: BillingDetailsFormProps) {
  const { details, countries, timeZones, brief = false, submitText = "Save billing details" } = props;
  const [draft, setDraft] = useState(() => draftOf(details));
  const form = useRef<HTMLFormElement>(null);
  const { save, submit } = useSave(props.tenant, draft);
  const failure = save.error ? failureOf(save.error) : null;
  const problems = failure?.code === "billing_details.invalid" ? (failure.details ?? {}) : {};
  const fields: Fields = {
    draft,
    set: (change) => setDraft((before) => ({ ...before, ...change })),
    problemOf(field) {
      if (field === "country" && failure?.code === "tax.location_required") return failure.message;
      const problem = problems[field];
      return typeof problem === "string" ? problem : null;
    },
  };
  useEffect(() => {
    if (save.error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [save.error]);
  return (
    <form ref={form} onSubmit={submit} noValidate aria-busy={save.isPending} className="grid max-w-2xl gap-10">
      <Party {...fields} brief={brief} />
      <Address {...fields} countries={countries} isNeeded={details.needsAddress} />
      <fieldset>
        <legend className="mb-1 text-base font-semibold">Tax ids</legend>
        <TaxIdFields
          country={draft.country}
          taxIds={draft.taxIds}
          problemOf={fields.problemOf}
          onChange={(taxIds) => fields.set({ taxIds })}
        />
      </fieldset>
      {brief ? null : (
        <SelectField
          label="Time zone"
          hint="For the dates on these pages and in mails. Billing periods begin and end in UTC."
          value={draft.timeZone}
          error={fields.problemOf("timeZone")}
          onChange={(event) => fields.set({ timeZone: event.target.value })}
        >
          {[...new Set([draft.timeZone, ...timeZones])].map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </SelectField>
      )}
      {failure ? <ErrorState title="Nothing was saved" {...failure} /> : null}
      <div className="flex flex-wrap items-center gap-4">
        <Button type="submit" look="primary" size={brief ? "large" : "medium"} busy={save.isPending}>
          {save.isPending ? "Saving…" : submitText}
        </Button>
        <p role="status" className="text-sm text-quiet">
          {save.isSuccess && !save.isPending ? savedText(save.data.changed.length) : ""}
        </p>
      </div>
    </form>
  );
}

function savedText(changes: number): string {
  return changes === 0 ? "Saved; nothing had changed." : "Saved. The next invoice says so.";
}

function useSave(tenant: string, draft: Draft) {
  const router = useRouter();
  // One number for one attempt: kept while its outcome is unknown, so that a repetition is the same request.
  const attempt = useRef<string | null>(null);
  const save = trpc.billingDetails.save.useMutation({
    onSuccess: () => {
      attempt.current = null;
      toast("Billing details saved");
      router.refresh();
    },
    onError: (error) => {
      if (failureOf(error).code !== null) attempt.current = null;
    },
  });
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (save.isPending) return;
    attempt.current ??= crypto.randomUUID();
    const taxIds = draft.taxIds.map(({ type, value }) => ({ type, value }));
    save.mutate({ ...draft, taxIds, tenant, requestId: attempt.current });
  }
  return { save, submit };
}

function Party({ draft, set, problemOf, brief }: Fields & { brief: boolean }) {
  return (
    <fieldset className="grid gap-5 sm:grid-cols-2">
      <legend className="mb-4 text-base font-semibold">Who is billed</legend>
      <Field
        className="sm:col-span-2"
        label="Legal name"
        hint="As it is to stand on invoices."
        autoComplete="organization"
        maxLength={120}
        value={draft.legalName}
        error={problemOf("legalName")}
        onChange={(event) => set({ legalName: event.target.value })}
      />
      {brief ? null : (
        <>
          <Field
            label="Billing e-mail"
            hint="Invoices and notices go there."
            type="email"
            autoComplete="email"
            value={draft.billingEmail}
            error={problemOf("billingEmail")}
            onChange={(event) => set({ billingEmail: event.target.value })}
          />
          <Field
            label="Phone (optional)"
            type="tel"
            autoComplete="tel"
            value={draft.phone}
            error={problemOf("phone")}
            onChange={(event) => set({ phone: event.target.value })}
          />
          <Field
            className="sm:col-span-2"
            label="Purchase order or reference (optional)"
            hint="Stands on every invoice that is made from now on."
            maxLength={60}
            value={draft.purchaseOrder}
            error={problemOf("purchaseOrder")}
            onChange={(event) => set({ purchaseOrder: event.target.value })}
          />
        </>
      )}
    </fieldset>
  );
}

function Address({
  draft,
  set,
  problemOf,
  countries,
  isNeeded,
}: Fields & { countries: BillingDetailsFormProps["countries"]; isNeeded: boolean }) {
  return (
    <fieldset className="grid gap-5 sm:grid-cols-6">
      <legend className="mb-4 text-base font-semibold">{isNeeded ? "Address" : "Address (optional)"}</legend>
      <SelectField
        className="sm:col-span-6"
        label="Country"
        hint={isNeeded ? "Taxes depend on it." : undefined}
        autoComplete="country"
        value={draft.country}
        error={problemOf("country")}
        onChange={(event) => set({ country: event.target.value, state: "" })}
      >
        <option value="">{isNeeded ? "Choose…" : "None"}</option>
        {countries.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
      <Field
        className="sm:col-span-6"
        label="Street and number"
        autoComplete="address-line1"
        value={draft.line1}
        error={problemOf("line1")}
        onChange={(event) => set({ line1: event.target.value })}
      />
      <Field
        className="sm:col-span-6"
        label="Building, floor, care of (optional)"
        autoComplete="address-line2"
        value={draft.line2}
        error={problemOf("line2")}
        onChange={(event) => set({ line2: event.target.value })}
      />
      <Field
        className="sm:col-span-2"
        label={draft.country === "US" ? "ZIP code" : "Postal code"}
        autoComplete="postal-code"
        value={draft.postalCode}
        error={problemOf("postalCode")}
        onChange={(event) => set({ postalCode: event.target.value })}
      />
      <Field
        className="sm:col-span-4"
        label="City"
        autoComplete="address-level2"
        value={draft.city}
        error={problemOf("city")}
        onChange={(event) => set({ city: event.target.value })}
      />
      <Region draft={draft} set={set} problemOf={problemOf} />
    </fieldset>
  );
}

/** The state of an address: one of a list where a country needs one, free text elsewhere. */
function Region({ draft, set, problemOf }: Fields) {
  const regions = regionsIn(draft.country);
  if (regions === null) {
    return (
      <Field
        className="sm:col-span-6"
        label="State or region (optional)"
        autoComplete="address-level1"
        value={draft.state}
        error={problemOf("state")}
        onChange={(event) => set({ state: event.target.value })}
      />
    );
  }
  return (
    <SelectField
      className="sm:col-span-6"
      label={regions.label}
      autoComplete="address-level1"
      value={draft.state}
      error={problemOf("state")}
      onChange={(event) => set({ state: event.target.value })}
    >
      <option value="">Choose…</option>
      {regions.options.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function draftOf(details: BillingDetails): Draft {
  const { legalName, billingEmail, phone, address, purchaseOrder, timeZone, taxIds } = details;
  return {
    ...{ legalName, billingEmail, timeZone },
    ...{ phone: phone ?? "", purchaseOrder: purchaseOrder ?? "" },
    line1: address?.line1 ?? "",
    line2: address?.line2 ?? "",
    city: address?.city ?? "",
    state: address?.state ?? "",
    postalCode: address?.postalCode ?? "",
    country: address?.country ?? "",
    taxIds: taxIds.map(({ stripeTaxId: key, type, value, status, verifiedName }) => ({
      ...{ key, type, value, status, verifiedName },
    })),
  };
}
