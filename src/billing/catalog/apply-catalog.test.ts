/** Putting catalogs into force: repeated, changed, broken, interrupted; what Stripe has and what tenants keep. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { renewWorld } from "@/testing/world";
import type { Clock } from "../kernel/clock";
import { getSubscription } from "../subscriptions";
import { getUsage } from "../usage";
import { applyCatalog, type Catalog, diffCatalog, findPlanVersion, getCatalog, loadCatalogFile } from ".";

const world = renewWorld();

async function listAtStripe(kind: "products" | "prices" | "tax_rates"): Promise<string[]> {
  const response = await fetch(`${world.sandbox.url}/v1/${kind}?limit=100`, {
    headers: { Authorization: "Bearer sk_test_sandbox" },
  });
  const { data } = (await response.json()) as { data: Array<{ id: string }> };
  return data.map(({ id }) => id).sort();
}

async function priceAtStripe(id: string | null): Promise<number | null> {
  const response = await fetch(`${world.sandbox.url}/v1/prices/${id}`, {
    headers: { Authorization: "Bearer sk_test_sandbox" },
  });
  return ((await response.json()) as { unit_amount: number | null }).unit_amount;
}

async function everythingAtStripe() {
  return {
    products: await listAtStripe("products"),
    prices: await listAtStripe("prices"),
    taxRates: await listAtStripe("tax_rates"),
  };
}

async function everythingHere() {
  const { prisma } = world.db;
  return {
    versions: await prisma.planVersion.findMany({ orderBy: { id: "asc" } }),
    meters: await prisma.meter.findMany({ orderBy: { key: "asc" } }),
    state: await prisma.catalogState.findMany(),
  };
}

/** Rows written at another time are the same rows. */
function withoutTimes(key: string, value: unknown): unknown {
  if (key === "appliedAt") return undefined;
  return typeof value === "bigint" ? `${value}n` : value;
}

async function changed(change: (catalog: Catalog) => void): Promise<Catalog> {
  const catalog = structuredClone(await loadCatalogFile("dnalang"));
  change(catalog);
  return catalog;
}

function withPrice(catalog: Catalog, planKey: string, monthlyPrice: string): void {
  const plan = catalog.plans.find((candidate) => candidate.key === planKey);
  if (!plan) throw new Error(`There is no plan "${planKey}".`);
  plan.monthlyPrice = monthlyPrice;
}

/** The transaction asks the clock before it writes: what fails there has reached Stripe and no row. */
function dyingClock(): Clock {
  return {
    now: () => {
      throw new Error("The power failed.");
    },
  };
}

describe("a first catalog", () => {
  it("makes version 1 of every plan, and products and prices of those that are sold", async () => {
    const { plans, freePlan, tax, meters } = await getCatalog(world.ctx);
    expect(plans.map(({ id, status, rank }) => [id, status, rank])).toEqual([
      ["free@1", "active", 0],
      ["professional@1", "active", 1],
      ["research@1", "active", 2],
      ["enterprise@1", "active", 3],
    ]);
    expect(plans.map((plan) => [plan.monthlyPriceMinor, plan.annualPriceMinor])).toEqual([
      [0n, 0n],
      [29_900n, 299_000n],
      [49_900n, 499_000n],
      [99_900n, 999_000n],
    ]);
    expect(freePlan).toMatchObject({ id: "free@1", stripeProductId: null, stripeMonthlyPriceId: null });
    expect(meters.map((meter) => meter.key)).toEqual(["quantum_job", "storage", "api_call"]);
    const atStripe = await everythingAtStripe();
    const sold = plans.slice(1);
    expect(atStripe.products).toEqual(sold.map((plan) => plan.stripeProductId).sort());
    expect(atStripe.prices).toEqual(
      sold.flatMap((plan) => [plan.stripeMonthlyPriceId, plan.stripeAnnualPriceId]).sort(),
    );
    expect(atStripe.taxRates).toEqual([tax.stripeTaxRateId]);
  });
});

describe("the same catalog again", () => {
  it("changes nothing, neither here nor at Stripe", async () => {
    const before = { here: await everythingHere(), atStripe: await everythingAtStripe() };
    const applied = await applyCatalog(world.ctx, await loadCatalogFile("dnalang"));
    expect(applied).toMatchObject({ created: [], archived: [] });
    expect(applied.unchanged.sort()).toEqual(["enterprise@1", "free@1", "professional@1", "research@1"]);
    expect({ here: await everythingHere(), atStripe: await everythingAtStripe() }).toEqual(before);
  });

  it("finds its products and prices at Stripe again when the database has been lost", async () => {
    const timeless = async () => JSON.parse(JSON.stringify(await everythingHere(), withoutTimes));
    const before = { here: await timeless(), atStripe: await everythingAtStripe() };
    await world.db.pool.query("truncate plan_versions, meters, catalog_state");
    await applyCatalog(world.ctx, await loadCatalogFile("dnalang"));
    expect({ here: await timeless(), atStripe: await everythingAtStripe() }).toEqual(before);
  });

  it("applied by eight processes at once makes one version of each plan and one price of each interval", async () => {
    const catalog = await changed((wanted) => withPrice(wanted, "professional", "349.00"));
    const prices = await listAtStripe("prices");
    const all = await Promise.all(Array.from({ length: 8 }, () => applyCatalog(world.ctx, catalog)));
    expect(all.filter((applied) => applied.created.length > 0)).toHaveLength(1);
    expect(await world.db.prisma.planVersion.count({ where: { planKey: "professional" } })).toBe(2);
    expect(await listAtStripe("prices")).toHaveLength(prices.length + 2);
  });
});

