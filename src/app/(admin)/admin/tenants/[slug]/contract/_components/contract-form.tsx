"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button, ButtonLink } from "@/ui/button";
import { Field, SelectField } from "@/ui/field";
import { Section } from "@/ui/page-header";
import { ErrorState } from "@/ui/states";
import { focusFirstError } from "../../../../_components/typed";
import { ContractDifferences } from "./contract-differences";
import { MeterFields, SeatFields } from "./contract-fields";
import { type BasePlan, type ContractFormState, contractErrors, contractInput, formOf } from "./contract-terms";

interface ContractFormProps {
  tenant: { slug: string; name: string };
  bases: BasePlan[];
  currency: string;
  startWith: string;
}

/** States a contract over a base plan; what differs stands beside it before it is made. */
export function ContractForm({ tenant, bases, currency, startWith }: ContractFormProps) {
  const router = useRouter();
  const element = useRef<HTMLFormElement>(null);
  const [form, setForm] = useState(() => firstForm(bases, startWith));
  const [wasSent, setWasSent] = useState(false);
  const make = trpc.operator.makeContract.useMutation({
    onSuccess: ({ id }) => router.push(`/admin/tenants/${tenant.slug}?contract=${encodeURIComponent(id)}`),
  });
  const base = bases.find(({ key }) => key === form?.base);
  if (form === null || !base) return <p className="text-quiet">The catalog has no plan a contract could stand on.</p>;
  const found = contractErrors(form);
  const fields = {
    ...{ form, base, currency, errors: wasSent ? found : {} },
    onChange: (part: Partial<ContractFormState>) => setForm({ ...form, ...part }),
  };
  const busy = make.isPending || make.isSuccess;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSent(true);
    if (busy || !form || !base) return;
    if (Object.keys(found).length === 0) make.mutate({ tenant: tenant.slug, ...contractInput(form, base) });
    else focusFirstError(element.current);
  }

  return (
    <form
      ref={element}
      noValidate
      onSubmit={submit}
      className="grid gap-x-16 gap-y-10 xl:grid-cols-[minmax(0,7fr)_minmax(0,4fr)]"
    >
      <div className="grid content-start gap-10">
        <Section title="Plan and prices">
          <PriceFields
            {...fields}
            bases={bases}
            onBase={(chosen) => setForm({ ...formOf(chosen), name: form.name, reason: form.reason })}
          />
        </Section>
        <Section title="Seats">
          <SeatFields {...fields} />
        </Section>
        <Section title="Usage each month">
          <MeterFields {...fields} />
        </Section>
      </div>
      <div className="grid content-start gap-6 xl:sticky xl:top-8 xl:self-start">
        <Section title="What differs">
          <ContractDifferences form={form} base={base} currency={currency} />
        </Section>
        <Field
          label="Reason"
          hint="Stands in the audit log."
          value={form.reason}
          error={fields.errors.reason}
          onChange={(event) => fields.onChange({ reason: event.target.value })}
        />
        {make.error ? <ErrorState title="The contract was not made" {...failureOf(make.error)} /> : null}
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={busy}>
            Make the contract
          </Button>
          <ButtonLink href={`/admin/tenants/${tenant.slug}`}>Back</ButtonLink>
        </div>
      </div>
    </form>
  );
}

function firstForm(bases: BasePlan[], startWith: string): ContractFormState | null {
  const base = bases.find(({ key }) => key === startWith) ?? bases[0];
  return base ? formOf(base) : null;
}

function PriceFields({
  form,
  errors,
  currency,
  onChange,
  bases,
  onBase,
}: {
  form: ContractFormState;
  errors: Partial<Record<string, string>>;
  currency: string;
  onChange: (part: Partial<ContractFormState>) => void;
  bases: BasePlan[];
  onBase: (base: BasePlan) => void;
}) {
  const unit = currency.toUpperCase();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="Base plan"
        hint="Choosing another one takes its terms; name and reason stay."
        value={form.base}
        onChange={(event) => {
          const chosen = bases.find(({ key }) => key === event.target.value);
          if (chosen) onBase(chosen);
        }}
      >
        {bases.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </SelectField>
      <Field
        label="Name"
        hint="On the plan page and invoices; empty: the base plan’s"
        value={form.name}
        error={errors.name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <Field
        label={`Price a month in ${unit}`}
        hint="Empty: not sold by the month"
        inputMode="decimal"
        value={form.monthlyPrice}
        error={errors.monthlyPrice}
        onChange={(event) => onChange({ monthlyPrice: event.target.value.trim() })}
      />
      <Field
        label={`Price a year in ${unit}`}
        hint="Empty: not sold by the year"
        inputMode="decimal"
        value={form.annualPrice}
        error={errors.annualPrice}
        onChange={(event) => onChange({ annualPrice: event.target.value.trim() })}
      />
      <Field
        label="People who may use it"
        hint="Empty: no limit"
        inputMode="numeric"
        value={form.maxUsers}
        error={errors.maxUsers}
        onChange={(event) => onChange({ maxUsers: event.target.value.trim() })}
      />
    </div>
  );
}
