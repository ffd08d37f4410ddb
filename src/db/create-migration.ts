/** Writes the next migration, on an empty PostgreSQL that lives only as long as that takes. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "./embedded";
import { createMigration, findMigration } from "./migrate";

/**
 * Returns the path of the file, or null when the migrations already say what the schema says. A name that exists is
 * written anew in its place, which is right only until somebody has applied it to data worth keeping.
 */
export async function createMigrationOffline(name: string, now: Date): Promise<string | null> {
  const directory = await mkdtemp(join(tmpdir(), "quittance-migration-"));
  await chmod(directory, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: join(directory, "postgres"), disposable: true });
  try {
    const stamp = now.toISOString().replace(/\D/g, "").slice(0, 14);
    return await createMigration(server.url(), findMigration(name) ?? `${stamp}_${name}`);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
