/**
 * Currencies in which not every amount of minor units can be charged.
 *
 * Owns: the steps amounts go in, and the refusal of an amount between two of them. Stripe keeps dinars and rials with three
 * decimals and moves them with two (the last digit is 0); krónur and Ugandan shillings with two, and moves whole ones.
 * https://docs.stripe.com/currencies#three-decimal, #special-cases
 *
 * Stripe does not write down how its invoices round in these currencies, only that the money moves in steps. Here every
 * amount billing computes (a quantity, a share of a period, a discount, a tax) is rounded to the step once, where others
 * are rounded to the minor unit; a total that no card could pay therefore never comes about.
 */
import { invalidRequest } from "../http/errors";

const STEPS: Readonly<Record<string, number>> = { bhd: 10, jod: 10, kwd: 10, omr: 10, tnd: 10, isk: 100, ugx: 100 };

/** The minor units that amounts of a currency are multiples of: kwd 10, isk 100, usd 1. */
export function stepOf(currency: string | null | undefined): number {
  return STEPS[currency ?? ""] ?? 1;
}

/** Throws Stripe's 400 for an amount that was given outright and lies between two steps. */
export function checkStep(amount: number | undefined, currency: string | null | undefined, param: string): void {
  const step = stepOf(currency);
  if (amount === undefined || amount % step === 0) return;
  throw invalidRequest(
    `Invalid amount. Amounts in ${(currency ?? "").toUpperCase()} must be evenly divisible by ${step}. See https://docs.stripe.com/currencies for more information.`,
    { param },
  );
}
