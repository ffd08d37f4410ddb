/** Words of the notifications slice: mail that waits in the outbox, and mail as the mailbox page shows it. */

/** What a mail is about. */
export type MailKind =
  | "sign_in_link"
  | "payment_failed"
  | "authentication_required"
  | "payment_reminder"
  | "payment_last_notice"
  | "plan_ended"
  | "payment_given_up"
  | "payment_recovered";

/** A mail to put into the outbox. */
export interface MailRequest {
  kind: MailKind;
  recipient: string;
  /** Null for mail that belongs to no tenant, such as sign-in links. */
  recipientTenantId: string | null;
  /** What it tells of: a second mail with the same key is not written. */
  dedupeKey: string;
  subject: string;
  text: string;
  html: string;
}

/** A mail as lists show it. */
export interface MailView {
  id: string;
  kind: string;
  recipient: string;
  subject: string;
  text: string;
  html: string;
  createdAt: Date;
  /** Null until SMTP accepted it; stays null in sandbox mode. */
  sentAt: Date | null;
}
