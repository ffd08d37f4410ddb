/** Moving tenants to newer versions: previewed, carried out, refused, interrupted, repeated; contracts and the free plan. */
import { describe, expect, it } from "vitest";
import { fullCatalog } from "@/testing/full-catalog";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { renewWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { applyCatalog, type Catalog, getCatalog } from "../catalog";
import { listInvoices } from "../invoices";
import { listPlanVersions } from "../revenue";
import type { Tenant } from "../tenants";
import { getUsage, recordUsage } from "../usage";
import {
  createSubscription,
  getSubscription,
  listTenantsOn,
  makeContract,
  migrateVersions,
  previewMigration,
  quoteSubscription,
} from ".";
import { perform } from "./perform";

const world = renewWorld({ catalog: fullCatalog });

async function onStudio(slug: string): Promise<Tenant> {
  const tenant = await world.tenant({ slug });
  await createSubscription(world.ctx, {
    ...{
      tenantId: tenant.id,
      planKey: "studio",
      interval: "month",
      paymentMethodId: "pm_card_visa",
      canConfirm: false,
    },
    ...{ requestId: world.requestId(), reason: "A test needs a subscriber" },
  });
  await world.drain();
  return tenant;
}

/** The catalog with another price of `studio` in force. */
async function raise(monthlyPrice: string): Promise<void> {
  const catalog: Catalog = structuredClone(fullCatalog);
  const plan = catalog.plans.find(({ key }) => key === "studio");
  if (plan) plan.monthlyPrice = monthlyPrice;
  await applyCatalog(world.ctx, catalog);
}

const versionOf = async (tenant: Tenant) => (await getSubscription(world.ctx, tenant.id)).planVersionId;
const reason = "Prices of 2026";
const invoicesOf = async (tenant: Tenant) => (await listInvoices(world.ctx, { tenantId: tenant.id, limit: 10 })).length;

describe("a migration", () => {
  it("leaves everybody where they are until it is asked for, and tells first what it would do", async () => {
    const tenant = await onStudio("acme");
    await raise("60.00");
    expect(await versionOf(tenant)).toBe("studio@1");
    expect(await listTenantsOn(world.ctx, ["studio@1", "studio@2"])).toEqual([
      { planVersionId: "studio@1", tenants: [{ slug: "acme", name: "acme", status: "active" }] },
      { planVersionId: "studio@2", tenants: [] },
    ]);
    const [step, ...others] = await previewMigration(world.ctx, { timing: "at_period_end" });
    expect(others).toEqual([]);
    expect(step).toMatchObject({ tenant: { slug: "acme" }, from: "studio@1", to: "studio@2", state: "ready" });
    expect(step?.quote).toMatchObject({ isNow: false, dueNowMinor: 0n, nextInvoice: { totalMinor: 6_480n } });
    expect(await versionOf(tenant)).toBe("studio@1");
  });

  it("at the period's end is scheduled, told as waiting when it is asked again, and charges the new price", async () => {
    const tenant = await onStudio("acme");
    await raise("60.00");
    const input = { timing: "at_period_end" as const, reason };
    expect(await migrateVersions(world.ctx, input)).toMatchObject([{ state: "waits", refusal: null }]);
    await world.drain();
    expect(await migrateVersions(world.ctx, input)).toMatchObject([{ state: "waits" }]);
    await world.advance("1 month");
    await world.advance("2 hours");
    expect(await versionOf(tenant)).toBe("studio@2");
    const [newest] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(newest).toMatchObject({ status: "paid", subtotalMinor: 6_000n });
    expect(await migrateVersions(world.ctx, input)).toEqual([]);
  });

  it("now charges what the preview said, under an actor and a reason, and moves nobody twice", async () => {
    const tenant = await onStudio("acme");
    const other = await onStudio("other");
    await raise("60.00");
    await world.advance("10 days");
    const only = { planKey: "studio", tenantId: "acme", timing: "now" as const };
    const [preview] = await previewMigration(world.ctx, only);
    expect(preview?.quote?.dueNowMinor).toBeGreaterThan(0n);
    const told: string[] = [];
    const steps = await migrateVersions(world.ctx, { ...only, reason }, ({ state }) => told.push(state));
    expect(steps).toMatchObject([{ tenant: { slug: "acme" }, state: "moved" }]);
    expect(told).toEqual(["moved"]);
    expect([await versionOf(tenant), await versionOf(other)]).toEqual(["studio@2", "studio@1"]);
    await world.drain();
    const [newest] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(newest?.totalMinor).toBe(preview?.quote?.dueNowMinor);
    const audit = await listAudit(world.ctx, { tenantId: tenant.id, limit: 5 });
    expect(audit).toContainEqual(
      expect.objectContaining({ action: "subscription.change", reason, actor: "system:test" }),
    );
    const invoices = await invoicesOf(tenant);
    expect(await migrateVersions(world.ctx, { ...only, reason })).toEqual([]);
    expect(await invoicesOf(tenant)).toBe(invoices);
  });

  it("whose answer is lost is completed by the next run, and charges once", async () => {
    const tenant = await onStudio("acme");
    await raise("60.00");
    await world.advance("10 days");
    const invoices = await invoicesOf(tenant);
    const input = { timing: "now" as const, reason };
    const stripe = loseAnswerOnce(world.ctx.stripe, "changeSubscription");
    await migrateVersions({ ...world.ctx, stripe }, input).catch(() => []);
    await world.drain();
    await migrateVersions(world.ctx, input);
    await world.drain();
    expect(await versionOf(tenant)).toBe("studio@2");
    expect(await invoicesOf(tenant)).toBe(invoices + 1);
  });

  it("names whom it cannot move, and moves the others", async () => {
    const paused = await onStudio("paused");
    const tenant = await onStudio("zeta");
    const { id: tenantId } = paused;
    const commit = { tenantId, quoteId: null, paymentMethodId: null, canConfirm: false };
    await perform(world.ctx, { verb: "pause" }, { ...commit, requestId: world.requestId(), reason });
    await raise("60.00");
    const steps = await migrateVersions(world.ctx, { timing: "now", reason });
    expect(new Map(steps.map((step) => [step.tenant.slug, [step.state, step.refusal?.code]]))).toEqual(
      new Map([
        ["paused", ["refused", "subscription.paused"]],
        ["zeta", ["moved", undefined]],
      ]),
    );
    expect([await versionOf(paused), await versionOf(tenant)]).toEqual(["studio@1", "studio@2"]);
  });

  it("puts the usage of tenants on the free plan under its new terms", async () => {
    const tenant = await world.tenant({ slug: "free-one" });
    const report = (quantity: string) =>
      recordUsage(world.ctx, { tenantId: tenant.id, meterKey: "call", quantity, unit: null, metadata: {}, key: null });
    await report("100");
    const catalog: Catalog = structuredClone(fullCatalog);
    const allowance = catalog.plans[0]?.allowances[0];
    if (allowance) allowance.included = "150";
    await applyCatalog(world.ctx, catalog);
    await expect(report("10")).rejects.toMatchObject({ code: "usage.quota_exhausted" });
    const input = { planKey: "free", timing: "now" as const };
    expect(await previewMigration(world.ctx, input)).toMatchObject([{ state: "ready", to: "free@2", quote: null }]);
    expect(await migrateVersions(world.ctx, { ...input, reason })).toMatchObject([{ state: "moved" }]);
    expect(await report("10")).toMatchObject({ totalQuantity: "110", includedQuantity: "150" });
    expect(await previewMigration(world.ctx, input)).toEqual([]);
  });

  it("leaves tenants on the free plan where they are although they have used nothing yet", async () => {
    const quiet = await world.tenant({ slug: "quiet", ownClock: true });
    const included = async (tenant: Tenant) => (await getUsage(world.ctx, tenant.id)).meters[0]?.includedQuantity;
    const catalog: Catalog = structuredClone(fullCatalog);
    const allowance = catalog.plans[0]?.allowances[0];
    if (allowance) allowance.included = "150";
    // The version in force is theirs before it is replaced, and the preview of the file says so.
    const concerned = [{ planVersionId: "free@1", tenants: [{ slug: "quiet", name: "quiet", status: "free" }] }];
    expect(await listTenantsOn(world.ctx, ["free@1"])).toEqual(concerned);
    await applyCatalog(world.ctx, catalog);
    const late = await world.tenant({ slug: "late" });
    expect([await versionOf(quiet), await versionOf(late)]).toEqual(["free@1", "free@2"]);
    expect([await included(quiet), await included(late)]).toEqual(["100", "150"]);
    expect(await listTenantsOn(world.ctx, ["free@1"])).toEqual(concerned);
    const counts = (await listPlanVersions(world.ctx)).versions.map(({ version, tenants }) => [version.id, tenants]);
    expect(counts).toEqual(
      expect.arrayContaining([
        ["free@1", 1],
        ["free@2", 1],
      ]),
    );
    // A month later too: what decides is the version, not an open period.
    await world.advance("1 month", quiet);
    expect(await included(quiet)).toBe("100");
    const input = { timing: "now" as const };
    expect(await previewMigration(world.ctx, input)).toMatchObject([
      { tenant: { slug: "quiet" }, from: "free@1", to: "free@2", state: "ready" },
    ]);
    expect(await migrateVersions(world.ctx, { ...input, reason })).toMatchObject([{ state: "moved" }]);
    expect([await versionOf(quiet), await included(quiet)]).toEqual(["free@2", "150"]);
    expect(await previewMigration(world.ctx, input)).toEqual([]);
  });
});

describe("a custom contract", () => {
  const terms = {
    ...{ basePlanKey: "enterprise", name: "Acme Enterprise", monthlyPrice: "700.00", annualPrice: null },
    seats: { included: 100, monthlyPrice: "4.00", annualPrice: null, max: null },
    allowances: [
      {
        ...{ meter: "call", included: "1000000", limit: "soft" as const },
        overage: { model: "package" as const, size: "1000", price: "0.90" },
      },
    ],
  };

  it("is a plan version of one tenant, at Stripe too, and quoted and entered like any other", async () => {
    const tenant = await onStudio("acme");
    const stranger = await onStudio("stranger");
    const input = { tenantId: "acme", reason: "Signed on 1 March", ...terms };
    const version = await makeContract(world.ctx, input);
    expect(version).toMatchObject({ id: "enterprise@2", madeForTenantId: tenant.id, monthlyPriceMinor: 70_000n });
    expect(version.stripeMonthlyPriceId).toMatch(/^price_/);
    expect((await makeContract(world.ctx, input)).id).toBe("enterprise@2");
    expect((await getCatalog(world.ctx)).plans.map(({ id }) => id)).not.toContain("enterprise@2");
    const wish = {
      ...{ verb: "change" as const, planKey: null, interval: null, seats: null, promotionCode: null },
      ...{ timing: "now_prorated" as const, planVersionId: version.id },
    };
    const quote = await quoteSubscription(world.ctx, { tenantId: tenant.id, wish });
    expect(quote.to).toMatchObject({ planKey: "enterprise", planName: "Acme Enterprise", seats: 100 });
    const commit = { paymentMethodId: null, canConfirm: false, requestId: world.requestId(), reason: "Signed" };
    await perform(world.ctx, null, { tenantId: tenant.id, quoteId: quote.id, ...commit });
    expect(await versionOf(tenant)).toBe("enterprise@2");
    await expect(quoteSubscription(world.ctx, { tenantId: stranger.id, wish })).rejects.toMatchObject({
      code: "catalog.unknown_plan",
    });
    const audit = await listAudit(world.ctx, { tenantId: tenant.id, limit: 10 });
    expect(audit.filter(({ action }) => action === "contract.make")).toHaveLength(1);

    // A contract is no older version of anything: neither a catalog nor a migration touches it.
    await raise("60.00");
    expect(await previewMigration(world.ctx, { tenantId: "acme", timing: "now" })).toEqual([]);
    expect(await versionOf(tenant)).toBe("enterprise@2");
  });

  it.each([
    ["a plan there is not", { basePlanKey: "gold" }, "basePlanKey"],
    ["the free plan", { basePlanKey: "free" }, "basePlanKey"],
    ["no price", { monthlyPrice: null }, "monthlyPrice"],
    ["half a cent", { monthlyPrice: "1.005" }, "monthlyPrice"],
    ["a misspelt word", { montlyPrice: "1" }, ""],
    ["a meter there is not", { allowances: [{ meter: "atoms", included: "1", limit: "hard" }] }, "allowances[0].meter"],
    [
      "tiers that end",
      {
        allowances: [
          {
            ...{ meter: "call", included: "1", limit: "soft" },
            overage: { model: "volume", tiers: [{ upTo: "5", unitPrice: "1" }] },
          },
        ],
      },
      "allowances[0].overage.tiers[0].upTo",
    ],
  ])("with %s is refused by its place, and nothing is made", async (_what, more, path) => {
    await world.tenant({ slug: "acme" });
    const input = { tenantId: "acme", reason: "Signed", ...terms, ...more };
    const refused = await makeContract(world.ctx, input as Parameters<typeof makeContract>[1]).catch((error) => error);
    expect(refused).toMatchObject({ code: "catalog.invalid" });
    expect(Object.keys(refused.details)).toContain(path);
    expect(await world.db.prisma.planVersion.count({ where: { madeForTenantId: { not: null } } })).toBe(0);
  });
});
