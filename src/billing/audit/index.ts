/** The public face of the audit log. */
export { listAudit } from "./list-audit";
export { type AuditDetails, type AuditEntryView, type AuditRecord, INSTALLATION, type ListAuditInput } from "./model";
export { recordAudit } from "./record-audit";
