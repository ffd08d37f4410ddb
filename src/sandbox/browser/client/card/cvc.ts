/** Security codes as typed: four digits on American Express, three on every other card. */
import type { CardBrand } from "./brands";
import { type Problem, problem } from "./problems";

/** Digits of a security code, at most as many as the brand prints; a card not yet known may turn out to have four. */
export function formatCvc(text: string, brand: CardBrand): string {
  return text.replace(/\D/g, "").slice(0, brand === "amex" || brand === "unknown" ? 4 : 3);
}

/** What is wrong with a security code, or null. */
export function cvcProblem(text: string, brand: CardBrand): Problem | null {
  const { length } = text.replace(/\D/g, "");
  if (brand === "unknown" ? length === 3 || length === 4 : length === (brand === "amex" ? 4 : 3)) return null;
  return problem("incomplete_cvc");
}
