/**
 * Our invoice numbers: `INV-2024-11-demo`, the tenant's further invoices of the month `INV-2024-11-demo-2`, `-3` …
 *
 * The month is the UTC month in which the invoice was made, not the month it bills: a number never changes afterwards.
 */

/** The longest number Stripe takes. */
const LENGTH_LIMIT = 26;
const MARK_LENGTH = 4;
const MARK_RADIX = 36;

/** The month an invoice is counted in: "2024-11". */
export function invoiceMonth(createdAt: Date): string {
  return createdAt.toISOString().slice(0, 7);
}

/**
 * The number of a month's n-th invoice of a tenant, counted from 1. A slug too long for it is cut, and a mark of
 * the whole slug keeps apart what would read alike, for example `INV-2024-11-northwind-hf70`.
 */
export function invoiceNumber(month: string, slug: string, sequence: number): string {
  const head = `INV-${month}-`;
  const tail = sequence === 1 ? "" : `-${sequence}`;
  const room = LENGTH_LIMIT - head.length - tail.length;
  return `${head}${slug.length <= room ? slug : shortened(slug, room)}${tail}`;
}

function shortened(slug: string, room: number): string {
  const kept = slug.slice(0, room - MARK_LENGTH - 1).replace(/-+$/, "");
  return `${kept}-${markOf(slug)}`;
}

/** A few letters and digits that depend on every letter of the text. */
function markOf(text: string): string {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % MARK_RADIX ** MARK_LENGTH;
  return sum.toString(MARK_RADIX).padStart(MARK_LENGTH, "0");
}
