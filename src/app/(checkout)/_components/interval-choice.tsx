"use client";
import type { BillingInterval } from "@/billing/subscriptions/model";

const NAMES: Record<BillingInterval, string> = { month: "Monthly", year: "Annual" };

/** Monthly or annual inside a form; the other one may cost or save, which the quote beside it says. */
export function IntervalChoice({
  intervals,
  value,
  disabled = false,
  onChange,
}: {
  /** Those the plan is sold in. */
  intervals: readonly BillingInterval[];
  value: BillingInterval;
  disabled?: boolean;
  onChange: (interval: BillingInterval) => void;
}) {
  if (intervals.length < 2) return null;
  return (
    <fieldset disabled={disabled} className="flex flex-wrap items-center justify-between gap-3">
      <legend className="float-left text-sm font-medium">Paid</legend>
      <div className="inline-flex rounded-md border border-edge p-0.5 text-sm">
        {intervals.map((interval) => (
          <label
            key={interval}
            className="cursor-pointer rounded-sm px-4 py-1.5 text-quiet has-checked:bg-ink has-checked:text-paper forced-colors:has-checked:underline has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              className="sr-only"
              name="interval"
              checked={value === interval}
              onChange={() => onChange(interval)}
            />
            {NAMES[interval]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
