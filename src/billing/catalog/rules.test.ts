/** What is wrong with a catalog, when a plan gets a new version, and the text its hash is made of. */
import { describe, expect, it } from "vitest";
import { allowanceOf, type Catalog, type PlanVersion, parseCatalog } from ".";
import { catalog as dnalang } from "./presets/dnalang";
import { aggregationProblems, canonicalText, catalogProblems, isSold, planCatalogChanges, priceMinor } from "./rules";

function copy(): Catalog {
  return structuredClone(dnalang);
}

/** The preset with one value replaced, whatever the compiler would say to it. */
function broken(path: ReadonlyArray<string | number>, value: unknown): unknown {
  const catalog: unknown = copy();
  let place = catalog as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
  place[path.at(-1) ?? ""] = value;
  return catalog;
}

const TRIAL = { days: 14, paymentMethod: "optional" };
const OVERAGE = ["plans", 1, "allowances", 0, "overage"];
const PACKAGE = { model: "package", size: "0", price: "1.00", rounding: "up" };
const AGREED = { ...dnalang.plans[3], key: "special", monthlyPrice: null, annualPrice: null };
const seats = (more: object) => ({ included: 5, monthlyPrice: "10.00", annualPrice: "100.00", max: null, ...more });
const tiered = (ends: Array<string | null>) => ({
  model: "graduated",
  tiers: ends.map((upTo) => ({ upTo, unitPrice: "0.00001" })),
});

function storedFrom(catalog: Catalog, status: "active" | "archived" = "active"): PlanVersion[] {
  return planCatalogChanges(catalog, []).enter.map(({ id, plan, rank, version }) => ({
    ...{ id, version, status, rank, planKey: plan.key, name: plan.name, currency: catalog.currency },
    monthlyPriceMinor: priceMinor(plan.monthlyPrice, catalog.currency),
    annualPriceMinor: priceMinor(plan.annualPrice, catalog.currency),
    ...{ terms: plan, stripeProductId: null, stripeMonthlyPriceId: null, stripeAnnualPriceId: null },
    ...{ stripeMonthlySeatPriceId: null, stripeAnnualSeatPriceId: null, madeForTenantId: null },
  }));
}

