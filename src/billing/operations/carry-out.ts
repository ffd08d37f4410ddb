/**
 * The last three beats of a verb that acts on Stripe: promise, act, record; and what a repetition of the request gets.
 *
 * Owns the rule that a request is planned once, whatever crashes: found settled, its outcome is returned; found planned,
 * its stored plan is carried out again under its stored keys; only a request nobody knows is decided. Refuses to settle an
 * operation whose fate is unknown: after an outage it stays planned and the retry finishes it.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { BillingContext } from "../context";
import { BillingError, type BillingErrorCode, type BillingErrorKind, type ErrorDetails } from "../kernel/errors";
import type { OperationKind } from "./model";
import { openOperation } from "./open-operation";
import { settleOperation } from "./settle-operation";
import { findOperation } from "./store";

/** One request for a verb. */
export interface OperationRequest {
  tenantId: string;
  requestId: string;
  kind: OperationKind;
  reason: string;
  /** What no other unsettled promise of the tenant may hold; the second one throws `operation.in_progress`. */
  holds?: string;
  /** The tenant's time. */
  now: Date;
}

/** A promise being kept: `id` is the root of the keys sent to Stripe. */
export interface Promised<Plan> {
  id: string;
  plan: Plan;
}

/** The beats a verb brings. */
export interface OperationBeats<Plan, Outcome, Facts> {
  /** Read and decide; called only for a request nobody knows. A refusal thrown here stores nothing. */
  decide(): Promise<Plan>;
  /**
   * Asks Stripe, with keys made from the operation's id; may be called again after a crash. Declines are final.
   * The outcome is stored for repetitions of the request, the facts are only handed on to `record`.
   */
  act(operation: Promised<Plan>): Promise<{ outcome: Outcome; facts: Facts }>;
  /**
   * Whether a call that Stripe refused for good ends the promise. Left out: it does not, because charges may have been
   * written for it that must reach an invoice once the trouble is over.
   */
  endsWhenRefused?(plan: Plan): boolean;
  /** Writes rows and audit in the transaction that settles the operation; acts on nothing outside the database. */
  record(tx: DatabaseTransaction, operation: Promised<Plan>, facts: Facts, outcome: Outcome): Promise<void>;
}

/** Promises, acts and records; returns what came of it, now or when the request was first made. */
export async function carryOut<Plan, Outcome, Facts>(
  ctx: BillingContext,
  request: OperationRequest,
  beats: OperationBeats<Plan, Outcome, Facts>,
): Promise<Promised<Plan> & { outcome: Outcome }> {
  const known = await findOperation<Plan>(ctx.db.prisma, request.tenantId, request.requestId);
  const plan = known === null ? await beats.decide() : known.plan;
  const operation = await openOperation(ctx.db, { ...request, plan, actor: ctx.actor });
  const { id } = operation;
  if (operation.status === "refused") throw refusalOf(operation.outcome);
  // The outcome was written by this function for this kind of operation.
  if (operation.status === "recorded") return { id, plan: operation.plan, outcome: operation.outcome as Outcome };
  const promised = { id, plan: operation.plan };
  const { outcome, facts } = await actOrRefuse(ctx, request, promised, beats);
  const isFirst = await inTransaction(ctx.db, async (tx) => {
    // Settled before the rows are written: of calls of one request that race, one writes them and the others wait here.
    const settled = { tenantId: request.tenantId, id, status: "recorded", outcome, now: request.now } as const;
    const isFirst = await settleOperation(tx, settled);
    if (isFirst) await beats.record(tx, promised, facts, outcome);
    return isFirst;
  });
  if (isFirst) return { ...promised, outcome };
  const recorded = await findOperation<Plan>(ctx.db.prisma, request.tenantId, request.requestId);
  return { ...promised, outcome: recorded?.outcome as Outcome };
}

async function actOrRefuse<Plan, Outcome, Facts>(
  ctx: BillingContext,
  request: OperationRequest,
  promised: Promised<Plan>,
  beats: OperationBeats<Plan, Outcome, Facts>,
): Promise<{ outcome: Outcome; facts: Facts }> {
  try {
    return await beats.act(promised);
  } catch (error) {
    const endsWhenRefused = beats.endsWhenRefused?.(promised.plan) ?? false;
    if (error instanceof BillingError && isFinal(error, endsWhenRefused)) {
      const outcome: Refusal = { kind: error.kind, code: error.code, message: error.message, details: error.details };
      const { tenantId, now } = request;
      await inTransaction(ctx.db, (tx) =>
        settleOperation(tx, { tenantId, id: promised.id, status: "refused", outcome, now }),
      );
    }
    throw error;
  }
}

/**
 * Whether the refusal is an answer to the request. Trouble at Stripe or a broken rule of ours is none: the operation stays
 * planned, unless the verb says that nothing hangs on it.
 */
function isFinal(error: BillingError, endsWhenRefused: boolean): boolean {
  if (error.retryable || error.kind === "invariant") return false;
  return error.kind !== "upstream" || endsWhenRefused;
}

interface Refusal {
  kind: BillingErrorKind;
  code: BillingErrorCode;
  message: string;
  details: ErrorDetails;
}

function refusalOf(outcome: unknown): BillingError {
  const { kind, code, message, details } = outcome as Refusal;
  return new BillingError(kind, code, message, { details });
}
