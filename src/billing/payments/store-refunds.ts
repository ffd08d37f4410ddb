/** Every query on refunds. */
import type { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import type { RefundStatus } from "./model";

/** A refund as the mirror has it. */
export type RefundRow = Prisma.RefundGetPayload<object>;

/** The refunds of payments, the oldest first. */
export function findRefunds(
  tx: DatabaseTransaction,
  tenantId: string,
  paymentIntentIds: readonly string[],
): Promise<RefundRow[]> {
  return tx.refund.findMany({
    where: { tenantId, stripePaymentIntentId: { in: [...paymentIntentIds] } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
}

/** One refund; null when we have none. */
export function findRefund(tx: DatabaseTransaction, tenantId: string, id: string): Promise<RefundRow | null> {
  return tx.refund.findUnique({ where: { tenantId_id: { tenantId, id } } });
}

/** Writes a new refund. */
export async function insertRefund(tx: DatabaseTransaction, row: RefundRow): Promise<void> {
  await tx.refund.create({ data: row });
}

/** Moves how a refund stands; its amount and reason never change. */
export async function moveRefund(
  tx: DatabaseTransaction,
  refund: { tenantId: string; id: string },
  stand: { status: RefundStatus; stripeRefundId: string | null; failureCode: string | null; syncedAt: Date },
): Promise<void> {
  const { tenantId, id } = refund;
  await tx.refund.update({ where: { tenantId_id: { tenantId, id } }, data: stand });
}
