/**
 * Looks at everything a start needs before anything is started, so that one message can name all that is wrong.
 */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import pg from "pg";
import { loadCatalogFile } from "@/billing/catalog/load-catalog-file";
import { BillingError } from "@/billing/kernel/errors";
import { EmbeddedPostgresProblem, settlePlaces } from "@/db/embedded-files";
import {
  type Environment,
  type EnvironmentProblem,
  EnvironmentProblems,
  type EnvironmentSource,
  loadEnvironment,
} from "@/env";
import { findRunning } from "./running";

/** The settings when all is well, and what is not. */
export interface Preflight {
  readonly settings: Environment;
  readonly problems: readonly EnvironmentProblem[];
}

const OLDEST_POSTGRES = 15;

/** Checks variables, ports, database and directories; changes nothing but making the data directory. */
export async function examineStart(source: EnvironmentSource): Promise<Preflight> {
  const { settings, problems } = readAsMuchAsPossible(source);
  const blamed = new Set(problems.map(({ variable }) => variable));
  const check = async (variable: string, look: () => Promise<string | null> | string | null) => {
    if (blamed.has(variable)) return;
    const problem = await look();
    if (problem) problems.push({ variable, problem });
  };
  await check("QUITTANCE_DATA_DIR", () => dataDirProblem(settings));
  const other = findRunning(settings.dataDir);
  if (other) {
    const problem =
      `this installation already runs as process ${other.pid} at ${other.url}; ` +
      "stop it with Ctrl-C there, or give this one another data directory and other ports";
    return { settings, problems: [...problems, { variable: "QUITTANCE_DATA_DIR", problem }] };
  }
  await check("PORT", () => portProblem("PORT", settings.port, settings.host));
  if (settings.mode === "sandbox") {
    await check("SANDBOX_PORT", () => portProblem("SANDBOX_PORT", settings.sandboxPort, "127.0.0.1"));
    await check("NODE_ENV", () => (source.NODE_ENV === "production" ? SANDBOX_IN_PRODUCTION : null));
  }
  await check("DATABASE_URL", () => databaseProblem(settings));
  await check("CATALOG", () => catalogProblem(settings));
  return { settings, problems };
}

const SANDBOX_IN_PRODUCTION =
  "is production, where the Stripe sandbox does not run because its payments are not real; " +
  "set the three Stripe variables, or unset it";

/** What is wrong with one variable must not hide what is wrong with the machine, so wrong ones are left out and noted. */
function readAsMuchAsPossible(source: EnvironmentSource): { settings: Environment; problems: EnvironmentProblem[] } {
  const problems: EnvironmentProblem[] = [];
  let rest = source;
  while (true) {
    try {
      return { settings: loadEnvironment(rest), problems };
    } catch (error) {
      if (!(error instanceof EnvironmentProblems)) throw error;
      const known = new Set(problems.map(({ variable }) => variable));
      problems.push(...error.problems.filter(({ variable }) => !known.has(variable)));
      const wrong = new Set(error.problems.map(({ variable }) => variable));
      const partOfStripe = [...wrong].some((name) => name.startsWith("STRIPE_"));
      rest = Object.fromEntries(
        Object.entries(rest).filter(([name]) => !wrong.has(name) && !(partOfStripe && name.startsWith("STRIPE_"))),
      );
    }
  }
}

function dataDirProblem({ dataDir }: Environment): string | null {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
    return null;
  } catch {
    return `${resolve(dataDir)} cannot be written; choose a directory that can`;
  }
}

async function portProblem(variable: string, port: number, host: string): Promise<string | null> {
  const code = await new Promise<string | null>((done) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => done(error.code ?? "unknown"));
    probe.listen(port, host, () => probe.close(() => done(null)));
  });
  if (code === null) return null;
  if (code === "EADDRINUSE")
    return `${port} is in use; stop what listens there, or choose another: ${variable}=${port + 1}`;
  if (code === "EACCES") return `${port} may not be used by this account; choose one above 1023: ${variable}=3000`;
  return `${host}:${port} cannot be listened on (${code})`;
}

async function databaseProblem({ databaseUrl, dataDir }: Environment): Promise<string | null> {
  if (databaseUrl === null) return embeddedProblem(dataDir);
  const where = new URL(databaseUrl).host;
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version");
    const major = Math.floor(Number(rows[0]?.version ?? 0) / 10_000);
    return major < OLDEST_POSTGRES ? `${where} runs PostgreSQL ${major}; ${OLDEST_POSTGRES} or newer is needed` : null;
  } catch (error) {
    const reason =
      error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
    return `${where} cannot be used (${reason}); check that it runs and the address, or unset it for the embedded one`;
  } finally {
    await client.end().catch(() => {});
  }
}

function embeddedProblem(dataDir: string): string | null {
  try {
    settlePlaces(join(dataDir, "postgres"));
    return null;
  } catch (error) {
    if (error instanceof EmbeddedPostgresProblem) return error.message;
    throw error;
  }
}

/** A file is read as `catalog apply` will read it, so that a broken one is named before anything is started. */
async function catalogProblem({ catalog }: Environment): Promise<string | null> {
  if (!/[./\\]/.test(catalog)) return null;
  if (!existsSync(catalog)) return `${resolve(catalog)} does not exist`;
  try {
    await loadCatalogFile(catalog);
    return null;
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    const problems = Object.entries(error.details).map(([path, message]) => `${path} ${String(message)}`);
    return `${resolve(catalog)} cannot be applied: ${problems.join("; ")}`;
  }
}

/** The one message for people. */
export function explainProblems(problems: readonly EnvironmentProblem[]): string {
  const width = Math.max(...problems.map(({ variable }) => variable.length));
  const lines = problems.map(({ variable, problem }) => `  ${variable.padEnd(width)}  ${problem}`);
  return ["Quittance cannot start:", "", ...lines].join("\n");
}