describe("catalogProblems", () => {
  it("finds nothing wrong with a catalog that can be applied", () => {
    expect(catalogProblems(copy())).toEqual([]);
    expect(parseCatalog(copy())).toEqual(dnalang);
    for (const contact of ["sales@dna.example", "https://dna.example/talk?to=us", "http://dna.example"]) {
      expect(catalogProblems({ ...copy(), contact, plans: [...copy().plans.slice(0, 3), AGREED] })).toEqual([]);
    }
  });

  it.each<[string, ReadonlyArray<string | number>, unknown, string, RegExp]>([
    ["a key in capitals", ["key"], "DNA", "key", /lower case/],
    ["a currency that is none", ["currency"], "US$", "currency", /./],
    ["a tax above everything", ["tax", "percentage"], "101", "tax.percentage", /at most 100/],
    ["a tax as a number", ["tax", "percentage"], 8, "tax.percentage", /string/],
    ["a free plan that is not sold", ["freePlan"], "gratis", "freePlan", /names no plan/],
    ["a free plan that costs", ["freePlan"], "professional", "freePlan", /must cost 0/],
    ["a contact that is no address", ["contact"], "call us", "contact", /neither an e-mail address nor a web address/],
    ["a contact that is a script", ["contact"], "javascript:alert(1)", "contact", /neither/],
    ["a contact with a blank in it", ["contact"], "sales @example.com", "contact", /neither/],
    ["nowhere to ask for a price", ["plans", 3], AGREED, "contact", /"special" is agreed/],
    ["no meters", ["meters"], [], "meters", /./],
    ["a meter twice", ["meters", 1, "key"], "quantum_job", "meters[1].key", /used twice/],
    ["an unknown aggregation", ["meters", 0, "aggregation"], "median", "meters[0].aggregation", /./],
    ["a plan twice", ["plans", 2, "key"], "professional", "plans[2].key", /used twice/],
    ["a price below zero", ["plans", 1, "monthlyPrice"], "-1", "plans[1].monthlyPrice", /must not be negative/],
    ["a price as a number", ["plans", 1, "monthlyPrice"], 299, "plans[1].monthlyPrice", /string/],
    ["half a cent", ["plans", 1, "annualPrice"], "2990.005", "plans[1].annualPrice", /more digits than usd/],
    ["no place for users", ["plans", 0, "maxUsers"], 0, "plans[0].maxUsers", /./],
    ["a misspelt word", ["plans", 1, "montlyPrice"], "1", "plans[1].montlyPrice", /not a word of a catalog/],
    [
      "an allowance of no meter",
      ["plans", 1, "allowances", 2, "meter"],
      "calls",
      "plans[1].allowances[2].meter",
      /names no meter/,
    ],
    [
      "an allowance twice",
      ["plans", 1, "allowances", 1, "meter"],
      "quantum_job",
      "plans[1].allowances[1].meter",
      /used twice/,
    ],
    [
      "overage beyond a hard limit",
      ["plans", 0, "allowances", 0, "overage"],
      { model: "per_unit", unitPrice: "0.50" },
      "plans[0].allowances[0].overage",
      /sells no overage/,
    ],
    [
      "a limit that is neither hard nor soft",
      ["plans", 1, "allowances", 0, "limit"],
      "firm",
      "plans[1].allowances[0].limit",
      /./,
    ],
    ["a value to count on a sum", ["meters", 0, "uniqueProperty"], "user_id", "meters[0].uniqueProperty", /alone/],
    ["a count of values of nothing", ["meters", 0, "aggregation"], "unique", "meters[0].uniqueProperty", /missing/],
    ["a free plan as a draft", ["plans", 0, "draft"], true, "freePlan", /draft/],
    ["a trial of the free plan", ["plans", 0, "trial"], TRIAL, "plans[0].trial", /no price/],
    ["a trial without end", ["plans", 1, "trial"], { ...TRIAL, days: 0 }, "plans[1].trial.days", /./],
    ["a policy there is not", ["changePolicy", "upgrade"], "later", "changePolicy.upgrade", /./],
    ["a reminder after the grace", ["dunning", "reminderDays"], [3, 14], "dunning.reminderDays[1]", /within/],
    ["reminders in disorder", ["dunning", "reminderDays"], [7, 3], "dunning.reminderDays[1]", /after the day before/],
    ["a last notice too early", ["dunning", "lastNoticeDays"], 15, "dunning.lastNoticeDays", /before/],
    [
      "seats the annual plan cannot sell",
      ["plans", 1, "seats"],
      seats({ annualPrice: null }),
      "plans[1].seats.annualPrice",
      /missing/,
    ],
    ["fewer seats than are included", ["plans", 1, "seats"], seats({ max: 2 }), "plans[1].seats.max", /less/],
    [
      "half a cent a seat",
      ["plans", 1, "seats"],
      seats({ monthlyPrice: "1.005" }),
      "plans[1].seats.monthlyPrice",
      /digits/,
    ],
    ["seats on the free plan", ["plans", 0, "seats"], seats({}), "freePlan", /no seats/],
    ["an overage that is a number", OVERAGE, 0.5, "plans[1].allowances[0].overage", /./],
    ["a price model there is not", OVERAGE, { model: "auction" }, "plans[1].allowances[0].overage.model", /./],
    ["tiers that are none", OVERAGE, tiered([]), "plans[1].allowances[0].overage.tiers", /./],
    ["tiers that end", OVERAGE, tiered(["10", "20"]), "plans[1].allowances[0].overage.tiers[1].upTo", /open/],
    [
      "an open tier in between",
      OVERAGE,
      tiered([null, null]),
      "plans[1].allowances[0].overage.tiers[0].upTo",
      /must have an end/,
    ],
    [
      "tiers that fall",
      OVERAGE,
      tiered(["10", "9", null]),
      "plans[1].allowances[0].overage.tiers[1].upTo",
      /more than 10/,
    ],
    [
      "a first tier of nothing",
      OVERAGE,
      tiered(["0", null]),
      "plans[1].allowances[0].overage.tiers[0].upTo",
      /more than 0/,
    ],
    ["a package of nothing", OVERAGE, PACKAGE, "plans[1].allowances[0].overage.size", /greater than 0/],
    [
      "a price of what never comes",
      ["plans", 1, "allowances", 0, "included"],
      null,
      "plans[1].allowances[0].overage",
      /never reached/,
    ],
  ])("names %s by its path", (_what, path, value, expectedPath, message) => {
    const problems = catalogProblems(broken(path, value));
    expect(problems.find((problem) => problem.path === expectedPath)?.message).toMatch(message);
  });

  it("names every problem at once, of shape and of sense alike, each path once", () => {
    const catalog = broken(["plans", 1, "monthlyPrice"], 299) as Catalog;
    Object.assign(catalog, { currency: "dollars", freePlan: "gratis", colour: "red" });
    Object.assign(catalog.plans[2]?.allowances[0] ?? {}, { meter: "atoms" });
    const paths = catalogProblems(catalog).map((problem) => problem.path);
    expect([...paths].sort()).toEqual([
      "colour",
      "currency",
      "freePlan",
      "plans[1].monthlyPrice",
      "plans[2].allowances[0].meter",
    ]);
    const refusal = expect.objectContaining({ kind: "invalid", code: "catalog.invalid" });
    expect(() => parseCatalog(catalog)).toThrow(refusal);
    for (const path of paths) expect(() => parseCatalog(catalog)).toThrow(path);
  });

  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "dnalang"],
    ["a list", []],
    ["plans that are no list", { ...dnalang, plans: "all" }],
    ["a plan that is null", { ...dnalang, plans: [null] }],
  ])("names a problem and does not fall over %s", (_what, input) => {
    expect(catalogProblems(input).length).toBeGreaterThan(0);
  });
});

