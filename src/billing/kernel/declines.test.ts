/** Declines in words, and as errors whose class their code decides. */
import { describe, expect, it, vi } from "vitest";
import { declineAdvice, declineError, declineErrorCode } from "./declines";
import {
  AuthenticationRequiredError,
  BillingError,
  type BillingErrorCode,
  CardDeclinedError,
  InsufficientFundsError,
  PaymentError,
  SubscriptionError,
} from "./errors";

describe("advice for a decline", () => {
  it.each([
    ["card_declined", "insufficient_funds", "not enough money", "payment.insufficient_funds"],
    ["card_declined", "generic_decline", "ask your bank", "payment.card_declined"],
    ["expired_card", null, "expired", "payment.card_declined"],
    ["incorrect_cvc", null, "security code", "payment.card_declined"],
    ["card_declined", "authentication_required", "confirm", "payment.authentication_required"],
    ["payment_intent_authentication_failure", null, "confirm", "payment.authentication_required"],
    ["setup_intent_authentication_failure", null, "confirm", "payment.authentication_required"],
    ["subscription_payment_intent_requires_action", null, "confirm", "payment.authentication_required"],
    ["invoice_payment_intent_requires_action", null, "confirm", "payment.authentication_required"],
    ["card_declined", "card_velocity_exceeded", "limit", "payment.card_declined"],
    ["processing_error", null, "Try again", "payment.card_declined"],
    ["a_code_of_tomorrow", "and_its_reason", "ask your bank", "payment.card_declined"],
    [null, null, "ask your bank", "payment.card_declined"],
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
    const error = declineError({ code: "card_declined", declineCode: "insufficient_funds" });
    expect(error).toMatchObject({ kind: "declined", code: "payment.insufficient_funds", retryable: false });
    expect(error.details).toEqual({ stripeCode: "card_declined", declineCode: "insufficient_funds" });
  });
});

describe("the class of an error", () => {
  const of = (code: BillingErrorCode) => new BillingError("declined", code, "No.");

  it.each([
    ["payment.insufficient_funds", InsufficientFundsError, "InsufficientFundsError"],
    ["payment.card_declined", CardDeclinedError, "CardDeclinedError"],
    ["payment.authentication_required", AuthenticationRequiredError, "AuthenticationRequiredError"],
  ] as const)("%s is a PaymentError of its own", (code, own, name) => {
    const error = of(code);
    expect(error).toBeInstanceOf(own);
    expect(error).toBeInstanceOf(PaymentError);
    expect(error).toBeInstanceOf(Error);
    expect(Object.getPrototypeOf(error)).toBe(own.prototype);
    expect(error.name).toBe(name);
    const others = [InsufficientFundsError, CardDeclinedError, AuthenticationRequiredError].filter((it) => it !== own);
    for (const other of [...others, SubscriptionError]) expect(error).not.toBeInstanceOf(other);
  });

  it("is SubscriptionError for a subscription's refusals and plain for the rest", () => {
    expect(of("subscription.paused")).toBeInstanceOf(SubscriptionError);
    expect(of("subscription.paused")).not.toBeInstanceOf(PaymentError);
    expect(of("payment.method_in_use")).toBeInstanceOf(PaymentError);
    expect(of("payment.method_in_use")).not.toBeInstanceOf(CardDeclinedError);
    expect(of("tenant.not_found")).not.toBeInstanceOf(PaymentError);
    expect({ code: "payment.card_declined" }).not.toBeInstanceOf(BillingError);
  });

  it("holds for an error of another copy of the program", async () => {
    vi.resetModules();
    const copy = await import("./errors");
    expect(copy.BillingError).not.toBe(BillingError);
    const error: unknown = new copy.BillingError("declined", "payment.card_declined", "No.");
    expect(error).toBeInstanceOf(CardDeclinedError);
    expect(error).not.toBeInstanceOf(SubscriptionError);
  });
});
