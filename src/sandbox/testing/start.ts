/**
 * Starts a sandbox of its own for a test and gives it the official SDK as its caller.
 *
 * The one place in the sandbox that imports the SDK at run time: everything else only uses its types.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import StripeSdk from "stripe";
import { type Sandbox, type SandboxOptions, startSandbox } from "../server";

export { StripeSdk };

/** A client of a sandbox on a port. */
export function connect(port: number, options: { key?: string; maxNetworkRetries?: number } = {}): StripeSdk {
  return new StripeSdk(options.key ?? "sk_test_sandbox", {
    host: "127.0.0.1",
    port,
    protocol: "http",
    telemetry: false,
    maxNetworkRetries: options.maxNetworkRetries ?? 0,
  });
}

/** Where every exchange of the tests' sandboxes is to be recorded, to be held against Stripe's shapes; usually nowhere. */
export const recordFile: string | undefined = process.env.STRIPE_SANDBOX_RECORD;

function numberFrom(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}

/** How the fuzz tests repeat a run: the seed that a failed one printed, and how many requests to send. */
export const fuzzOptions = {
  seed: numberFrom(process.env.STRIPE_SANDBOX_FUZZ_SEED),
  cases: numberFrom(process.env.STRIPE_SANDBOX_FUZZ_CASES),
};

/** A running sandbox with a client; `failures` collects what the sandbox itself did wrong. */
export interface TestSandbox {
  sandbox: Sandbox;
  stripe: StripeSdk;
  failures: unknown[];
  /** POSTs JSON to a control route and gives back its JSON answer. */
  control(path: string, body?: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Starts a sandbox in memory, or on a data directory when one is given. */
export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const failures: unknown[] = [];
  const sandbox = await startSandbox({
    port: 0,
    record: recordFile,
    reportFailure: (failure) => failures.push(failure),
    ...options,
  });
  const control = async (path: string, body?: object) => {
    const response = await fetch(`${sandbox.url}/_sandbox${path}`, {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  return { sandbox, stripe: connect(sandbox.port), failures, control, close: () => sandbox.close() };
}

/** A directory that exists for one test. */
export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "quittance-sandbox-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Calls an endpoint without the SDK, as a browser or a broken client would. */
export async function call(
  url: string,
  path: string,
  options: { method?: string; key?: string | null; body?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const key = options.key === undefined ? "sk_test_sandbox" : options.key;
  const response = await fetch(`${url}${path}`, {
    method: options.method ?? (options.body === undefined ? "GET" : "POST"),
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(options.body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: options.body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
