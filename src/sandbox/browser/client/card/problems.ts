/**
 * What can be wrong with typed card, bank and address data, by Stripe's codes, and the sentence people read for it.
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
  incomplete_email: "Your email is incomplete.",
  invalid_email: "Your email is invalid.",
  incomplete_name: "Your name is incomplete.",
  incomplete_routing_number: "Your routing number is incomplete.",
  invalid_routing_number: "Your routing number is invalid.",
  incomplete_account_number: "Your account number is incomplete.",
  invalid_account_number: "Your account number is invalid.",
  incomplete_iban: "Your IBAN is incomplete.",
  invalid_iban: "Your IBAN is invalid.",
  invalid_iban_country_code: "Your IBAN is invalid: it does not start with the code of a SEPA country.",
  incomplete_payment_details: "Choose how you want to pay.",
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
