/**
 * The two ways to the database: Prisma for ordinary queries, a pooled `pg` for the few statements that must be fast.
 * Both draw their connections from one pool, so one limit holds for a process.
 */
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "./generated/client";

/** An open database of one process. */
export interface Database {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** Ends every connection; nothing may use the database afterwards. */
  close(): Promise<void>;
}

/** What a query may run on: the client itself, or a transaction somebody opened. */
export type PrismaConnection = PrismaClient | Prisma.TransactionClient;

export interface OpenOptions {
  /** The most connections this process may hold. */
  readonly connectionLimit?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
}

/** Opens the database without connecting yet; the first query does. */
export function openDatabase(url: string, options: OpenOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionLimit ?? 10,
    application_name: options.applicationName ?? "quittance",
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  });
  // An idle connection that the server cuts (a restart, a failover) is replaced by the pool; it must not end the process.
  pool.on("error", () => {});
  // The same for one that is lent out: whoever holds it learns of it from the query that fails.
  pool.on("connect", (client) => client.on("error", () => {}));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    prisma,
    pool,
    close: async () => {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}
