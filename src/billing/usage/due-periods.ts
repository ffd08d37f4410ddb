/** Which periods have ended and wait for their bill, and when the next one will. */
import type { Database } from "@/db/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { loadTestClockTenants } from "../tenants";
import type { UsagePeriod } from "./model";
import { findEarliestEnd, loadEndedOpenPeriods, loadTenantsWithEndedPeriods } from "./store";

/** A tenant's periods that ended by an instant and are still open, oldest first; `closedBy` says who is to close them. */
export async function loadOpenPeriods(
  tx: DatabaseTransaction,
  input: { tenantId: string; endedBy: Date },
): Promise<UsagePeriod[]> {
  return loadEndedOpenPeriods(tx, input.tenantId, input.endedBy);
}

/**
 * Every tenant with a period that ended by an instant and is still open, read page by page. All of them, because periods
 * that wait for their renewal stay on the list and must not hide those behind them. A tenant on a test clock has its own
 * now: `endedAt`, the end of the earliest such period, may still be to come for it.
 */
export async function listTenantsWithEndedPeriods(
  db: Database,
  endedBy: Date,
  pageSize = 1_000,
): Promise<Array<{ tenantId: string; endedAt: Date }>> {
  const tenants: Array<{ tenantId: string; endedAt: Date }> = [];
  for (;;) {
    const page = { afterTenantId: tenants.at(-1)?.tenantId ?? "", size: pageSize };
    const next = await loadTenantsWithEndedPeriods(db.prisma, endedBy, page);
    tenants.push(...next);
    if (next.length < pageSize) return tenants;
  }
}

/**
 * The earliest end after an instant of an open period that our own clock has to close, among the tenants that live by the
 * given test clock, or by the default clock for null. Null when there is none: whoever walks the clock need not stop.
 */
export async function nextPeriodEndAt(db: Database, clockId: string | null, after: Date): Promise<Date | null> {
  const tenants = await loadTestClockTenants(db.prisma);
  if (clockId === null) {
    return findEarliestEnd(db.prisma, { notIn: tenants.map((tenant) => tenant.tenantId) }, after);
  }
  const own = tenants.filter((tenant) => tenant.clockId === clockId).map((tenant) => tenant.tenantId);
  return findEarliestEnd(db.prisma, { in: own }, after);
}