describe("two different catalogs at once", () => {
  it("come into force one after the other, and every version sells at Stripe for its own price", async () => {
    const catalogs = await Promise.all(
      ["349.00", "399.00"].map((price) => changed((wanted) => withPrice(wanted, "professional", price))),
    );
    await Promise.all(catalogs.map((catalog) => applyCatalog(world.ctx, catalog)));
    const versions = await world.db.prisma.planVersion.findMany({ where: { planKey: "professional" } });
    expect(versions.map((version) => version.version).sort()).toEqual([1, 2, 3]);
    for (const version of versions) {
      expect(await priceAtStripe(version.stripeMonthlyPriceId)).toBe(Number(version.monthlyPriceMinor));
    }
    expect(versions.filter((version) => version.status === "active")).toMatchObject([{ version: 3 }]);
  });
});

describe("a changed plan", () => {
  it("becomes version 2 for new subscribers and leaves version 1 to those who have it", async () => {
    const early = await world.tenant({ plan: "professional" });
    const before = await findPlanVersion(world.ctx, "professional@1");
    const applied = await applyCatalog(
      world.ctx,
      await changed((catalog) => {
        withPrice(catalog, "professional", "349.00");
        const jobs = catalog.plans[1]?.allowances[0];
        if (jobs) jobs.included = "200";
      }),
    );
    expect(applied).toMatchObject({ created: ["professional@2"], archived: ["professional@1"] });
    const late = await world.tenant({ plan: "professional" });
    expect(await getSubscription(world.ctx, early.id)).toMatchObject({ priceMinor: 29_900n });
    expect(await getSubscription(world.ctx, late.id)).toMatchObject({ priceMinor: 34_900n });
    const [earlyJobs, lateJobs] = [await getUsage(world.ctx, early.id), await getUsage(world.ctx, late.id)].map(
      (usage) => usage.meters.find((meter) => meter.meterKey === "quantum_job")?.includedQuantity,
    );
    expect([earlyJobs, lateJobs]).toEqual(["100", "200"]);
    const after = await findPlanVersion(world.ctx, "professional@1");
    expect(after).toEqual({ ...before, status: "archived" });
    expect((await findPlanVersion(world.ctx, "professional@2")).stripeMonthlyPriceId).not.toBe(
      before.stripeMonthlyPriceId,
    );
  });

  it("that changes back is version 1 again, with the price it had at Stripe", async () => {
    const before = await everythingAtStripe();
    await applyCatalog(world.ctx, await changed((catalog) => withPrice(catalog, "professional", "349.00")));
    const changedPrices = await listAtStripe("prices");
    const applied = await applyCatalog(world.ctx, await loadCatalogFile("dnalang"));
    expect(applied).toMatchObject({ created: ["professional@1"], archived: ["professional@2"] });
    expect(await listAtStripe("prices")).toEqual(changedPrices);
    const current = (await getCatalog(world.ctx)).plans.find((plan) => plan.planKey === "professional");
    expect(before.prices).toContain(current?.stripeMonthlyPriceId);
  });

  it("that only moved to another place keeps its version and takes the place", async () => {
    const applied = await applyCatalog(world.ctx, await changed((catalog) => catalog.plans.reverse()));
    expect(applied).toMatchObject({ created: [], archived: [] });
    const plans = (await getCatalog(world.ctx)).plans.map((plan) => plan.id);
    expect(plans).toEqual(["enterprise@1", "research@1", "professional@1", "free@1"]);
  });
});

describe("what vanished", () => {
  it("a plan is archived: nobody can take it, whoever has it keeps it", async () => {
    const tenant = await world.tenant({ plan: "research" });
    const applied = await applyCatalog(
      world.ctx,
      await changed((catalog) => {
        catalog.plans = catalog.plans.filter((plan) => plan.key !== "research");
      }),
    );
    expect(applied).toMatchObject({ created: [], archived: ["research@1"] });
    expect((await getCatalog(world.ctx)).plans.map((plan) => plan.planKey)).not.toContain("research");
    await expect(world.tenant({ plan: "research" })).rejects.toMatchObject({ code: "catalog.unknown_plan" });
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "research", status: "active" });
  });

  it("a meter is retired and still known by its name", async () => {
    await applyCatalog(world.ctx, await loadCatalogFile("daur"));
    const { meters, retiredMeters } = await getCatalog(world.ctx);
    expect(meters.map((meter) => meter.key)).toContain("api_calls");
    expect(retiredMeters.map((meter) => meter.key)).toEqual(["quantum_job", "storage", "api_call"]);
  });
});

