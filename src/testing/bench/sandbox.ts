/**
 * `npm run bench -- sandbox`: how fast the local Stripe is beside a bare echo in the same run, how long a year of a thousand
 * monthly subscriptions takes, and how much memory that leaves. Printed, never asserted: machines differ.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import autocannon from "autocannon";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const CONNECTIONS = 20;
const DURATION_S = 4;
const ROUNDS = 3;
const SUBSCRIPTIONS = 1_000;
const MONTHS = 12;
const PARALLEL = 20;
const START_AT = 1_767_225_600;

const echo = `import("node:http").then(({ createServer }) => {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => response.end(Buffer.concat(chunks)));
  });
  server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: "http://127.0.0.1:" + server.address().port })));
})`;

interface Running {
  url: string;
  pid: number;
  stop(signal?: NodeJS.Signals): Promise<unknown>;
}

/** Starts a program that prints one JSON line with its address. */
async function start(args: string[]): Promise<Running> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const { url } = await new Promise<{ url: string }>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`A program of the benchmark ended with ${code}.`)));
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
  });
  const stop = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return exited;
  };
  return { url, pid: child.pid ?? 0, stop };
}

async function startSandbox(directory: string, what: string): Promise<Running> {
  const startedMs = performance.now();
  const running = await start([
    join(root, "src/sandbox/start.mjs"),
    ...["--port", "0", "--json", "--data", join(directory, "data")],
  ]);
  say(what, `${Math.round(performance.now() - startedMs)} ms`);
  return running;
}

const say = (name: string, value: string) => process.stdout.write(`${name.padEnd(44)}${value.padStart(14)}\n`);

/** Runs the benchmark and prints its figures. */
export async function benchSandbox(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "quittance-bench-"));
  await startSandbox(directory, "first start, joining modules").then((first) => first.stop());
  let sandbox = await startSandbox(directory, "start until the JSON line");
  const bare = await start(["-e", echo]);
  try {
    // By turns, so that a busy moment of the machine meets both; the first round warms both up.
    const rounds: Array<{ bareRate: number; customerRate: number }> = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ bareRate: await rate(bare.url), customerRate: await rate(`${sandbox.url}/v1/customers`) });
    }
    const best = (of: (round: (typeof rounds)[number]) => number) => Math.max(...rounds.map(of));
    say("bare echo", `${Math.round(best(({ bareRate }) => bareRate))} req/s`);
    say("POST /v1/customers, on disk", `${Math.round(best(({ customerRate }) => customerRate))} req/s`);
    const ratios = rounds.map(({ bareRate, customerRate }) => (customerRate / bareRate).toFixed(2));
    say("ratio, by rounds (aim: at least 0.15)", ratios.join(" "));
    await advanceYear(sandbox);
    await sandbox.stop("SIGKILL");
    sandbox = await startSandbox(directory, "start after kill -9 with that year on disk");
    const stoppedMs = performance.now();
    await sandbox.stop();
    say("orderly end", `${Math.round(performance.now() - stoppedMs)} ms`);
    sandbox = await startSandbox(directory, "start after that");
  } finally {
    await Promise.all([sandbox.stop("SIGKILL"), bare.stop()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function rate(url: string): Promise<number> {
  const result = await autocannon({
    url,
    method: "POST",
    body: "name=Ada&email=ada%40example.test&metadata[plan]=professional",
    headers: { authorization: "Bearer sk_test_bench", "content-type": "application/x-www-form-urlencoded" },
    connections: CONNECTIONS,
    duration: DURATION_S,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url} answered ${result.non2xx} times otherwise than 200.`);
  return result.requests.average;
}

async function post(url: string, form: Record<string, string>): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_bench" },
    body: new URLSearchParams(form),
  });
  const answer = (await response.json()) as { id?: string };
  if (!response.ok || answer.id === undefined) throw new Error(`${url}: ${JSON.stringify(answer)}`);
  return answer.id;
}

async function subscribe(api: string, clock: string, price: string): Promise<void> {
  const customer = await post(`${api}/customers`, { name: "Bench", test_clock: clock });
  const method = await post(`${api}/payment_methods/pm_card_visa/attach`, { customer });
  await post(`${api}/subscriptions`, { customer, "items[0][price]": price, default_payment_method: method });
}

async function advanceYear({ url, pid }: Running): Promise<void> {
  const api = `${url}/v1`;
  const clock = await post(`${api}/test_helpers/test_clocks`, { frozen_time: String(START_AT) });
  const product = await post(`${api}/products`, { name: "Bench" });
  const price = await post(`${api}/prices`, {
    product,
    currency: "usd",
    unit_amount: "2900",
    "recurring[interval]": "month",
  });
  const createdMs = performance.now();
  let started = 0;
  const worker = async () => {
    while (started < SUBSCRIPTIONS) {
      started += 1;
      await subscribe(api, clock, price);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  say(`${SUBSCRIPTIONS} subscriptions made`, `${((performance.now() - createdMs) / 1_000).toFixed(1)} s`);
  say("memory before the year", await memory(pid));
  const end = new Date(START_AT * 1_000);
  end.setUTCMonth(end.getUTCMonth() + MONTHS);
  const advancedMs = performance.now();
  // A request that lasts longer than five minutes would be cut off by the client: a month at a time.
  let processed = 0;
  for (let month = 1; month <= MONTHS; month += 1) {
    const to = new Date(START_AT * 1_000);
    to.setUTCMonth(to.getUTCMonth() + month, 1);
    to.setUTCHours(12);
    processed += await advance(url, clock, month === MONTHS ? end.getTime() + 86_400_000 : to.getTime());
  }
  say(`${MONTHS} months of them (aim: under 60 s)`, `${((performance.now() - advancedMs) / 1_000).toFixed(1)} s`);
  say("due moments handled", String(processed));
  say("memory after the year (aim: under 400 MB)", await memory(pid));
}

async function advance(url: string, clock: string, toMs: number): Promise<number> {
  const response = await fetch(`${url}/_sandbox/clocks/${clock}/advance`, {
    method: "POST",
    body: JSON.stringify({ to: Math.floor(toMs / 1_000) }),
  });
  const answer = (await response.json()) as { processed?: number };
  if (answer.processed === undefined) throw new Error(JSON.stringify(answer));
  return answer.processed;
}

async function memory(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
  return `${Math.round(Number(stdout) / 1_024)} MB`;
}
