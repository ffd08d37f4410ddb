/**
 * Answers of REST calls kept under their idempotency key, so that a call repeated after a lost answer gets the same one.
 *
 * The first call reserves the key, then settles it with its answer or gives it up. A call that died between the two would
 * hold its key for ever, so after a minute the next one may take over; the verbs below are safe to repeat by themselves.
 */
import type { Database } from "@/db/client";
import { BillingError } from "../kernel/errors";
import type { ReplyRequest, ReplyState } from "./model";
import { deleteRepliesBefore, deleteUnansweredReply, findReply, insertReply, putReply, takeOverReply } from "./store";

const TAKE_OVER_AFTER_MS = 60_000;
const KEPT_MS = 86_400_000;

/**
 * Reserves a key, or returns the answer kept under it. Throws `idempotency.key_reused` when the key belongs to another
 * request, `idempotency.key_in_use` (retryable) while the first call is still running.
 */
export async function beginReply(db: Database, request: ReplyRequest): Promise<ReplyState> {
  if (await insertReply(db.prisma, request)) return { state: "new" };
  const stored = await findReply(db.prisma, request.scopeId, request.key);
  if (stored) {
    const { method, path, requestHash, status, body, createdAt } = stored;
    if (method !== request.method || path !== request.path || requestHash !== request.requestHash) {
      const message = "This idempotency key was used with another request. Use a new key for a new request.";
      throw new BillingError("conflict", "idempotency.key_reused", message);
    }
    if (status !== null) return { state: "replay", status, body: body ?? "" };
    const isAbandoned = request.now.getTime() - createdAt.getTime() > TAKE_OVER_AFTER_MS;
    if (isAbandoned && (await takeOverReply(db.prisma, request, createdAt))) return { state: "new" };
  }
  const message = "A request with this idempotency key is still being answered. Try again in a moment.";
  throw new BillingError("conflict", "idempotency.key_in_use", message, { retryable: true });
}

/** Keeps the answer; the next call with the key gets it. */
export async function settleReply(
  db: Database,
  reply: { scopeId: string; key: string; status: number; body: string; now: Date },
): Promise<void> {
  await putReply(db.prisma, reply);
}

/** Frees the key of a call that changed nothing, so that it can be tried again. */
export async function abandonReply(db: Database, reply: { scopeId: string; key: string }): Promise<void> {
  await deleteUnansweredReply(db.prisma, reply.scopeId, reply.key);
}

/** Removes answers older than a day. Returns how many. */
export async function sweepReplies(db: Database, now: Date): Promise<number> {
  return deleteRepliesBefore(db.prisma, new Date(now.getTime() - KEPT_MS));
}
