/** Which periods have ended and wait for their bill, and when the next one will. */
import type { Database } from "@/db/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { loadTestClockTenantIds } from "../tenants";
import type { UsagePeriod } from "./model";
import { findEarliestEnd, loadEndedOpenPeriods, loadTenantsWithEndedPeriods } from "./store";

/** A tenant's periods that ended by an instant and are still open, oldest first; `closedBy` says who is to close them. */
export async function loadOpenPeriods(
  tx: DatabaseTransaction,
  input: { tenantId: string; endedBy: Date },
): Promise<UsagePeriod[]> {
  return loadEndedOpenPeriods(tx, input.tenantId, input.endedBy);
}

/** Tenants with a period that ended by an instant and is still open. A tenant on a test clock has its own now. */
export async function listTenantsWithEndedPeriods(db: Database, endedBy: Date, limit = 1_000): Promise<string[]> {
  return loadTenantsWithEndedPeriods(db.prisma, endedBy, limit);
}

/** The earliest end of an open period that our own clock has to close, by the default clock; null when none is open. */
export async function nextPeriodEndAt(db: Database): Promise<Date | null> {
  return findEarliestEnd(db.prisma, await loadTestClockTenantIds(db.prisma));
}
