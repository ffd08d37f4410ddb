/** Which payment method may be removed, which of the same card stays, and which picture of a payment is the newer one. */
import { describe, expect, it } from "vitest";
import type { PaymentStatus } from "./model";
import { decideRemoval, isOutdatedPayment, sameMethods } from "./rules";

describe("removing a payment method", () => {
  const methods = [
    { stripePaymentMethodId: "pm_default", isDefault: true },
    { stripePaymentMethodId: "pm_other", isDefault: false },
  ];
  const last = methods.slice(0, 1);
  it.each([
    ["the default", methods, "pm_default", true, { do: "remove", nextDefault: "pm_other" }],
    ["another one", methods, "pm_other", true, { do: "remove", nextDefault: null }],
    ["the last one under a paid plan", last, "pm_default", true, { do: "refuse", because: "in_use" }],
    ["the last one under the free plan", last, "pm_default", false, { do: "remove", nextDefault: null }],
    ["one of nobody's", methods, "pm_x", false, { do: "refuse", because: "not_found" }],
  ])("%s", (_what, known, removedId, hasPaidPlan, expected) => {
    expect(decideRemoval({ methods: known, removedId, hasPaidPlan })).toEqual(expected);
  });
});

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

describe("pictures of a payment", () => {
  const picture = (second: number, status: PaymentStatus, amountRefundedMinor = 0n) => ({
    ...{ status, amountRefundedMinor, sourceAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)) },
  });
  it.each([
    ["an older one", picture(5, "processing"), picture(4, "succeeded"), true],
    ["a newer one", picture(5, "succeeded"), picture(6, "failed"), false],
    ["the same", picture(5, "succeeded"), picture(5, "succeeded"), false],
    ["of one second, less far along", picture(5, "succeeded"), picture(5, "processing"), true],
    ["of one second, further along", picture(5, "requires_action"), picture(5, "succeeded"), false],
    ["of one second, before a refund", picture(5, "succeeded", 100n), picture(5, "succeeded"), true],
    ["of one second, after a refund", picture(5, "succeeded"), picture(5, "succeeded", 100n), false],
  ])("%s", (_what, known, incoming, isOutdated) => {
    expect(isOutdatedPayment(known, incoming)).toBe(isOutdated);
  });
});
