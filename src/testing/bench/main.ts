/**
 * `npm run bench`: starts a whole installation in a temporary directory, and measures how many requests a second its three
 * ways in can answer: plain REST, REST behind a key and the database, and a page through Next. `npm run bench -- sandbox`
 * measures the local Stripe alone.
 */
import { execFile, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import autocannon from "autocannon";
import { freePort } from "@/db/free-port";
import { processEnvironment } from "@/env";
import { benchSandbox } from "./sandbox";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const CONNECTIONS = 20;
const DURATION_S = 10;

interface Target {
  readonly name: string;
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly body?: string;
}

const TARGETS: readonly Target[] = [
  { name: "GET /api/v1/health", path: "/api/v1/health" },
  { name: "GET /api/v1/plans", path: "/api/v1/plans" },
  { name: "POST /api/v1/usage", path: "/api/v1/usage/bench", method: "POST", body: usageBody() },
  { name: "GET /pricing", path: "/pricing" },
];

function usageBody(): string {
  return JSON.stringify({ usage_type: "api_call", quantity: 1, unit: "calls", metadata: {} });
}

async function bench(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "quittance-bench-"));
  chmodSync(directory, 0o755);
  const env = {
    ...processEnvironment(),
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePort()),
    QUITTANCE_DATA_DIR: join(directory, "data"),
    LOG_LEVEL: "error",
  } as unknown as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, ["src/cli/start/bootstrap.mjs", "--json", "--no-seed"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  try {
    const { url } = await new Promise<{ url: string }>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`The installation ended with ${code}`)));
      createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    });
    await command(env, "tenants", "create", "--slug", "bench", "--name", "Bench", "--email", "bench@example.test");
    const { key } = (await command(env, "keys", "create", "--operator")) as { key: string };
    for (const target of TARGETS) await measure(url, key, target);
  } finally {
    child.kill("SIGTERM");
    await exited;
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(url: string, key: string, target: Target): Promise<void> {
  const result = await autocannon({
    url: url + target.path,
    method: target.method ?? "GET",
    body: target.body,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    connections: CONNECTIONS,
    duration: DURATION_S,
  });
  const codes = Object.entries(result.statusCodeStats ?? {}).map(([code, { count }]) => `${code}: ${count}`);
  const line = [
    target.name.padEnd(22),
    `${Math.round(result.requests.average)} req/s`.padStart(14),
    `p50 ${result.latency.p50} ms`.padStart(12),
    `p99 ${result.latency.p99} ms`.padStart(13),
    `   ${codes.join(", ")}`,
  ];
  process.stdout.write(`${line.join("")}\n`);
}

async function command(env: NodeJS.ProcessEnv, ...args: string[]): Promise<unknown> {
  const program = join(root, "src/cli/start/quittance.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, "--json"], { cwd: root, env });
  return JSON.parse(stdout);
}

if (process.argv[2] === "sandbox") await benchSandbox();
else await bench();
