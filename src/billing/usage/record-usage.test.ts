/** Reports on a real database: every aggregation, each key once, limits that are never passed, nothing lost at a close. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "@/db/client";
import { END_AT, START_AT, shareUsageWorld } from "@/testing/usage-world";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import { getUsage, type RecordUsageInput, recordUsage } from ".";

const world = shareUsageWorld();
let neighbour: BillingContext;

beforeAll(async () => {
  // A second process has its own connections and its own memory of the catalog.
  neighbour = { ...world.ctx, db: openDatabase(world.db.url, { connectionLimit: 8 }) };
});
afterAll(async () => {
  await neighbour?.db.close();
});

async function meterOf(tenant: Tenant, meterKey: string, periodStartAt?: Date) {
  const { meters } = await getUsage(world.ctx, tenant.id, periodStartAt);
  const { usedQuantity, eventCount } = meters.find((meter) => meter.meterKey === meterKey) ?? {};
  return [usedQuantity, eventCount];
}

const eventsOf = (tenant: Tenant) => world.db.prisma.usageEvent.count({ where: { tenantId: tenant.id } });

function input(tenant: Tenant, meterKey: string, quantity: string, more: Partial<RecordUsageInput> = {}) {
  return { tenantId: tenant.id, meterKey, quantity, unit: null, metadata: {}, key: null, ...more };
}

/** The same number of calls from each of two processes at once; what they were refused with, by code. */
async function storm(count: number, call: (ctx: BillingContext, index: number) => Promise<unknown>) {
  const calls = Array.from({ length: count }, (_, index) => call(index % 2 ? neighbour : world.ctx, index));
  const settled = await Promise.allSettled(calls);
  return settled.flatMap((entry) => (entry.status === "rejected" ? [entry.reason] : []));
}

describe("a report", () => {
  it.each([
    ["job", "sum", ["1", "2.5", "4"], ["1", "3.5", "7.5"]],
    ["disk", "maximum", ["3", "8.25", "2"], ["3", "8.25", "8.25"]],
    ["search", "number", ["7", "9", "0.5"], ["1", "2", "3"]],
    ["seat", "last", ["3", "8", "0"], ["3", "8", "0"]],
  ])("of %s moves its %s", async (meterKey, _aggregation, quantities, totals) => {
    const tenant = await world.on("team");
    const seen: string[] = [];
    for (const quantity of quantities) seen.push((await world.report(tenant, meterKey, quantity)).totalQuantity);
    expect(seen).toEqual(totals);
    expect(await meterOf(tenant, meterKey)).toEqual([totals.at(-1), 3n]);
    const { meters } = await getUsage(world.ctx, tenant.id);
    expect(meters.filter((meter) => meter.meterKey !== meterKey).every((meter) => meter.usedQuantity === "0")).toBe(
      true,
    );
  });

  it("tells where it counts and what is included", async () => {
    const tenant = await world.on("team");
    const unit = { unit: "JOBS", metadata: { run: 7 }, key: "first" };
    expect(await recordUsage(world.ctx, input(tenant, "job", "1e1", unit))).toEqual({
      ...{ key: "first", duplicate: false, meterKey: "job", quantity: "10", occurredAt: START_AT },
      ...{ periodStartAt: START_AT, periodEndAt: END_AT, totalQuantity: "10", includedQuantity: "10" },
    });
    const [event] = await world.db.prisma.usageEvent.findMany({ where: { tenantId: tenant.id } });
    expect(event).toMatchObject({ unit: "jobs", metadata: { run: 7 }, periodStartAt: START_AT });
  });

  it("opens the calendar month of a tenant that never chose a plan", async () => {
    const tenant = await world.on();
    expect(await world.report(tenant, "job", "1")).toMatchObject({
      periodStartAt: new Date("2027-01-01T00:00:00Z"),
      periodEndAt: new Date("2027-02-01T00:00:00Z"),
    });
  });

  it.each([
    ["an unknown meter", { meterKey: "jobs" }, "usage.unknown_type"],
    ["a negative quantity", { quantity: "-1" }, "usage.invalid_quantity"],
    ["another unit", { unit: "GB" }, "usage.wrong_unit"],
    ["metadata that is not flat", { metadata: JSON.parse('{"a":{}}') }, "usage.invalid_metadata"],
    ["a key with a line break", { key: "a\nb" }, "request.invalid"],
    ["a tenant that does not exist", { tenantId: "ten_nobody" }, "tenant.not_found"],
  ])("with %s is refused and leaves nothing", async (_what, more, code) => {
    const tenant = await world.on("team");
    await expect(recordUsage(world.ctx, { ...input(tenant, "job", "1"), ...more })).rejects.toMatchObject({ code });
    expect(await eventsOf(tenant)).toBe(0);
    expect(await meterOf(tenant, "job")).toEqual(["0", 0n]);
  });
});

