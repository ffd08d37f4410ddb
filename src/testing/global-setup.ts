/**
 * One PostgreSQL for a whole test run, with one migrated database that every suite copies.
 * It lives in a temporary directory, does not wait for disks, and leaves nothing behind.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { ensureDatabase, startEmbeddedPostgres } from "@/db/embedded";
import { generateClient } from "@/db/generate";
import { applyMigrations } from "@/db/migrate";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection string of the server's maintenance database. */
    databaseServerUrl: string;
    /** Name of the migrated database that suites copy. */
    databaseTemplate: string;
  }
}

const TEMPLATE = "quittance_template";

/** Starts the server and returns how to end it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await generateClient(fileURLToPath(new URL("../..", import.meta.url)));
  const directory = await mkdtemp(join(tmpdir(), "quittance-test-"));
  // PostgreSQL may run as another account here, and a fresh temporary directory is closed to it.
  await chmod(directory, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: join(directory, "postgres"), disposable: true });
  const end = async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ensureDatabase(server, TEMPLATE);
    await applyMigrations(server.url(TEMPLATE));
  } catch (error) {
    await end();
    throw error;
  }
  project.provide("databaseServerUrl", server.url());
  project.provide("databaseTemplate", TEMPLATE);
  return end;
}
