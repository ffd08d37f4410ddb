/** Meters that count different values: each once in a period, whatever comes at once, late, again or at the limit. */
import { beforeAll, describe, expect, it } from "vitest";
import { END_AT, START_AT, shareUsageWorld, usageCatalog } from "@/testing/usage-world";
import { applyCatalog } from "../catalog";
import { checkQuota } from "../entitlements";
import type { Tenant } from "../tenants";
import { dailyUsage, getUsage, recordUsage } from ".";
import type { RecordUsageInput } from "./model";

const world = shareUsageWorld();

const person = {
  ...{ key: "person", displayName: "People", overageName: "Additional people", unit: "person", unitPlural: "people" },
  ...{ unitAliases: [], aggregation: "unique" as const, uniqueProperty: "user_id", limitKey: null, planField: null },
};

beforeAll(async () => {
  const plans = usageCatalog.plans.map((plan) => {
    const isSoft = plan.key === "team" || plan.key === "big";
    const overage = isSoft ? { model: "per_unit" as const, unitPrice: "2.00" } : null;
    const limit = isSoft ? ("soft" as const) : ("hard" as const);
    return { ...plan, allowances: [...plan.allowances, { meter: "person", included: "3", limit, overage }] };
  });
  await applyCatalog(world.ctx, { ...usageCatalog, meters: [...usageCatalog.meters, person], plans });
});

type Metadata = RecordUsageInput["metadata"];

function see(tenant: Tenant, metadata: Metadata, key: string | null = null) {
  return recordUsage(world.ctx, { tenantId: tenant.id, meterKey: "person", quantity: "1", unit: null, metadata, key });
}
const meet = (tenant: Tenant, user: string | number) => see(tenant, { user_id: user });

async function people(tenant: Tenant, periodStartAt?: Date): Promise<[string | undefined, bigint | undefined]> {
  const { meters } = await getUsage(world.ctx, tenant.id, periodStartAt);
  const found = meters.find(({ meterKey }) => meterKey === "person");
  return [found?.usedQuantity, found?.eventCount];
}

describe("a meter of unique values", () => {
  it("counts each value once, numbers as their text", async () => {
    const tenant = await world.on("team");
    const totals: string[] = [];
    for (const user of ["ann", "bob", "ann", 7, "7", "Ann"]) totals.push((await meet(tenant, user)).totalQuantity);
    expect(totals).toEqual(["1", "2", "2", "3", "3", "4"]);
    expect(await people(tenant)).toEqual(["4", 6n]);
  });

  it.each<[string, Metadata]>([
    ["no property", {}],
    ["null", { user_id: null }],
    ["an empty text", { user_id: "" }],
    ["a word of objects", JSON.parse('{"toString":"x"}')],
  ])("refuses a report with %s, and counts nothing", async (_what, metadata) => {
    const tenant = await world.on("team");
    await expect(see(tenant, metadata)).rejects.toMatchObject({ code: "usage.invalid_metadata" });
    expect(await people(tenant)).toEqual(["0", 0n]);
  });

  it("counts nothing for a repeated key, and refuses it for another value", async () => {
    const tenant = await world.on("team");
    await see(tenant, { user_id: "ann" }, "one");
    expect(await see(tenant, { user_id: "ann" }, "one")).toMatchObject({ duplicate: true, totalQuantity: "1" });
    await expect(see(tenant, { user_id: "bob" }, "one")).rejects.toMatchObject({ code: "usage.key_reused" });
    expect(await people(tenant)).toEqual(["1", 1n]);
    expect(await world.db.prisma.usageUniqueValue.count({ where: { tenantId: tenant.id } })).toBe(1);
  });

  it("is exact when sixty reports of twelve values come at once", async () => {
    const tenant = await world.on("team");
    // The same value side by side, so that reports of one value really meet.
    await Promise.all(Array.from({ length: 60 }, (_, index) => meet(tenant, `user-${Math.floor(index / 5)}`)));
    expect(await people(tenant)).toEqual(["12", 60n]);
  });

  it("never passes a hard limit in a rush, and never refuses a value that is counted", async () => {
    const tenant = await world.on("hard");
    const reports = Array.from({ length: 60 }, (_, index) => `user-${Math.floor(index / 6)}`);
    const settled = await Promise.allSettled(reports.map((user) => meet(tenant, user)));
    expect(await people(tenant)).toEqual(["3", BigInt(settled.filter(({ status }) => status === "fulfilled").length)]);
    const values = await world.db.prisma.usageUniqueValue.findMany({ where: { tenantId: tenant.id } });
    const counted = new Set(values.map(({ value }) => value));
    expect(counted.size).toBe(3);
    const refused = reports.filter((_user, index) => settled[index]?.status === "rejected");
    expect(refused.filter((user) => counted.has(user))).toEqual([]);
    for (const user of new Set(reports)) {
      if (counted.has(user)) expect(await meet(tenant, user)).toMatchObject({ totalQuantity: "3" });
      else await expect(meet(tenant, user)).rejects.toMatchObject({ kind: "limit", code: "usage.quota_exhausted" });
    }
    expect(await checkQuota(world.ctx, { tenantId: tenant.id, meterKey: "person", quantity: "1" })).toMatchObject({
      ...{ allowed: false, used: "3", remaining: "0" },
    });
  });

  it("starts anew with each month: a late report counts in the month that runs", async () => {
    const tenant = await world.on("team");
    for (const user of ["ann", "bob", "cid", "dan", "eve"]) await meet(tenant, user);
    world.now = END_AT;
    const charges = await world.closeMonth(tenant, START_AT, "renewal");
    expect(charges).toMatchObject([{ meterKey: "person", quantity: "2", amountMinor: 400n, eventCount: 5n }]);
    expect(await meet(tenant, "ann")).toMatchObject({ totalQuantity: "1", periodStartAt: END_AT });
    expect(await people(tenant, START_AT)).toEqual(["5", 5n]);
  });

  it("is told day by day, each value once a day", async () => {
    const tenant = await world.on("team");
    await meet(tenant, "ann");
    await meet(tenant, "ann");
    world.now = new Date(+START_AT + 86_400_000);
    await meet(tenant, "ann");
    await meet(tenant, "bob");
    const days = await dailyUsage(world.ctx, { tenantId: tenant.id, periodStartAt: START_AT });
    expect(days.map(({ eventCount, quantity }) => [quantity, eventCount])).toEqual([
      ["1", 2n],
      ["2", 2n],
    ]);
  });

  it("keeps tenants apart", async () => {
    const [one, other] = [await world.on("team"), await world.on("team")];
    await meet(one, "ann");
    expect(await meet(other, "ann")).toMatchObject({ totalQuantity: "1" });
  });
});
