/**
 * The small translations all objects share: ids that may be expanded, times, amounts, decimals, words of a closed list.
 *
 * Refuses what it does not know, because a status that is silently mapped to another one ends in a wrong bill.
 */
import { BillingError } from "@/billing/kernel/errors";

/** The id of something Stripe gives as an id or as the whole object. */
export function idOf(value: string | { id: string }): string {
  return typeof value === "string" ? value : value.id;
}

/** Like idOf, null for nothing. */
export function optionalId(value: string | { id: string } | null | undefined): string | null {
  return value === null || value === undefined ? null : idOf(value);
}

/** An instant from Unix seconds. */
export function instant(seconds: number): Date {
  return new Date(seconds * 1000);
}

/** Like instant, null for nothing. */
export function optionalInstant(seconds: number | null | undefined): Date | null {
  return seconds === null || seconds === undefined ? null : instant(seconds);
}

/** Unix seconds of an instant, cut to the whole second as Stripe keeps them. */
export function unixSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

/** An amount of minor units; Stripe sends whole numbers only, anything else throws. */
export function minor(amount: number): bigint {
  return BigInt(amount);
}

/** An amount as Stripe takes it. Throws beyond what a number holds exactly. */
export function wireAmount(amountMinor: bigint): number {
  const amount = Number(amountMinor);
  if (!Number.isSafeInteger(amount)) throw unknownValue("an amount", String(amountMinor));
  return amount;
}

/**
 * The text of an exact decimal, null for nothing. The SDK makes a Decimal of these fields only on some paths and leaves a
 * string on others, so the text is the one form both have.
 */
export function decimalText(value: { toString(): string } | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** The value as a word of a closed list; throws `upstream stripe.refused` for others. */
export function wordOf<Word extends string>(words: Readonly<Record<Word, true>>, value: string, what: string): Word {
  if (!isWord(words, value)) throw unknownValue(what, value);
  return value;
}

function isWord<Word extends string>(words: Readonly<Record<Word, true>>, value: string): value is Word {
  return Object.hasOwn(words, value);
}

/** The error for something Stripe sent that this program does not know. */
export function unknownValue(what: string, value: string): BillingError {
  return new BillingError("upstream", "stripe.refused", "Stripe sent something this program does not handle.", {
    details: { what, value },
  });
}
