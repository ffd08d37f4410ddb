/**
 * The programs that make up a running installation: started, watched, and ended together.
 *
 * Each runs in a process group of its own, so Ctrl-C reaches us alone and we end them in order, those who ask before
 * those who answer. Should we be killed ourselves, db/keeper.ts sees to it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { keepFromOrphaning } from "@/db/keeper";

/** How to run one program. */
export interface ProgramOptions {
  /** Name of its log and of its line on the screen. */
  readonly name: string;
  /** Arguments of Node: flags, file, arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readyLimitMs?: number;
}

/** A line of JSON a program printed; the first with `url` or `ready` says that it answers. */
export type ReadyLine = Readonly<Record<string, unknown>>;

/** A program ended or did not get ready; the message names its log and ends with its last lines. */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
}

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
}

const END_LIMIT_MS = 8_000;

/** All programs of one installation. */
export class Processes {
  private readonly running: Running[] = [];
  private ending = false;

  constructor(
    private readonly root: string,
    readonly logDir: string,
    private readonly onLoss: (failure: ProgramFailed) => void,
    private readonly endLimitMs = END_LIMIT_MS,
  ) {
    mkdirSync(logDir, { recursive: true });
  }

  /** Starts a program and resolves with its ready line; its output goes to its log. */
  async start(options: ProgramOptions): Promise<ReadyLine> {
    const log = join(this.logDir, `${options.name.replaceAll(" ", "-")}.log`);
    const file = openSync(log, "w", 0o600);
    const child = spawn(process.execPath, options.args, {
      cwd: this.root,
      env: options.env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", file],
      detached: true,
    });
    const forget = keepFromOrphaning(child.pid ?? 0, "TERM");
    const ready = firstReadyLine(child, file);
    let isReady = false;
    const exited = new Promise<void>((resolve) => {
      child.once("error", () => resolve());
      child.once("exit", () => resolve());
    }).then(() => {
      forget();
      if (isReady && !this.ending) this.onLoss(failed(options.name, log, "ended unexpectedly"));
      closeSync(file);
    });
    this.running.push({ name: options.name, child, exited });
    const limit = options.readyLimitMs ?? 30_000;
    const outcome = await Promise.race([
      ready,
      exited.then(() => "ended before it was ready" as const),
      delay(limit).then(() => `was not ready within ${limit / 1000} s` as const),
    ]);
    if (typeof outcome === "string") throw failed(options.name, log, outcome);
    isReady = true;
    return outcome;
  }

  /** Runs a program to its end, handing its lines on; throws ProgramFailed when it fails. */
  async run(options: ProgramOptions, onLine: (line: string) => void = () => {}): Promise<void> {
    const log = join(this.logDir, `${options.name.replaceAll(" ", "-")}.log`);
    const file = openSync(log, "w", 0o600);
    const child = spawn(process.execPath, options.args, {
      cwd: this.root,
      env: options.env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const forget = keepFromOrphaning(child.pid ?? 0, "TERM");
    const exited = new Promise<number | null>((resolve) => {
      child.once("error", () => resolve(1));
      child.once("close", resolve);
    });
    const entry = { name: options.name, child, exited: exited.then(() => {}) };
    this.running.push(entry);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => writeSync(file, chunk));
      if (stream) createInterface({ input: stream }).on("line", onLine);
    }
    const code = await exited;
    closeSync(file);
    forget();
    if (this.running.includes(entry)) this.running.splice(this.running.indexOf(entry), 1);
    if (code !== 0 && !this.ending) throw failed(options.name, log, "failed");
  }

  /** Ends the programs, latest first, each after the one before it is gone; safe to call twice. */
  async end(): Promise<void> {
    this.ending = true;
    for (const { child, exited } of this.running.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null || !child.pid) continue;
      signalGroup(child.pid, "SIGTERM");
      const late = setTimeout(() => signalGroup(child.pid ?? 0, "SIGKILL"), this.endLimitMs);
      await exited;
      clearTimeout(late);
      // A program that is gone may have left children of its own in its group.
      signalGroup(child.pid, "SIGKILL");
    }
  }

  /** Process ids of the programs. */
  pids(): number[] {
    return this.running.map(({ child }) => child.pid).filter((pid): pid is number => pid !== undefined);
  }
}

function firstReadyLine(child: ChildProcess, file: number): Promise<ReadyLine> {
  return new Promise((resolve) => {
    let rest = "";
    let found = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      try {
        writeSync(file, chunk);
      } catch {
        // The program is gone and its log closed; nobody misses what it said last.
      }
      if (found) return;
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const value = parseReady(line);
        if (!value) continue;
        found = true;
        resolve(value);
      }
    });
  });
}

function parseReady(line: string): ReadyLine | null {
  if (!line.startsWith("{")) return null;
  try {
    const value = JSON.parse(line) as ReadyLine;
    return value.ready === true || typeof value.url === "string" ? value : null;
  } catch {
    return null;
  }
}

function failed(name: string, log: string, what: string): ProgramFailed {
  const tail = readFileSync(log, "utf8").trim().split("\n").slice(-25).join("\n");
  return new ProgramFailed(`The ${name} ${what}. Its log is ${log} and ends with:\n${tail || "(nothing)"}`);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
