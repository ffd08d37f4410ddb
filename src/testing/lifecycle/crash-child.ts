/**
 * A process that carries out one verb and dies in the middle of it, for crash.test.ts.
 *
 * It counts what it has changed outside itself: answers of Stripe to anything but a read, and commits of the database. At
 * the step it was told it kills itself with SIGKILL, so nothing is tidied up. Dying before a call leaves the same outside
 * as dying behind the one before it, so only the latter is counted, and step 0 is dying before anything.
 */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { BillingContext } from "@/billing/context";
import { cancelSubscription, changePlan, commitQuote, createSubscription } from "@/billing/subscriptions";
import { type Database, openDatabase } from "@/db/client";
import { createStripeGateway } from "@/stripe/live";
import { createSandboxClock } from "@/stripe/sandbox-clock";

const VERBS = { createSubscription, changePlan, cancelSubscription, commitQuote };

/** What a child is told to do. */
export type CrashJob = {
  [Name in keyof typeof VERBS]: {
    verb: Name;
    input: Parameters<(typeof VERBS)[Name]>[1];
    databaseUrl: string;
    sandboxUrl: string;
    settings: BillingContext["settings"];
    /** The step behind which it dies; null: it lives. */
    dieAt: number | null;
  };
}[keyof typeof VERBS];

/** What a child that lived tells: how many steps there are to die behind. */
export interface CrashReport {
  steps: string[];
  error: string | null;
}

const WRITES = /^(create|update|upsert|delete|\$executeRaw|\$transaction)/;

/** Counts, and dies at the step. */
function stepper(dieAt: number | null) {
  const steps: string[] = [];
  const die = () => process.kill(process.pid, "SIGKILL");
  if (dieAt === 0) die();
  return {
    steps,
    took(what: string) {
      steps.push(what);
      if (steps.length === dieAt) die();
    },
  };
}

type Steps = ReturnType<typeof stepper>;

function watchHttp({ took }: Steps): void {
  subscribe("http.client.response.finish", (message) => {
    const { request } = message as { request: ClientRequest };
    if (request.method !== "GET") took(`${request.method} ${request.path.split("?")[0]}`);
  });
}

/** The database, except that it tells of every write that is committed. */
function watched(db: Database, { took }: Steps): Database {
  const watch = <T extends object>(target: T, path: string): T =>
    new Proxy(target, {
      get(_target, name) {
        const value: unknown = Reflect.get(target, name);
        const text = String(name);
        if (typeof value === "object" && value !== null && !text.startsWith("_")) return watch(value, text);
        if (typeof value !== "function" || !WRITES.test(text)) return value;
        return async (...args: unknown[]) => {
          const result: unknown = await Reflect.apply(value, target, args);
          took(path === "" ? text : `${path}.${text}`);
          return result;
        };
      },
    });
  return { ...db, prisma: watch(db.prisma, "") };
}

async function carryOut(job: CrashJob): Promise<CrashReport> {
  const { databaseUrl, sandboxUrl, settings } = job;
  const clock = await createSandboxClock(sandboxUrl);
  const steps = stepper(job.dieAt);
  watchHttp(steps);
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const ctx: BillingContext = {
    db: watched(openDatabase(databaseUrl, { connectionLimit: 4 }), steps),
    stripe: createStripeGateway({ secretKey: "sk_test_sandbox", sandboxUrl }),
    ...{ clock, settings, log: silent, actor: { kind: "system", part: "test" } },
  };
  try {
    await run(ctx, job);
    return { steps: steps.steps, error: null };
  } catch (error) {
    return { steps: steps.steps, error: String(error) };
  }
}

function run(ctx: BillingContext, job: CrashJob): Promise<unknown> {
  switch (job.verb) {
    case "createSubscription":
      return createSubscription(ctx, job.input);
    case "changePlan":
      return changePlan(ctx, job.input);
    case "cancelSubscription":
      return cancelSubscription(ctx, job.input);
    case "commitQuote":
      return commitQuote(ctx, job.input);
  }
}

process.on("message", (job: CrashJob) => {
  carryOut(job).then((report) => process.send?.(report, () => process.exit()));
});
process.send?.("warm");
