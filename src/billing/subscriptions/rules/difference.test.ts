/** What a quote calls gained, lost and exceeded, as tables. */
import { describe, expect, it } from "vitest";
import { planVersion } from "@/testing/plans";
import type { UsageView } from "../../usage/model";
import { compareTerms, type TermsComparison } from "./difference";

const AT = new Date("2026-01-19T00:00:00Z");

function usageOf(usedQuantity: string): UsageView {
  const quantities = { usedQuantity, carriedQuantity: "0", includedQuantity: "0", overageQuantity: "0" };
  const money = { overage: null, usedCostMinor: 0n, overageMinor: 0n, billedMinor: 0n };
  const names = { meterKey: "call", displayName: "Calls", unit: "call", unitPlural: "calls" };
  return {
    ...{ tenantId: "ten_1", planKey: "small", planName: "Small", maxUsers: null, currency: "usd" },
    ...{ periodStartAt: AT, periodEndAt: AT, computedAt: AT, overageMinor: 0n },
    meters: [{ ...names, ...quantities, ...money, aggregation: "sum", eventCount: 1n, limit: "soft" }],
  };
}

const call = (included: string | null, limit: "hard" | "soft", unitPrice: string | null = null) => ({
  allowances: [
    { meter: "call", included, limit, overage: unitPrice === null ? null : { model: "per_unit", unitPrice } },
  ],
});

const compared = (more: Partial<TermsComparison>) =>
  compareTerms({
    ...{ from: planVersion("small"), to: planVersion("big"), usage: usageOf("0"), members: 1, seats: null },
    ...more,
  });

describe("the level of support", () => {
  const plan = (rank: number, support: string) => planVersion(`plan_${rank}`, { rank, terms: { support } });
  it.each<[string, [number, string], [number, string], string[], string[]]>([
    ["is better in a bigger plan", [1, "Email"], [2, "Dedicated"], ["Support: Email → Dedicated"], []],
    ["is less in a smaller plan", [2, "Dedicated"], [1, "Email"], [], ["Support: Dedicated → Email"]],
    ["is named without the word", [1, "Email support"], [2, "Phone"], ["Support: Email → Phone"], []],
    ["stays", [1, "Email"], [2, "Email"], [], []],
    ["begins", [0, ""], [1, "Email"], ["Support: none → Email"], []],
    ["ends", [1, "Email"], [0, ""], [], ["Support: Email → none"]],
    ["is another in a later version of the plan", [1, "Email"], [1, "Phone"], ["Support: Email → Phone"], []],
  ])("%s", (_what, from, to, gained, lost) => {
    expect(compared({ from: plan(...from), to: plan(...to) })).toMatchObject({ gained, lost });
  });
});

describe("a limit", () => {
  it.each<[string, string, ReturnType<typeof call>, object[]]>([
    ["sold as it is used is never exceeded", "40", call("0", "soft", "0.10"), []],
    ["that is none is never exceeded", "40", call(null, "hard"), []],
    ["that is kept is not exceeded", "40", call("40", "hard"), []],
    ["that charges what is over says so", "41", call("40", "soft", "0.10"), [{ used: "41", refuses: false }]],
    [
      "that refuses is exceeded",
      "41",
      call("40", "hard"),
      [{ used: "41", allowed: "40", unit: "calls", refuses: true }],
    ],
    ["of nothing refuses too", "1", call("0", "hard"), [{ used: "1", allowed: "0", refuses: true }]],
  ])("%s", (_what, used, terms, exceeded) => {
    expect(compared({ to: planVersion("big", { terms }), usage: usageOf(used) }).exceeded).toMatchObject(exceeded);
  });
});

describe("what is included", () => {
  it.each<[string, string | null, string | null, string[], string[]]>([
    ["more of it is gained", "40", "50", ["Calls: 50 calls a month instead of 40 calls a month"], []],
    ["less of it is lost", "40", "9", [], ["Calls: 9 calls a month instead of 40 calls a month"]],
    ["a limit that goes is gained", "40", null, ["Calls: unlimited instead of 40 calls a month"], []],
    ["a limit that comes is lost", null, "40", [], ["Calls: 40 calls a month instead of unlimited"]],
    ["as much is neither", "40", "40", [], []],
  ])("%s", (_what, before, after, gained, lost) => {
    const [from, to] = [before, after].map((included) =>
      planVersion("plan", { terms: call(included, "soft", "0.10") }),
    );
    expect(compared({ ...(from && { from }), ...(to && { to }) })).toMatchObject({ gained, lost });
  });
});

describe("people", () => {
  const holds = (maxUsers: number | null) => planVersion("plan", { terms: { maxUsers } });
  it.each<[string, number | null, number, number | null, object[]]>([
    ["one over the limit", 3, 4, null, [{ what: "People", used: "4", allowed: "3", refuses: true }]],
    ["just fitting", 3, 3, null, []],
    ["without limit", null, 9, null, []],
    ["one without a seat", null, 6, 5, [{ what: "People", used: "6", allowed: "5", refuses: true }]],
    ["each with a seat", 3, 5, 5, []],
  ])("%s", (_what, maxUsers, members, seats, exceeded) => {
    expect(compared({ to: holds(maxUsers), members, seats }).exceeded).toMatchObject(exceeded);
  });

  it.each<[number | null, number | null, string[], string[]]>([
    [3, 5, ["Up to 5 people"], []],
    [5, 1, [], ["Up to 1 person"]],
    [5, null, ["People without limit"], []],
    [null, 5, [], ["Up to 5 people"]],
    [5, 5, [], []],
  ])("%s, then %s", (before, after, gained, lost) => {
    expect(compared({ from: holds(before), to: holds(after) })).toMatchObject({ gained, lost });
  });
});
