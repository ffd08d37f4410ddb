/** People of tenants, and the end of a tenant's own clock. */
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import {
  addMember,
  getTenant,
  leaveTestClock,
  listMemberships,
  loadTestClockTenants,
  type MembershipRole,
  resolveTenant,
} from ".";

const world = shareWorld();
let people = 0;

async function person(): Promise<string> {
  people += 1;
  const user = await world.db.prisma.user.create({ data: { email: `person-${people}@people.example` } });
  return user.id;
}

function add(tenantId: string, userId: string, role: MembershipRole) {
  return addMember(world.ctx, { tenantId, userId, role, reason: "Invited" });
}

describe("addMember", () => {
  it("opens the tenant to a person, gives a member another role, and tells the audit log of both", async () => {
    const [tenant, userId] = [await world.tenant(), await person()];
    const actor = { kind: "user", userId, tenantId: tenant.id, label: "P" } as const;
    const enter = () => resolveTenant({ db: world.db, actor }, tenant.slug);
    await expect(enter()).rejects.toMatchObject({ code: "tenant.not_found" });
    await add(tenant.id, userId, "member");
    expect(await enter()).toEqual(tenant);
    await add(tenant.id, userId, "admin");
    expect(await listMemberships(world.db, userId)).toEqual([
      { tenantId: tenant.id, slug: tenant.slug, name: tenant.name, role: "admin" },
    ]);
    const entries = await listAudit(world.ctx, { tenantId: tenant.id, limit: 10 });
    const puts = entries.filter(({ action, target }) => action === "member.put" && target === `user:${userId}`);
    expect(puts.map((entry) => entry.details.role).sort()).toEqual(["admin", "member"]);
  });

  it("refuses a tenant that does not exist, a person who does not, and a change without a reason", async () => {
    const [tenant, userId] = [await world.tenant(), await person()];
    await expect(add("ten_unknown", userId, "member")).rejects.toMatchObject({ code: "tenant.not_found" });
    await expect(add(tenant.id, "usr_unknown", "member")).rejects.toThrow();
    const unreasoned = addMember(world.ctx, { tenantId: tenant.id, userId, role: "owner", reason: " " });
    await expect(unreasoned).rejects.toMatchObject({ code: "invariant.broken" });
    expect(await listMemberships(world.db, userId)).toEqual([]);
    expect(await listAudit(world.ctx, { tenantId: tenant.id, limit: 10 })).toMatchObject([{ action: "tenant.create" }]);
  });
});

describe("listMemberships", () => {
  it("lists the tenants of a person by name, without deleted ones and without those of others", async () => {
    const [userId, other] = [await person(), await person()];
    for (const name of ["Zeta", "Alpha", "Deleted"]) {
      const tenant = await world.tenant({ name });
      await add(tenant.id, userId, "member");
      if (name !== "Deleted") continue;
      await world.db.prisma.tenant.update({ where: { id: tenant.id }, data: { deletedAt: world.clock.now() } });
    }
    await add((await world.tenant({ name: "Others" })).id, other, "owner");
    expect((await listMemberships(world.db, userId)).map((membership) => membership.name)).toEqual(["Alpha", "Zeta"]);
    expect(await listMemberships(world.db, "usr_unknown")).toEqual([]);
  });
});

describe("leaveTestClock", () => {
  it("puts a tenant on the default clock, once", async () => {
    const [own, common] = [await world.tenant({ ownClock: true }), await world.tenant()];
    expect(await loadTestClockTenants(world.db.prisma)).toMatchObject([{ tenantId: own.id }]);
    for (const tenant of [own, own, common]) await leaveTestClock(world.ctx, tenant.id);
    expect(await loadTestClockTenants(world.db.prisma)).toEqual([]);
    expect(await getTenant(world.ctx, own.id)).toEqual({ ...own, stripeTestClockId: null });
    const actions = async (tenantId: string) =>
      (await listAudit(world.ctx, { tenantId, limit: 10 })).map((entry) => entry.action).sort();
    expect(await actions(own.id)).toEqual(["tenant.create", "tenant.leave_test_clock"]);
    expect(await actions(common.id)).toEqual(["tenant.create"]);
  });
});
