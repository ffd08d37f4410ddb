/** The public face of notifications: mail goes through an outbox, and letters are written in one place. */
export { dunningLetter, type Letter } from "./letters";
export { listMail } from "./list-mail";
export type { MailKind, MailRequest, MailView } from "./model";
export { queueMail } from "./queue-mail";
export { tellTenant } from "./tell-tenant";
