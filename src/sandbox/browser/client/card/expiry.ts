/** Expiration dates as typed: "MM / YY", and what is wrong with one on a given day. */
import { type Problem, problem } from "./problems";

/** A month of the calendar; months count from 1. */
export interface YearMonth {
  year: number;
  month: number;
}

const YEARS_AHEAD = 50;

/** Month and year digits of a text: "1/28", "128", "01 / 2028" and "2028-01" (as browsers fill in) all mean January 2028. */
function expiryDigits(text: string): string {
  const iso = /^\s*(\d{4})-(\d{1,2})\s*$/.exec(text);
  const months = iso === null ? text : `${iso[2]}/${iso[1]}`;
  const padded = months.replace(/^\s*([1-9])\s*[/.-]/, "0$1/");
  const digits = padded.replace(/\D/g, "").slice(0, 6);
  const full = /^[2-9]/.test(digits) ? `0${digits}`.slice(0, 6) : digits;
  // Four digits of a year are taken only where they cannot be two digits of one: "20" begins a full year.
  if (full.slice(2, 4) !== "20") return full.slice(0, 4);
  return full.length === 6 ? full.slice(0, 2) + full.slice(4) : full;
}

/**
 * The text as it should stand in the field. After a deletion the separator is not put back at once, otherwise it could not
 * be deleted.
 */
export function formatExpiry(text: string, isDeleting = false): string {
  const digits = expiryDigits(text);
  if (digits.length < 2) return digits;
  const month = digits.slice(0, 2);
  const year = digits.slice(2);
  if (year !== "") return `${month} / ${year}`;
  return isDeleting ? month : `${month} / `;
}

/** Month and full year of a complete text; null while it is unfinished. */
export function parseExpiry(text: string): YearMonth | null {
  const digits = expiryDigits(text);
  if (digits.length !== 4) return null;
  return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2)) };
}

/** What is wrong with an expiration date when today is in `today`, or null. A card is good through its month. */
export function expiryProblem(text: string, today: YearMonth): Problem | null {
  const month = Number(expiryDigits(text).slice(0, 2));
  if (expiryDigits(text).length >= 2 && (month < 1 || month > 12)) return problem("invalid_expiry_month");
  const expiry = parseExpiry(text);
  if (expiry === null) return problem("incomplete_expiry");
  if (expiry.year < today.year) return problem("invalid_expiry_year_past");
  if (expiry.year > today.year + YEARS_AHEAD) return problem("invalid_expiry_year");
  return expiry.year === today.year && expiry.month < today.month ? problem("invalid_expiry_month_past") : null;
}
