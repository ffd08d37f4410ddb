import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { connect, startTestSandbox, temporaryDirectory } from "../testing/start";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

const cleanUp: Array<() => unknown> = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function dataDirectory(): string {
  const data = temporaryDirectory();
  cleanUp.push(data.remove);
  return data.path;
}

/** Starts the sandbox as a process of its own. */
async function spawnSandbox(options: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", main, "--json", ...options], {
    env: environment as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const url = await new Promise<string | null>((resolve) => {
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
      if (output.includes("\n")) resolve((JSON.parse(output) as { url: string }).url);
    });
    void exited.then(() => resolve(null));
  });
  cleanUp.push(() => child.kill("SIGKILL"));
  return { child, url, exited, errors: () => errors };
}

it("loses no acknowledged write when it is killed", async () => {
  const path = dataDirectory();
  const running = await spawnSandbox(["--port", "0", "--data", path]);
  const stripe = connect(Number(new URL(running.url ?? "").port));
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 8 }, async () => {
    for (;;) acknowledged.push((await stripe.customers.create({ name: "kept" })).id);
  });
  const stopped = Promise.allSettled(writers);
  while (acknowledged.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
  running.child.kill("SIGKILL");
  await stopped;
  const again = await startTestSandbox({ dataDir: path });
  cleanUp.push(again.close);
  const lost = acknowledged.filter((id) => again.sandbox.store.find("customer", id) === undefined);
  expect([acknowledged.length >= 200, lost]).toEqual([true, []]);
});

it("lets one process at a time use a data directory", async () => {
  const path = dataDirectory();
  const first = await startTestSandbox({ dataDir: path });
  cleanUp.push(first.close);
  await expect(startTestSandbox({ dataDir: path })).rejects.toThrow(/in use by another sandbox/);
});

it("tolerates a torn last line, and refuses damage anywhere else", async () => {
  const path = dataDirectory();
  const first = await startTestSandbox({ dataDir: path });
  const { id } = await first.stripe.customers.create({ name: "A" });
  await first.close();
  const journal = join(path, "journal.jsonl");
  appendFileSync(journal, '[["customer",{"id":"cus_torn"');
  const second = await startTestSandbox({ dataDir: path });
  const other = await second.stripe.customers.create({ name: "B" });
  await second.close();
  const third = await startTestSandbox({ dataDir: path });
  expect((await third.stripe.customers.list()).data.map((one) => one.id)).toEqual([other.id, id]);
  await third.close();
  writeFileSync(journal, readFileSync(journal, "utf8").replace('"name":"A"', '"name":A"'));
  await expect(startTestSandbox({ dataDir: path })).rejects.toThrow(/damaged at line \d+\./);
});

it("keeps order, clock and idempotency keys over restarts and compaction", async () => {
  const path = dataDirectory();
  const first = await startTestSandbox({ dataDir: path, clockStart: 1_700_000_000 });
  const { id } = await first.stripe.customers.create({ name: "0" }, { idempotencyKey: "kept" });
  const other = await first.stripe.customers.create();
  first.sandbox.store.transaction((tx) => tx.put("default_clock", { id: "default", offsetMs: -5_000 }));
  for (let count = 1; count < 1_200; count += 1) {
    const current = first.sandbox.store.find("customer", id);
    if (current) first.sandbox.store.transaction((tx) => tx.put("customer", { ...current, name: String(count) }));
  }
  await first.close();
  // Closing with enough history leaves a snapshot; all openings of it must show the same state.
  expect(readFileSync(join(path, "journal.jsonl"))).toHaveLength(0);
  for (let round = 0; round < 2; round += 1) {
    const again = await startTestSandbox({ dataDir: path });
    expect((await again.stripe.customers.list()).data.map((one) => one.id)).toEqual([other.id, id]);
    expect(await again.stripe.customers.create({ name: "0" }, { idempotencyKey: "kept" })).toMatchObject({
      id,
      name: "0",
    });
    expect((await again.control("/clocks")).default).toMatchObject({ offsetMs: -5_000 });
    await again.close();
  }
});

it("refuses production, live keys and a port in use with one clear line", async () => {
  const production = await spawnSandbox(["--port", "0"], { NODE_ENV: "production" });
  expect([await production.exited, production.errors()]).toEqual([
    1,
    expect.stringMatching(/^The Stripe sandbox does not run.*\n$/),
  ]);
  const live = await spawnSandbox(["--port", "0"], { STRIPE_SECRET_KEY: ["sk", "live", "123"].join("_") });
  expect([await live.exited, live.errors()]).toEqual([1, expect.stringContaining("STRIPE_SECRET_KEY")]);
  const holder = await startTestSandbox();
  cleanUp.push(holder.close);
  const second = await spawnSandbox(["--port", String(holder.sandbox.port)]);
  expect([await second.exited, second.errors()]).toEqual([1, expect.stringMatching(/^Port \d+ is in use.*\n$/)]);
});
