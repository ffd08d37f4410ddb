/** The free plan's month is one quota, however often a paid plan comes between: by cases, then for any lives at all. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { shareUsageWorld, usageCatalog } from "@/testing/usage-world";
import { applyCatalog } from "../catalog";
import { checkQuota } from "../entitlements";
import { calendarMonth } from "../kernel/period";
import type { Tenant } from "../tenants";
import { getUsage, listUsagePeriods, recordUsage } from ".";

const world = shareUsageWorld();

const person = {
  ...{ key: "person", displayName: "People", overageName: "Additional people", unit: "person", unitPlural: "people" },
  ...{ unitAliases: [], aggregation: "unique" as const, uniqueProperty: "user_id", limitKey: null, planField: null },
};

/** As the usage catalog, with people counted once, and searches that cost on the free plan too. */
beforeAll(async () => {
  const plans = usageCatalog.plans.map((plan) => {
    const people = { meter: "person", included: "3", limit: "hard" as const, overage: null };
    const priced = { limit: "soft" as const, overage: { model: "per_unit" as const, unitPrice: "1.00" } };
    const allowances = plan.allowances.map((one) => (one.meter === "search" ? { ...one, ...priced } : one));
    return { ...plan, allowances: [...allowances, people] };
  });
  await applyCatalog(world.ctx, { ...usageCatalog, meters: [...usageCatalog.meters, person], plans });
});

const at = (text: string) => new Date(`${text}Z`);

/** Enters a plan now; each paid one is a subscription of its own. */
async function enter(tenant: Tenant, planKey: string) {
  const subscriptionId = planKey === "free" ? null : `sub_${tenant.slug}_${world.now.getTime()}`;
  await world.enter(tenant, planKey, world.now, { subscriptionId, anchorAt: world.now });
}

const meet = (tenant: Tenant, user: string) =>
  recordUsage(world.ctx, {
    ...{ tenantId: tenant.id, meterKey: "person", quantity: "1", unit: null, key: null },
    metadata: { user_id: user },
  });

async function meter(tenant: Tenant, meterKey: string, periodStartAt?: Date) {
  const { meters } = await getUsage(world.ctx, tenant.id, periodStartAt);
  const found = meters.find((one) => one.meterKey === meterKey);
  return [found?.usedQuantity, found?.carriedQuantity, found?.eventCount];
}

/** On the free plan in February, 4 of 5 jobs and 2 of 3 people used; then paid from the 10th to the 20th. */
async function returned(): Promise<Tenant> {
  world.now = at("2027-02-03T00:00:00");
  const tenant = await world.on("free");
  await world.report(tenant, "job", "4");
  await world.report(tenant, "disk", "3");
  await world.report(tenant, "seat", "2");
  await meet(tenant, "ann");
  await meet(tenant, "bob");
  world.now = at("2027-02-10T00:00:00");
  await enter(tenant, "team");
  await world.report(tenant, "job", "40");
  await meet(tenant, "cat");
  world.now = at("2027-02-20T00:00:00");
  await enter(tenant, "free");
  return tenant;
}

const EXHAUSTED = { kind: "limit", code: "usage.quota_exhausted" };

