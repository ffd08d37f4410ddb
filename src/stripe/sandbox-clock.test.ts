/** The followed clock against a sandbox that really moves. */
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "@/sandbox/server";
import { createSandboxClock, type SandboxClock } from "./sandbox-clock";
import { createSandboxControl } from "./sandbox-control";
import { systemClock } from "./system-clock";

const opened: Array<{ close(): unknown }> = [];

async function open(options: { port?: number } = {}): Promise<{ sandbox: Sandbox; clock: SandboxClock }> {
  const sandbox = await startSandbox({
    port: options.port ?? 0,
    clockStart: Date.parse("2026-01-31T00:00:00Z") / 1000,
  });
  const clock = await createSandboxClock(sandbox.url);
  opened.push(clock, sandbox);
  return { sandbox, clock };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries += 1) {
    if (tries > 500) throw new Error("It did not become true within five seconds.");
    await pause(10);
  }
}

afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
});

describe("the sandbox's clock", () => {
  it("starts at the sandbox's time and runs on with the machine's", async () => {
    const { clock } = await open();
    const first = clock.now().getTime();
    expect(first - Date.parse("2026-01-31T00:00:00Z")).toBeLessThan(60_000);
    await pause(30);
    expect(clock.now().getTime()).toBeGreaterThan(first);
  });

  it("hears of a move without being asked, and knows it at once when it asks", async () => {
    const { sandbox, clock } = await open();
    const control = createSandboxControl(sandbox.url);
    let heard = 0;
    clock.onChange(() => {
      heard += 1;
    });
    await control.advanceTo(null, new Date("2026-02-10T00:00:00Z"));
    await until(() => clock.now() >= new Date("2026-02-10T00:00:00Z"));
    expect(heard).toBeGreaterThan(0);
    await control.advanceTo(null, new Date("2026-03-10T00:00:00Z"));
    await clock.refresh();
    expect(clock.now() >= new Date("2026-03-10T00:00:00Z")).toBe(true);
  });

  it("tells test clocks apart, which stand still, and refuses one it never heard of", async () => {
    const { sandbox, clock } = await open();
    const control = createSandboxControl(sandbox.url);
    const id = await control.createTestClock("a tenant", new Date("2025-06-01T00:00:00Z"));
    await clock.refresh();
    await pause(20);
    expect(clock.now(id)).toEqual(new Date("2025-06-01T00:00:00Z"));
    await control.advanceTo(id, new Date("2025-06-02T00:00:00Z"));
    await clock.refresh();
    expect(clock.now(id)).toEqual(new Date("2025-06-02T00:00:00Z"));
    expect(() => clock.now("clock_none")).toThrow(expect.objectContaining({ kind: "invariant" }));
  });

  it("follows a sandbox again that was away", async () => {
    const { sandbox, clock } = await open();
    await sandbox.close();
    opened.splice(opened.indexOf(sandbox), 1);
    const again = await startSandbox({ port: sandbox.port, clockStart: Date.parse("2027-05-01T00:00:00Z") / 1000 });
    opened.push(again);
    await until(() => clock.now() >= new Date("2027-05-01T00:00:00Z"));
  });

  it("says that nobody answers", async () => {
    const { sandbox } = await open();
    await sandbox.close();
    opened.splice(opened.indexOf(sandbox), 1);
    await expect(createSandboxClock(sandbox.url)).rejects.toMatchObject({
      code: "stripe.unavailable",
      retryable: true,
    });
  });
});

describe("the machine's clock", () => {
  it("goes on", async () => {
    const first = systemClock.now();
    await pause(5);
    expect(systemClock.now() > first).toBe(true);
  });
});
