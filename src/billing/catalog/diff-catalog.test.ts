/** What a catalog would change is what applying it then changes; drafts are seen by nobody who buys; lost prices come back. */
import { describe, expect, it } from "vitest";
import { startSandbox } from "@/sandbox/server";
import { createStripeGateway } from "@/stripe/live";
import { renewWorld } from "@/testing/world";
import { applyCatalog, type Catalog, diffCatalog, getCatalog, loadCatalogFile, loadPlanVersions } from ".";

const world = renewWorld();

async function changed(change: (catalog: Catalog) => void): Promise<Catalog> {
  const catalog = structuredClone(await loadCatalogFile("dnalang"));
  change(catalog);
  return catalog;
}

const plan = (catalog: Catalog, key: string) => catalog.plans.find((candidate) => candidate.key === key);
const versions = async () =>
  (await loadPlanVersions(world.db.prisma)).map(({ id, status, stripeMonthlyPriceId }) => {
    return [id, status, stripeMonthlyPriceId !== null];
  });

describe("a difference", () => {
  it("is nothing for the catalog in force", async () => {
    const difference = await diffCatalog(world.ctx, await loadCatalogFile("dnalang"));
    expect(difference).toMatchObject({ hasChanges: false, meters: [], settings: [], stripe: [] });
    expect(new Set(difference.plans.map(({ change }) => change))).toEqual(new Set(["unchanged"]));
  });

  it("names every field, meter and setting, what Stripe would get, and changes nothing", async () => {
    const catalog = await changed((wanted) => {
      const professional = plan(wanted, "professional");
      if (professional?.allowances[0]) {
        professional.monthlyPrice = "349.00";
        professional.allowances[0].overage = { model: "package", size: "10", price: "4.00", rounding: "up" };
      }
      wanted.plans = wanted.plans.filter(({ key }) => key !== "research");
      wanted.meters[0] = { ...(wanted.meters[0] ?? never()), displayName: "Jobs" };
      wanted.tax = { displayName: "VAT", percentage: "20" };
      wanted.changePolicy.downgrade = "now_prorated";
    });
    const before = await versions();
    const difference = await diffCatalog(world.ctx, catalog);
    expect(difference.plans.map(({ change, replaces, versionId }) => [change, versionId, replaces])).toEqual([
      ["unchanged", "free@1", null],
      ["changed", "professional@2", "professional@1"],
      ["moved", "enterprise@1", null],
      ["archived", "research@1", null],
    ]);
    expect(difference.plans[1]?.fields).toEqual([
      { path: "monthlyPrice", before: "299.00", after: "349.00" },
      { path: "allowances[quantum_job].overage.model", before: "per_unit", after: "package" },
      { path: "allowances[quantum_job].overage.unitPrice", before: "0.50", after: null },
      { path: "allowances[quantum_job].overage.size", before: null, after: "10" },
      { path: "allowances[quantum_job].overage.price", before: null, after: "4.00" },
      { path: "allowances[quantum_job].overage.rounding", before: null, after: "up" },
    ]);
    expect(difference.meters).toEqual([
      {
        ...{ key: "quantum_job", change: "changed" },
        fields: [{ path: "displayName", before: "Quantum jobs", after: "Jobs" }],
      },
    ]);
    expect(difference.settings).toEqual([
      { path: "changePolicy.downgrade", before: "at_period_end", after: "now_prorated" },
      { path: "tax.displayName", before: "Tax", after: "VAT" },
      { path: "tax.percentage", before: "8", after: "20" },
    ]);
    expect(
      difference.stripe.map(({ amountMinor, isRepair, name, what }) => [what, name, amountMinor, isRepair]),
    ).toEqual([
      ["product", "Professional", null, false],
      ["price", "quittance_professional@2_month", 34_900n, false],
      ["price", "quittance_professional@2_year", 299_000n, false],
      ["tax_rate", "VAT 20 %", null, false],
    ]);
    expect(await versions()).toEqual(before);
    await applyCatalog(world.ctx, catalog);
    expect(await diffCatalog(world.ctx, catalog)).toMatchObject({ hasChanges: false });
  });
});