describe("coming back to the free plan in the same month", () => {
  it("goes on counting where the free plan stopped; what was paid for is not carried", async () => {
    const tenant = await returned();
    expect(await meter(tenant, "job")).toEqual(["4", "4", 0n]);
    expect(await meter(tenant, "disk")).toEqual(["3", "3", 0n]);
    expect(await meter(tenant, "seat")).toEqual(["0", "0", 0n]);
    expect(await meter(tenant, "person")).toEqual(["2", "2", 0n]);
    const asked = { tenantId: tenant.id, meterKey: "job", quantity: "2" };
    expect(await checkQuota(world.ctx, asked)).toMatchObject({ allowed: false, remaining: "1" });
    await expect(world.report(tenant, "job", "2")).rejects.toMatchObject(EXHAUSTED);
    expect(await world.report(tenant, "job", "1")).toMatchObject({ totalQuantity: "5", includedQuantity: "5" });
    await expect(world.report(tenant, "job", "0.1")).rejects.toMatchObject(EXHAUSTED);
    expect(await meter(tenant, "job")).toEqual(["5", "4", 1n]);
  });

  it("knows the values it has seen, and has room for the rest alone", async () => {
    const tenant = await returned();
    expect(await meet(tenant, "ann")).toMatchObject({ totalQuantity: "2" });
    expect(await meet(tenant, "cat")).toMatchObject({ totalQuantity: "3" });
    await expect(meet(tenant, "dan")).rejects.toMatchObject(EXHAUSTED);
    expect(await meet(tenant, "bob")).toMatchObject({ totalQuantity: "3" });
  });

  it("a second and a third time grants no more than once", async () => {
    const tenant = await returned();
    await world.report(tenant, "job", "1");
    for (const [paid, free] of [
      ["2027-02-21T00:00:00", "2027-02-22T00:00:00"],
      ["2027-02-23T00:00:00", "2027-02-24T00:00:00"],
    ]) {
      world.now = at(paid ?? "");
      await enter(tenant, "team");
      world.now = at(free ?? "");
      await enter(tenant, "free");
      await expect(world.report(tenant, "job", "1")).rejects.toMatchObject(EXHAUSTED);
    }
  });

  it("begins anew with the next month, and after a paid plan that reached into it", async () => {
    const tenant = await returned();
    world.now = at("2027-03-01T00:00:00");
    expect(await world.report(tenant, "job", "5")).toMatchObject({ totalQuantity: "5" });
    world.now = at("2027-03-02T00:00:00");
    await enter(tenant, "team");
    world.now = at("2027-04-02T00:00:00");
    await enter(tenant, "free");
    expect(await meter(tenant, "job")).toEqual(["0", "0", 0n]);
    expect(await world.report(tenant, "job", "5")).toMatchObject({ totalQuantity: "5" });
  });

  it("entered twice, or opened by a report, carries once", async () => {
    const tenant = await returned();
    await enter(tenant, "free");
    await world.report(tenant, "job", "1");
    await enter(tenant, "free");
    expect(await meter(tenant, "job")).toEqual(["5", "4", 1n]);
  });

  it("bills overage of the free plan once, each part its own", async () => {
    world.now = at("2027-02-03T00:00:00");
    const tenant = await world.on("free");
    for (let n = 0; n < 7; n += 1) await world.report(tenant, "search", "1");
    world.now = at("2027-02-10T00:00:00");
    await enter(tenant, "team");
    world.now = at("2027-02-11T00:00:00");
    await enter(tenant, "free");
    for (let n = 0; n < 3; n += 1) await world.report(tenant, "search", "1");
    world.now = at("2027-03-02T00:00:00");
    const parts = (await listUsagePeriods(world.ctx, tenant.id)).filter(({ planKey }) => planKey === "free");
    const billed: Array<[string, bigint]> = [];
    for (const { startAt } of parts.filter((part) => part.endAt <= world.now).reverse()) {
      const charges = await world.closeMonth(tenant, startAt, `close-${startAt.toISOString()}`);
      for (const charge of charges) billed.push([charge.quantity, charge.amountMinor]);
    }
    expect(billed).toEqual([
      ["2", 200n],
      ["3", 300n],
    ]);
  });
});

describe("any life between the free plan and a paid one", () => {
  const step = fc.record({
    hours: fc.integer({ min: 1, max: 300 }),
    what: fc.constantFrom("free" as const, "hard" as const, "report" as const, "report" as const),
    quantity: fc.integer({ min: 1, max: 4 }),
  });

  it("grants what is included at most once a month on the free plan, and once a month of each subscription", async () => {
    let takenInAll = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
        world.now = at("2027-02-01T00:00:00");
        const tenant = await world.on("free");
        const granted = new Map<string, number>();
        for (const { hours, what, quantity } of steps) {
          world.now = new Date(world.now.getTime() + hours * 3_600_000);
          if (what !== "report") {
            await enter(tenant, what);
            continue;
          }
          const view = await getUsage(world.ctx, tenant.id);
          const taken = await world.report(tenant, "job", String(quantity)).then(
            () => quantity,
            () => 0,
          );
          const month = view.planKey === "free" ? calendarMonth(world.now).startAt : view.periodStartAt;
          const key = `${view.planKey} ${month.toISOString()}`;
          granted.set(key, (granted.get(key) ?? 0) + taken);
          takenInAll += taken;
        }
        for (const [key, quantity] of granted)
          expect([key, quantity <= (key.startsWith("free") ? 5 : 50)]).toEqual([key, true]);
      }),
      { numRuns: 25 },
    );
    // The law would hold of a counter that refuses everything.
    expect(takenInAll).toBeGreaterThan(50);
  }, 120_000);
});
