/** Every query of operations and stored_replies. */
import type { DatabaseTransaction } from "@/db/transaction";
import { actorName } from "../kernel/actor";
import { newId } from "../kernel/ids";
import type { OpenedOperation, OpenOperationInput, OperationStatus, ReplyRequest, UnsettledOperation } from "./model";
import { decode, encode } from "./rules";

/** Writes a promise unless the request has one. Returns whether it was written. */
export async function insertOperation(tx: DatabaseTransaction, input: OpenOperationInput<unknown>): Promise<boolean> {
  const { count } = await tx.operation.createMany({
    data: {
      tenantId: input.tenantId,
      id: newId("op"),
      requestId: input.requestId,
      kind: input.kind,
      status: "planned",
      plan: encode(input.plan),
      actor: actorName(input.actor),
      reason: input.reason,
      holds: input.holds ?? null,
      createdAt: input.now,
    },
    skipDuplicates: true,
  });
  return count === 1;
}

/** The promise of a request; null when there is none. */
export async function findOperation<Plan>(
  tx: DatabaseTransaction,
  tenantId: string,
  requestId: string,
): Promise<(Omit<OpenedOperation<Plan>, "isNew"> & { kind: string }) | null> {
  const row = await tx.operation.findUnique({ where: { tenantId_requestId: { tenantId, requestId } } });
  if (!row) return null;
  const outcome = row.outcome === null ? null : decode<unknown>(row.outcome);
  return { id: row.id, kind: row.kind, plan: decode<Plan>(row.plan), status: row.status, outcome };
}

/** Settles a promise that is still planned. Returns whether it was. */
export async function settlePlanned(
  tx: DatabaseTransaction,
  settled: { tenantId: string; id: string; status: OperationStatus; outcome: unknown; now: Date },
): Promise<boolean> {
  const { count } = await tx.operation.updateMany({
    where: { tenantId: settled.tenantId, id: settled.id, status: "planned" },
    data: { status: settled.status, outcome: encode(settled.outcome), settledAt: settled.now, holds: null },
  });
  return count === 1;
}

/** The newest promise of a kind that was kept; null when there is none. */
export async function findLatestDone<Plan, Outcome>(
  tx: DatabaseTransaction,
  tenantId: string,
  kind: string,
): Promise<{ actor: string; reason: string; plan: Plan; outcome: Outcome } | null> {
  const where = { tenantId, kind, status: "recorded" } as const;
  const row = await tx.operation.findFirst({ where, orderBy: { createdAt: "desc" } });
  if (row === null || row.outcome === null) return null;
  const { actor, reason } = row;
  return { actor, reason, plan: decode<Plan>(row.plan), outcome: decode<Outcome>(row.outcome) };
}

/** The status of a promise; null when there is none. */
export async function findOperationStatus(
  tx: DatabaseTransaction,
  tenantId: string,
  id: string,
): Promise<OperationStatus | null> {
  const row = await tx.operation.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { status: true } });
  return row?.status ?? null;
}

const UNSETTLED = { tenantId: true, id: true, requestId: true, kind: true, actor: true, reason: true, createdAt: true };

/** The promise of a tenant that nobody has settled and that holds something; null when nothing is held. */
export async function findHolder(
  tx: DatabaseTransaction,
  tenantId: string,
  holds: string,
): Promise<UnsettledOperation | null> {
  return tx.operation.findUnique({ where: { tenantId_holds: { tenantId, holds } }, select: UNSETTLED });
}

/** An unsettled promise by its request; null when it is settled or unknown. */
export async function findUnsettled(
  tx: DatabaseTransaction,
  tenantId: string,
  requestId: string,
): Promise<UnsettledOperation | null> {
  return tx.operation.findUnique({
    where: { tenantId_requestId: { tenantId, requestId }, status: "planned" },
    select: UNSETTLED,
  });
}

/** Whether a promise of these kinds that was made after an instant has been recorded. */
export async function hasRecordedSince(
  tx: DatabaseTransaction,
  made: { tenantId: string; kinds: readonly string[]; after: Date },
): Promise<boolean> {
  const { tenantId, kinds, after } = made;
  const where = { tenantId, kind: { in: [...kinds] }, status: "recorded" as const, createdAt: { gt: after } };
  return (await tx.operation.count({ where })) > 0;
}

/** Promises that were never settled, oldest first. */
export async function loadUnsettled(tx: DatabaseTransaction, limit: number): Promise<UnsettledOperation[]> {
  return tx.operation.findMany({
    where: { status: "planned" },
    orderBy: { createdAt: "asc" },
    take: limit,
    select: UNSETTLED,
  });
}

/** Reserves a reply unless the key is taken. Returns whether it was reserved. */
export async function insertReply(tx: DatabaseTransaction, request: ReplyRequest): Promise<boolean> {
  const { now, ...reply } = request;
  const { count } = await tx.storedReply.createMany({ data: { ...reply, createdAt: now }, skipDuplicates: true });
  return count === 1;
}

/** What is stored under a key; null when nothing is. */
export function findReply(tx: DatabaseTransaction, scopeId: string, key: string) {
  return tx.storedReply.findUnique({
    where: { scopeId_key: { scopeId, key } },
    select: { method: true, path: true, requestHash: true, status: true, body: true, createdAt: true },
  });
}

/** Takes over a reply that its first call never gave. Returns whether nobody else did meanwhile. */
export async function takeOverReply(tx: DatabaseTransaction, request: ReplyRequest, createdAt: Date): Promise<boolean> {
  const { count } = await tx.storedReply.updateMany({
    where: { scopeId: request.scopeId, key: request.key, status: null, createdAt },
    data: { createdAt: request.now },
  });
  return count === 1;
}

/** Writes the answer of a reserved reply. */
export async function putReply(
  tx: DatabaseTransaction,
  reply: { scopeId: string; key: string; status: number; body: string; now: Date },
): Promise<void> {
  await tx.storedReply.updateMany({
    where: { scopeId: reply.scopeId, key: reply.key, status: null },
    data: { status: reply.status, body: reply.body, settledAt: reply.now },
  });
}

/** Frees a key whose call changed nothing. */
export async function deleteUnansweredReply(tx: DatabaseTransaction, scopeId: string, key: string): Promise<void> {
  await tx.storedReply.deleteMany({ where: { scopeId, key, status: null } });
}

/** Removes replies made before an instant. Returns how many. */
export async function deleteRepliesBefore(tx: DatabaseTransaction, before: Date): Promise<number> {
  const { count } = await tx.storedReply.deleteMany({ where: { createdAt: { lt: before } } });
  return count;
}
