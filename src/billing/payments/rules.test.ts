/** Which payment method may be removed, and which picture of a payment is the newer one. */
import { describe, expect, it } from "vitest";
import type { PaymentStatus } from "./model";
import { decideRemoval, isOutdatedPayment } from "./rules";

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
