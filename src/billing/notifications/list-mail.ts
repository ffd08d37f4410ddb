/** Reading the outbox, for the mailbox page of the sandbox. */
import type { Database } from "@/db/client";
import type { MailView } from "./model";
import { loadMail } from "./store";

/** The newest mail, for the mailbox page of the sandbox. */
export function listMail(db: Database, input: { limit: number }): Promise<MailView[]> {
  return loadMail(db.prisma, input.limit);
}
