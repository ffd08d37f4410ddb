/**
 * Money as integer minor units with a currency, and the one place where a decimal becomes money.
 *
 * Owns rounding (half up, away from zero, once per line, to what the currency can be charged in) and the exponents of
 * currencies as Stripe stores them. Refuses to
 * add amounts of different currencies.
 */
import { chargeStepMinor, currencyExponent, isChargeable, isCurrencyCode, majorText } from "./currency";
import { Decimal, type DecimalInput, decimal } from "./decimal";
import { invariant } from "./errors";

export { chargeStepMinor, currencyExponent, isChargeable, isCurrencyCode };

/** An amount of money: integer minor units of an ISO 4217 currency in lower case, as Stripe writes it. */
export interface Money {
  amountMinor: bigint;
  currency: string;
}

/** Rounds an exact amount of minor units to a whole one: half up, away from zero. For figures that nobody is charged. */
export function roundToMinor(exactMinor: Decimal): bigint {
  return BigInt(exactMinor.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0));
}

/** Rounds an exact amount of minor units to one that can be charged: half up, away from zero; 3,726.5 of kwd = 3,730. */
export function roundToCharge(exactMinor: Decimal, currency: string): bigint {
  const step = chargeStepMinor(currency);
  return roundToMinor(exactMinor.div(step.toString())) * step;
}

/** What of an amount can be charged or given back: 17,715 of kwd = 17,710. Never more than there is. */
export function wholeSteps(amountMinor: bigint, currency: string): bigint {
  return amountMinor - (amountMinor % chargeStepMinor(currency));
}

/** The step of a currency in words, for refusals: "KWD is charged in steps of 0.010". */
export function stepText(currency: string): string {
  return `${currency.toUpperCase()} is charged in steps of ${majorText(chargeStepMinor(currency), currency)}`;
}

/** quantity × unit price (major units), rounded once: 1,247 × 0.001 usd = 125 minor. */
export function lineAmountMinor(quantity: DecimalInput, unitPrice: DecimalInput, currency: string): bigint {
  const exactMajor = decimal(quantity).times(decimal(unitPrice));
  return roundToCharge(exactMajor.times(new Decimal(10).pow(currencyExponent(currency))), currency);
}

/** An amount in major units as an exact decimal: 34992 usd = 349.92. */
export function toMajor(amountMinor: bigint, currency: string): Decimal {
  return new Decimal(amountMinor.toString()).div(new Decimal(10).pow(currencyExponent(currency)));
}

/** Minor units of a price in major units. Throws when the price has more digits than the currency. */
export function fromMajor(major: DecimalInput, currency: string): bigint {
  const exact = decimal(major).times(new Decimal(10).pow(currencyExponent(currency)));
  invariant(exact.isInteger(), `${String(major)} has more digits than ${currency} keeps`);
  return BigInt(exact.toFixed(0));
}

/** The amount as a JSON number in major units (349.92), for bodies that follow the first seed. */
export function toMajorNumber(amountMinor: bigint, currency: string): number {
  return toMajor(amountMinor, currency).toNumber();
}

/** The amount for people: "$349.92", "¥1,200", "−$5.00". */
export function formatMoney(money: Money, locale = "en-US"): string {
  const digits = currencyExponent(money.currency);
  const text = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: money.currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(toMajor(money.amountMinor, money.currency).toFixed(digits) as Intl.StringNumericLiteral);
  return text.replace("-", "−");
}

/** A unit price for people, with all its digits and at least the currency's: "$0.001", "$0.50". */
export function formatUnitPrice(unitPrice: DecimalInput, currency: string, locale = "en-US"): string {
  const exact = decimal(unitPrice);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: currencyExponent(currency),
    maximumFractionDigits: Math.max(currencyExponent(currency), exact.decimalPlaces()),
  }).format(exact.toFixed() as Intl.StringNumericLiteral);
}

/** A quantity for people: "1,247", "12.5". */
export function formatQuantity(quantity: DecimalInput, locale = "en-US"): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 12 }).format(
    decimal(quantity).toFixed() as Intl.StringNumericLiteral,
  );
}
