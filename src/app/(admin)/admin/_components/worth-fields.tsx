"use client";
import { Field } from "@/ui/field";
import { ChoiceField } from "./choice-field";
import type { Worth, WorthErrors } from "./worth";

interface FieldsProps {
  worth: Worth;
  errors: WorthErrors;
  onChange: (part: Partial<Worth>) => void;
}

/** What invoices call it. */
export function NameField({ worth, errors, onChange, className }: FieldsProps & { className?: string }) {
  return (
    <Field
      label="Name on invoices"
      className={className}
      value={worth.name}
      error={errors.name}
      required
      onChange={(event) => onChange({ name: event.target.value })}
    />
  );
}

/** What is taken off, and for how long: four fields of a grid. */
export function WorthFields({
  worth,
  errors,
  currency,
  onceText,
  onChange,
}: FieldsProps & {
  currency: string;
  /** The invoice of something that is had once, in words. */
  onceText: string;
}) {
  const unit = currency.toUpperCase();
  return (
    <>
      <ChoiceField
        label="Takes off"
        value={worth.kind}
        choices={[
          { value: "percent", text: "A percentage" },
          { value: "amount", text: `An amount in ${unit}` },
        ]}
        onChange={(kind) => onChange({ kind })}
      />
      <Field
        label={worth.kind === "percent" ? "Percent" : `Amount in ${unit}`}
        value={worth.value}
        error={errors.value}
        inputMode="decimal"
        required
        onChange={(event) => onChange({ value: event.target.value })}
      />
      <ChoiceField
        label="For"
        value={worth.duration}
        choices={[
          { value: "once", text: onceText },
          { value: "repeating", text: "Some months" },
          { value: "forever", text: "As long as the plan lives" },
        ]}
        onChange={(duration) => onChange({ duration })}
      />
      {worth.duration === "repeating" ? (
        <Field
          label="Months"
          value={worth.months}
          error={errors.months}
          inputMode="numeric"
          required
          onChange={(event) => onChange({ months: event.target.value })}
        />
      ) : null}
    </>
  );
}
