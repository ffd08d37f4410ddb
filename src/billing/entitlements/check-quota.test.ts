/** The answer to "may I?" agrees with what a report then meets, and asking consumes nothing. */
import { describe, expect, it } from "vitest";
import { END_AT, START_AT, shareUsageWorld } from "@/testing/usage-world";
import type { Tenant } from "../tenants";
import { checkQuota } from ".";

const world = shareUsageWorld();

const ask = (tenant: Tenant, meterKey: string, quantity: string) =>
  checkQuota(world.ctx, { tenantId: tenant.id, meterKey, quantity });

describe("asking for a quota", () => {
  it("says what is used and left and when it starts anew", async () => {
    const tenant = await world.on("hard");
    await world.report(tenant, "job", "12.5");
    const left = { meterKey: "job", used: "12.5", included: "50", remaining: "37.5", resetsAt: END_AT };
    expect(await ask(tenant, "job", "37.5")).toEqual({ ...left, allowed: true });
    expect(await ask(tenant, "job", "37.6")).toEqual({ ...left, allowed: false });
    world.now = END_AT;
    expect(await ask(tenant, "job", "50")).toMatchObject({ allowed: true, used: "0", remaining: "50" });
  });

  it("agrees with the report that follows, for every aggregation", async () => {
    const tenant = await world.on("hard");
    const outcomes: boolean[] = [];
    for (const meterKey of ["job", "disk", "search", "seat"]) {
      for (const quantity of ["30", "20", "1", "51", "50"]) {
        const { allowed } = await ask(tenant, meterKey, quantity);
        const taken = await world.report(tenant, meterKey, quantity).then(
          () => true,
          () => false,
        );
        expect({ meterKey, quantity, allowed }).toEqual({ meterKey, quantity, allowed: taken });
        outcomes.push(taken);
      }
    }
    expect(new Set(outcomes).size).toBe(2);
  });

  it("consumes nothing and opens nothing", async () => {
    const tenant = await world.on();
    for (let time = 0; time < 3; time += 1) {
      expect(await ask(tenant, "job", "5")).toMatchObject({ allowed: true, used: "0", remaining: "5" });
    }
    const where = { where: { tenantId: tenant.id } };
    const { usagePeriod, usageEvent, usageTerms } = world.db.prisma;
    const rows = [await usagePeriod.count(where), await usageEvent.count(where), await usageTerms.count(where)];
    expect(rows).toEqual([0, 0, 0]);
  });

  it("knows of a plan that changed a moment ago", async () => {
    const tenant = await world.on("hard");
    await world.report(tenant, "job", "50");
    expect(await ask(tenant, "job", "1")).toMatchObject({ allowed: false, remaining: "0" });
    await world.enter(tenant, "team", START_AT);
    expect(await ask(tenant, "job", "1")).toMatchObject({ allowed: true, included: "10", remaining: "0" });
  });

  it.each([
    ["an unknown meter", "jobs", "1", "usage.unknown_type"],
    ["a quantity of nothing", "job", "0", "usage.invalid_quantity"],
    ["a negative quantity", "disk", "-1", "usage.invalid_quantity"],
  ])("with %s is refused", async (_what, meterKey, quantity, code) => {
    await expect(ask(await world.on("hard"), meterKey, quantity)).rejects.toMatchObject({ kind: "invalid", code });
  });

  it("of a tenant that does not exist is refused", async () => {
    const input = { tenantId: "ten_nobody", meterKey: "job", quantity: "1" };
    await expect(checkQuota(world.ctx, input)).rejects.toMatchObject({ code: "tenant.not_found" });
  });
});
