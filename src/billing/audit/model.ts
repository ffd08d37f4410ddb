/** Words of the audit slice: who did what to which thing, when, and why. */
import type { Actor } from "../kernel/actor";

/** What belongs to no tenant, such as an operator's key, is kept under this name in place of a tenant's id. */
export const INSTALLATION = "installation";

/** Small named values that say what changed; never a secret, never card data. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** An entry to write. */
export interface AuditRecord {
  tenantId: string;
  occurredAt: Date;
  actor: Actor;
  /** Dotted verb: "subscription.create". */
  action: string;
  /** The thing acted on: "subscription:sub_1". */
  target: string;
  reason: string;
  details: AuditDetails;
}

/** An entry as it is shown. */
export interface AuditEntryView {
  id: string;
  tenantId: string;
  occurredAt: Date;
  actor: string;
  action: string;
  target: string;
  reason: string;
  details: AuditDetails;
}

/** Which entries to show; `from` belongs to the span, `to` does not. */
export interface ListAuditInput {
  tenantId: string;
  from?: Date;
  to?: Date;
  limit: number;
}
