/** The gate between tenants: who reaches which, by id and by slug, and that a closed door looks like no door. */
import { beforeAll, describe, expect, it } from "vitest";
import { shareDatabase } from "@/testing/database";
import type { Actor } from "../kernel/actor";
import { getTenant, resolveTenant, type Tenant } from ".";
import { insertTenant, putMembership } from "./store";

const db = shareDatabase();
const tenants = new Map<string, Tenant>();

const AT = new Date("2026-01-15T10:00:00Z");

beforeAll(async () => {
  for (const slug of ["alpha", "beta", "gone"]) {
    const tenant: Tenant = {
      ...{ id: `ten_${slug}`, slug, name: slug, billingEmail: `b@${slug}.example`, timeZone: "UTC" },
      ...{ stripeCustomerId: null, stripeTestClockId: null, createdAt: AT },
    };
    await insertTenant(db.prisma, tenant);
    tenants.set(slug, tenant);
  }
  for (const id of ["usr_member", "usr_owner", "usr_stranger"]) {
    await db.prisma.user.create({ data: { id, email: `${id}@people.example` } });
  }
  const member = { userId: "usr_member", role: "member", createdAt: AT } as const;
  await putMembership(db.prisma, { ...member, tenantId: "ten_alpha" });
  await putMembership(db.prisma, { ...member, tenantId: "ten_gone" });
  await putMembership(db.prisma, { tenantId: "ten_beta", userId: "usr_owner", role: "owner", createdAt: AT });
  await db.prisma.tenant.update({ where: { id: "ten_gone" }, data: { deletedAt: AT } });
});

const user = (userId: string, tenantId: string): Actor => ({ kind: "user", userId, tenantId, label: userId });
const key = (tenantId: string | null): Actor => ({ kind: "api_key", keyId: "key_1", tenantId, label: "ci" });

const ACTORS: Array<[string, Actor, alpha: boolean, beta: boolean]> = [
  ["a member of alpha", user("usr_member", "ten_alpha"), true, false],
  ["a member of alpha whose session names beta", user("usr_member", "ten_beta"), true, false],
  ["the owner of beta", user("usr_owner", "ten_beta"), false, true],
  ["a stranger whose session names alpha", user("usr_stranger", "ten_alpha"), false, false],
  ["alpha's key", key("ten_alpha"), true, false],
  ["beta's key", key("ten_beta"), false, true],
  ["a deleted tenant's key", key("ten_gone"), false, false],
  ["an operator's key", key(null), true, true],
  ["an operator", { kind: "operator", userId: "usr_op", label: "Op" }, true, true],
  ["a webhook", { kind: "webhook", eventId: "evt_1" }, true, true],
  ["a worker", { kind: "worker", task: "inbox" }, true, true],
  ["the system", { kind: "system", part: "cli" }, true, true],
];

const NOT_FOUND = {
  kind: "not_found",
  code: "tenant.not_found",
  message: "There is no such organisation.",
  details: {},
};

describe.each(ACTORS)("%s", (_who, actor, mayAlpha, mayBeta) => {
  it.each([
    ["alpha", mayAlpha],
    ["beta", mayBeta],
    ["gone", false],
  ])("to %s: %s, by id as by slug", async (slug, may) => {
    for (const name of [`ten_${slug}`, slug]) {
      const resolving = resolveTenant({ db, actor }, name);
      if (may) expect(await resolving).toEqual(tenants.get(slug));
      else await expect(resolving).rejects.toMatchObject(NOT_FOUND);
    }
  });

  it.each([
    ["an unknown id", "ten_unknown"],
    ["an unknown slug", "unknown"],
    ["nothing", ""],
    ["a zero byte", "alpha\u0000"],
    ["another spelling", "ALPHA"],
    ["a blank around it", " alpha"],
    ["a quote", "alpha' or '1'='1"],
    ["a path", "../alpha"],
    ["a wildcard", "al%"],
    ["a text without end", "a".repeat(100_000)],
  ])("finds no tenant under %s", async (_what, name) => {
    await expect(resolveTenant({ db, actor }, name)).rejects.toMatchObject(NOT_FOUND);
  });
});

describe("getTenant", () => {
  it("takes an id alone and finds no deleted tenant", async () => {
    expect(await getTenant({ db }, "ten_alpha")).toEqual(tenants.get("alpha"));
    await expect(getTenant({ db }, "alpha")).rejects.toMatchObject(NOT_FOUND);
    await expect(getTenant({ db }, "ten_gone")).rejects.toMatchObject(NOT_FOUND);
  });
});
