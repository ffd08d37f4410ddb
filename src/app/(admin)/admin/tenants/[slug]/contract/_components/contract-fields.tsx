"use client";
import { Field, SelectField } from "@/ui/field";
import {
  type BaseMeter,
  type BasePlan,
  type ContractErrors,
  type ContractFormState,
  chargesMore,
  type MeterForm,
} from "./contract-terms";

interface FieldsProps {
  form: ContractFormState;
  base: BasePlan;
  currency: string;
  errors: ContractErrors;
  onChange: (part: Partial<ContractFormState>) => void;
}

/** Seats in the price, and what one more costs. */
export function SeatFields({ form, currency, errors, onChange }: FieldsProps) {
  const unit = currency.toUpperCase();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <label className="flex items-center gap-2 text-sm sm:col-span-2">
        <input
          type="checkbox"
          className="accent-accent"
          checked={form.sellsSeats}
          onChange={(event) => onChange({ sellsSeats: event.target.checked })}
        />
        Sold by the seat
      </label>
      {form.sellsSeats ? (
        <>
          <Field
            label="Seats included"
            inputMode="numeric"
            value={form.seatsIncluded}
            error={errors.seatsIncluded}
            onChange={(event) => onChange({ seatsIncluded: event.target.value.trim() })}
          />
          <Field
            label="Seats at most"
            hint="Empty: no limit"
            inputMode="numeric"
            value={form.seatsMost}
            error={errors.seatsMost}
            onChange={(event) => onChange({ seatsMost: event.target.value.trim() })}
          />
          <Field
            label={`One more seat a month in ${unit}`}
            inputMode="decimal"
            value={form.seatMonthly}
            error={errors.seatMonthly}
            onChange={(event) => onChange({ seatMonthly: event.target.value.trim() })}
          />
          <Field
            label={`One more seat a year in ${unit}`}
            inputMode="decimal"
            value={form.seatAnnual}
            error={errors.seatAnnual}
            onChange={(event) => onChange({ seatAnnual: event.target.value.trim() })}
          />
        </>
      ) : null}
    </div>
  );
}

/** What each month includes of every meter, and what happens beyond it. */
export function MeterFields({ form, base, currency, errors, onChange }: FieldsProps) {
  return (
    <div className="grid gap-6">
      {base.meters.map((meter) => {
        const typed = form.meters[meter.key];
        if (!typed) return null;
        return (
          <MeterFieldset
            key={meter.key}
            meter={meter}
            typed={typed}
            currency={currency}
            errors={errors}
            onChange={(part) => onChange({ meters: { ...form.meters, [meter.key]: { ...typed, ...part } } })}
          />
        );
      })}
    </div>
  );
}

function MeterFieldset({
  meter,
  typed,
  currency,
  errors,
  onChange,
}: {
  meter: BaseMeter;
  typed: MeterForm;
  currency: string;
  errors: ContractErrors;
  onChange: (part: Partial<MeterForm>) => void;
}) {
  return (
    <fieldset className="grid gap-x-4 gap-y-3 sm:grid-cols-3">
      <legend className="mb-2 text-sm font-semibold">{meter.name}</legend>
      <Field
        label={`Included ${meter.unitPlural}`}
        hint="Empty: no limit"
        inputMode="decimal"
        value={typed.included}
        error={errors[`included:${meter.key}`]}
        onChange={(event) => onChange({ included: event.target.value.trim() })}
      />
      <SelectField
        label="Beyond that"
        hint={typed.included === "" ? "Nothing is beyond: there is no limit" : null}
        value={typed.limit}
        disabled={typed.included === ""}
        onChange={(event) => onChange({ limit: event.target.value === "hard" ? "hard" : "soft" })}
      >
        <option value="soft">It is charged</option>
        <option value="hard">It is refused</option>
      </SelectField>
      {typed.unitPrice === null ? (
        <p className="text-sm text-quiet sm:pt-7">Priced in steps, as in the base plan: {meter.overage}</p>
      ) : (
        <Field
          label={`Price per ${meter.unit} in ${currency.toUpperCase()}`}
          hint={chargesMore(typed) ? "Empty: at no charge" : "Nothing more is sold"}
          inputMode="decimal"
          value={typed.unitPrice}
          error={errors[`price:${meter.key}`]}
          disabled={!chargesMore(typed)}
          onChange={(event) => onChange({ unitPrice: event.target.value.trim() })}
        />
      )}
    </fieldset>
  );
}
