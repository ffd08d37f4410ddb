/** Postal codes as typed. Only the countries whose codes help to verify a card are checked for their form. */
import { type Problem, problem } from "./problems";

interface PostalRule {
  label: string;
  complete: RegExp;
  /** The longest text that makes sense; a code this long with another form is wrong, not unfinished. */
  length: number;
}

const rules: Readonly<Record<string, PostalRule>> = {
  US: { label: "ZIP code", complete: /^\d{5}(-?\d{4})?$/, length: 5 },
  CA: { label: "Postal code", complete: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i, length: 6 },
  GB: { label: "Postal code", complete: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i, length: 8 },
};

/** Countries without postal codes in everyday use. */
const withoutCodes = new Set(
  "AE AG AN AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GN GQ GY HK IE JM KE KI KM KN KP LC ML MO MR MS MU MW NR NU PA QA RW SB SC SL SO SR ST SY TF TK TL TO TT TV TZ UG VU YE ZA ZW".split(
    " ",
  ),
);

/** Whether a card form asks for the code: where banks compare it. */
export function cardNeedsPostalCode(country: string): boolean {
  return rules[country] !== undefined;
}

/** Whether addresses in the country carry a postal code. */
export function hasPostalCode(country: string): boolean {
  return !withoutCodes.has(country);
}

/** What the field is called there. */
export function postalLabel(country: string): string {
  return rules[country]?.label ?? "Postal code";
}

/** What is wrong with a code, or null; anything goes where no form is known. */
export function postalProblem(text: string, country: string): Problem | null {
  const value = text.trim();
  const rule = rules[country];
  const subject = country === "US" ? "ZIP code" : "postal code";
  if (value === "") return problem("incomplete_zip", `Your ${subject} is incomplete.`);
  if (rule === undefined || rule.complete.test(value)) return null;
  const isLong = value.replace(/[\s-]/g, "").length >= rule.length;
  return isLong
    ? problem("invalid_zip", `Your ${subject} is invalid.`)
    : problem("incomplete_zip", `Your ${subject} is incomplete.`);
}
