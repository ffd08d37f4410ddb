/** The operator's numbers over a few tenants whose months were really lived through. */
import { beforeAll, describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { cancelSubscription, changePlan } from "../subscriptions";
import { getTenant, type Tenant } from "../tenants";
import { recordUsage } from "../usage";
import { getRevenue, listPlanVersions, listTenants } from ".";

const world = shareWorld();
let upgraded: Tenant;
let gone: Tenant;
let yearly: Tenant;

const wish = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });

beforeAll(async () => {
  await world.tenant({ slug: "free-rider" });
  upgraded = await world.tenant({ slug: "upgraded", plan: "professional", ownClock: true });
  gone = await world.tenant({ slug: "gone", plan: "professional", ownClock: true });
  yearly = await world.tenant({ slug: "yearly", plan: "research", interval: "year", ownClock: true });
  const report = {
    tenantId: upgraded.id,
    meterKey: "quantum_job",
    quantity: "145",
    unit: null,
    metadata: {},
    key: null,
  };
  await recordUsage(world.ctx, report);
  for (const tenant of [upgraded, gone, yearly]) await world.advance("32 days", tenant);
  await changePlan(world.ctx, { ...wish(upgraded), planKey: "enterprise", interval: null });
  await cancelSubscription(world.ctx, { ...wish(gone), immediate: true });
  await world.drain();
});

describe("the revenue page", () => {
  it("counts the flat fees of paying tenants, a year's by the month, and the tenants on every plan", async () => {
    const revenue = await getRevenue(world.ctx);
    // Enterprise 999.00 a month and Research 4990.00 a year.
    expect(revenue).toMatchObject({ currency: "usd", mrrMinor: 141_483n, arrMinor: 1_697_800n, payingTenants: 2 });
    expect(revenue.byPlan.map(({ planKey, tenants, active }) => [planKey, tenants, active])).toEqual([
      ["free", 2, 2],
      ["professional", 0, 0],
      ["research", 1, 1],
      ["enterprise", 1, 1],
    ]);
    expect(revenue.failedPayments).toEqual([]);
  });

  it("shows what each month billed, of which usage, the tax, and what came in", async () => {
    const { byMonth } = await getRevenue(world.ctx);
    const january = byMonth.find(({ month }) => month === 1);
    expect(january).toMatchObject({ year: 2026, billedMinor: 29_900n * 2n + 499_000n, usageMinor: 0n, invoices: 3 });
    expect(january).toMatchObject({ taxMinor: 2_392n * 2n + 39_920n });
    expect(byMonth.find(({ month }) => month === 2)).toMatchObject({ usageMinor: 2_250n });
    const paid = await world.db.prisma.payment.findMany({ where: { status: "succeeded" } });
    const collected = paid.reduce((total, payment) => total + payment.amountMinor - payment.amountRefundedMinor, 0n);
    expect(byMonth.reduce((total, month) => total + month.collectedMinor, 0n)).toBe(collected);
  });

  it("keeps a ledger whose movements sum to the revenue there is", async () => {
    const movements = await world.db.prisma.mrrMovement.findMany({ orderBy: { sequence: "asc" } });
    const kinds = (tenant: Tenant) =>
      movements.filter(({ tenantId }) => tenantId === tenant.id).map(({ kind }) => kind);
    expect(kinds(upgraded)).toEqual(["new", "expansion"]);
    expect(kinds(gone)).toEqual(["new", "churn"]);
    expect(kinds(yearly)).toEqual(["new"]);
    const sum = movements.reduce((total, { deltaMinor }) => total + Number(deltaMinor), 0);
    expect(Math.round(sum)).toBe(141_483);
  });

  it("lists tenants with plan, standing and revenue", async () => {
    const { tenants: all, total, next } = await listTenants(world.ctx, { limit: 10 });
    expect({ total, next }).toEqual({ total: 4, next: null });
    expect(all.map(({ slug, planName, standing, mrrMinor }) => `${slug} ${planName} ${standing} ${mrrMinor}`)).toEqual([
      "free-rider Free free 0",
      "gone Free free 0",
      "upgraded Enterprise active 99900",
      "yearly Research active 41583",
    ]);
  });

  it.each([
    [{ query: "RIDER" }, ["free-rider"]],
    [{ query: "%" }, []],
    [{ planKey: "free" }, ["free-rider", "gone"]],
    [{ planKey: "enterprise" }, ["upgraded"]],
    [{ standing: "active" as const }, ["upgraded", "yearly"]],
    [{ standing: "cancels" as const }, []],
    [{ standing: "active" as const, planKey: "research", query: "year" }, ["yearly"]],
  ])("finds those who fit %o", async (filter, slugs) => {
    const { tenants, total } = await listTenants(world.ctx, { limit: 10, ...filter });
    expect(tenants.map(({ slug }) => slug)).toEqual(slugs);
    expect(total).toBe(slugs.length);
  });

  it("finds one by an id of ours or of Stripe's customer", async () => {
    const { stripeCustomerId } = await getTenant(world.ctx, upgraded.id);
    for (const query of [upgraded.id, stripeCustomerId ?? ""]) {
      const { tenants } = await listTenants(world.ctx, { query });
      expect(tenants.map(({ slug }) => slug)).toEqual(["upgraded"]);
    }
  });

  it("pages through all of them, each once", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listTenants>> = await listTenants(world.ctx, { limit: 3, after });
      seen.push(...page.tenants.map(({ slug }) => slug));
      expect(page.total).toBe(4);
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(["free-rider", "gone", "upgraded", "yearly"]);
  });

  it("counts who is on which version of a plan", async () => {
    const { versions } = await listPlanVersions(world.ctx);
    expect(versions.map(({ version, tenants }) => [version.id, tenants])).toEqual([
      ["free@1", 2],
      ["professional@1", 0],
      ["research@1", 1],
      ["enterprise@1", 1],
    ]);
  });
});