describe("the other preset", () => {
  it("comes into force; a plan without a list price never reaches Stripe", async () => {
    const applied = await applyCatalog(world.ctx, await loadCatalogFile("daur"));
    expect(applied.created).toEqual(["free@2", "basic@1", "pro@1", "enterprise@2"]);
    expect(applied.archived.sort()).toEqual(["enterprise@1", "free@1", "professional@1", "research@1"]);
    const { key, plans } = await getCatalog(world.ctx);
    expect(key).toBe("daur");
    expect(plans.map((plan) => [plan.id, plan.monthlyPriceMinor, plan.stripeProductId !== null])).toEqual([
      ["free@2", 0n, false],
      ["basic@1", 2_900n, true],
      ["pro@1", 9_900n, true],
      ["enterprise@2", null, false],
    ]);
  });
});

describe("a catalog that is not applied", () => {
  it("names every problem and changes nothing, neither here nor at Stripe", async () => {
    const before = { here: await everythingHere(), atStripe: await everythingAtStripe() };
    const broken = await changed((catalog) => {
      withPrice(catalog, "professional", "349.001");
      catalog.freePlan = "gratis";
    });
    const applying = applyCatalog(world.ctx, broken);
    await expect(applying).rejects.toMatchObject({
      code: "catalog.invalid",
      details: { freePlan: expect.any(String), "plans[1].monthlyPrice": expect.any(String) },
    });
    expect({ here: await everythingHere(), atStripe: await everythingAtStripe() }).toEqual(before);
  });

  it("refuses a meter that would change how it counts, a retired one too", async () => {
    const recounted = await changed((catalog) => {
      const storage = catalog.meters[1];
      if (storage) storage.aggregation = "sum";
    });
    const refusal = { code: "catalog.invalid", details: { "meters[1].aggregation": expect.any(String) } };
    await expect(applyCatalog(world.ctx, recounted)).rejects.toMatchObject(refusal);
    await applyCatalog(world.ctx, await loadCatalogFile("daur"));
    await expect(applyCatalog(world.ctx, recounted)).rejects.toMatchObject(refusal);
    expect((await getCatalog(world.ctx)).key).toBe("daur");
  });
});

describe("the currency", () => {
  it("is the first catalog's for good: another one is refused by its path, here and at Stripe nothing changes", async () => {
    const before = { here: await everythingHere(), atStripe: await everythingAtStripe() };
    const euros = await changed((catalog) => {
      catalog.currency = "eur";
      catalog.tax.percentage = "19";
    });
    const refusal = { code: "catalog.invalid", details: { currency: expect.stringMatching(/^is usd here/) } };
    await expect(applyCatalog(world.ctx, euros)).rejects.toMatchObject(refusal);
    await expect(diffCatalog(world.ctx, euros)).rejects.toMatchObject(refusal);
    expect({ here: await everythingHere(), atStripe: await everythingAtStripe() }).toEqual(before);
  });
});

describe("an interruption", () => {
  it("between Stripe and the rows leaves the old catalog; applying again converges on the same prices", async () => {
    const catalog = await changed((wanted) => withPrice(wanted, "professional", "349.00"));
    const before = await everythingHere();
    const crash = applyCatalog({ ...world.ctx, clock: dyingClock() }, catalog);
    await expect(crash).rejects.toThrow("The power failed.");
    expect(await everythingHere()).toEqual(before);
    const pushed = await everythingAtStripe();
    expect(pushed.prices).toHaveLength(8);
    expect(await applyCatalog(world.ctx, catalog)).toMatchObject({ created: ["professional@2"] });
    expect(await everythingAtStripe()).toEqual(pushed);
  });

  it.each(["pushPlan", "pushTaxRate"] as const)(
    "that loses the answer to %s is repaired by the next",
    async (method) => {
      const catalog = await changed((wanted) => {
        withPrice(wanted, "professional", "349.00");
        wanted.tax = { displayName: "VAT", percentage: "20" };
      });
      const ctx = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, method) };
      await expect(applyCatalog(ctx, catalog)).rejects.toMatchObject({ code: "stripe.unavailable", retryable: true });
      expect((await getCatalog(world.ctx)).tax).toMatchObject({ displayName: "Tax", percentage: "8" });
      expect(await applyCatalog(ctx, catalog)).toMatchObject({ created: ["professional@2"] });
      expect((await getCatalog(world.ctx)).tax).toMatchObject({ displayName: "VAT", percentage: "20" });
      expect(await listAtStripe("prices")).toHaveLength(8);
      expect(await listAtStripe("tax_rates")).toHaveLength(2);
    },
  );
});
