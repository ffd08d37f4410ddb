/** The end of a promise: what came of it is written in the transaction that records it. */
import type { Database } from "@/db/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { BillingError, invariant } from "../kernel/errors";
import type { OperationKind, UnsettledOperation } from "./model";
import {
  findHolder,
  findOperationStatus,
  findUnsettled,
  hasRecordedSince,
  loadUnsettled,
  settlePlanned,
} from "./store";

/**
 * Marks a promise as recorded or refused, with its outcome. Settling it the same way again changes nothing; settling it
 * the other way is a programmer's error, because one of the two callers would be told a lie. Returns whether it was this
 * call that settled it: a call that races it waits here until the other's transaction has ended.
 */
export async function settleOperation(
  tx: DatabaseTransaction,
  settled: { tenantId: string; id: string; status: "recorded" | "refused"; outcome: unknown; now: Date },
): Promise<boolean> {
  if (await settlePlanned(tx, settled)) return true;
  const status = await findOperationStatus(tx, settled.tenantId, settled.id);
  invariant(status === settled.status, `operation ${settled.id} is ${status ?? "unknown"}, not ${settled.status}`);
  return false;
}

/** Promises that were never settled, oldest first, for recovery: Stripe may or may not have heard of them. */
export async function listUnsettled(db: Database, limit = 100): Promise<UnsettledOperation[]> {
  return loadUnsettled(db.prisma, limit);
}

/**
 * Whether the tenant has had another promise of these kinds kept after this one was made: what somebody wished later stands,
 * and keeping the older one now would take it back.
 */
export async function isSuperseded(
  db: Database,
  promise: { tenantId: string; kinds: readonly OperationKind[]; after: Date },
): Promise<boolean> {
  return hasRecordedSince(db.prisma, promise);
}

/** The end of a promise that a crash interrupted and that can or should not be kept any more. */
export function interrupted(): BillingError {
  const message =
    "This was interrupted before it was done, and nothing was changed. Ask for it again if it is still wanted.";
  return new BillingError("conflict", "operation.interrupted", message);
}

/** The one unsettled promise of a tenant that holds something; null when nobody holds it. */
export async function findInterrupted(
  db: Database,
  tenantId: string,
  holds: string,
): Promise<UnsettledOperation | null> {
  return findHolder(db.prisma, tenantId, holds);
}

/** The unsettled promise of a request; null when it is settled or unknown. */
export async function findUnsettledRequest(
  db: Database,
  tenantId: string,
  requestId: string,
): Promise<UnsettledOperation | null> {
  return findUnsettled(db.prisma, tenantId, requestId);
}
