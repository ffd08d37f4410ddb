/**
 * Transactions that compose. A verb asks for one; when its caller already has one, the caller's is used, so that several
 * verbs can be made one unit without knowing of each other.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Database, PrismaConnection } from "./client";
import { Prisma, type PrismaClient } from "./generated/client";

/** What a store function runs on: a transaction somebody opened, or a client where one statement is enough. */
export type DatabaseTransaction = PrismaConnection;

const ATTEMPT_LIMIT = 5;
const FIRST_DELAY_MS = 10;

/** Two transactions stood in each other's way; PostgreSQL undid one and asks for it again. */
const RETRYABLE_SQL_STATES = new Set(["40001", "40P01"]);

export interface TransactionOptions {
  readonly isolation?: Prisma.TransactionIsolationLevel;
  readonly timeoutMs?: number;
}

/**
 * Runs `work` in one transaction and returns its value.
 *
 * Inside an outer transaction the outer one is used, its isolation and its retry included. Otherwise `work` is run again,
 * at most five times, when PostgreSQL reports a serialization failure or a deadlock: it must not act outside the database.
 */
export async function inTransaction<T>(
  source: Database | PrismaConnection,
  work: (transaction: Prisma.TransactionClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const connection = "pool" in source ? source.prisma : source;
  if (!isClient(connection)) return work(connection);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connection.$transaction(work, {
        isolationLevel: options.isolation,
        timeout: options.timeoutMs ?? 15_000,
        maxWait: 10_000,
      });
    } catch (error) {
      if (attempt >= ATTEMPT_LIMIT || !isTransactionConflict(error)) throw error;
      await pause(FIRST_DELAY_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

/** Whether PostgreSQL undid the transaction only because of another one running beside it. */
export function isTransactionConflict(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2034") return true;
  return sqlStates(error).some((state) => RETRYABLE_SQL_STATES.has(state));
}

/** The state hides at different depths: in pg's own error, in Prisma's metadata, or in a driver adapter's cause. */
function sqlStates(error: unknown, depth = 0): string[] {
  if (typeof error !== "object" || error === null || depth > 5) return [];
  const record = error as Record<string, unknown>;
  const own = [record.code, record.originalCode].filter((value): value is string => typeof value === "string");
  const inner = [record.cause, record.meta, record.driverAdapterError].flatMap((value) => sqlStates(value, depth + 1));
  return [...own, ...inner];
}

function isClient(connection: PrismaConnection): connection is PrismaClient {
  return "$transaction" in connection && typeof connection.$transaction === "function";
}
