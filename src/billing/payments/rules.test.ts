/** Declines in words, removals, and which picture of a payment is newer. */
import { describe, expect, it } from "vitest";
import { decideRemoval, declineAdvice, declineErrorCode, declineOf } from "./rules";

describe("advice for a decline", () => {
  it.each([
    ["card_declined", "insufficient_funds", "not enough money", "payment.insufficient_funds"],
    ["card_declined", "generic_decline", "ask the bank", "payment.card_declined"],
    ["expired_card", null, "expired", "payment.card_declined"],
    ["incorrect_cvc", null, "security code", "payment.card_declined"],
    ["card_declined", "authentication_required", "confirm", "payment.authentication_required"],
    ["payment_intent_authentication_failure", null, "confirm", "payment.authentication_required"],
    ["card_declined", "card_velocity_exceeded", "limit", "payment.card_declined"],
    ["processing_error", null, "Try again", "payment.card_declined"],
    ["a_code_of_tomorrow", "and_its_reason", "ask the bank", "payment.card_declined"],
    [null, null, "ask the bank", "payment.card_declined"],
  ] as const)("%s / %s says %s", (code, declineCode, words, errorCode) => {
    expect(declineAdvice(code, declineCode)).toContain(words);
    expect(declineErrorCode(code, declineCode)).toBe(errorCode);
  });

  it("tells whoever holds a stolen card no more than of any other card", () => {
    const plain = declineAdvice("card_declined", "generic_decline");
    for (const secret of ["lost_card", "stolen_card", "fraudulent", "pickup_card", "merchant_blacklist"]) {
      expect(declineAdvice("card_declined", secret)).toBe(plain);
    }
  });

  it("becomes an error that keeps the codes for the caller", () => {
    const error = declineOf({ failureCode: "card_declined", declineCode: "insufficient_funds" });
    expect(error).toMatchObject({ kind: "declined", code: "payment.insufficient_funds", retryable: false });
    expect(error.details).toEqual({ stripeCode: "card_declined", declineCode: "insufficient_funds" });
  });
});

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
