/** The sandbox's commands against a sandbox: each trigger makes its event true, and nothing is made up. */
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestSandbox, type TestSandbox } from "@/sandbox/testing/start";
import { registerSandbox } from "./index";
import { triggerable } from "./trigger";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(() => test?.close());
afterEach(() => vi.restoreAllMocks());

/** Runs a command as the terminal would, and gives back what it printed. */
async function run(...words: string[]): Promise<string> {
  let printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const program = new Command("quittance").exitOverride().option("--json");
  registerSandbox(program);
  await program.parseAsync(["sandbox", "--url", test.sandbox.url, ...words], { from: "user" });
  vi.restoreAllMocks();
  return printed;
}

const json = async (...words: string[]) => JSON.parse(await run(...words, "--json"));

describe("trigger", () => {
  const truths: Record<string, object> = {
    // Its first invoice is paid a moment after it exists.
    "customer.subscription.created": { object: "subscription", status: "incomplete" },
    "customer.subscription.updated": { object: "subscription", cancel_at_period_end: true },
    "customer.subscription.deleted": { object: "subscription", status: "canceled" },
    "invoice.payment_succeeded": { object: "invoice", status: "paid", amount_paid: 2_000 },
    "invoice.payment_failed": { object: "invoice", status: "open", attempted: true },
    "payment_intent.succeeded": { object: "payment_intent", status: "succeeded" },
    "payment_intent.payment_failed": { object: "payment_intent", status: "requires_payment_method" },
  };

  it("knows every event of the contracts", () => {
    expect([...triggerable].sort()).toEqual(Object.keys(truths).sort());
  });

  it.each(Object.entries(truths))("%s", async (type, truth) => {
    const done = await json("trigger", type);
    const event = await test.stripe.events.retrieve(done.event);
    expect(event).toMatchObject({ type, data: { object: { id: done.object, ...truth } } });
    if (type === "customer.subscription.created") {
      expect(await test.stripe.subscriptions.retrieve(done.object)).toMatchObject({ status: "active" });
    }
    expect(event.request?.id).toMatch(/^req_/);
    expect(done.made).toContain(done.object);
    const customers = done.made.filter((id: string) => id.startsWith("cus_"));
    for (const id of customers) expect(await test.stripe.customers.retrieve(id)).toMatchObject({ object: "customer" });
  });

  it("takes the name that one contract uses, and refuses what it cannot make true", async () => {
    expect(await json("trigger", "payment_intent.failed")).toMatchObject({ type: "payment_intent.payment_failed" });
    await expect(run("trigger", "toString")).rejects.toThrow("These can: customer.subscription.created");
    expect(await run("trigger", "payment_intent.succeeded")).toMatch(/^payment_intent\.succeeded happened to pi_/);
  });
});

describe("events", () => {
  it("come newest first, as many as asked for", async () => {
    await test.stripe.customers.create();
    const { data } = await json("events", "--limit", "1");
    expect(data).toMatchObject([{ type: "customer.created" }]);
    expect(await run("events", "--type", "payment_intent.succeeded")).toMatch(
      /payment_intent\.succeeded +pi_\w+ +evt_/,
    );
    await expect(run("events", "--limit", "0")).rejects.toThrow("--limit");
  });
});

describe("clock", () => {
  it("lists clocks and moves the one that is named", async () => {
    const frozen = 1_700_000_000;
    const { id } = await test.stripe.testHelpers.testClocks.create({ frozen_time: frozen });
    const { data } = await json("clock", "list");
    expect(data).toMatchObject([{ id: "default" }, { id, now: frozen }]);
    expect(await json("clock", "advance", "1", "day", "--clock", id)).toMatchObject({
      from: frozen,
      now: frozen + 86_400,
    });
    expect(await run("clock", "list")).toContain(`2023-11-15T22:13:20Z  ${id}`);
    await expect(run("clock", "advance", "1d", "--clock", "clock_no")).rejects.toThrow("clock_no");
  });
});

describe("reset", () => {
  it("asks first, and then leaves nothing", async () => {
    await expect(run("reset", "--json")).rejects.toThrow("--yes");
    expect(test.sandbox.store.size("customer")).toBeGreaterThan(0);
    const { removed } = await json("reset", "--yes");
    expect(removed).toBeGreaterThan(20);
    for (const kind of ["customer", "event", "invoice", "test_clock", "due_moment"] as const) {
      expect(test.sandbox.store.size(kind)).toBe(0);
    }
    expect((await test.stripe.customers.list()).data).toEqual([]);
    expect(await json("trigger", "customer.subscription.created")).toMatchObject({
      object: expect.stringMatching(/^sub_/),
    });
  });
});

it("says what to do when no sandbox answers", async () => {
  const program = new Command("quittance").exitOverride();
  registerSandbox(program);
  const words = ["sandbox", "--url", "http://127.0.0.1:9", "events"];
  await expect(program.parseAsync(words, { from: "user" })).rejects.toThrow("npm run -s sandbox");
});
