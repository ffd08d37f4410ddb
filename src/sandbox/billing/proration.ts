/**
 * Prorations to the second.
 *
 * Owns: what a change in the middle of a period credits and debits.
 *
 *   start ────────────── change ─────────────── end
 *   │◄──── used, kept ────►│◄──── remaining ────►│
 *
 *   credit = −round(charged × remaining ÷ span)     debit = +round(new amount × remaining ÷ span)
 *
 * In flexible billing mode a credit is a share of what was really charged (several debits give several credits), so a
 * change that was made with `none` is not credited at the newer price. Each line is rounded on its own: 1000 per 31 days
 * with 445,540 s left gives back 166, and 3252 costs 541.
 *
 * Refuses: prices, taxes and discounts; amounts arrive here finished.
 */
import { shareOf } from "./amounts";
import type { Period } from "./calendar";

/** Something an item was charged for a span of time. */
export interface Charged {
  amountMinor: number;
  periodStart: number;
  periodEnd: number;
}

/** A credit for the unused rest of one earlier charge. */
export interface Credit<T extends Charged> {
  charged: T;
  /** Zero or negative. */
  amountMinor: number;
  period: Period;
}

/**
 * The share of a full period's amount that falls after the change, in the steps of its currency; the whole of it when the
 * period has not begun.
 */
export function remainingShare(amountMinor: number, period: Period, changedAt: number, step: number): number {
  const span = period.end - period.start;
  if (span <= 0) return 0;
  const remaining = Math.min(span, Math.max(0, period.end - changedAt));
  return shareOf(amountMinor, remaining, span, step);
}

/** Credits for the unused time of every charge that reaches beyond the change, in the order given. */
export function creditsFor<T extends Charged>(charges: readonly T[], changedAt: number, step: number): Credit<T>[] {
  const credits: Credit<T>[] = [];
  for (const charged of charges) {
    if (charged.amountMinor <= 0 || charged.periodEnd <= changedAt) continue;
    const period = { start: Math.max(changedAt, charged.periodStart), end: charged.periodEnd };
    const share = remainingShare(
      charged.amountMinor,
      { start: charged.periodStart, end: charged.periodEnd },
      changedAt,
      step,
    );
    credits.push({ charged, amountMinor: share === 0 ? 0 : -share, period });
  }
  return credits;
}

/** What is left of a charge once its unused time was credited; later changes can only credit the kept part. */
export function keptPart<T extends Charged>(credit: Credit<T>): T {
  return {
    ...credit.charged,
    amountMinor: credit.charged.amountMinor + credit.amountMinor,
    periodEnd: Math.max(credit.charged.periodStart, credit.period.start),
  };
}
