/** Card numbers as typed: grouping, the check digit, and what is wrong with one. */
import { brandOf, couldBecomeACard, rangeOf } from "./brands";
import { type Problem, problem } from "./problems";

/** The digits of a text, at most as many as a card of its brand has. */
export function numberDigits(text: string): string {
  const digits = text.replace(/\D/g, "");
  return digits.slice(0, Math.max(...rangeOf(digits).lengths));
}

/** Groups digits as they are printed on cards of the brand: "378282246310005" becomes "3782 822463 10005". */
export function formatNumber(text: string): string {
  const digits = numberDigits(text);
  const parts: string[] = [];
  let start = 0;
  for (const size of rangeOf(digits).groups) {
    if (start >= digits.length) break;
    parts.push(digits.slice(start, start + size));
    start += size;
  }
  return parts.join(" ");
}

/** The Luhn check: every second digit from the right doubled, the digit sum a multiple of ten. */
export function passesLuhn(digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  let sum = 0;
  [...digits].reverse().forEach((character, place) => {
    const weighted = Number(character) * (place % 2 === 1 ? 2 : 1);
    sum += weighted > 9 ? weighted - 9 : weighted;
  });
  return sum % 10 === 0;
}

/** What is wrong with a number, or null. A number that no brand starts with is invalid before it is finished. */
export function numberProblem(text: string): Problem | null {
  const digits = numberDigits(text);
  if (digits === "") return problem("incomplete_number");
  if (!couldBecomeACard(digits)) return problem("invalid_number");
  const { lengths } = rangeOf(digits);
  if (brandOf(digits) === "unknown" || digits.length < Math.min(...lengths)) return problem("incomplete_number");
  if (lengths.includes(digits.length) && passesLuhn(digits)) return null;
  return digits.length >= Math.max(...lengths) ? problem("invalid_number") : problem("incomplete_number");
}