describe("a key", () => {
  it("that comes again answers as before and counts nothing, also in the next month", async () => {
    const tenant = await world.on("team");
    const first = await world.report(tenant, "job", "2", "once");
    expect(await world.report(tenant, "job", "2.0", "once")).toEqual({ ...first, duplicate: true });
    world.now = new Date(+END_AT + 1);
    expect(await world.report(tenant, "job", "2", "once")).toEqual({ ...first, duplicate: true });
    expect(await meterOf(tenant, "job", START_AT)).toEqual(["2", 1n]);
    expect(await meterOf(tenant, "job")).toEqual(["0", 0n]);
  });

  it("sent 40 times at once by two processes counts once", async () => {
    const tenant = await world.on("team");
    const answers: boolean[] = [];
    const refused = await storm(40, async (ctx) => {
      answers.push((await recordUsage(ctx, input(tenant, "job", "3", { key: "storm" }))).duplicate);
    });
    expect(refused).toEqual([]);
    expect(answers.filter((duplicate) => !duplicate)).toHaveLength(1);
    expect(await meterOf(tenant, "job")).toEqual(["3", 1n]);
    expect(await eventsOf(tenant)).toBe(1);
  });

  it.each([
    ["quantity", { quantity: "3" }],
    ["meter", { meterKey: "disk" }],
    ["metadata", { metadata: { run: 2 } }],
  ])("with another %s is refused and counts nothing", async (_what, more) => {
    const tenant = await world.on("team");
    await world.report(tenant, "job", "2", "reused");
    const other = recordUsage(world.ctx, { ...input(tenant, "job", "2", { key: "reused" }), ...more });
    await expect(other).rejects.toMatchObject({
      kind: "conflict",
      code: "usage.key_reused",
      details: { key: "reused" },
    });
    expect([await meterOf(tenant, "job"), await meterOf(tenant, "disk")]).toEqual([
      ["2", 1n],
      ["0", 0n],
    ]);
  });

  it("belongs to its tenant", async () => {
    const [one, two] = [await world.on("team"), await world.on("team")];
    await world.report(one, "job", "2", "shared");
    expect(await world.report(two, "job", "5", "shared")).toMatchObject({ duplicate: false, totalQuantity: "5" });
  });

  it("of a report that was counted answers so at an exhausted limit too", async () => {
    const tenant = await world.on("hard");
    await world.report(tenant, "job", "50", "all");
    expect(await world.report(tenant, "job", "50", "all")).toMatchObject({ duplicate: true, totalQuantity: "50" });
  });
});