describe("a draft", () => {
  it("is a version that nobody can buy and Stripe does not know, until it is published", async () => {
    const drafted = await changed((catalog) => {
      Object.assign(plan(catalog, "professional") ?? {}, { draft: true, monthlyPrice: "349.00" });
    });
    expect((await diffCatalog(world.ctx, drafted)).plans[1]).toMatchObject({
      change: "draft",
      versionId: "professional@2",
    });
    expect(await applyCatalog(world.ctx, drafted)).toMatchObject({ created: ["professional@2"], archived: [] });
    expect(await versions()).toContainEqual(["professional@2", "draft", false]);
    expect((await getCatalog(world.ctx)).plans.map(({ id }) => id)).toContain("professional@1");
    expect(await applyCatalog(world.ctx, drafted)).toMatchObject({ created: [], archived: [] });

    const published = structuredClone(drafted);
    Object.assign(plan(published, "professional") ?? {}, { draft: false });
    expect((await diffCatalog(world.ctx, published)).plans[1]).toMatchObject({
      ...{ change: "published", versionId: "professional@2", replaces: "professional@1" },
    });
    expect(await applyCatalog(world.ctx, published)).toMatchObject({
      ...{ created: ["professional@2"], archived: ["professional@1"] },
    });
    expect(await versions()).toContainEqual(["professional@2", "active", true]);
    expect((await getCatalog(world.ctx)).plans.map(({ id }) => id)).toContain("professional@2");
  });
});

describe("a Stripe account that was emptied", () => {
  it("gets its products, prices and tax rate again, and our rows their new ids", async () => {
    const sandbox = await startSandbox({ port: 0 });
    try {
      const stripe = createStripeGateway({ secretKey: "sk_test_sandbox", sandboxUrl: sandbox.url });
      const emptied = { ...world.ctx, stripe };
      const catalog = await loadCatalogFile("dnalang");
      const difference = await diffCatalog(emptied, catalog);
      expect(difference.stripe.filter(({ isRepair }) => isRepair)).toHaveLength(9);
      const sold = ["professional@1", "research@1", "enterprise@1"];
      expect(await applyCatalog(emptied, catalog)).toMatchObject({ created: [], archived: [], repaired: sold });
      expect(await diffCatalog(emptied, catalog)).toMatchObject({ hasChanges: false });
      const { plans, tax } = await getCatalog(emptied);
      expect(await stripe.findTaxRate({ displayName: "Tax", percentage: "8", key: "dnalang:Tax:8" })).toBe(
        tax.stripeTaxRateId,
      );
      expect(plans.every(({ id, stripeMonthlyPriceId }) => id === "free@1" || stripeMonthlyPriceId !== null)).toBe(
        true,
      );
      expect(await applyCatalog(emptied, catalog)).toMatchObject({ created: [], archived: [], repaired: [] });
    } finally {
      await sandbox.close();
    }
  });

  it("that cannot be reached does not stop a start with the catalog in force", async () => {
    const away = createStripeGateway({ secretKey: "sk_test_sandbox", sandboxUrl: "http://127.0.0.1:9" });
    const ctx = { ...world.ctx, stripe: away };
    expect(await applyCatalog(ctx, await loadCatalogFile("dnalang"))).toMatchObject({ created: [], repaired: [] });
    expect(world.complaints.splice(0)).toHaveLength(1);
    const other = await changed((catalog) =>
      Object.assign(plan(catalog, "professional") ?? {}, { monthlyPrice: "1.00" }),
    );
    await expect(applyCatalog(ctx, other)).rejects.toMatchObject({ code: "stripe.unavailable" });
  });
});

function never(): never {
  throw new Error("The preset has a first meter.");
}
