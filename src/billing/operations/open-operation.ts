/**
 * The promise beat: a plan is stored before Stripe hears of it.
 *
 * A plan depends on the time at which it was made. A retry that planned afresh could reach other amounts under another key
 * and bill twice, so the second call of a request gets the plan of the first, and Stripe the keys of the first.
 */
import type { Database } from "@/db/client";
import { BillingError } from "../kernel/errors";
import type { OpenedOperation, OpenOperationInput } from "./model";
import { findOperation, insertOperation } from "./store";

/**
 * Stores the plan under its request, or returns what is stored there already. Calls that race store one plan and all get
 * it. Throws `operation.reused` when the request id belongs to another kind of operation, and `operation.in_progress` when
 * another unsettled promise holds what this one would.
 */
export async function openOperation<Plan>(
  db: Database,
  input: OpenOperationInput<Plan>,
): Promise<OpenedOperation<Plan>> {
  const isNew = await insertOperation(db.prisma, input);
  const stored = await findOperation<Plan>(db.prisma, input.tenantId, input.requestId);
  if (stored === null) throw inProgress();
  if (stored.kind !== input.kind) {
    const message = `The request id was used for "${stored.kind}" before. Use a new one for "${input.kind}".`;
    throw new BillingError("conflict", "operation.reused", message, { details: { kind: stored.kind } });
  }
  const { kind: _kind, ...operation } = stored;
  return { ...operation, isNew };
}

/** Somebody else is changing the same thing at this moment. */
export function inProgress(): BillingError {
  const message = "Another change of this subscription is under way. Try again in a moment.";
  return new BillingError("conflict", "operation.in_progress", message, { retryable: true });
}
