/** What a discount is called, takes off and for how long, as it is typed, and what that is in the words of a wish. Pure. */
import { AMOUNT, isCount, textError } from "./typed";

/** As it stands in the fields; a promotion code and a discount given without one are worth something alike. */
export interface Worth {
  /** What invoices call it. */
  name: string;
  kind: "percent" | "amount";
  value: string;
  duration: "once" | "repeating" | "forever";
  months: string;
}

/** Nothing typed yet. */
export const EMPTY_WORTH: Worth = { name: "", kind: "percent", value: "", duration: "once", months: "3" };

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
export type WorthErrors = Partial<Record<"name" | "value" | "months", string>>;

const NAME_MOST = 40;
const MONTHS_MOST = 60;

/** Reads what was typed. */
export function worthErrors({ name, kind, value, duration, months }: Worth): WorthErrors {
  const errors: WorthErrors = {};
  const ofName = textError(name, "Invoices show this name beside the discount.", NAME_MOST);
  if (ofName !== null) errors.name = ofName;
  const typed = value.trim();
  if (!AMOUNT.test(typed) || Number(typed) === 0) errors.value = "A number such as 20 or 12.50.";
  else if (kind === "percent" && Number(typed) > 100) errors.value = "At most 100.";
  if (duration === "repeating" && !isCount(months, MONTHS_MOST)) {
    errors.months = `A number of months, at most ${MONTHS_MOST}.`;
  }
  return errors;
}
