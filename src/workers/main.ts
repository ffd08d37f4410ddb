/**
 * The worker: everything that happens without anybody waiting for it. One process is enough; more may run side by side.
 */
import { Logger, type Runner, run, type TaskList } from "graphile-worker";
import { DRAIN_JOB } from "@/billing/webhooks";
import { type Environment, EnvironmentProblems, env } from "@/env";
import { createRuntime, type Runtime } from "@/server/context";
import { CRONTAB, prepareQueue } from "./queue";
import { closePeriodsTask } from "./tasks/close-periods";
import { drainInboxTask } from "./tasks/drain-inbox";
import { dunningTask } from "./tasks/dunning";
import { sendMailTask } from "./tasks/send-mail";
import { sweepRepliesTask } from "./tasks/sweep-replies";

const CONCURRENCY = 2;
const CONNECTIONS = 8;
/** The clock may move many times a second while a month is walked through; one look afterwards is enough. */
const SETTLE_MS = 1_000;

function tasksOf(runtime: Runtime, environment: Environment): TaskList {
  return {
    [DRAIN_JOB]: drainInboxTask(runtime),
    "close-periods": closePeriodsTask(runtime),
    dunning: dunningTask(runtime),
    "send-mail": sendMailTask(runtime, environment),
    "sweep-replies": sweepRepliesTask(runtime),
  };
}

async function startRunner(runtime: Runtime, environment: Environment): Promise<Runner> {
  const logger = new Logger(() => (level, message) => {
    const say = level === "error" ? "error" : level === "warning" ? "warn" : "debug";
    runtime.log[say]({ part: "queue" }, message);
  });
  await prepareQueue(runtime.db);
  const runner = await run({
    pgPool: runtime.db.pool,
    taskList: tasksOf(runtime, environment),
    crontab: CRONTAB,
    concurrency: CONCURRENCY,
    pollInterval: 2_000,
    noHandleSignals: true,
    logger,
  });
  // What was stored while no worker ran is waiting already.
  await runner.addJob(DRAIN_JOB, {}, { jobKey: DRAIN_JOB });
  await runner.addJob("close-periods", {}, { jobKey: "close-periods" });
  await runner.addJob("dunning", {}, { jobKey: "dunning" });
  return runner;
}

function followClock(runtime: Runtime, runner: Runner): void {
  const start = (job: string) =>
    runner.addJob(job, {}, { jobKey: job }).catch((error: unknown) => {
      runtime.log.warn({ err: error }, "A job could not be queued; the minute's tick will do its work");
    });
  let isWaiting = false;
  runtime.sandboxClock?.onChange(() => {
    if (isWaiting) return;
    isWaiting = true;
    const settled = () => {
      isWaiting = false;
      void start("close-periods");
      void start("dunning");
    };
    setTimeout(settled, SETTLE_MS).unref();
  });
}

async function serve(): Promise<void> {
  const environment = env();
  const runtime = await createRuntime(environment, { name: "quittance worker", connectionLimit: CONNECTIONS });
  const runner = await startRunner(runtime, environment);
  followClock(runtime, runner);
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    // Jobs under way are finished; their effects are theirs to complete.
    await runner.stop().catch(() => undefined);
    await runtime.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
  await runner.promise;
}

try {
  await serve();
} catch (error) {
  const isKnown = error instanceof EnvironmentProblems;
  process.stderr.write(`${error instanceof Error ? (isKnown ? error.message : error.stack) : String(error)}\n`);
  process.exit(1);
}
