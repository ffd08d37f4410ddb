/** Writing into the outbox: a mail is part of the change it tells of. */
import type { DatabaseTransaction } from "@/db/transaction";
import type { MailRequest } from "./model";
import { insertMail } from "./store";

/**
 * Puts a mail into the outbox, in the transaction of what it tells of: either both happen or neither.
 * Returns false when a mail with the same key was written before.
 */
export function queueMail(tx: DatabaseTransaction, mail: MailRequest): Promise<boolean> {
  return insertMail(tx, mail);
}