describe("a hard limit", () => {
  it.each(["job", "search"])("of 50 lets exactly 50 of 200 parallel reports of %s through", async (meterKey) => {
    const tenant = await world.on("hard");
    const call = (ctx: BillingContext, index: number) =>
      recordUsage(ctx, input(tenant, meterKey, "1", { key: `call-${index}` }));
    const refused = await storm(200, call);
    expect(refused).toHaveLength(150);
    const details = { usageType: meterKey, used: "50", included: "50", quantity: "1", resetsAt: END_AT.toISOString() };
    for (const reason of refused)
      expect(reason).toMatchObject({ kind: "limit", code: "usage.quota_exhausted", details });
    expect(await meterOf(tenant, meterKey)).toEqual(["50", 50n]);
    expect(await eventsOf(tenant)).toBe(50);
  });

  it("is never passed by parallel reports of many sizes, and takes what still fits", async () => {
    const tenant = await world.on("hard");
    const refused = await storm(60, (ctx, index) => recordUsage(ctx, input(tenant, "job", `${(index % 7) + 0.5}`)));
    const [used] = await meterOf(tenant, "job");
    expect(Number(used)).toBeLessThanOrEqual(50);
    expect(await eventsOf(tenant)).toBe(60 - refused.length);
    // Half a job was offered until the end, so less than half is left, or nothing.
    expect(Number(used)).toBeGreaterThan(49);
  });

  it("refuses without consuming: a smaller report fits afterwards, and the refused key is free", async () => {
    const tenant = await world.on("hard");
    await world.report(tenant, "job", "49");
    const refused = world.report(tenant, "job", "2", "retry");
    await expect(refused).rejects.toMatchObject({ details: { used: "49", quantity: "2" } });
    await expect(refused).rejects.toThrow("The hard plan includes 50 jobs; 49 are used, and 2 more do not fit.");
    expect(await world.report(tenant, "job", "1", "retry")).toMatchObject({ duplicate: false, totalQuantity: "50" });
    world.now = END_AT;
    expect(await world.report(tenant, "job", "2")).toMatchObject({ totalQuantity: "2", periodStartAt: END_AT });
  });

  it.each(["disk", "seat"])("of %s holds each value against the limit, not their sum", async (meterKey) => {
    const tenant = await world.on("hard");
    expect(await world.report(tenant, meterKey, "40")).toMatchObject({ totalQuantity: "40" });
    expect(await world.report(tenant, meterKey, "50")).toMatchObject({ totalQuantity: "50" });
    const more = world.report(tenant, meterKey, "50.000000000001");
    await expect(more).rejects.toMatchObject({ code: "usage.quota_exhausted" });
    expect(await world.report(tenant, meterKey, "0")).toMatchObject({
      totalQuantity: meterKey === "disk" ? "50" : "0",
    });
  });

  it("of a maximum takes a report that fits although an earlier plan had allowed more", async () => {
    const tenant = await world.on("team");
    await world.report(tenant, "disk", "70");
    await world.enter(tenant, "hard", START_AT);
    expect(await world.report(tenant, "disk", "50")).toMatchObject({ totalQuantity: "70", includedQuantity: "50" });
    await expect(world.report(tenant, "disk", "51")).rejects.toMatchObject({ code: "usage.quota_exhausted" });
  });

  it("ends with the plan that has it, for the next report", async () => {
    const tenant = await world.on("hard");
    await world.report(tenant, "job", "50");
    await world.enter(tenant, "team", START_AT);
    expect(await world.report(tenant, "job", "1")).toMatchObject({ totalQuantity: "51", includedQuantity: "10" });
  });
});

describe("a month's end", () => {
  it("is half-open: the last millisecond is the old month's, the end is the new one's", async () => {
    const tenant = await world.on("team");
    world.now = new Date(+END_AT - 1);
    expect(await world.report(tenant, "job", "1")).toMatchObject({ periodStartAt: START_AT, periodEndAt: END_AT });
    world.now = END_AT;
    expect(await world.report(tenant, "job", "1")).toMatchObject({ periodStartAt: END_AT, totalQuantity: "1" });
  });

  it("lets a report that comes when the month is closed land in the running one", async () => {
    const tenant = await world.on("team");
    await world.report(tenant, "job", "20");
    world.now = END_AT;
    const [charge] = await world.closeMonth(tenant, START_AT, "renewal");
    // A server whose clock is a second behind still lives in the old month.
    world.now = new Date(+END_AT - 1_000);
    expect(await world.report(tenant, "job", "3")).toMatchObject({ periodStartAt: END_AT, totalQuantity: "3" });
    expect(await meterOf(tenant, "job", START_AT)).toEqual([charge?.usedQuantity, 1n]);
  });

  it("loses nothing while reports are on their way, and counts nothing twice", async () => {
    const tenant = await world.on("team");
    await world.report(tenant, "job", "100");
    world.now = new Date(+END_AT - 1_000);
    let [sent, charged] = [0, ""];
    // Each reporter goes on past the close, so that some reports come before it and some after, whatever the timing.
    const refused = await storm(9, async (ctx, index) => {
      if (index === 0) {
        const [charge] = await world.closeMonth(tenant, START_AT, "renewal");
        charged = charge?.usedQuantity ?? "";
        return;
      }
      for (let left = 3; left > 0 && sent < 2_000; left -= charged === "" ? 0 : 1) {
        await recordUsage(ctx, input(tenant, "job", "1"));
        sent += 1;
      }
    });
    expect(refused).toEqual([]);
    const [before] = await meterOf(tenant, "job", START_AT);
    const [after] = await meterOf(tenant, "job", END_AT);
    expect(before).toBe(charged);
    expect(Number(after)).toBeGreaterThan(0);
    expect(Number(charged) + Number(after)).toBe(100 + sent);
    expect(await eventsOf(tenant)).toBe(1 + sent);
  });
});
