/** US bank accounts as typed: the routing number with its check digit, the account number, and an e-mail address beside them. */
import { type Problem, problem } from "../card/problems";

/** The digits of a text, at most so many. */
export function digitsOf(text: string, most: number): string {
  return text.replace(/\D/g, "").slice(0, most);
}

/** What is wrong with a routing number, or null: nine digits whose weighted sum is a multiple of ten. */
export function routingProblem(text: string): Problem | null {
  const digits = digitsOf(text, 9);
  if (digits.length < 9) return problem("incomplete_routing_number");
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * ([3, 7, 1][place % 3] ?? 0), 0);
  return sum % 10 === 0 ? null : problem("invalid_routing_number");
}

/** What is wrong with an account number, or null; banks use between four and seventeen digits. */
export function accountProblem(text: string): Problem | null {
  const digits = digitsOf(text, 17);
  return digits.length < 4 ? problem("incomplete_account_number") : null;
}

/** What is wrong with an e-mail address, or null: enough to catch what was left half typed. */
export function emailProblem(text: string): Problem | null {
  const typed = text.trim();
  if (/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(typed)) return null;
  return /^[^\s@]*(@[^\s@]*)?$/.test(typed) ? problem("incomplete_email") : problem("invalid_email");
}
