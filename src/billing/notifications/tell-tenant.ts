/** Telling a tenant about an unpaid invoice: the pen that the dunning slice is handed. */
import type { TellTenant } from "../dunning";
import { dunningLetter } from "./letters";
import { queueMail } from "./queue-mail";

/**
 * Queues the letter about a notice, in the transaction of what it tells of. Returns false when it was written before: a
 * notice has one key, and a key one letter.
 */
export const tellTenant: TellTenant = (tx, notice) => {
  const { tenant, key } = notice;
  return queueMail(tx, {
    recipient: tenant.billingEmail,
    recipientTenantId: tenant.id,
    dedupeKey: key,
    ...dunningLetter(notice),
  });
};
