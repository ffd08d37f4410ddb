import type { InvoiceDetail } from "@/billing/invoices/model";
import { shownTaxes, taxLabel } from "@/billing/kernel/tax";
import { moneyText } from "@/ui/money";

/** A row between subtotal and total. */
export interface SumRow {
  name: string;
  amountMinor: bigint;
}

type Summed = Pick<InvoiceDetail, "discounts" | "taxes" | "taxMinor" | "taxName" | "currency">;

/**
 * What stands between subtotal and total, the same on page and paper: each discount by its name, each tax by its rate with
 * the amount it is calculated on. An invoice without any tax says so with one row.
 */
export function sumRows(invoice: Summed): SumRow[] {
  const discounts = invoice.discounts
    .filter(({ amountMinor }) => amountMinor > 0n)
    .map(({ name, amountMinor }) => ({
      name: name === null ? "Discount" : `Discount: ${name}`,
      amountMinor: -amountMinor,
    }));
  const taxes = shownTaxes(invoice.taxes).map((part) => ({
    name:
      part.taxableMinor === null || part.amountMinor === 0n
        ? taxLabel(part)
        : `${taxLabel(part)} on ${moneyText(part.taxableMinor, invoice.currency)}`,
    amountMinor: part.amountMinor,
  }));
  const none = { name: invoice.taxName, amountMinor: invoice.taxMinor };
  return numbered([...discounts, ...(taxes.length === 0 ? [none] : taxes)]);
}

/** Two coupons may have one name; rows are told apart. */
function numbered(rows: SumRow[]): SumRow[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const count = (seen.get(row.name) ?? 0) + 1;
    seen.set(row.name, count);
    return count === 1 ? row : { ...row, name: `${row.name} (${count})` };
  });
}
