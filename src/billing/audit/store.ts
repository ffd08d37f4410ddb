/** Every query of audit_entries. The table is append only: there is an insert and there are reads. */
import { z } from "zod";
import type { DatabaseTransaction } from "@/db/transaction";
import { actorName } from "../kernel/actor";
import { newId } from "../kernel/ids";
import type { AuditEntryView, AuditRecord, ListAuditInput } from "./model";

const detailsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** Writes one entry. */
export async function insertAuditEntry(tx: DatabaseTransaction, record: AuditRecord): Promise<void> {
  const { actor, ...entry } = record;
  await tx.auditEntry.create({ data: { ...entry, id: newId("aud"), actor: actorName(actor) } });
}

/** A tenant's entries, newest first. */
export async function loadAuditEntries(tx: DatabaseTransaction, input: ListAuditInput): Promise<AuditEntryView[]> {
  const rows = await tx.auditEntry.findMany({
    where: { tenantId: input.tenantId, occurredAt: { gte: input.from, lt: input.to } },
    orderBy: [{ occurredAt: "desc" }, { id: "desc" }],
    take: input.limit,
  });
  return rows.map((row) => ({ ...row, details: detailsSchema.parse(row.details) }));
}
