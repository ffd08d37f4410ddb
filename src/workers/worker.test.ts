/** The worker as a process: it prepares its queue, hears of a stored event at once, and stops when it is told to. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getSubscription } from "@/billing/subscriptions";
import { inboxState } from "@/billing/webhooks";
import { processEnvironment } from "@/env";
import { shareWorld } from "@/testing/world";

const world = shareWorld();
let worker: ChildProcess;

beforeAll(async () => {
  // Stored while no worker runs, and even before its queue exists.
  await world.webhooks.deliver(strangeEvent("evt_early"));
  worker = spawn(process.execPath, ["--import", "tsx", "src/workers/main.ts"], {
    env: {
      ...processEnvironment(),
      NODE_ENV: "test",
      DATABASE_URL: world.db.url,
      SANDBOX_URL: world.sandbox.url,
      LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(worker.stdout ?? worker, "data");
  expect(JSON.parse(String(line))).toEqual({ ready: true });
});

afterAll(async () => {
  if (worker?.exitCode === null) worker.kill("SIGKILL");
});

function strangeEvent(id: string): string {
  const object = { id: "cus_stranger", object: "customer" };
  const created = Math.floor(world.clock.now().getTime() / 1000);
  return JSON.stringify({ id, object: "event", created, livemode: false, type: "customer.updated", data: { object } });
}

async function settled(id: string): Promise<number> {
  const startedMs = performance.now();
  for (let tries = 0; tries < 1_000; tries += 1) {
    const event = await world.db.prisma.webhookEvent.findUnique({ where: { id }, select: { settledAt: true } });
    if (event?.settledAt) return performance.now() - startedMs;
    await pause(10);
  }
  throw new Error(`${id} was not settled within ten seconds.`);
}

describe("the worker", () => {
  it("takes up what was stored before it ran", async () => {
    await settled("evt_early");
  });

  it("hears of a new event by the job in its transaction, not by the minute's tick", async () => {
    await world.webhooks.deliver(strangeEvent("evt_prompt"));
    expect(await settled("evt_prompt")).toBeLessThan(5_000);
  });

  it("shares the inbox with others: a month can be walked through beside it", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await world.advance("1 month");
    await world.advance("3 hours");
    expect(await inboxState(world.db)).toMatchObject({ due: 0, waiting: 0, parked: 0 });
    const { status, currentPeriodEndAt } = await getSubscription(world.ctx, tenant.id);
    expect(status).toBe("active");
    expect(currentPeriodEndAt > world.clock.now()).toBe(true);
    const paid = await world.db.prisma.invoice.count({ where: { tenantId: tenant.id, status: "paid" } });
    expect(paid).toBe(2);
  });

  it("stops when it is told to", async () => {
    const exited = once(worker, "exit");
    worker.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });
});
