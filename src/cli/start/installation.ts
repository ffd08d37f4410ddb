/** One running installation: what the steps share, how it reports, how it ends. */

import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type EmbeddedPostgres, ensureDatabase, startEmbeddedPostgres } from "@/db/embedded";
import { keeperPid } from "@/db/keeper";
import type { Environment, EnvironmentSource } from "@/env";
import { awaitDemoAccounts } from "./demo-accounts";
import type { Boot } from "./main";
import { measureMemory } from "./memory";
import { Processes } from "./processes";
import { type Progress, seconds } from "./progress";
import { announce, type KeptSecrets, keepSecrets, withdraw } from "./running";

/** What the command line asked for. */
export interface StartOptions {
  readonly dev: boolean;
  /** Stop after the Prisma client, or after the production build. */
  readonly only: "client" | "build" | null;
  /** One JSON line when ready, and nothing else. */
  readonly json: boolean;
  readonly seed: boolean;
  /** The database need not survive a crash; for tests. */
  readonly disposable: boolean;
}

interface Parts {
  readonly boot: Boot;
  readonly settings: Environment;
  readonly source: EnvironmentSource;
  readonly options: StartOptions;
  readonly progress: Progress;
}

const DATABASE = "quittance";
/** Long enough for processes to give back what starting took. */
const IDLE_AFTER_MS = 5_000;

/** Limits of Node's heaps; all programs together stay below 600 MB when idle. */
const HEAP_FLAGS: Readonly<Record<string, readonly string[]>> = {
  server: ["--max-old-space-size=512", "--max-semi-space-size=4"],
  worker: ["--max-old-space-size=256", "--max-semi-space-size=4"],
  sandbox: ["--max-old-space-size=256", "--max-semi-space-size=4"],
  quittance: ["--max-old-space-size=256", "--max-semi-space-size=4"],
};

const SOURCES: Readonly<Record<string, string>> = {
  server: "src/server/main.ts",
  worker: "src/workers/main.ts",
  sandbox: "src/sandbox/main.ts",
  quittance: "src/cli/main.ts",
};

/** See the file's comment. */
export class Installation {
  readonly root: string;
  readonly settings: Environment;
  readonly options: StartOptions;
  readonly dataDir: string;
  readonly processes: Processes;
  isEnding = false;
  private isAnnounced = false;
  private readonly secrets: KeptSecrets;
  private embedded: EmbeddedPostgres | null = null;
  private sandboxUrl: string | null = null;

  constructor(private readonly parts: Parts) {
    this.root = parts.boot.root;
    this.settings = parts.settings;
    this.options = parts.options;
    this.dataDir = resolve(parts.settings.dataDir);
    this.secrets = keepSecrets(this.dataDir);
    this.processes = new Processes(this.root, join(this.dataDir, "logs"), (failure) => {
      process.stderr.write(`\n${failure.message}\n`);
      void this.end(1);
    });
  }

  /** Starts the embedded PostgreSQL; called only without a DATABASE_URL. */
  async startDatabase(): Promise<string | null> {
    const server = await startEmbeddedPostgres({
      dataDir: join(this.dataDir, "postgres"),
      disposable: this.options.disposable,
    });
    this.embedded = server;
    await ensureDatabase(server, DATABASE);
    return server.note ?? `port ${server.port}${server.fresh ? ", set up" : ""}`;
  }

  /** Where the database is, once it runs. */
  get databaseUrl(): string {
    const url = this.settings.databaseUrl ?? this.embedded?.url(DATABASE);
    if (!url) throw new Error("The database is asked for before it was started.");
    return url;
  }

  /** Notes where the sandbox answers, for the programs started after it. */
  useSandbox(url: string): void {
    this.sandboxUrl = url;
  }

  /** Where we ourselves reach the web server. */
  get localUrl(): string {
    const host = ["0.0.0.0", "::"].includes(this.settings.host) ? "127.0.0.1" : this.settings.host;
    return `http://${host}:${this.settings.port}`;
  }

  /** Signs what the sandbox posts to us. */
  get sandboxWebhookSecret(): string {
    return this.secrets.sandboxWebhookSecret;
  }

  /** Variables for our own programs: the person's own, and the addresses we made. */
  environment(): Record<string, string | undefined> {
    const { settings } = this.parts;
    return {
      ...this.parts.source,
      NODE_ENV: this.options.dev ? "development" : "production",
      NEXT_TELEMETRY_DISABLED: "1",
      ...this.addresses(),
      NEXTAUTH_URL: settings.publicUrl,
      NEXTAUTH_SECRET: settings.sessionSecret ?? this.secrets.sessionSecret,
      QUITTANCE_DATA_DIR: this.dataDir,
    };
  }

