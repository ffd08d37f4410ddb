"use client";
import { useId } from "react";
import { Field, SelectField } from "@/ui/field";
import { ChoiceField } from "../../../_components/choice-field";
import { type ActionKey, type PlanChoice, seatsError, type WishForm } from "./wishes";

interface FieldsProps {
  form: WishForm;
  onChange: (part: Partial<WishForm>) => void;
}

/** The fields of one action; actions without particulars have none. */
export function WishFields({ action, choices, ...rest }: FieldsProps & { action: ActionKey; choices: PlanChoice[] }) {
  switch (action) {
    case "start":
    case "change":
      return <PlanFields {...rest} choices={choices} isStart={action === "start"} />;
    case "promotion":
      return <CodeField {...rest} required />;
    case "cancel":
      return <CancelFields {...rest} />;
    case "pause":
      return <Meaning>Nothing is charged and the free plan serves, until somebody lets it continue.</Meaning>;
    default:
      return null;
  }
}

function Meaning({ children }: { children: string }) {
  return <p className="text-sm text-quiet">{children}</p>;
}

function PlanFields({ form, onChange, choices, isStart }: FieldsProps & { choices: PlanChoice[]; isStart: boolean }) {
  const choice = choices.find(({ value }) => value === form.plan) ?? null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="Plan"
        className="sm:col-span-2"
        value={form.plan}
        onChange={(event) => onChange({ plan: event.target.value })}
      >
        {choices.map((one) => (
          <option key={one.value} value={one.value}>
            {[one.name, one.monthly, one.annual].filter((part) => part !== null).join(" · ")}
          </option>
        ))}
      </SelectField>
      {choice?.isFree ? null : (
        <SelectField
          label="Paid by the"
          value={form.interval}
          onChange={(event) => onChange({ interval: event.target.value === "year" ? "year" : "month" })}
        >
          {choice?.monthly === null ? null : <option value="month">Month</option>}
          {choice?.annual === null ? null : <option value="year">Year</option>}
        </SelectField>
      )}
      {choice?.seats ? (
        <Field
          label="Seats in all"
          inputMode="numeric"
          value={form.seats}
          error={seatsError(form.seats)}
          onChange={(event) => onChange({ seats: event.target.value })}
          hint={`${choice.seats.included} are included${choice.seats.max === null ? "" : `, at most ${choice.seats.max}`}`}
        />
      ) : null}
      {isStart || choice?.isFree ? null : (
        <ChoiceField label="When" value={form.timing} choices={TIMINGS} onChange={(timing) => onChange({ timing })} />
      )}
      {choice?.isFree ? null : <CodeField form={form} onChange={onChange} />}
      {isStart && choice?.trialDays ? (
        <label className="flex items-center gap-2 text-sm sm:col-span-2">
          <input
            type="checkbox"
            checked={form.trial}
            onChange={(event) => onChange({ trial: event.target.checked })}
            className="accent-accent"
          />
          Begin with the trial of {choice.trialDays} days, unless it was had
        </label>
      ) : null}
    </div>
  );
}

const TIMINGS: Array<{ value: WishForm["timing"]; text: string }> = [
  { value: "policy", text: "As the catalog says" },
  { value: "now_prorated", text: "Now, prorated" },
  { value: "now_full", text: "Now, a new full period" },
  { value: "at_period_end", text: "When the period ends" },
];

function CodeField({ form, onChange, required = false }: FieldsProps & { required?: boolean }) {
  return (
    <Field
      label={required ? "Promotion code" : "Promotion code (optional)"}
      // Where it would stand alone in its row, it has the row.
      className="sm:even:col-span-2"
      value={form.promotionCode}
      onChange={(event) => onChange({ promotionCode: event.target.value })}
      autoComplete="off"
      spellCheck={false}
      required={required}
    />
  );
}

function CancelFields({ form, onChange }: FieldsProps) {
  return (
    <div className="grid gap-4">
      <Choices
        legend="When should it end?"
        chosen={form.when}
        onChoose={(when) => onChange({ when })}
        options={[
          { value: "at_period_end", title: "With the paid period", detail: "It can be taken back until then." },
          { value: "now", title: "Now", detail: "Usage so far is invoiced; the free plan serves at once." },
        ]}
      />
      {form.when === "now" ? (
        <Choices
          legend="What happens to the time that is paid and not used?"
          chosen={form.settlement}
          onChoose={(settlement) => onChange({ settlement })}
          options={[
            { value: "refund", title: "Refund", detail: "Back to the cards that paid." },
            { value: "credit", title: "Credit", detail: "Left at Stripe for later invoices." },
            { value: "none", title: "Nothing", detail: "It is lost." },
          ]}
        />
      ) : null}
    </div>
  );
}

function Choices<Value extends string>({
  legend,
  chosen,
  onChoose,
  options,
}: {
  legend: string;
  chosen: Value;
  onChoose: (value: Value) => void;
  options: Array<{ value: Value; title: string; detail: string }>;
}) {
  const group = useId();
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-medium">{legend}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="flex items-start gap-3 rounded-md border border-rule p-3 text-sm has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={group}
            checked={chosen === option.value}
            onChange={() => onChoose(option.value)}
            className="mt-0.5 accent-accent"
          />
          <span>
            <span className="block font-medium">{option.title}</span>
            <span className="block text-quiet">{option.detail}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
