/** Which reports are taken, and what a period has come to: every refusal by name, and the worked example's lines. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planVersion } from "@/testing/plans";
import {
  type Aggregation,
  type Allowance,
  type AppliedCatalog,
  changePolicySchema,
  dunningTermsSchema,
  type Meter,
  type PlanVersion,
} from "../catalog/model";
import { BillingError } from "../kernel/errors";
import type { RecordUsageInput } from "./model";
import {
  checkMetadata,
  checkUnit,
  describeMeters,
  findMeter,
  hardLimit,
  type PeriodFacts,
  ratePeriodFacts,
  readQuantity,
} from "./rules";

function meter(key: string, aggregation: Aggregation = "sum", more: Partial<Meter> = {}): Meter {
  return {
    ...{ key, displayName: key, overageName: `Additional ${key}`, unit: "job", unitPlural: "jobs" },
    ...{ unitAliases: [], aggregation, uniqueProperty: null, limitKey: null, planField: null },
    ...more,
  };
}

function plan(allowances: Allowance[], currency = "usd"): PlanVersion {
  return planVersion("pro", { currency, name: "Pro", terms: { allowances } });
}

const allowance = (key: string, included: string | null, price: string | null): Allowance => ({
  ...{ meter: key, included, limit: "soft" as const },
  overage: price === null ? null : { model: "per_unit", unitPrice: price },
});

function refusal(work: () => unknown): BillingError {
  try {
    work();
  } catch (error) {
    if (error instanceof BillingError) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

describe("a quantity", () => {
  it.each([
    ["1", "sum", "1"],
    ["+1", "sum", "1"],
    ["12.5", "sum", "12.5"],
    ["007", "sum", "7"],
    ["1e3", "sum", "1000"],
    ["1E-12", "sum", "0.000000000001"],
    ["1.500000000000000", "sum", "1.5"],
    ["999999999999999.999999999999", "sum", "999999999999999.999999999999"],
    ["0", "max", "0"],
    ["0", "last", "0"],
    ["-0", "max", "0"],
    ["3", "count", "3"],
  ] as const)("%s of a %s is %s", (text, aggregation, exact) => {
    const quantity = readQuantity(text, aggregation);
    expect(quantity.toFixed()).toBe(exact);
    expect(Object.is(quantity.toNumber(), -0)).toBe(false);
  });

  it.each([
    ["", "finite"],
    [" 1", "finite"],
    ["1 ", "finite"],
    ["1\n", "finite"],
    ["one", "finite"],
    ["NaN", "finite"],
    ["Infinity", "finite"],
    ["-Infinity", "finite"],
    ["0x10", "finite"],
    ["1,000", "finite"],
    [".5", "finite"],
    ["5.", "finite"],
    ["1e", "finite"],
    ["1e9999", "finite"],
    ["١", "finite"],
    [`1.${"0".repeat(60)}`, "finite"],
    ["-1", "negative"],
    ["-0.000000000001", "negative"],
    ["0.0000000000001", "12 digits after"],
    ["1e-13", "12 digits after"],
    ["1000000000000000", "15 digits before"],
    ["1e15", "15 digits before"],
    ["1e999", "15 digits before"],
  ])("%j is refused: %s", (text, reason) => {
    for (const aggregation of ["sum", "count", "max", "last"] as const) {
      const refused = refusal(() => readQuantity(text, aggregation));
      expect(refused).toMatchObject({ kind: "invalid", code: "usage.invalid_quantity" });
      expect(refused.message).toContain(reason);
      expect(refused.details).toEqual({ quantity: text.slice(0, 60) });
    }
  });

  it.each(["sum", "count"] as const)("of nothing is refused for a %s", (aggregation) => {
    for (const text of ["0", "-0", "0.000", "0e5"])
      expect(refusal(() => readQuantity(text, aggregation)).message).toContain("greater than zero");
  });

  it("is taken exactly or refused by its own name, whatever is sent", () => {
    const text = fc.oneof(fc.string(), fc.double().map(String), fc.stringMatching(/^[+-]?\d{1,18}(\.\d{1,15})?$/));
    fc.assert(
      fc.property(text, fc.constantFrom("sum" as const, "max" as const), (sent, aggregation) => {
        let taken: string;
        try {
          taken = readQuantity(sent, aggregation).toFixed();
        } catch (error) {
          expect(error).toMatchObject({ code: "usage.invalid_quantity" });
          return;
        }
        expect(taken).toMatch(/^\d{1,15}(\.\d{1,12})?$/);
        expect(Number(taken)).toBe(Math.abs(Number(sent)));
        expect(readQuantity(taken, aggregation).toFixed()).toBe(taken);
      }),
      { numRuns: 4_096 },
    );
  });
});

describe("a unit", () => {
  const storage = meter("storage", "max", { unit: "GB", unitPlural: "gigabytes", unitAliases: ["GiB"] });
  it.each([[null], ["GB"], ["gb"], [" GB "], ["Gigabytes"], ["gib"]])("%j is a word for it", (unit) => {
    expect(() => checkUnit(unit, storage)).not.toThrow();
  });
  it.each([[""], ["MB"], ["GBs"], ["jobs"]])("%j is not", (unit) => {
    expect(refusal(() => checkUnit(unit, storage))).toMatchObject({
      ...{ kind: "invalid", code: "usage.wrong_unit", details: { unit, expected: "gigabytes" } },
    });
  });
});

describe("metadata", () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, n]));
  it.each([
    ["nothing", {}],
    ["every scalar", { text: "x", number: 1.5, yes: true, none: null }],
    ["fifty keys", many(50)],
    ["the longest key and value", { ["k".repeat(60)]: "v".repeat(500) }],
    ["letters of every script and pairs", { ключ: "値 🧬" }],
  ])("takes %s", (_what, metadata) => {
    expect(() => checkMetadata(metadata)).not.toThrow();
  });

  const refused: Array<[string, unknown, string]> = [
    ["51 keys", many(51), "more than 50 keys"],
    ["an empty key", { "": 1 }, "empty, too long or unreadable"],
    ["a key of 61 letters", { ["k".repeat(61)]: 1 }, "empty, too long or unreadable"],
    ["a key with a zero byte", { "a\u0000": 1 }, "empty, too long or unreadable"],
    ["a value of 501 letters", { a: "v".repeat(501) }, "too long or unreadable"],
    ["a zero byte", { a: "\u0000" }, "too long or unreadable"],
    ["half of a pair", { a: "\ud83e" }, "too long or unreadable"],
    ["not a number", { a: Number.NaN }, "no finite number"],
    ["infinity", { a: Number.POSITIVE_INFINITY }, "no finite number"],
    ["an object inside", { a: {} }, "must be flat"],
    ["a list inside", { a: [] }, "must be flat"],
    ["a list", [], "plain object"],
    ["a date", new Date(0), "plain object"],
    ["a key constructor", { constructor: 1 }, '"constructor"'],
    ["a key __proto__", JSON.parse('{"__proto__": 1}'), '"__proto__"'],
    ["a key prototype", { prototype: 1 }, '"prototype"'],
  ];
  it.each(refused)("refuses %s", (_what, metadata, reason) => {
    const found = refusal(() => checkMetadata(metadata as RecordUsageInput["metadata"]));
    expect(found).toMatchObject({ kind: "invalid", code: "usage.invalid_metadata" });
    expect(found.message).toContain(reason);
  });
});

describe("a meter", () => {
  const pro = plan([allowance("old", "10", "1")]);
  const catalog: AppliedCatalog = {
    ...{ key: "test", productName: "Test", currency: "usd", contact: null, freePlan: pro, plans: [pro] },
    ...{ changePolicy: changePolicySchema.parse({}), dunning: dunningTermsSchema.parse({}) },
    tax: { displayName: "Tax", percentage: "8", stripeTaxRateId: null },
    meters: [meter("job"), meter("storage", "max")],
    retiredMeters: [meter("old"), meter("older")],
  };
  it("is found in force, and retired as long as the tenant's plan names it", () => {
    expect(findMeter(catalog, "storage", null).key).toBe("storage");
    expect(findMeter(catalog, "old", pro).key).toBe("old");
  });
  it.each([
    ["unknown", "jobs", pro],
    ["retired and not in the plan", "older", pro],
    ["retired, on no plan", "old", null],
    ["written otherwise", "Job", pro],
    ["a word of objects", "constructor", pro],
  ])("that is %s is refused, and the known ones are named", (_what, key, current) => {
    const found = refusal(() => findMeter(catalog, key, current));
    expect(found).toMatchObject({ kind: "invalid", code: "usage.unknown_type", details: { usageType: key } });
    expect(found.message).toContain("Known: job, storage.");
  });

  it("has a limit that refuses only when it is hard", () => {
    const terms = plan([allowance("soft", "5", "1"), { ...allowance("hard", "5", null), limit: "hard" }]);
    expect(["soft", "hard", "unnamed"].map((key) => hardLimit(terms, key))).toEqual([null, "5", null]);
  });
});

const professional: PeriodFacts = {
  plan: plan([allowance("job", "100", "0.50"), allowance("storage", "50", "0.10"), allowance("call", "0", "0.001")]),
  meters: [meter("job"), meter("storage", "max"), meter("call"), meter("free"), meter("retired")],
  counts: [
    { meterKey: "call", quantity: "1247", carried: "0", eventCount: 1_247n },
    { meterKey: "storage", quantity: "62.5", carried: "0", eventCount: 9n },
    { meterKey: "job", quantity: "145", carried: "0", eventCount: 12n },
    { meterKey: "free", quantity: "7", carried: "0", eventCount: 7n },
  ],
  billed: [],
};

describe("a period", () => {
  it("owes the three overage lines of the worked example, in catalog order", () => {
    const lines = ratePeriodFacts(professional);
    expect(lines.map((line) => [line.description, line.quantity, line.unitPrice, line.amountMinor])).toEqual([
      ["Additional job", "45", "0.50", 2_250n],
      ["Additional storage", "12.5", "0.10", 125n],
      ["Additional call", "1247", "0.001", 125n],
    ]);
    expect(lines[0]).toMatchObject({
      usedQuantity: "145",
      includedQuantity: "100",
      billedQuantity: "0",
      currency: "usd",
    });
  });

  it("owes only the rest of what is partly billed, and no line for what is billed whole", () => {
    const billed = [
      { meterKey: "job", quantity: "40", amountMinor: 2_000n },
      { meterKey: "call", quantity: "1247", amountMinor: 125n },
    ];
    const lines = ratePeriodFacts({ ...professional, billed });
    expect(lines.map((line) => [line.meterKey, line.billedQuantity, line.quantity, line.amountMinor])).toEqual([
      ["job", "40", "5", 250n],
      ["storage", "0", "12.5", 125n],
    ]);
  });

  it("shows the same cost whether part of it is billed or not", () => {
    const inForce = new Set(["job", "storage", "call", "free"]);
    const billed = [{ meterKey: "job", quantity: "40", amountMinor: 2_000n }];
    const before = describeMeters(professional, inForce);
    const after = describeMeters({ ...professional, billed }, inForce);
    expect(before.map((view) => view.overageMinor)).toEqual([2_250n, 125n, 125n, 0n]);
    expect(after.map((view) => view.overageMinor)).toEqual([2_250n, 125n, 125n, 0n]);
    expect(after.map((view) => view.billedMinor)).toEqual([2_000n, 0n, 0n, 0n]);
    expect(after.map((view) => view.overageQuantity)).toEqual(["45", "12.5", "1247", "0"]);
    expect(after[3]).toMatchObject({ usedQuantity: "7", eventCount: 7n, includedQuantity: null });
  });

  it("owes nothing for what an earlier part of the month carried over, which that part has billed", () => {
    const counts = [
      { meterKey: "job", quantity: "145", carried: "120", eventCount: 1n },
      { meterKey: "storage", quantity: "62.5", carried: "62.5", eventCount: 0n },
      { meterKey: "call", quantity: "10", carried: "0", eventCount: 1n },
    ];
    const lines = ratePeriodFacts({ ...professional, counts });
    expect(lines.map((line) => [line.meterKey, line.billedQuantity, line.quantity, line.amountMinor])).toEqual([
      ["job", "20", "25", 1_250n],
      ["call", "0", "10", 1n],
    ]);
    const within = [{ meterKey: "job", quantity: "103", carried: "90", eventCount: 1n }];
    expect(ratePeriodFacts({ ...professional, counts: within }).map((line) => line.quantity)).toEqual(["3"]);
  });

  it("shows retired meters only where they were used or are in the plan", () => {
    const shown = (facts: PeriodFacts) => describeMeters(facts, new Set(["job"])).map((view) => view.meterKey);
    expect(shown({ ...professional, plan: plan([]), counts: [] })).toEqual(["job"]);
    expect(shown({ ...professional, plan: plan([allowance("retired", "1", "1")]), counts: [] })).toEqual([
      "job",
      "retired",
    ]);
    expect(shown({ ...professional, plan: plan([]) })).toEqual(["job", "storage", "call", "free"]);
    const untouched = [{ meterKey: "retired", quantity: "0", carried: "0", eventCount: 0n }];
    expect(shown({ ...professional, plan: plan([]), counts: untouched })).toEqual(["job"]);
  });
});
