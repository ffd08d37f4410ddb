/**
 * Brings up a whole installation, step by step: database, sandbox, catalog, build, web server, worker; then demo data,
 * while the server already answers. Called by bootstrap.mjs once node_modules is in place.
 */
import { parseArgs } from "node:util";
import { EmbeddedPostgresProblem } from "@/db/embedded-files";
import { processEnvironment } from "@/env";
import { Installation, type StartOptions } from "./installation";
import { examineStart, explainProblems } from "./preflight";
import { ProgramFailed } from "./processes";
import { Progress } from "./progress";
import { steps } from "./steps";

/** What the bootstrap found and did. */
export interface Boot {
  readonly root: string;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  readonly dependenciesMs: number;
  readonly installed: boolean;
  readonly args: readonly string[];
}

/** Runs until it is told to stop; sets the exit code. */
export async function start(boot: Boot): Promise<void> {
  const options = readOptions(boot.args);
  const progress = new Progress(options.json);
  const source = options.dev ? { ...processEnvironment(), NODE_ENV: "development" } : processEnvironment();
  const { settings, problems } = await examineStart(source);
  if (problems.length > 0 && !options.only) return refuse(explainProblems(problems));

  progress.say(`Quittance, ${options.dev ? "development" : settings.mode} mode\n`);
  progress.done("dependencies", boot.dependenciesMs, boot.installed ? "installed" : "present");
  const installation = new Installation({ boot, settings, source, options, progress });
  endOnSignals(installation);
  try {
    for (const step of steps(installation)) await progress.step(step.name, step.run);
    if (options.only) return await installation.end(0);
    installation.reportReady();
    await installation.growDemoData();
  } catch (error) {
    if (installation.isEnding) return;
    process.stderr.write(`\n${explain(error)}\n`);
    await installation.end(1);
  }
}

function readOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dev: { type: "boolean", default: false },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      "no-seed": { type: "boolean", default: false },
      disposable: { type: "boolean", default: false },
    },
  });
  return {
    dev: values.dev,
    only: values.only === "client" || values.only === "build" ? values.only : null,
    json: values.json,
    seed: !values["no-seed"],
    disposable: values.disposable,
  };
}

function endOnSignals(installation: Installation): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Asked a second time, we leave at once; the keeper ends what is still there.
      if (installation.isEnding) process.exit(1);
      void installation.end(0);
    });
  }
  // Under npm, our parent passes signals on; when it is killed it cannot, and nobody would hold us any more.
  if (processEnvironment().npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent && !installation.isEnding) void installation.end(0);
    }, 1_000).unref();
  }
}

function explain(error: unknown): string {
  if (error instanceof ProgramFailed || error instanceof EmbeddedPostgresProblem) return error.message;
  return error instanceof Error ? error.message : String(error);
}

function refuse(message: string): void {
  process.stderr.write(`\n${message}\n`);
  process.exitCode = 1;
}
