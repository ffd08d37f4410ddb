/** Which payment method may be removed. */
import { describe, expect, it } from "vitest";
import { decideRemoval } from "./rules";

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
