/** Reads the audit log of a tenant. */
import type { BillingContext } from "../context";
import type { AuditEntryView, ListAuditInput } from "./model";
import { loadAuditEntries } from "./store";

const LIMIT_MAX = 1_000;

/** A tenant's entries in a span of time, newest first, at most a thousand. */
export async function listAudit(ctx: Pick<BillingContext, "db">, input: ListAuditInput): Promise<AuditEntryView[]> {
  const limit = Math.min(Math.max(1, Math.trunc(input.limit)), LIMIT_MAX);
  return loadAuditEntries(ctx.db.prisma, { ...input, limit });
}
