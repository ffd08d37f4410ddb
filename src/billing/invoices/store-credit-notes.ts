/** Every query on credit notes; and what an invoice's page says of money that went back. Reads refunds, never writes them. */
import type { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import type { GivenBack } from "./model";

/** Writes a credit note. A void one stays void, whichever picture comes last. */
export async function saveCreditNote(tx: DatabaseTransaction, row: Prisma.CreditNoteGetPayload<object>): Promise<void> {
  const { tenantId, stripeCreditNoteId, status, syncedAt } = row;
  await tx.creditNote.createMany({ data: row, skipDuplicates: true });
  if (status === "issued") return;
  const where = { tenantId_stripeCreditNoteId: { tenantId, stripeCreditNoteId } };
  await tx.creditNote.update({ where, data: { status, syncedAt } });
}

/** What went back of an invoice, newest first: refunds with their credit notes, and credit notes without a refund. */
export async function loadGivenBack(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeInvoiceId: string,
): Promise<GivenBack[]> {
  const payments = await tx.payment.findMany({
    where: { tenantId, stripeInvoiceId },
    select: { stripePaymentIntentId: true },
  });
  const intents = payments.map(({ stripePaymentIntentId }) => stripePaymentIntentId);
  const refunds = await tx.refund.findMany({ where: { tenantId, stripePaymentIntentId: { in: intents } } });
  const notes = await tx.creditNote.findMany({ where: { tenantId, stripeInvoiceId, status: "issued" } });
  const noteOf = (stripeRefundId: string | null) => notes.find((note) => note.stripeRefundId === stripeRefundId);
  const given = refunds.map(({ id, amountMinor, status, createdAt, stripeRefundId }) => {
    const note = stripeRefundId === null ? undefined : noteOf(stripeRefundId);
    return { id, amountMinor, refundStatus: status, createdAt, creditNote: note ? shown(note) : null };
  });
  const known = new Set(refunds.map(({ stripeRefundId }) => stripeRefundId));
  const alone = notes
    .filter(({ stripeRefundId }) => stripeRefundId === null || !known.has(stripeRefundId))
    .map((note) => ({
      ...{ id: note.stripeCreditNoteId, amountMinor: note.totalMinor, refundStatus: null, createdAt: note.createdAt },
      creditNote: shown(note),
    }));
  return [...given, ...alone].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

function shown({ number, totalMinor, taxMinor }: { number: string; totalMinor: bigint; taxMinor: bigint }) {
  return { number, totalMinor, taxMinor };
}
