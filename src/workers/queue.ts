/** The job queue's own tables, and the names of the jobs in it. */
import { Logger, runMigrations } from "graphile-worker";
import type { Database } from "@/db/client";

/** Brings the queue's tables up to date; several processes may call it at once. Part of `migrate` and of every start. */
export async function prepareQueue(db: Pick<Database, "pool">): Promise<void> {
  // Commands answer on standard output, where the queue's own chatter has no place.
  await runMigrations({ pgPool: db.pool, logger: new Logger(() => () => undefined) });
}

/** What the clock of the machine starts: minute by minute, and once a night. */
export const CRONTAB = `
* * * * * drain-inbox
* * * * * close-periods
* * * * * dunning
* * * * * send-mail
17 3 * * * sweep-replies ?fill=1d
`;
