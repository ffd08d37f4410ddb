/**
 * Money as integer minor units with a currency, and the one place where a decimal becomes money.
 *
 * Owns rounding (half up, away from zero, once per line) and the exponents of currencies as Stripe stores them. Refuses to
 * add amounts of different currencies.
 */
import { Decimal, type DecimalInput, decimal } from "./decimal";
import { invariant } from "./errors";

/** An amount of money: integer minor units of an ISO 4217 currency in lower case, as Stripe writes it. */
export interface Money {
  amountMinor: bigint;
  currency: string;
}

/** Digits after the point in Stripe's amounts; currencies not named have two. https://docs.stripe.com/currencies */
const EXPONENTS: Readonly<Record<string, number>> = {
  bif: 0,
  clp: 0,
  djf: 0,
  gnf: 0,
  jpy: 0,
  kmf: 0,
  krw: 0,
  mga: 0,
  pyg: 0,
  rwf: 0,
  vnd: 0,
  vuv: 0,
  xaf: 0,
  xof: 0,
  xpf: 0,
  bhd: 3,
  jod: 3,
  kwd: 3,
  omr: 3,
  tnd: 3,
};

/** How many digits the minor unit of a currency has (usd 2, jpy 0, kwd 3). */
export function currencyExponent(currency: string): number {
  return EXPONENTS[currency.toLowerCase()] ?? 2;
}

/** Rounds an exact amount of minor units to a whole one: half up, away from zero. The only rounding of money there is. */
export function roundToMinor(exactMinor: Decimal): bigint {
  return BigInt(exactMinor.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0));
}

/** quantity × unit price (major units), rounded once: 1,247 × 0.001 usd = 125 minor. */
export function lineAmountMinor(quantity: DecimalInput, unitPrice: DecimalInput, currency: string): bigint {
  return roundToMinor(
    decimal(quantity)
      .times(decimal(unitPrice))
      .times(new Decimal(10).pow(currencyExponent(currency))),
  );
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
