/**
 * How currencies keep their minor units, without the decimal library: pages in the browser show money and multiply none.
 */

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

/**
 * Minor units that amounts are multiples of when money moves; 1 for currencies not named. Dinars and rials are kept with
 * three digits and charged with two; Icelandic krónur and Ugandan shillings are kept with two and charged whole.
 */
const CHARGE_STEPS: Readonly<Record<string, bigint>> = {
  bhd: 10n,
  jod: 10n,
  kwd: 10n,
  omr: 10n,
  tnd: 10n,
  isk: 100n,
  ugx: 100n,
};

/**
 * The step in which a currency can be charged and given back, in minor units: kwd 10, isk 100, usd 1.
 *
 * Stripe refuses payments and refunds between two steps. So whatever becomes money is kept to them, in three ways:
 * amounts we compute (`lineAmountMinor`, overage, tax) are rounded to the step once; amounts a person states (a catalog's
 * prices, promotions, payments, refunds) are refused with their reason; amounts Stripe computes are previewed by Stripe, and
 * of a credit that does not fit what is left over a step stays credit. That way what is shown is what moves.
 */
export function chargeStepMinor(currency: string): bigint {
  return CHARGE_STEPS[currency.toLowerCase()] ?? 1n;
}

/** Whether exactly this amount can be charged or given back: 5,120 of kwd, not 5,124. */
export function isChargeable(amountMinor: bigint, currency: string): boolean {
  return amountMinor % chargeStepMinor(currency) === 0n;
}

/** How many digits the minor unit of a currency has (usd 2, jpy 0, kwd 3). */
export function currencyExponent(currency: string): number {
  return EXPONENTS[currency.toLowerCase()] ?? 2;
}

/** Minor units as the text of the major amount, exactly: 34992 usd = "349.92", -5 usd = "-0.05". */
export function majorText(amountMinor: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  const sign = amountMinor < 0n ? "-" : "";
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(exponent + 1, "0");
  if (exponent === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Whether a code of three letters, in whatever case, names a currency of ISO 4217. */
export function isCurrencyCode(code: string): boolean {
  return Intl.supportedValuesOf("currency").includes(code.toUpperCase());
}
