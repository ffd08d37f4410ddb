import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestSandbox, type TestSandbox } from "../testing/start";
import { registerDue } from "./due";

const handled: Array<{ subject: string; now: number; clock: string | null }> = [];
registerDue("test_moment", (tx, moment) => {
  handled.push({
    subject: moment.subject,
    now: tx.now(moment.clock === "default" ? null : moment.clock),
    clock: tx.clock,
  });
  if (moment.subject === "again") tx.schedule({ ...moment, at: moment.at + 100, subject: "again-later" });
  if (moment.subject === "fails") throw new Error("A handler failed.");
});

const START = 1_800_000_000;
let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox({ clockStart: START });
});
afterAll(() => test.close());

function schedule(clock: string, ...moments: Array<[at: number, subject: string]>): void {
  test.sandbox.store.transaction((tx) => {
    for (const [at, subject] of moments) tx.schedule({ clock, at, kind: "test_moment", subject });
  });
}

describe("a test clock", () => {
  it("walks its due moments in order of time and scheduling, each at its own time", async () => {
    const clock = await test.stripe.testHelpers.testClocks.create({ frozen_time: START, name: "walk" });
    schedule(clock.id, [START + 200, "b"], [START + 100, "again"], [START + 200, "c"], [START + 9_999, "later"]);
    schedule(clock.id, [START + 200, "b"]);
    handled.length = 0;
    const advancing = await test.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START + 500 });
    expect(advancing.status).toBe("advancing");
    await vi.waitFor(
      async () =>
        expect(await test.stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
          status: "ready",
          frozen_time: START + 500,
        }),
      { timeout: 15_000 },
    );
    expect(handled.map(({ subject, now }) => [subject, now - START])).toEqual([
      ["again", 100],
      ["c", 200],
      ["b", 200],
      ["again-later", 200],
    ]);
    const { data } = await test.stripe.events.list({ types: ["test_helpers.test_clock.ready"] });
    expect(data[0]).toMatchObject({ created: START + 500, request: { id: null } });
    await expect(test.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START })).rejects.toMatchObject({
      param: "frozen_time",
    });
  });

  it("goes from one due moment to the next, or to a limit", async () => {
    const clock = await test.stripe.testHelpers.testClocks.create({ frozen_time: START });
    schedule(clock.id, [START + 10, "x"], [START + 10, "y"], [START + 50, "z"]);
    const path = `/clocks/${clock.id}/advance`;
    const step = { toNextDue: true, limit: START + 40 };
    expect(await test.control(path, step)).toEqual({ now: START + 10, processed: 2, nextDueAt: START + 50 });
    expect(await test.control(path, step)).toEqual({ now: START + 40, processed: 0, nextDueAt: START + 50 });
    expect(await test.control(path, { to: START + 60 })).toEqual({ now: START + 60, processed: 1, nextDueAt: null });
    expect(await test.control(path, { to: START })).toMatchObject({
      error: { message: expect.stringContaining("back") },
    });
  });

  it("keeps its customers out of lists, and takes them with it when it is deleted", async () => {
    const clock = await test.stripe.testHelpers.testClocks.create({ frozen_time: START + 77 });
    const customer = await test.stripe.customers.create({ test_clock: clock.id });
    expect(customer.created).toBe(START + 77);
    expect((await test.stripe.customers.list()).data).toEqual([]);
    expect((await test.stripe.customers.list({ test_clock: clock.id })).data.map(({ id }) => id)).toEqual([
      customer.id,
    ]);
    await test.stripe.testHelpers.testClocks.del(clock.id);
    expect(await test.stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
  });

  it("joins the default clock with its customers and its moments", async () => {
    const clock = await test.stripe.testHelpers.testClocks.create({ frozen_time: START - 1_000 });
    const customer = await test.stripe.customers.create({ test_clock: clock.id });
    const now = test.sandbox.store.now(null);
    schedule(clock.id, [now - 500, "before"], [now + 5_000, "after"]);
    handled.length = 0;
    await test.control(`/clocks/${clock.id}/join-default`, {});
    expect(handled.map(({ subject, clock: on }) => [subject, on])).toEqual([["before", clock.id]]);
    expect(await test.stripe.customers.retrieve(customer.id)).toMatchObject({ test_clock: null });
    expect(await test.control("/clocks/default/advance", { to: now + 5_000 })).toMatchObject({ processed: 1 });
    expect(handled.at(-1)).toEqual({ subject: "after", now: now + 5_000, clock: "default" });
    await expect(test.stripe.testHelpers.testClocks.retrieve(clock.id)).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe("the default clock", () => {
  it("runs on, fires by itself what comes due, and streams every change", async () => {
    const stream = await fetch(`${test.sandbox.url}/_sandbox/clocks/stream`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    expect(first?.value).toContain('"default"');
    handled.length = 0;
    schedule("default", [test.sandbox.store.now(null) + 1, "soon"]);
    await vi.waitFor(() => expect(handled.map(({ subject }) => subject)).toEqual(["soon"]), { timeout: 15_000 });
    const to = test.sandbox.store.now(null) + 86_400;
    await test.control("/clocks/default/advance", { to });
    const next = await reader?.read();
    const state = JSON.parse((next?.value ?? "").replace("data: ", "")) as { default: { now: number } };
    expect(state.default.now).toBeGreaterThanOrEqual(to);
    await reader?.cancel();
  });

  it("can be set only while nothing is scheduled", async () => {
    schedule("default", [test.sandbox.store.now(null) + 900_000, "blocks"]);
    expect(await test.control("/clocks/default/set", { now: START })).toHaveProperty("error");
    test.sandbox.store.transaction((tx) => tx.unschedule("test_moment", "blocks"));
    for (const moment of [...test.sandbox.store.records("due_moment")]) {
      test.sandbox.store.transaction((tx) => tx.remove("due_moment", moment.id));
    }
    expect(await test.control("/clocks/default/set", { now: START })).toMatchObject({ default: { now: START } });
  });

  it("reports a handler that fails and leaves no half of its work", async () => {
    const clock = await test.stripe.testHelpers.testClocks.create({ frozen_time: START });
    schedule(clock.id, [START + 5, "fails"]);
    const answer = await test.control(`/clocks/${clock.id}/advance`, { to: START + 10 });
    expect(answer).toMatchObject({ error: { message: "A handler failed." } });
    expect(test.sandbox.store.listBy("due_moment", "subject", "fails")).toHaveLength(1);
    expect(test.sandbox.store.now(clock.id)).toBe(START);
  });
});

it("a test clock takes as many customers as the account's settings allow", async () => {
  const { id: clock } = await test.stripe.testHelpers.testClocks.create({ frozen_time: START });
  const join = () => test.stripe.customers.create({ test_clock: clock });
  expect(await test.control("/settings", { customersPerClock: 3 })).toEqual({
    afterRetries: "canceled",
    customersPerClock: 3,
  });
  for (let count = 0; count < 3; count += 1) await join();
  await expect(join()).rejects.toMatchObject({ statusCode: 400, param: "test_clock" });
  for (const wrong of [{ customersPerClock: 0 }, { customersPerClock: "3" }, {}]) {
    expect(await test.control("/settings", wrong)).toHaveProperty("error");
  }
  await test.control("/settings", { customersPerClock: null });
  await join();
});
