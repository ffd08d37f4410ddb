/** Writes the audit log, inside the transaction of the change it tells of: no change without its entry, and no other way. */
import type { DatabaseTransaction } from "@/db/transaction";
import { invariant } from "../kernel/errors";
import type { AuditRecord } from "./model";
import { insertAuditEntry } from "./store";

/** Records who did what and why. Throws when it cannot, which undoes the change as well. */
export async function recordAudit(tx: DatabaseTransaction, record: AuditRecord): Promise<void> {
  invariant(/^[a-z_]+\.[a-z_.]+$/.test(record.action), `"${record.action}" is a dotted verb such as "tenant.create"`);
  invariant(record.reason.trim() !== "", "an audit entry has a reason");
  await insertAuditEntry(tx, record);
}
