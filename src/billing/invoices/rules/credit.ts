/**
 * How much of an invoice a credit note takes back, and how much tax is in it. Pure.
 *
 * Tax is taken back in proportion to the total, counted from the first credit note on, so that several of them over one
 * invoice give back exactly its tax:
 *
 *   total 108.00, tax 8.00; back 33.33, 33.33 and 41.34 take back 2.47, 2.47 and 3.06
 */
import { Decimal } from "../../kernel/decimal";
import { roundToCharge } from "../../kernel/money";

/** Sums of an invoice, or of the credit notes over it. */
export interface TaxedSum {
  totalMinor: bigint;
  /** Of the total. */
  taxMinor: bigint;
}

/** The part of an invoice that is taken back when this much is, after what was before; never more than is left. */
export function creditPart(invoice: TaxedSum, before: TaxedSum, wantedMinor: bigint, currency: string): TaxedSum {
  const leftMinor = invoice.totalMinor - before.totalMinor;
  if (leftMinor <= 0n || wantedMinor <= 0n) return { totalMinor: 0n, taxMinor: 0n };
  const totalMinor = wantedMinor > leftMinor ? leftMinor : wantedMinor;
  const share = new Decimal((before.totalMinor + totalMinor).toString())
    .times(invoice.taxMinor.toString())
    .div(invoice.totalMinor.toString());
  const taxMinor = roundToCharge(share, currency) - before.taxMinor;
  if (taxMinor < 0n) return { totalMinor, taxMinor: 0n };
  return taxMinor > totalMinor ? { totalMinor, taxMinor: totalMinor } : { totalMinor, taxMinor };
}
