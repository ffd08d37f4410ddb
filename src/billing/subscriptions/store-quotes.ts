/** Every query on quotes. */
import type { DatabaseTransaction } from "@/db/transaction";
import { type Actor, actorName } from "../kernel/actor";
import { decode, encode } from "../operations/rules";
import type { Quote } from "./model";

/** A quote as it is stored. */
export interface StoredQuote {
  quote: Quote;
  basis: string;
  /** Null until it is committed. */
  operationId: string | null;
}

/** Writes a quote. */
export async function insertQuote(
  tx: DatabaseTransaction,
  stored: Omit<StoredQuote, "operationId"> & { actor: Actor },
): Promise<void> {
  const { quote, basis, actor } = stored;
  const { tenantId, id, prorationAt, expiresAt, computedAt: createdAt } = quote;
  await tx.quote.create({
    data: {
      ...{ tenantId, id, basis, prorationAt, expiresAt, createdAt },
      wish: encode(quote.wish),
      quote: encode(quote),
      actor: actorName(actor),
    },
  });
}

/** A quote of this tenant; null when there is none with that id. */
export async function findQuote(tx: DatabaseTransaction, tenantId: string, id: string): Promise<StoredQuote | null> {
  const row = await tx.quote.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) return null;
  return { quote: decode<Quote>(row.quote), basis: row.basis, operationId: row.operationId };
}

/** Notes that an operation has kept the quote: it is spent. */
export async function closeQuote(
  tx: DatabaseTransaction,
  kept: { tenantId: string; id: string; operationId: string },
): Promise<void> {
  const { tenantId, id, operationId } = kept;
  await tx.quote.updateMany({ where: { tenantId, id, operationId: null }, data: { operationId } });
}

/** Forgets quotes that expired before an instant and were never kept. Returns how many. */
export async function deleteExpiredQuotes(tx: DatabaseTransaction, before: Date): Promise<number> {
  const { count } = await tx.quote.deleteMany({ where: { expiresAt: { lt: before }, operationId: null } });
  return count;
}
