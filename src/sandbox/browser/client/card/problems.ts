/**
 * What can be wrong with typed card and address data, by Stripe's codes, and the sentence people read for it.
 *
 * "Incomplete" problems are only worth mentioning when a field is left or submitted; the others as soon as they are known.
 */

const messages = {
  incomplete_number: "Your card number is incomplete.",
  invalid_number: "Your card number is invalid.",
  incomplete_expiry: "Your card's expiration date is incomplete.",
  invalid_expiry_month: "Your card's expiration month is invalid.",
  invalid_expiry_month_past: "Your card's expiration date is in the past.",
  invalid_expiry_year: "Your card's expiration year is invalid.",
  invalid_expiry_year_past: "Your card's expiration year is in the past.",
  incomplete_cvc: "Your card's security code is incomplete.",
  incomplete_zip: "Your postal code is incomplete.",
  invalid_zip: "Your postal code is invalid.",
  incomplete_field: "This field is incomplete.",
} as const;

export type ProblemCode = keyof typeof messages;

/** A typed value that cannot be used, and why. */
export interface Problem {
  code: ProblemCode;
  message: string;
}

/** The problem behind a code. */
export function problem(code: ProblemCode, message: string = messages[code]): Problem {
  return { code, message };
}

/** Whether the value is merely unfinished: typing on may cure it. */
export function isUnfinished(found: Problem): boolean {
  return found.code.startsWith("incomplete_");
}
