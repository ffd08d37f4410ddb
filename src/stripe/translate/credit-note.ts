/**
 * A Stripe credit note as our record, and how much of an invoice one takes back as Stripe wants it said. Pure.
 *
 * The tax of a credit note is ours to state where the invoice was taxed by fixed rates; where Stripe calculated it, Stripe
 * refuses to be told and takes its share of the total itself.
 */
import type Stripe from "stripe";
import type { CreditNoteRecord } from "../gateway";
import { idOf, instant, minor, optionalId, wireAmount, wordOf } from "./values";

/** Translates a credit note. */
export function creditNoteRecord(note: Stripe.CreditNote): CreditNoteRecord {
  const refunds = note.refunds.flatMap(({ refund }) => optionalId(refund) ?? []);
  return {
    stripeCreditNoteId: note.id,
    stripeInvoiceId: idOf(note.invoice),
    stripeRefundId: refunds.length === 1 ? (refunds[0] ?? null) : null,
    number: note.number,
    status: wordOf({ issued: true, void: true }, note.status, "a credit note's status"),
    currency: note.currency,
    totalMinor: minor(note.total),
    taxMinor: (note.total_taxes ?? []).reduce((sum, tax) => sum + minor(tax.amount), 0n),
    createdAt: instant(note.created),
  };
}

/** The lines of a credit note over a part of an invoice, or its bare total where Stripe calculates the taxes. */
export function creditTerms(
  invoice: Pick<Stripe.Invoice, "automatic_tax" | "total_taxes">,
  credit: { totalMinor: bigint; taxMinor: bigint; description: string },
): Pick<Stripe.CreditNoteCreateParams, "amount" | "lines"> {
  if (invoice.automatic_tax.enabled) return { amount: wireAmount(credit.totalMinor) };
  const taxes = (invoice.total_taxes ?? []).filter((tax) => tax.amount > 0 && tax.tax_rate_details !== null);
  const shares = shareOut(
    credit.taxMinor,
    taxes.map((tax) => minor(tax.amount)),
  );
  const onTop = taxes.reduce(
    (sum, tax, index) => (tax.tax_behavior === "exclusive" ? sum + (shares[index] ?? 0n) : sum),
    0n,
  );
  const netMinor = credit.totalMinor - shares.reduce((sum, share) => sum + share, 0n);
  return {
    lines: [
      {
        type: "custom_line_item",
        description: credit.description,
        quantity: 1,
        unit_amount: wireAmount(credit.totalMinor - onTop),
        tax_amounts: taxes.map((tax, index) => ({
          amount: wireAmount(shares[index] ?? 0n),
          tax_rate: tax.tax_rate_details?.tax_rate ?? "",
          taxable_amount: wireAmount(netMinor),
        })),
      },
    ],
  };
}

/** An amount in proportion to the weights; what rounding leaves goes to the last. */
function shareOut(amountMinor: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map(() => 0n);
  const shares = weights.map((weight) => (amountMinor * weight) / total);
  const given = shares.reduce((sum, share) => sum + share, 0n);
  return shares.map((share, index) => (index === shares.length - 1 ? share + amountMinor - given : share));
}
