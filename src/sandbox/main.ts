/**
 * Starts the sandbox from the command line:
 *
 *   node src/sandbox/start.mjs --port 12111 --data .sandbox --json [--webhook-url URL --webhook-secret whsec_…
 *     --webhook-events invoice.paid,customer.subscription.updated]
 *
 * Refuses to run beside production: with NODE_ENV=production, or when any live key is in sight.
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { isRetriesEnd } from "./control/settings";
import { startSandbox } from "./server";

// A walk of the clock makes much garbage beside few lasting records: left alone, the heap grows to several times of what it
// holds, on a machine that has other things to run than this.
setFlagsFromString("--compact-on-every-full-gc");
setFlagsFromString("--heap-growing-percent=40");

class StartRefused extends Error {}

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "12111" },
      data: { type: "string" },
      json: { type: "boolean", default: false },
      "webhook-url": { type: "string" },
      "webhook-secret": { type: "string" },
      "webhook-events": { type: "string" },
      "clock-start": { type: "string" },
      "after-retries": { type: "string" },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartRefused(`--port must be a number from 0 to 65535, not "${values.port}".`);
  }
  const clockStart = values["clock-start"] === undefined ? undefined : Number(values["clock-start"]);
  if (clockStart !== undefined && !Number.isSafeInteger(clockStart)) {
    throw new StartRefused("--clock-start must be a time in Unix seconds.");
  }
  const url = values["webhook-url"];
  const secret = values["webhook-secret"];
  if ((url === undefined) !== (secret === undefined)) {
    throw new StartRefused("--webhook-url and --webhook-secret belong together.");
  }
  const events = values["webhook-events"]?.split(",");
  const webhook = url !== undefined && secret !== undefined ? { url, secret, events } : undefined;
  const afterRetries = values["after-retries"];
  if (afterRetries !== undefined && !isRetriesEnd(afterRetries)) {
    throw new StartRefused("--after-retries must be canceled, unpaid or past_due.");
  }
  return { port, json: values.json, dataDir: values.data, webhook, clockStart, afterRetries };
}

function refuseProduction(environment: NodeJS.ProcessEnv): void {
  if (environment.NODE_ENV === "production") {
    throw new StartRefused("The Stripe sandbox does not run with NODE_ENV=production: its payments are not real.");
  }
  const live = Object.entries(environment).find(([, value]) => value !== undefined && /\b(sk|rk)_live_/.test(value));
  if (live !== undefined || process.argv.some((argument) => /(sk|rk)_live_/.test(argument))) {
    throw new StartRefused(
      `The Stripe sandbox does not start with a live Stripe key in sight (${live?.[0] ?? "command line"}).`,
    );
  }
}

function explain(failure: unknown, port: number | undefined): string {
  if (failure instanceof Error && "code" in failure && failure.code === "EADDRINUSE") {
    return `Port ${port ?? ""} is in use: choose another with --port, or stop what listens there.`;
  }
  return failure instanceof Error ? failure.message : String(failure);
}

async function main(): Promise<void> {
  let port: number | undefined;
  try {
    refuseProduction(process.env);
    const options = readOptions();
    port = options.port;
    const sandbox = await startSandbox({
      ...options,
      record: process.env.STRIPE_SANDBOX_RECORD,
      reportFailure: (failure) => process.stderr.write(`${failure instanceof Error ? failure.stack : failure}\n`),
    });
    // Before the line is out: whoever reads it may end the program at once.
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
    }
    const line = options.json ? JSON.stringify({ url: sandbox.url }) : `Stripe sandbox at ${sandbox.url}`;
    process.stdout.write(`${line}\n`);
  } catch (failure) {
    process.stderr.write(`${explain(failure, port)}\n`);
    process.exitCode = 1;
  }
}

await main();
