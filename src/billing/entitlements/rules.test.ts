/** Whether a quantity would be accepted: by table, and never otherwise than the counter itself decides. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal } from "../kernel/decimal";
import { aggregate } from "../pricing";
import type { MeterUsage } from "../usage/model";
import { decideQuota } from "./rules";

function meter(more: Partial<MeterUsage>): MeterUsage {
  return {
    ...{ meterKey: "job", displayName: "Jobs", unit: "job", unitPlural: "jobs", aggregation: "sum", eventCount: 1n },
    ...{ usedQuantity: "0", includedQuantity: "10", limit: "hard", overageQuantity: "0", carriedQuantity: "0" },
    overage: null,
    usedCostMinor: 0n,
    ...{ overageMinor: 0n, billedMinor: 0n },
    ...more,
  };
}

describe("a quota", () => {
  const cases: Array<[string, Partial<MeterUsage>, string, boolean, string | null]> = [
    ["fits", { usedQuantity: "4" }, "5", true, "6"],
    ["fits exactly", { usedQuantity: "4" }, "6", true, "6"],
    ["is passed by the smallest step", { usedQuantity: "4" }, "6.000000000001", false, "6"],
    ["is exhausted", { usedQuantity: "10" }, "0.1", false, "0"],
    ["was passed on an earlier plan", { usedQuantity: "15" }, "1", false, "0"],
    ["of nothing", { includedQuantity: "0" }, "1", false, "0"],
    ["is soft: beyond it costs", { usedQuantity: "10", limit: "soft" }, "100", true, "0"],
    ["is without limit", { usedQuantity: "1e9", includedQuantity: null }, "1e9", true, null],
    ["counts events, whatever their size", { usedQuantity: "9", aggregation: "count" }, "1000", true, "1"],
    ["counts one event too many", { usedQuantity: "10", aggregation: "count" }, "0.1", false, "0"],
    ["of a maximum holds the value", { usedQuantity: "9", aggregation: "max" }, "10", true, "1"],
    ["of a maximum refuses more", { usedQuantity: "1", aggregation: "max" }, "10.1", false, "9"],
    ["of a maximum forgets an earlier plan's mark", { usedQuantity: "15", aggregation: "max" }, "10", true, "0"],
    ["of a last value holds the value", { usedQuantity: "15", aggregation: "last" }, "10", true, "0"],
    ["of a last value refuses more", { usedQuantity: "1", aggregation: "last" }, "11", false, "9"],
  ];
  it.each(cases)("%s", (_what, more, quantity, allowed, remaining) => {
    const { usedQuantity: used, includedQuantity: included } = meter(more);
    const decided = decideQuota(meter(more), decimal(quantity));
    expect(decided).toEqual({ meterKey: "job", allowed, used, included, remaining });
  });

  it("that allows is never passed, whatever is asked for in a row", () => {
    const kind = fc.constantFrom("sum" as const, "count" as const, "max" as const, "last" as const);
    const quantities = fc.array(fc.integer({ min: 1, max: 8_000 }), { maxLength: 15 });
    fc.assert(
      fc.property(kind, quantities, (aggregation, asked) => {
        const taken: string[] = [];
        for (const thousandths of asked) {
          const quantity = decimal(thousandths).div(1_000);
          const usedQuantity = aggregate(aggregation, taken).toFixed();
          const { allowed, remaining } = decideQuota(meter({ aggregation, usedQuantity }), quantity);
          const after = aggregate(aggregation, [...taken, quantity]);
          expect(allowed).toBe(after.lessThanOrEqualTo(10));
          expect(
            decimal(remaining ?? "-1")
              .plus(usedQuantity)
              .toFixed(),
          ).toBe("10");
          if (allowed) taken.push(quantity.toFixed());
        }
      }),
      { numRuns: 4_096 },
    );
  });
});
