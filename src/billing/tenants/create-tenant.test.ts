/** New tenants: which names they may take, what they have from the first moment, and that a refusal leaves nothing. */
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { getSubscription } from "../subscriptions";
import { getUsage } from "../usage";
import { type CreateTenantInput, createTenant, getTenant, listMemberships } from ".";

const world = shareWorld();

function create(input: Partial<CreateTenantInput>) {
  return createTenant(world.ctx, { name: "Acme", billingEmail: "billing@acme.example", ...input });
}

describe("createTenant", () => {
  it("makes a tenant under the slug that was asked for, at the time of the clock", async () => {
    const before = world.clock.now();
    const tenant = await create({ slug: "first-one", name: "  First One  ", timeZone: "Europe/Vienna" });
    expect(tenant).toEqual({
      ...{ id: expect.stringMatching(/^ten_/), slug: "first-one", name: "First One", timeZone: "Europe/Vienna" },
      ...{ billingEmail: "billing@acme.example", stripeCustomerId: null, stripeTestClockId: null },
      createdAt: expect.any(Date),
    });
    expect(tenant.createdAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(tenant.createdAt.getTime()).toBeLessThanOrEqual(world.clock.now().getTime());
    expect(await getTenant(world.ctx, tenant.id)).toEqual(tenant);
  });

  it("puts it on the free plan: its limits hold and Stripe has never heard of it", async () => {
    const tenant = await create({ slug: "free-terms" });
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "free", subscription: null });
    const usage = await getUsage(world.ctx, tenant.id);
    const limits = usage.meters.map(({ meterKey, includedQuantity, limit }) => [meterKey, includedQuantity, limit]);
    expect(limits).toEqual([
      ["quantum_job", "10", "hard"],
      ["storage", "1", "hard"],
      ["api_call", null, "soft"],
    ]);
    expect((await getTenant(world.ctx, tenant.id)).stripeCustomerId).toBeNull();
    expect(await customersAtStripe()).not.toContain(tenant.id);
  });

  it("writes who made it into the audit log", async () => {
    const actor = { kind: "operator", userId: "usr_op", label: "Op" } as const;
    const input = { slug: "audited", name: "Audited", billingEmail: "a@audited.example" };
    const tenant = await createTenant({ ...world.ctx, actor }, input);
    expect(await listAudit(world.ctx, { tenantId: tenant.id, limit: 10 })).toMatchObject([
      {
        ...{ actor: "operator:usr_op", action: "tenant.create", target: `tenant:${tenant.id}` },
        ...{ occurredAt: tenant.createdAt, reason: "Created by an operator", details: input },
      },
    ]);
  });

  it("makes the person who signed up its owner", async () => {
    const user = await world.db.prisma.user.create({ data: { email: "owner@acme.example" } });
    const tenant = await create({ slug: "owned", name: "Owned", ownerUserId: user.id });
    const membership = { tenantId: tenant.id, slug: "owned", name: "Owned", role: "owner" };
    expect(await listMemberships(world.db, user.id)).toEqual([membership]);
    expect(await listAudit(world.ctx, { tenantId: tenant.id, limit: 10 })).toMatchObject([{ reason: "Signed up" }]);
  });

  it("leaves neither tenant nor audit entry when its owner does not exist", async () => {
    const before = await counts();
    await expect(create({ slug: "ownerless", ownerUserId: "usr_nobody" })).rejects.toThrow();
    expect(await counts()).toEqual(before);
  });

  it("lives by the test clock it was given", async () => {
    const stripeTestClockId = await world.control.createTestClock("own", new Date("2026-01-15T10:00:00Z"));
    await world.clock.refresh();
    await world.control.advanceTo(stripeTestClockId, new Date("2026-02-01T00:00:00Z"));
    await world.clock.refresh();
    const tenant = await create({ slug: "own-clock", stripeTestClockId });
    expect(tenant).toMatchObject({ stripeTestClockId, createdAt: new Date("2026-02-01T00:00:00Z") });
  });
});