describe("planCatalogChanges", () => {
  it("makes version 1 of every plan of a first catalog, in order of rank", () => {
    const changes = planCatalogChanges(copy(), []);
    expect(changes.enter.map(({ id, rank }) => [id, rank])).toEqual([
      ["free@1", 0],
      ["professional@1", 1],
      ["research@1", 2],
      ["enterprise@1", 3],
    ]);
    expect(changes.archive).toEqual([]);
  });

  it("keeps everything when nothing changed, however the keys are ordered", () => {
    const reordered: Catalog = JSON.parse(canonicalText(copy()));
    const changes = planCatalogChanges(reordered, storedFrom(copy()));
    expect(changes).toMatchObject({ enter: [], archive: [] });
    expect(changes.keep).toHaveLength(4);
  });

  it("puts a draft beside the version that is sold, and publishes it under its own number", () => {
    const drafted = copy();
    const plan = drafted.plans[1];
    if (plan) Object.assign(plan, { draft: true, monthlyPrice: "349.00" });
    const stored = storedFrom(copy());
    const draft = planCatalogChanges(drafted, stored);
    expect(draft.enter.map(({ id, status }) => [id, status])).toEqual([["professional@2", "draft"]]);
    expect(draft.archive).toEqual([]);
    expect(draft.keep.map(({ version }) => version.id)).toContain("professional@1");

    const [entered] = draft.enter;
    const [sold] = stored.filter(({ id }) => id === "professional@1");
    if (!plan || !entered || !sold) throw new Error("There is a draft.");
    const withDraft = [
      ...stored,
      { ...sold, id: "professional@2", version: 2, status: "draft" as const, terms: entered.plan },
    ];
    const again = planCatalogChanges(drafted, withDraft);
    expect(again).toMatchObject({ enter: [], archive: [] });
    const published = planCatalogChanges(
      { ...drafted, plans: drafted.plans.map((one) => ({ ...one, draft: false })) },
      withDraft,
    );
    expect(published.enter.map(({ id, known, status }) => [id, status, known?.status])).toEqual([
      ["professional@2", "active", "draft"],
    ]);
    expect(published.archive.map(({ id }) => id)).toEqual(["professional@1"]);
    expect(planCatalogChanges(copy(), withDraft).archive.map(({ id }) => id)).toEqual(["professional@2"]);
  });

  it("leaves contracts alone, whatever becomes of their plan, and takes no number twice", () => {
    const [, sold] = storedFrom(copy());
    if (!sold) throw new Error("The preset has plans.");
    const contract = { ...sold, id: "professional@2", version: 2, madeForTenantId: "ten_1" };
    const changes = planCatalogChanges(broken(["plans", 1, "monthlyPrice"], "349.00") as Catalog, [
      ...storedFrom(copy()),
      contract,
    ]);
    expect(changes.enter.map(({ id }) => id)).toEqual(["professional@3"]);
    expect(changes.archive.map(({ id }) => id)).toEqual(["professional@1"]);
  });

  it("gives a plan whose terms changed the next number and archives the one before", () => {
    const changes = planCatalogChanges(broken(["plans", 1, "monthlyPrice"], "349.00") as Catalog, storedFrom(copy()));
    expect(changes.enter.map(({ id, version, rank }) => [id, version, rank])).toEqual([["professional@2", 2, 1]]);
    expect(changes.archive.map(({ id }) => id)).toEqual(["professional@1"]);
    expect(changes.keep.map(({ version }) => version.id)).toEqual(["free@1", "research@1", "enterprise@1"]);
  });

  it("puts an archived version with the very same terms back under its own id", () => {
    const changes = planCatalogChanges(copy(), storedFrom(copy(), "archived"));
    expect(changes.enter.map(({ id, known }) => [id, known?.status])).toContainEqual(["professional@1", "archived"]);
  });

  it("makes new versions of all plans in another currency", () => {
    const changes = planCatalogChanges({ ...copy(), currency: "eur" }, storedFrom(copy()));
    expect(changes.enter).toHaveLength(4);
    expect(changes.archive).toHaveLength(4);
  });

  it("only moves the rank of plans that changed places", () => {
    const catalog = copy();
    catalog.plans.reverse();
    const changes = planCatalogChanges(catalog, storedFrom(copy()));
    expect(changes.enter).toEqual([]);
    expect(changes.keep.map(({ version, rank }) => [version.id, version.rank, rank])).toContainEqual([
      "enterprise@1",
      3,
      0,
    ]);
  });
});

