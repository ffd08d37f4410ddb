/** What a contract's form comes to, says of itself, and differs in. */
import { describe, expect, it } from "vitest";
import { type BasePlan, contractErrors, contractInput, differencesOf, formOf, type MeterForm } from "./contract-terms";

const BASE: BasePlan = {
  ...{
    key: "professional",
    name: "Professional",
    monthlyPrice: "299.00",
    annualPrice: null,
    maxUsers: 10,
    seats: null,
  },
  meters: [
    {
      ...{ key: "job", name: "Jobs", unit: "job", unitPlural: "jobs", overage: "$0.50 per job" },
      allowance: {
        ...{ meter: "job", included: "1000", limit: "soft" },
        overage: { model: "per_unit", unitPrice: "0.50" },
      },
    },
  ],
};

const filled = (meter: Partial<MeterForm>, rest: Partial<ReturnType<typeof formOf>> = {}) => {
  const form = formOf(BASE);
  const job = { included: "1000", limit: "soft" as const, unitPrice: "0.50", ...meter };
  return { ...form, reason: "Agreed", ...rest, meters: { job } };
};

describe("a contract's meter", () => {
  it.each([
    ["charges what was typed", { unitPrice: "0.25" }, { included: "1000", overage: { unitPrice: "0.25" } }],
    ["may charge nothing", { unitPrice: "" }, { included: "1000", overage: null }],
    ["sells nothing beyond a limit that refuses", { limit: "hard" }, { limit: "hard", overage: null }],
    ["has nothing beyond where there is no limit", { included: "" }, { included: null, overage: null }],
  ] satisfies Array<[string, Partial<MeterForm>, object]>)("%s", (_, typed, allowance) => {
    expect(contractInput(filled(typed), BASE).allowances).toMatchObject([{ meter: "job", ...allowance }]);
  });

  it.each([
    ["a price that is none", { unitPrice: "cheap" }, ["price:job"]],
    ["a quantity that is none", { included: "many" }, ["included:job"]],
    ["no price that is not asked for", { unitPrice: "cheap", limit: "hard" }, []],
  ] satisfies Array<[string, Partial<MeterForm>, string[]]>)("is told of %s", (_, typed, fields) => {
    expect(Object.keys(contractErrors(filled(typed)))).toEqual(fields);
  });
});

it("says what differs with the currency of each amount", () => {
  const form = filled({ included: "2000", unitPrice: "0.001" }, { monthlyPrice: "79900" });
  expect(differencesOf(form, BASE, "usd")).toEqual([
    { what: "Price a month", before: "$299.00", after: "$79,900.00" },
    { what: "Jobs", before: "1,000 jobs, then $0.50 per job", after: "2,000 jobs, then $0.001 per job" },
  ]);
});

it.each([
  ["none", "", "Say why: it is kept in the audit log."],
  ["one that is too long", "x".repeat(501), "At most 500 characters; this has 501."],
])("asks for a reason where there is %s", (_, reason, error) => {
  expect(contractErrors(filled({}, { reason }))).toEqual({ reason: error });
});