describe("a slug", () => {
  it("that is taken is refused, and the tenant that has it stays as it is", async () => {
    const tenant = await create({ slug: "taken", name: "The first" });
    const before = await counts();
    const details = { slug: "taken" };
    const refusal = { kind: "conflict", code: "tenant.slug_taken", details };
    await expect(create({ slug: "taken", name: "The second" })).rejects.toMatchObject(refusal);
    expect(await getTenant(world.ctx, tenant.id)).toEqual(tenant);
    expect(await counts()).toEqual(before);
  });

  it("of a deleted tenant stays taken: its invoices carry it", async () => {
    const tenant = await create({ slug: "deleted", name: "Deleted" });
    await world.db.prisma.tenant.update({ where: { id: tenant.id }, data: { deletedAt: world.clock.now() } });
    await expect(create({ slug: "deleted" })).rejects.toMatchObject({ code: "tenant.slug_taken" });
    expect((await create({ name: "Deleted" })).slug).toBe("deleted-2");
  });

  it("wanted by ten at once goes to one of them", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => create({ slug: "wanted" })));
    expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    for (const one of tries) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "tenant.slug_taken" });
    }
  });

  it("is made from the name when none was asked for, with the next number when that is taken", async () => {
    const slugs: string[] = [];
    for (let count = 0; count < 3; count += 1) slugs.push((await create({ name: "Über Labs" })).slug);
    expect(slugs).toEqual(["uber-labs", "uber-labs-2", "uber-labs-3"]);
    expect((await create({ name: "Admin" })).slug).toBe("org-admin");
  });

  it("is another one for each of eight of the same name who sign up at once", async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => create({ name: "Rush" })));
    const expected = ["rush", ...Array.from({ length: 7 }, (_, index) => `rush-${index + 2}`)];
    expect(made.map((tenant) => tenant.slug).sort()).toEqual(expected);
  });
});

describe("a refusal", () => {
  it("names the name that is missing, and whatever else is wrong", async () => {
    const asked = [create({ name: "" }), create({ name: "", slug: "a" })];
    await expect(asked[0]).rejects.toMatchObject({ message: "name: must not be empty", details: { field: "name" } });
    await expect(asked[1]).rejects.toMatchObject({
      ...{ message: expect.stringMatching(/slug: .*; name: must not be empty/), details: { field: "name" } },
    });
  });

  it.each<[string, Partial<CreateTenantInput>, string]>([
    ["a slug of one letter", { slug: "a" }, "tenant.invalid_slug"],
    ["an empty slug", { slug: "" }, "tenant.invalid_slug"],
    ["a slug in capitals", { slug: "Acme" }, "tenant.invalid_slug"],
    ["a slug with two dashes", { slug: "ac--me" }, "tenant.invalid_slug"],
    ["a reserved slug", { slug: "admin" }, "tenant.invalid_slug"],
    ["no name", { name: "   " }, "request.invalid"],
    ["no name beside no slug", { name: "", slug: "" }, "request.invalid"],
    ["a name without end", { name: "x".repeat(121) }, "request.invalid"],
    ["no e-mail address", { billingEmail: "acme.example" }, "request.invalid"],
    ["no time zone", { timeZone: "Mars/Olympus" }, "request.invalid"],
    ["a word it does not know", { plan: "enterprise" } as Partial<CreateTenantInput>, "request.invalid"],
  ])("of %s writes nothing", async (_what, input, code) => {
    const before = await counts();
    await expect(create(input)).rejects.toMatchObject({ kind: "invalid", code });
    expect(await counts()).toEqual(before);
  });
});

async function counts() {
  const { prisma } = world.db;
  return { tenants: await prisma.tenant.count(), entries: await prisma.auditEntry.count() };
}

/** Ids of the tenants that have a customer at Stripe. */
async function customersAtStripe(): Promise<Array<string | undefined>> {
  const headers = { Authorization: "Bearer sk_test_sandbox" };
  const response = await fetch(`${world.sandbox.url}/v1/customers?limit=100`, { headers });
  const { data } = (await response.json()) as { data: Array<{ metadata: Record<string, string> }> };
  return data.map(({ metadata }) => metadata.tenant_id);
}
