/**
 * Prisma's schema engine, in its WebAssembly build.
 *
 * The Prisma command line downloads a native engine before it migrates, which a machine without a way out cannot do. The
 * same engine comes from npm as WebAssembly and talks to PostgreSQL through the driver adapter, with the same migrations
 * directory and the same `_prisma_migrations` table; only the adapter has to be taught four things, each explained below.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type ErrorRegistry,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
} from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";

/** The catalog's one-byte type "char", and the type whose text form it shares. */
const CHAR_OID = 18;
const TEXT_OID = 25;

type Answer = { fields: { dataTypeID: number }[]; rows: unknown[] };
type Querying = SqlQueryable & { performIO(query: SqlQuery): Promise<Answer> };

let engines: Promise<typeof SchemaEngine> | null = null;
let lastPanic: string | null = null;

/** Runs `work` with an engine on that database; `schemaFiles` are pairs of path and text. */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  schemaFiles: [string, string][],
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  engines ??= instantiate();
  const Engine = await engines;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  pool.on("error", () => {});
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory(pool, databaseUrl));
  try {
    const engine = await Engine.new({ datamodels: schemaFiles }, () => {}, factory);
    return await work(engine);
  } catch (error) {
    throw readable(error, factory.errorRegistry);
  } finally {
    await pool.end();
  }
}

/** One instance serves all engines of a process: a second one would corrupt those made before. */
async function instantiate(): Promise<typeof SchemaEngine> {
  // Without this the engine cannot say why it panicked, and fails while trying.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (text: string) => {
        lastPanic = text;
      },
    },
  });
  const specifier = "@prisma/schema-engine-wasm/schema_engine_bg";
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  // The binary is not among the package's exports; it lies beside the module that is.
  const file = join(dirname(createRequire(import.meta.url).resolve(specifier)), "schema_engine_bg.wasm");
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    "./schema_engine_bg.js": bindings as unknown as WebAssembly.ModuleImports,
  });
  const glue = bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  glue.__wbg_set_wasm(instance.exports);
  const { __wbindgen_start: start } = instance.exports;
  if (typeof start === "function") start();
  return bindings.SchemaEngine;
}

function adapterFactory(pool: pg.Pool, databaseUrl: string): SqlMigrationAwareDriverAdapterFactory {
  const main = new PrismaPg(pool);
  return {
    provider: main.provider,
    adapterName: main.adapterName,
    connect: async () => teach(await main.connect(), pool),
    connectToShadowDb: () => openShadow(databaseUrl),
  };
}

/**
 * An empty database of its own, dropped when the engine lets go of it. The adapter's own version lets a connection string
 * win over the shadow's name, and would replay every migration on the real database.
 */
async function openShadow(databaseUrl: string): Promise<SqlDriverAdapter> {
  const name = `shadow_${randomUUID().replaceAll("-", "")}`;
  const keeper = new pg.Client({ connectionString: databaseUrl });
  await keeper.connect();
  await keeper.query(`create database "${name}"`);
  const shadowUrl = new URL(databaseUrl);
  shadowUrl.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: shadowUrl.href, max: 4 });
  pool.on("error", () => {});
  const adapter = teach(await new PrismaPg(pool).connect(), pool);
  adapter.dispose = async () => {
    await pool.end();
    await keeper.query(`drop database if exists "${name}" with (force)`);
    await keeper.end();
  };
  return adapter;
}

/** Corrects what the adapter gets wrong for a migration: column types of the catalog, and scripts. */
function teach<Adapter extends SqlDriverAdapter>(adapter: Adapter, pool: pg.Pool): Adapter {
  acceptChar(adapter);
  // The adapter cuts a script at every semicolon, which tears function bodies apart; PostgreSQL can read it whole.
  adapter.executeScript = async (script) => {
    await pool.query(script);
  };
  const begin = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (isolation) => {
    const transaction = await begin(isolation);
    acceptChar(transaction);
    return transaction;
  };
  return adapter;
}

/** The adapter refuses columns of type "char", which the catalog is full of; the engine wants them as Character. */
function acceptChar(target: SqlQueryable): void {
  const adapter = target as Querying;
  const charColumns = new WeakMap<unknown[], number[]>();
  const ask = adapter.performIO.bind(adapter);
  const read = adapter.queryRaw.bind(adapter);
  adapter.performIO = async (query) => {
    const answer = await ask(query);
    const found: number[] = [];
    for (const [index, field] of answer.fields.entries()) {
      if (field.dataTypeID !== CHAR_OID) continue;
      field.dataTypeID = TEXT_OID;
      found.push(index);
    }
    charColumns.set(answer.rows, found);
    return answer;
  };
  adapter.queryRaw = async (query) => {
    const result = await read(query);
    for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
}

/** The engine refers to an error of the database by a number, and throws plain objects at times; people need a sentence. */
function readable(error: unknown, registry: ErrorRegistry): Error {
  const panic = lastPanic;
  lastPanic = null;
  if (panic) return new Error(`Prisma's schema engine failed: ${panic}`, { cause: error });
  const text = error instanceof Error ? error.message || String(error) : JSON.stringify(error);
  const reference = /External error id#(\d+)/.exec(`${text}\n${error instanceof Error ? error.stack : ""}`)?.[1];
  const cause = reference === undefined ? undefined : registry.consumeError(Number(reference))?.error;
  const migration = /migration_name="([^"]+)"/.exec(text)?.[1];
  const where = migration ? `The migration ${migration} failed` : "The schema engine failed";
  if (cause instanceof Error) return new Error(`${where}: ${cause.message}`, { cause });
  return error instanceof Error ? error : new Error(text, { cause: error });
}
