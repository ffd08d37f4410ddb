/** Which method stays of those that are the same card, as a table. */
import { describe, expect, it } from "vitest";
import { sameMethods } from "./rules-methods";

describe("a card that is saved already", () => {
  const saved = (stripePaymentMethodId: string, day: number, fingerprint: string | null = "print", type = "card") => ({
    ...{ stripePaymentMethodId, type, fingerprint, createdAt: new Date(Date.UTC(2026, 0, day)) },
  });
  const added = saved("pm_b", 5);
  it.each([
    ["alone", [added], "pm_b", []],
    ["newer than the others", [saved("pm_a", 1), added, saved("pm_c", 3)], "pm_b", ["pm_c", "pm_a"]],
    ["older than one that came meanwhile", [added, saved("pm_a", 6)], "pm_a", ["pm_b"]],
    ["of the same second as another", [added, saved("pm_c", 5), saved("pm_a", 5)], "pm_c", ["pm_b", "pm_a"]],
    ["beside another card", [added, saved("pm_a", 1, "other")], "pm_b", []],
    ["beside an account with its print", [added, saved("pm_a", 1, "print", "us_bank_account")], "pm_b", []],
    ["not in the list yet", [], "pm_b", []],
  ])("%s", (_what, all, keptId, duplicateIds) => {
    expect(sameMethods(added, all)).toEqual({ keptId, duplicateIds });
    expect(sameMethods(added, [...all].reverse())).toEqual({ keptId, duplicateIds });
  });

  it("without a print is like no other", () => {
    const link = saved("pm_b", 5, null, "link");
    expect(sameMethods(link, [saved("pm_a", 1, null, "link"), link])).toEqual({ keptId: "pm_b", duplicateIds: [] });
  });
});
