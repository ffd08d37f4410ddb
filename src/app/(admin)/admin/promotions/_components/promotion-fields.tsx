"use client";
import { Field } from "@/ui/field";
import { NameField, WorthFields } from "../../_components/worth-fields";
import type { FormErrors, PromotionForm } from "./promotion-form";

interface FieldsProps {
  form: PromotionForm;
  errors: FormErrors;
  currency: string;
  onChange: (part: Partial<PromotionForm>) => void;
}

/** What the code is called, what it takes off, and for how long. */
export function CodeFields({ form, errors, currency, onChange }: FieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Code"
        value={form.code}
        error={errors.code}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange({ code: event.target.value })}
      />
      <NameField worth={form} errors={errors} onChange={onChange} />
      <WorthFields worth={form} errors={errors} currency={currency} onceText="The first invoice" onChange={onChange} />
    </div>
  );
}

/** Who may use it, for what, how often and until when; and why it is made. */
export function LimitFields({
  form,
  errors,
  currency,
  onChange,
  plans,
}: FieldsProps & { plans: Array<{ planKey: string; name: string }> }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Times it can be used"
        hint="Empty: as often as people like"
        value={form.maxRedemptions}
        error={errors.maxRedemptions}
        inputMode="numeric"
        onChange={(event) => onChange({ maxRedemptions: event.target.value })}
      />
      <Field
        label="Last day (UTC)"
        hint="Empty: no end"
        type="date"
        value={form.lastDay}
        error={errors.lastDay}
        onChange={(event) => onChange({ lastDay: event.target.value })}
      />
      <Field
        label="Only for orders from"
        hint={`In ${currency.toUpperCase()}; empty: any`}
        value={form.minimumAmount}
        error={errors.minimumAmount}
        inputMode="decimal"
        onChange={(event) => onChange({ minimumAmount: event.target.value })}
      />
      <Field
        label="Only for one tenant"
        hint="Its short name; empty: anybody"
        value={form.onlyTenant}
        error={errors.onlyTenant}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange({ onlyTenant: event.target.value })}
      />
      <PlansField form={form} plans={plans} onChange={onChange} />
      <label className="flex items-center gap-2 text-sm sm:col-span-2">
        <input
          type="checkbox"
          className="accent-accent"
          checked={form.firstOrderOnly}
          onChange={(event) => onChange({ firstOrderOnly: event.target.checked })}
        />
        Only for customers who have paid nothing yet
      </label>
      <Field
        label="Reason"
        className="sm:col-span-2"
        value={form.reason}
        error={errors.reason}
        onChange={(event) => onChange({ reason: event.target.value })}
      />
    </div>
  );
}

function PlansField({
  form,
  plans,
  onChange,
}: Pick<FieldsProps, "form" | "onChange"> & { plans: Array<{ planKey: string; name: string }> }) {
  return (
    <fieldset className="text-sm sm:col-span-2">
      <legend className="mb-1 font-medium">Only on these plans (none: on everything)</legend>
      <div className="flex flex-wrap gap-x-6">
        {plans.map(({ planKey, name }) => (
          <label key={planKey} className="flex items-center gap-2 py-1">
            <input
              type="checkbox"
              className="accent-accent"
              checked={form.onlyPlans.includes(planKey)}
              onChange={(event) =>
                onChange({
                  onlyPlans: event.target.checked
                    ? [...form.onlyPlans, planKey]
                    : form.onlyPlans.filter((one) => one !== planKey),
                })
              }
            />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
