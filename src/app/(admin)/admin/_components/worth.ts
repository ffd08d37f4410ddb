/** What a discount takes off and for how long, as it is typed, and what that is in the words of a wish. Pure. */

/** As it stands in the fields; a promotion code and a discount given without one are worth something alike. */
export interface Worth {
  kind: "percent" | "amount";
  value: string;
  duration: "once" | "repeating" | "forever";
  months: string;
}

/** Nothing typed yet. */
export const EMPTY_WORTH: Worth = { kind: "percent", value: "", duration: "once", months: "3" };

/** What is taken off. */
export function offOf({ kind, value }: Worth) {
  return kind === "percent"
    ? { kind: "percent" as const, percent: value.trim() }
    : { kind: "amount" as const, amount: value.trim() };
}

/** For how long. */
export function durationOf({ duration, months }: Worth) {
  return duration === "repeating" ? { kind: duration, months: Number(months) } : { kind: duration };
}

/** What is wrong with it, by field. */
export type WorthErrors = Partial<Record<"value" | "months", string>>;

/** A number that is typed as an amount or a percentage. */
export const AMOUNT = /^\d{1,9}(\.\d{1,4})?$/;
const MONTHS_MOST = 60;

/** Reads what was typed. */
export function worthErrors({ kind, value, duration, months }: Worth): WorthErrors {
  const errors: WorthErrors = {};
  const typed = value.trim();
  if (!AMOUNT.test(typed) || Number(typed) === 0) errors.value = "A number such as 20 or 12.50.";
  else if (kind === "percent" && Number(typed) > 100) errors.value = "At most 100.";
  if (duration === "repeating" && !isCount(months, MONTHS_MOST)) {
    errors.months = `A number of months, at most ${MONTHS_MOST}.`;
  }
  return errors;
}

/** Whether a whole number from 1 to the most was typed. */
export function isCount(text: string, most: number): boolean {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 && count <= most;
}
