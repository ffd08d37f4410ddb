/** The credit note of a refund: what it takes back of an invoice, and its making. */
import type { CreditNoteRecord, RefundRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { findInvoiceNumbers, type TaxedSum } from "../invoices";
import { BillingError } from "../kernel/errors";
import type { Tenant } from "../tenants";
import type { CreditedRefund } from "./rules-refunds";

/** An invoice that was paid, and what credit notes made elsewhere have taken back of it. */
export interface CreditableInvoice extends TaxedSum {
  stripeInvoiceId: string;
  number: string;
  elsewhere: TaxedSum;
}

/** The invoice a payment had paid; null where there is none, and where it is not paid, so that no document takes it back. */
export async function creditableInvoice(
  ctx: BillingContext,
  tenant: Tenant,
  stripeInvoiceId: string | null,
  refunds: readonly CreditedRefund[],
): Promise<CreditableInvoice | null> {
  const record = stripeInvoiceId === null ? null : await ctx.stripe.fetchInvoice(stripeInvoiceId);
  if (stripeInvoiceId === null || record?.status !== "paid" || record.totalMinor <= 0n) return null;
  const own = new Set(refunds.flatMap((one) => (one.creditedMinor === null ? [] : (one.stripeRefundId ?? []))));
  const notes = await ctx.stripe.listCreditNotes(stripeInvoiceId);
  const foreign = notes.filter((note) => note.status === "issued" && !own.has(note.stripeRefundId ?? ""));
  const numbers = await findInvoiceNumbers(ctx.db.prisma, tenant.id, [stripeInvoiceId]);
  const { totalMinor, taxMinor } = record;
  return {
    ...{ stripeInvoiceId, totalMinor, taxMinor },
    number: numbers.get(stripeInvoiceId) ?? record.number ?? stripeInvoiceId,
    elsewhere: {
      totalMinor: foreign.reduce((sum, note) => sum + note.totalMinor, 0n),
      taxMinor: foreign.reduce((sum, note) => sum + note.taxMinor, 0n),
    },
  };
}

/** Makes the credit note that was reserved, or finds the one an earlier try has made. Null where nothing is to be credited. */
export async function creditRefund(
  ctx: BillingContext,
  invoice: CreditableInvoice,
  made: { id: string; refund: RefundRecord; credit: TaxedSum; isRetry: boolean },
): Promise<CreditNoteRecord | null> {
  const { id, refund, credit, isRetry } = made;
  const { stripeRefundId, status } = refund;
  if (credit.totalMinor === 0n || status === "failed" || status === "canceled") return null;
  const { stripeInvoiceId } = invoice;
  const notes = isRetry ? await ctx.stripe.listCreditNotes(stripeInvoiceId) : [];
  const before = notes.find((note) => note.stripeRefundId === stripeRefundId);
  if (before) return before;
  const description = `Refund of invoice ${invoice.number}`;
  const request = { stripeInvoiceId, stripeRefundId, refundId: id, ...credit, description };
  try {
    return await ctx.stripe.creditRefund(request, `${id}:credit-note`);
  } catch (error) {
    // The money has gone back; that its document cannot be written is for people to see, not a reason to deny the refund.
    if (!(error instanceof BillingError) || error.code !== "invoice.not_creditable") throw error;
    ctx.log.error({ err: error, refund: stripeRefundId, invoice: stripeInvoiceId }, "A refund has no credit note");
    return null;
  }
}
