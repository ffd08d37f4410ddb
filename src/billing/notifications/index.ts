/** The public face of notifications: mail goes through an outbox, and letters are written in one place. */
export { authenticationRequiredLetter, type Letter, paymentFailedLetter, type UnpaidInvoice } from "./letters";
export { listMail } from "./list-mail";
export type { MailKind, MailRequest, MailView } from "./model";
export { queueMail } from "./queue-mail";
