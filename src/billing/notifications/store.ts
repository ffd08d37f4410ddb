/** Every query of mail_messages but those of the sender. */
import type { DatabaseTransaction } from "@/db/transaction";
import { newId } from "../kernel/ids";
import type { MailRequest, MailView } from "./model";

/** Writes the mail unless its key is known; returns whether it was written. Times are the database's: people read them. */
export async function insertMail(tx: DatabaseTransaction, mail: MailRequest): Promise<boolean> {
  const written = await tx.$executeRaw`
    insert into mail_messages (id, recipient_tenant_id, dedupe_key, kind, recipient, subject, text, html, created_at)
    values (${newId("mail")}, ${mail.recipientTenantId}, ${mail.dedupeKey}, ${mail.kind}, ${mail.recipient},
            ${mail.subject}, ${mail.text}, ${mail.html}, now())
    on conflict (dedupe_key) do nothing`;
  return written === 1;
}

/** Mail newest first. */
export function loadMail(tx: DatabaseTransaction, limit: number): Promise<MailView[]> {
  return tx.mailMessage.findMany({
    select: {
      id: true,
      kind: true,
      recipient: true,
      subject: true,
      text: true,
      html: true,
      createdAt: true,
      sentAt: true,
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit,
  });
}
