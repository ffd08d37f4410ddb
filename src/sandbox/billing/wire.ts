/** Small conversions between the wire's forms and the SDK's types, shared by the whole billing engine. */
import type Stripe from "stripe";

/**
 * Decimal text as the SDK's type. The wire carries these fields as JSON strings, and the SDK turns some of them into
 * Decimal objects on arrival; the sandbox therefore keeps text and says so to the compiler here only.
 */
export function decimalText(text: string): Stripe.Decimal {
  return text as unknown as Stripe.Decimal;
}

/** A list object as it is embedded in another object. Stripe embeds at most the first ten elements. */
export function embeddedList<T>(records: readonly T[], url: string): Stripe.ApiList<T> {
  return { object: "list", data: records.slice(0, 10), has_more: records.length > 10, url };
}

/** A list object that always holds everything, such as a subscription's items. */
export function wholeList<T>(records: readonly T[], url: string): Stripe.ApiList<T> {
  return { object: "list", data: [...records], has_more: false, url };
}

const zeroDecimalCurrencies = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split(" "));
const symbols: Record<string, string> = { usd: "$", eur: "€", gbp: "£", jpy: "¥" };

/** An exact amount of minor units as people read it in a line's description: "$299.00", "$0.001", "12.50 CHF". */
export function moneyText(minorDecimal: string, currency: string): string {
  const places = zeroDecimalCurrencies.has(currency) ? 0 : 2;
  const [whole = "0", fraction = ""] = minorDecimal.replace("-", "").split(".");
  const padded = whole.padStart(places + 1, "0");
  const major = padded.slice(0, padded.length - places);
  const minor = padded.slice(padded.length - places) + fraction;
  const text = minor === "" ? major : `${major}.${minor}`;
  const sign = minorDecimal.startsWith("-") ? "-" : "";
  const symbol = symbols[currency];
  return symbol ? `${sign}${symbol}${text}` : `${sign}${text} ${currency.toUpperCase()}`;
}

/** A day as line descriptions write it: "21 Apr 2026". */
export function dayText(at: number): string {
  const [, day, month, year] = new Date(at * 1000).toUTCString().split(" ");
  return `${day} ${month} ${year}`;
}