  /** For the build, which needs neither a database nor Stripe. */
  buildEnvironment(): Record<string, string | undefined> {
    return { ...this.parts.source };
  }

  /** The sandbox's: none of ours, and never production. */
  sandboxEnvironment(): Record<string, string | undefined> {
    return { ...this.parts.source, NODE_ENV: "development" };
  }

  /** Arguments of Node for one of our programs. */
  program(name: "server" | "worker" | "sandbox" | "quittance", args: readonly string[] = []): string[] {
    const flags = HEAP_FLAGS[name] ?? [];
    if (!this.options.dev) return [...flags, join("dist", `${name}.mjs`), ...args];
    const watched = name === "worker" || name === "server";
    const runner = watched ? ["node_modules/tsx/dist/cli.mjs", "watch", "--clear-screen=false"] : ["--import", "tsx"];
    return [...runner, SOURCES[name] ?? "", ...args];
  }

  /** Prints where everything is; other terminals learn it from the data directory. */
  reportReady(): void {
    // Commands in other terminals write letters too (`clock advance`); their links have to open at this server.
    const LINK_SECRET = this.settings.linkSecret ?? this.secrets.sessionSecret;
    announce(this.dataDir, { ...this.addresses(), LINK_SECRET });
    this.isAnnounced = true;
    const elapsedMs = performance.now() - this.parts.boot.startedAt;
    const { progress, settings } = this.parts;
    const memoryMb = measureMemory(this.pids());
    progress.say(`\nReady in ${seconds(elapsedMs)}${memoryMb ? `, ${memoryMb} MB in all processes together` : ""}.\n`);
    progress.say(`  Quittance   ${settings.publicUrl}`);
    if (this.sandboxUrl) progress.say(`  Sandbox     ${this.sandboxUrl}`);
    progress.say(`  Logs        ${this.processes.logDir}`);
    if (!this.options.json) return;
    const ready = {
      ready: true,
      url: settings.publicUrl,
      pid: process.pid,
      elapsedMs: Math.round(elapsedMs),
      memoryMb,
    };
    process.stdout.write(`${JSON.stringify({ ...ready, dataDir: this.dataDir, ...this.addresses() })}\n`);
  }

  /** Fills the sandbox with tenants and history while the server answers. */
  async growDemoData(): Promise<void> {
    const { progress } = this.parts;
    if (this.settings.mode !== "sandbox" || !this.options.seed) return;
    const startedAt = performance.now();
    const growing = this.processes.run(
      { name: "demo data", args: this.program("quittance", ["seed"]), env: this.environment() },
      (line) => progress.say(`    ${line}`),
    );
    try {
      await Promise.all([growing, this.reportDemoAccounts()]);
      if (!this.isEnding) progress.done("demo data", performance.now() - startedAt, null);
    } catch (error) {
      // The product runs without its demo; what is missing is made up for at the next start.
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`\n${reason}\nEverything else goes on running.\n`);
    }
    await pause(IDLE_AFTER_MS, undefined, { ref: false });
    const memoryMb = measureMemory(this.pids());
    if (memoryMb && !this.isEnding)
      progress.say(`\n  Idle, all processes together take ${memoryMb} MB. Ctrl-C ends them.`);
  }

  /** The accounts are the first thing the demo makes; its history comes after them. */
  private async reportDemoAccounts(): Promise<void> {
    const { progress, settings } = this.parts;
    const accounts = await awaitDemoAccounts(this.databaseUrl, () => this.isEnding);
    if (accounts.length === 0) return;
    const width = Math.max(...accounts.map(({ email }) => email.length));
    progress.say(`\n  Demo accounts, one click each at ${settings.publicUrl}/sign-in`);
    for (const { email, name } of accounts) progress.say(`    ${email.padEnd(width)}   ${name}`);
    progress.say("\n  Demo data grows in the background:");
  }

  /** Ends everything in order and leaves. */
  async end(code: number): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    if (this.isAnnounced) this.parts.progress.say("\nStopping");
    await this.processes.end();
    await this.embedded?.stop();
    if (this.isAnnounced) withdraw(this.dataDir);
    process.exit(code);
  }

  private pids(): number[] {
    const own = [process.pid, keeperPid(), this.embedded?.pid, ...this.processes.pids()];
    return own.filter((pid): pid is number => typeof pid === "number");
  }

  private addresses(): Record<string, string> {
    const { settings } = this.parts;
    const sandbox: Record<string, string> = this.sandboxUrl
      ? { SANDBOX_URL: this.sandboxUrl, SANDBOX_WEBHOOK_SECRET: this.secrets.sandboxWebhookSecret }
      : {};
    return {
      DATABASE_URL: this.databaseUrl,
      HOST: settings.host,
      PORT: String(settings.port),
      PUBLIC_URL: settings.publicUrl,
      ...sandbox,
    };
  }
}
