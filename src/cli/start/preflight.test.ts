import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { catalog as dnalang } from "@/billing/catalog/presets/dnalang";
import { freePort } from "@/db/free-port";
import { RUNNING_FILE } from "@/env";
import { examineStart, explainProblems } from "./preflight";
import { announce, findRunning, keepSecrets, withdraw } from "./running";

let directory: string;
let source: Record<string, string>;
const listening: Server[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "quittance-preflight-"));
  source = {
    QUITTANCE_DATA_DIR: join(directory, "data"),
    DATABASE_URL: inject("databaseServerUrl"),
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePort()),
  };
});

afterEach(async () => {
  for (const server of listening.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

async function occupy(): Promise<string> {
  const server = createServer();
  listening.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return String(typeof address === "object" ? address?.port : "");
}

async function problemsOf(changes: Record<string, string> = {}): Promise<Record<string, string>> {
  const { problems } = await examineStart({ ...source, ...changes });
  return Object.fromEntries(problems.map(({ variable, problem }) => [variable, problem]));
}

describe("examineStart", () => {
  it("finds nothing wrong with free ports, a database that answers and good variables", async () => {
    expect(await problemsOf()).toEqual({});
  });

  it("names wrong variables, taken ports, a silent database and a missing catalog all at once", async () => {
    const problems = await problemsOf({
      TAX_MODE: "none",
      STRIPE_SECRET_KEY: "sk_test_1",
      PORT: await occupy(),
      SANDBOX_PORT: await occupy(),
      DATABASE_URL: `postgresql://nobody@127.0.0.1:${await freePort()}/none`,
      CATALOG: join(directory, "none.json"),
    });
    expect(Object.keys(problems).sort()).toEqual([
      "CATALOG",
      "DATABASE_URL",
      "PORT",
      "SANDBOX_PORT",
      "STRIPE_PUBLISHABLE_KEY",
      "STRIPE_WEBHOOK_SECRET",
      "TAX_MODE",
    ]);
    expect(problems.PORT).toContain("is in use; stop what listens there, or choose another: PORT=");
    expect(problems.DATABASE_URL).toContain("ECONNREFUSED");
  });

  it("reads the catalog file as it will be applied: a typed one is fine, a broken one is named by its places", async () => {
    const typed = join(directory, "typed.mts");
    writeFileSync(typed, `const made: { key: string } = ${JSON.stringify(dnalang)};\nexport default made;\n`);
    expect(await problemsOf({ CATALOG: typed })).toEqual({});
    const broken = join(directory, "broken.json");
    writeFileSync(broken, JSON.stringify({ ...dnalang, freePlan: "gratis", currency: "?" }));
    const { CATALOG } = await problemsOf({ CATALOG: broken });
    expect(CATALOG).toMatch(/broken\.json cannot be applied: .*freePlan names no plan of this catalog/);
    expect(CATALOG).toContain("currency");
  });

  it("says what a database answered that refuses us, without the password", async () => {
    const address = new URL(inject("databaseServerUrl"));
    address.password = "not-the-password";
    const { DATABASE_URL } = await problemsOf({ DATABASE_URL: address.href });
    expect(DATABASE_URL).toContain("password authentication failed");
    expect(DATABASE_URL).not.toContain("not-the-password");
  });

  it("leaves the sandbox's port alone when the real Stripe is used", async () => {
    const own = {
      STRIPE_SECRET_KEY: "sk_test_1",
      STRIPE_PUBLISHABLE_KEY: "pk_test_1",
      STRIPE_WEBHOOK_SECRET: "whsec_1",
      SANDBOX_PORT: await occupy(),
      NODE_ENV: "production",
    };
    expect(await problemsOf(own)).toEqual({});
  });

  it("refuses the sandbox in production", async () => {
    expect(Object.keys(await problemsOf({ NODE_ENV: "production" }))).toEqual(["NODE_ENV"]);
  });

  it("refuses a second installation on the same data", async () => {
    const dataDir = source.QUITTANCE_DATA_DIR ?? "";
    await problemsOf();
    const other = { PUBLIC_URL: "http://localhost:3000", QUITTANCE_PID: String(process.ppid) };
    writeFileSync(join(dataDir, RUNNING_FILE), JSON.stringify(other));
    const running = findRunning(dataDir);
    // The process that started this test is no installation, which shows where command lines can be read.
    if (running) expect(Object.keys(await problemsOf())).toEqual(["QUITTANCE_DATA_DIR"]);
    else expect(await problemsOf()).toEqual({});
  });

  it("explains itself in one message, a line for each problem", () => {
    const text = explainProblems([
      { variable: "PORT", problem: "3000 is in use" },
      { variable: "TAX_MODE", problem: "is wrong" },
    ]);
    expect(text).toBe("Quittance cannot start:\n\n  PORT      3000 is in use\n  TAX_MODE  is wrong");
  });
});

describe("the data directory", () => {
  it("keeps the secrets it made", () => {
    const first = keepSecrets(directory);
    expect(first.sessionSecret.length).toBeGreaterThanOrEqual(32);
    expect(keepSecrets(directory)).toEqual(first);
  });

  it("forgets an installation that withdrew or died", () => {
    announce(directory, { PUBLIC_URL: "http://localhost:3000" });
    withdraw(directory);
    expect(findRunning(directory)).toBeNull();
    writeFileSync(join(directory, RUNNING_FILE), JSON.stringify({ QUITTANCE_PID: "4194304" }));
    expect(findRunning(directory)).toBeNull();
  });
});
