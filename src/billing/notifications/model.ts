/** Words of the notifications slice. */

/** A mail to be queued. */
export interface MailInput {
  /** "sign_in", "payment_failed", "payment_received". */
  kind: string;
  recipient: string;
  /** Null for mail that belongs to no tenant, such as sign-in links. */
  recipientTenantId: string | null;
  /** What the mail is about: a second one with the same key is not written. */
  dedupeKey: string;
  subject: string;
  text: string;
  html: string;
  createdAt: Date;
}

/** A mail as the mailbox page shows it. */
export interface MailView extends MailInput {
  id: string;
  /** Null until SMTP accepted it; stays null in sandbox mode. */
  sentAt: Date | null;
  attempts: number;
  lastError: string | null;
}

/** Which mails to list, newest first. */
export interface ListMailInput {
  recipient?: string;
  limit: number;
}
