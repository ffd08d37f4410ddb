/**
 * Our invoice numbers at Stripe. Ours is `INV-2024-11-<slug>` however long the slug is; Stripe takes 26 characters.
 *
 * Stripe gets the number cut to fit, with a mark that depends on all of it, and beside it the whole one as metadata; what we
 * read back is the whole one. https://docs.stripe.com/api/invoices/update
 */
import type Stripe from "stripe";

/** The longest number Stripe takes. */
const LENGTH_LIMIT = 26;
const MARK_LENGTH = 5;
const MARK_RADIX = 36;
const KEY = "invoice_number";

/** Parameters that give an invoice our number. */
export function numberParams(number: string): { number: string; metadata: Record<string, string> } {
  return { number: stripeNumber(number), metadata: { [KEY]: number } };
}

/** The number of an invoice: ours where we gave one, Stripe's otherwise. */
export function numberOfInvoice(invoice: Pick<Stripe.Invoice, "number" | "metadata">): string | null {
  return invoice.metadata?.[KEY] ?? invoice.number;
}

/** The number as Stripe has it: `INV-2024-11-northwi-0hf70` for `INV-2024-11-northwind-quantum`. */
export function stripeNumber(number: string): string {
  if (number.length <= LENGTH_LIMIT) return number;
  const kept = number.slice(0, LENGTH_LIMIT - MARK_LENGTH - 1).replace(/-+$/, "");
  return `${kept}-${markOf(number)}`;
}

/** A few letters and digits that depend on every letter of the text. */
function markOf(text: string): string {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % MARK_RADIX ** MARK_LENGTH;
  return sum.toString(MARK_RADIX).padStart(MARK_LENGTH, "0");
}
