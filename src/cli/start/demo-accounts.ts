/** Finds the accounts of the demo as soon as there are any, to name them on the screen. */
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";

/** One account. */
export interface DemoAccount {
  readonly email: string;
  readonly name: string;
}

const DOMAIN = "@demo.quittance.local";
const POLL_MS = 500;
const LIMIT_MS = 20_000;

/** Resolves once two looks in a row find the same accounts; empty when none came in time. */
export async function awaitDemoAccounts(databaseUrl: string, isGivenUp: () => boolean): Promise<DemoAccount[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => {});
  try {
    await client.connect();
    let before = 0;
    for (const startedAt = performance.now(); performance.now() - startedAt < LIMIT_MS && !isGivenUp(); ) {
      const { rows } = await client.query<DemoAccount>(
        "select email, coalesce(name, '') as name from users where email like $1 order by is_operator desc, created_at",
        [`%${DOMAIN}`],
      );
      if (rows.length > 0 && rows.length === before) return rows;
      before = rows.length;
      await pause(POLL_MS, undefined, { ref: false });
    }
    return [];
  } catch {
    // Naming the accounts is a courtesy; whatever kept us from it is reported by the part it belongs to.
    return [];
  } finally {
    await client.end().catch(() => {});
  }
}
