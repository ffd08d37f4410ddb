/**
 * Brings a database to the schema the code expects, by the migrations in prisma/migrations and by nothing else.
 *
 * The history is Prisma's own, so `prisma migrate deploy` may take over wherever its native engine is available.
 */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DiffTarget, MigrationList } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { withSchemaEngine } from "./schema-engine";

/** Any number will do, as long as every process of ours takes the same. */
const LOCK_KEY = 7_270_319_118;
const NOTHING_EXTERNAL = { externalTables: [], externalEnums: [] };
const LOCKFILE = { path: "migration_lock.toml", content: 'provider = "postgresql"\n' };

/** Applies what is missing and returns the names of the migrations it applied; several processes may call it at once. */
export async function applyMigrations(databaseUrl: string): Promise<string[]> {
  const migrationsList = readMigrations();
  const wanted = migrationsList.migrationDirectories.map((migration) => migration.path);
  const keeper = new pg.Client({ connectionString: databaseUrl });
  keeper.on("error", () => {});
  await keeper.connect();
  try {
    await keeper.query("select pg_advisory_lock($1)", [LOCK_KEY]);
    // The common case, every start but the first, needs no engine at all.
    if (await isUpToDate(keeper, wanted)) return [];
    return await withSchemaEngine(databaseUrl, readSchema(), async (engine) => {
      const done = await engine.applyMigrations({ migrationsList, filters: NOTHING_EXTERNAL });
      return done.appliedMigrationNames;
    });
  } finally {
    await keeper.end();
  }
}

/** Names of migrations that the database lacks; reads only. */
export async function pendingMigrations(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const applied = await appliedNames(client);
    const all = readMigrations().migrationDirectories.map((migration) => migration.path);
    return all.filter((name) => !applied.has(name));
  } finally {
    await client.end();
  }
}

/**
 * Writes prisma/migrations/<directory>/migration.sql, the way from the migrations before it to the schema folder, over a
 * file that may be there already. Returns null when there is no difference. Triggers and checks, which a schema file cannot
 * say, are written by hand in migrations of their own.
 */
export async function createMigration(databaseUrl: string, directory: string): Promise<string | null> {
  const before = readMigrations();
  before.migrationDirectories = before.migrationDirectories.filter((migration) => migration.path < directory);
  const sql = await difference(databaseUrl, { tag: "migrations", ...before }, schemaTarget());
  if (sql === null) return null;
  const path = join(prismaDir(), "migrations", directory);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "migration.sql"), sql);
  await writeFile(join(prismaDir(), "migrations", LOCKFILE.path), LOCKFILE.content);
  return join(path, "migration.sql");
}

/** The directory of the migration with that name, or null. */
export function findMigration(name: string): string | null {
  const directories = readMigrations().migrationDirectories.map((migration) => migration.path);
  return directories.find((directory) => directory.slice(15) === name) ?? null;
}

/** The SQL by which the migrations fall short of the schema folder, or null when they agree. */
export function missingMigration(databaseUrl: string): Promise<string | null> {
  return difference(databaseUrl, { tag: "migrations", ...readMigrations() }, schemaTarget());
}

/** The SQL by which a live database differs from the schema folder, or null when they agree. */
export function findDrift(databaseUrl: string): Promise<string | null> {
  const live: DiffTarget = { tag: "schemaDatasource", ...schemaContainer(), configDir: prismaDir() };
  return difference(databaseUrl, live, schemaTarget());
}

async function difference(databaseUrl: string, from: DiffTarget, to: DiffTarget): Promise<string | null> {
  return withSchemaEngine(databaseUrl, readSchema(), async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from,
      to,
      script: true,
      exitCode: true,
      filters: NOTHING_EXTERNAL,
      // The engine's own type leaves this out and its code asks for it.
      ...{ shadowDatabaseUrl: null },
    });
    return exitCode === 2 ? (stdout ?? "") : null;
  });
}

async function isUpToDate(client: pg.Client, wanted: string[]): Promise<boolean> {
  const applied = await appliedNames(client);
  return wanted.length > 0 && wanted.every((name) => applied.has(name));
}

async function appliedNames(client: pg.Client): Promise<Set<string>> {
  const table = await client.query("select to_regclass('_prisma_migrations') is not null as exists");
  if (!table.rows[0]?.exists) return new Set();
  const { rows } = await client.query<{ migration_name: string }>(
    "select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null",
  );
  return new Set(rows.map((row) => row.migration_name));
}

function readMigrations(): MigrationList {
  const baseDir = join(prismaDir(), "migrations");
  const names = listDirectory(baseDir).filter((name) => /^\d{14}_/.test(name));
  return {
    baseDir,
    lockfile: LOCKFILE,
    shadowDbInitScript: "",
    migrationDirectories: names.map((path) => ({
      path,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok", value: readFileSync(join(baseDir, path, "migration.sql"), "utf8") },
      },
    })),
  };
}

function readSchema(): [string, string][] {
  const directory = join(prismaDir(), "schema");
  const names = listDirectory(directory).filter((name) => name.endsWith(".prisma"));
  return names.map((name) => [join(directory, name), readFileSync(join(directory, name), "utf8")]);
}

function schemaContainer() {
  return { files: readSchema().map(([path, content]) => ({ path, content })) };
}

function schemaTarget(): DiffTarget {
  return { tag: "schemaDatamodel", ...schemaContainer() };
}

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/** Found by walking up, because this file runs from src/ and from a bundle in dist/. */
function prismaDir(): string {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    if (listDirectory(join(directory, "prisma", "schema")).length > 0) return join(directory, "prisma");
    if (directory === dirname(directory))
      throw new Error("The directory prisma/schema is missing from this installation.");
  }
}
