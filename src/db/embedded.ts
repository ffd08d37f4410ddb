/**
 * A real PostgreSQL of our own, from binaries that npm delivers, for a machine that has none.
 *
 * It listens on the loopback address only and keeps its data between runs. It is the same engine that production uses,
 * so nothing in the product knows whether it talks to this one or to yours.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { type EmbeddedPlaces, EmbeddedPostgresProblem, settlePlaces } from "./embedded-files";
import { freePort } from "./free-port";
import { keepFromOrphaning } from "./keeper";

export { EmbeddedPostgresProblem } from "./embedded-files";

/** How to run one embedded server. */
export interface EmbeddedOptions {
  /** Where the data should live; another place is taken, and said in `note`, when PostgreSQL could not reach this one. */
  readonly dataDir: string;
  /** 0 or nothing: a free port. */
  readonly port?: number;
  /** Settings of postgresql.conf that replace the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Trades safety of the data for speed; for tests, whose data nobody needs after a crash. */
  readonly disposable?: boolean;
}

/** A running embedded server. */
export interface EmbeddedPostgres {
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly note: string | null;
  /** True when the data directory was made by this start. */
  readonly fresh: boolean;
  url(database?: string): string;
  /** Ends the server at once but cleanly; open connections are cut. */
  stop(): Promise<void>;
}

const OWNER = "quittance";
const START_LIMIT_MS = 30_000;

/** Small on purpose: the whole product, database included, is to stay below 600 MB when idle. */
const MODEST: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "32MB",
  max_connections: "60",
  max_worker_processes: "2",
  max_parallel_workers: "0",
  max_parallel_workers_per_gather: "0",
  autovacuum_max_workers: "2",
  max_wal_size: "256MB",
  max_wal_senders: "0",
  wal_level: "minimal",
  io_method: "sync",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
};

const DISPOSABLE: Readonly<Record<string, string>> = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
};

/** Starts a server on the data directory, making the directory first when there is none. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const places = settlePlaces(options.dataDir);
  const fresh = !existsSync(join(places.dataDir, "PG_VERSION"));
  if (fresh) await initialise(places);
  endLeftover(places.dataDir);
  const port = options.port || (await freePort());
  const child = launch(places, port, options);
  if (child.pid) child.once("exit", keepFromOrphaning(child.pid, "INT"));
  const password = readFileSync(passwordFile(places.dataDir), "utf8").trim();
  const url = (database = "postgres") => `postgresql://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
  try {
    await untilReady(child, url(), logFile(places.dataDir));
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    port,
    pid: child.pid ?? 0,
    dataDir: places.dataDir,
    note: places.note,
    fresh,
    url,
    stop: () => stop(child),
  };
}

/** Creates the database when the server has none of that name. */
export async function ensureDatabase(server: Pick<EmbeddedPostgres, "url">, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

const passwordFile = (dataDir: string) => `${dataDir}.password`;
const logFile = (dataDir: string) => `${dataDir}.log`;

async function initialise(places: EmbeddedPlaces): Promise<void> {
  const { dataDir, account } = places;
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dirname(dataDir), { recursive: true });
  mkdirSync(dataDir, { mode: 0o700 });
  const password = passwordFile(dataDir);
  writeFileSync(password, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  if (account) {
    chownSync(dataDir, account.uid, account.gid);
    chownSync(password, account.uid, account.gid);
  }
  const output: string[] = [];
  const child = spawn(
    executable(places, "initdb"),
    [
      `--pgdata=${dataDir}`,
      `--username=${OWNER}`,
      `--pwfile=${password}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
    ],
    { ...identity(places), stdio: ["ignore", "pipe", "pipe"] },
  );
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const failure = await new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : output.join("").trim()));
  });
  if (failure !== null) {
    rmSync(dataDir, { recursive: true, force: true });
    throw new EmbeddedPostgresProblem(`PostgreSQL could not set up its data in ${dataDir}: ${failure}`);
  }
}

function launch(places: EmbeddedPlaces, port: number, options: EmbeddedOptions): ChildProcess {
  const settings = { ...MODEST, ...(options.disposable ? DISPOSABLE : {}), ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(logFile(places.dataDir), "w", 0o600);
  try {
    // Its own process group: Ctrl-C in a terminal reaches us alone, and we end the server after those who use it.
    const child = spawn(executable(places, "postgres"), ["-D", places.dataDir, "-p", String(port), ...flags], {
      ...identity(places),
      stdio: ["ignore", log, log],
      detached: true,
    });
    return child;
  } finally {
    closeSync(log);
  }
}

async function untilReady(child: ChildProcess, url: string, log: string): Promise<void> {
  let failure: string | null = null;
  child.once("error", (error) => {
    failure = error.message;
  });
  child.once("exit", () => {
    failure ??= readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n");
  });
  for (const startedAt = performance.now(); performance.now() - startedAt < START_LIMIT_MS; await pause(15)) {
    if (failure !== null) throw new EmbeddedPostgresProblem(`PostgreSQL did not start: ${failure}`);
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      // Still starting: asked again in a moment, until the limit.
    }
  }
  throw new EmbeddedPostgresProblem(`PostgreSQL did not answer within ${START_LIMIT_MS / 1000} s; its log is ${log}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  const late = setTimeout(() => child.kill("SIGQUIT"), 10_000);
  await exited;
  clearTimeout(late);
}

/** A server left over from a run that was cut off still holds the data; it is told to end before ours starts. */
function endLeftover(dataDir: string): void {
  const file = join(dataDir, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (!isPostgresOf(pid, dataDir)) return;
  process.kill(pid, "SIGINT");
  const waiting = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 200 && existsSync(file); tries += 1) Atomics.wait(waiting, 0, 0, 50);
}

/** The number may since belong to a stranger, so its command line must name our data directory. */
function isPostgresOf(pid: number, dataDir: string): boolean {
  if (!(pid > 1)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(dataDir);
  } catch {
    return false;
  }
}

function executable(places: EmbeddedPlaces, name: "initdb" | "postgres"): string {
  const path = join(places.nativeDir, "bin", name);
  try {
    chmodSync(path, 0o755);
  } catch {
    // A read-only installation already has its modes.
  }
  return path;
}

function identity({ account, nativeDir }: EmbeddedPlaces) {
  const owner = account ? { uid: account.uid, gid: account.gid } : {};
  return {
    ...owner,
    cwd: nativeDir,
    env: { NODE_ENV: "production", PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } as const,
  };
}
