/** The presets hold the numbers of the two documents they come from: a slip here is a wrong price on every invoice. */
import { describe, expect, it } from "vitest";
import { type Catalog, loadCatalogFile, type Plan } from ".";

function planOf(catalog: Catalog, key: string): Plan {
  const plan = catalog.plans.find((candidate) => candidate.key === key);
  if (!plan) throw new Error(`The preset has no plan "${key}".`);
  return plan;
}

function terms(plan: Plan): Record<string, [string | null, string, string | null]> {
  return Object.fromEntries(
    plan.allowances.map(({ meter, included, limit, overage }) => {
      const price = overage?.model === "per_unit" ? overage.unitPrice : null;
      return [meter, [included, limit, price]];
    }),
  );
}

function meters(catalog: Catalog): string[][] {
  return catalog.meters.map(({ key, aggregation, unitPlural }) => [key, aggregation, unitPlural]);
}

const TAX = { displayName: "Tax", percentage: "8" };

describe("dnalang", () => {
  it("sells four plans in dollars with 8 % tax, the free one first", async () => {
    const catalog = await loadCatalogFile("dnalang");
    expect(catalog).toMatchObject({ key: "dnalang", currency: "usd", freePlan: "free", tax: TAX });
    expect(catalog.plans.map((plan) => plan.key)).toEqual(["free", "professional", "research", "enterprise"]);
  });

  it.each([
    ["free", "Free", "0", "0", 1, false],
    ["professional", "Professional", "299.00", "2990.00", 10, false],
    ["research", "Research", "499.00", "4990.00", 50, false],
    ["enterprise", "Enterprise", "999.00", "9990.00", null, true],
  ] as const)("%s costs what the table says", async (key, name, monthlyPrice, annualPrice, maxUsers, hipaa) => {
    const plan = planOf(await loadCatalogFile("dnalang"), key);
    expect(plan).toMatchObject({ name, monthlyPrice, annualPrice, maxUsers });
    expect(plan.features).toEqual([{ label: "HIPAA", included: hipaa }]);
  });

  it.each([
    ["professional", "100", "50"],
    ["research", "500", "250"],
    ["enterprise", "1000", "500"],
  ])("%s includes its jobs and gigabytes and charges the rest", async (key, jobs, gigabytes) => {
    expect(terms(planOf(await loadCatalogFile("dnalang"), key))).toEqual({
      quantum_job: [jobs, "soft", "0.50"],
      storage: [gigabytes, "soft", "0.10"],
      api_call: ["0", "soft", "0.001"],
    });
  });

  it("free refuses beyond 10 jobs and 1 GB", async () => {
    expect(terms(planOf(await loadCatalogFile("dnalang"), "free"))).toEqual({
      quantum_job: ["10", "hard", null],
      storage: ["1", "hard", null],
      api_call: [null, "soft", null],
    });
  });

  it("sums jobs and calls and takes the most storage of a period", async () => {
    const catalog = await loadCatalogFile("dnalang");
    expect(meters(catalog)).toEqual([
      ["quantum_job", "sum", "jobs"],
      ["storage", "max", "GB"],
      ["api_call", "sum", "calls"],
    ]);
    const names = catalog.meters.map(({ overageName, limitKey, planField }) => [overageName, limitKey, planField]);
    expect(names).toEqual([
      ["Additional Quantum Jobs", "quantum_jobs", "max_quantum_jobs_monthly"],
      ["Additional Storage", "storage_gb", "max_storage_gb"],
      ["Additional API Calls", null, null],
    ]);
  });
});

describe("daur", () => {
  it("sells four tiers in dollars with 8 % tax, the free one first", async () => {
    const catalog = await loadCatalogFile("daur");
    expect(catalog).toMatchObject({ key: "daur", currency: "usd", freePlan: "free", tax: TAX });
    expect(catalog.plans.map((plan) => plan.key)).toEqual(["free", "basic", "pro", "enterprise"]);
  });

  it.each([
    ["free", "Free", "0", "0", "Limited support", ["100", "hard", null]],
    ["basic", "Basic", "29.00", "290.00", "Email support", ["1000", "soft", "0.01"]],
    ["pro", "Pro", "99.00", "990.00", "Priority support", ["10000", "soft", "0.01"]],
    ["enterprise", "Enterprise", null, null, "Dedicated support", [null, "soft", null]],
  ] as const)(
    "%s costs and allows what the table says",
    async (key, name, monthlyPrice, annualPrice, support, calls) => {
      const plan = planOf(await loadCatalogFile("daur"), key);
      expect(plan).toMatchObject({ name, monthlyPrice, annualPrice, support });
      const uncharged = [null, "soft", null];
      expect(terms(plan)).toEqual({
        api_calls: calls,
        compute_minutes: uncharged,
        compute_hours: uncharged,
        storage_gb: uncharged,
      });
    },
  );

  it("meters the four usage types of the document", async () => {
    expect(meters(await loadCatalogFile("daur"))).toEqual([
      ["api_calls", "sum", "calls"],
      ["compute_minutes", "sum", "minutes"],
      ["compute_hours", "sum", "hours"],
      ["storage_gb", "max", "GB"],
    ]);
  });
});