describe("the small questions", () => {
  it("writes the same text for the same value in another order, and another for a list in another order", () => {
    expect(canonicalText({ b: [{ d: 1, c: 2 }], a: null })).toBe(canonicalText({ a: null, b: [{ c: 2, d: 1 }] }));
    expect(canonicalText([1, 2])).not.toBe(canonicalText([2, 1]));
  });

  it.each([
    ["299.00", "usd", 29_900n],
    ["0", "usd", 0n],
    ["500", "jpy", 500n],
    [null, "usd", null],
  ])("%s %s is %s in minor units", (price, currency, expected) => {
    expect(priceMinor(price, currency)).toBe(expected);
  });

  it.each([
    ["0", "0", false],
    ["0.00", null, false],
    [null, null, false],
    ["29.00", null, true],
    ["0", "10.00", true],
  ])("a plan of %s a month and %s a year goes to Stripe: %s", (monthlyPrice, annualPrice, expected) => {
    expect(isSold({ monthlyPrice, annualPrice })).toBe(expected);
  });

  it("counts a meter the plan does not name, without limit and charge", () => {
    const [free] = copy().plans;
    if (!free) throw new Error("The preset has plans.");
    expect(allowanceOf(free, "quantum_job")).toMatchObject({ included: "10", limit: "hard" });
    const unnamed = { meter: "atoms", included: null, limit: "soft", overage: null };
    expect(allowanceOf(free, "atoms")).toEqual(unnamed);
  });

  it("refuses a meter that would count otherwise than it did", () => {
    const changed = broken(["meters", 1, "aggregation"], "sum") as Catalog;
    expect(aggregationProblems(changed, copy().meters)).toEqual([
      { path: "meters[1].aggregation", message: expect.stringContaining('is "max" already') },
    ]);
    expect(aggregationProblems(copy(), copy().meters)).toEqual([]);
    expect(aggregationProblems(changed, [])).toEqual([]);
  });
});
