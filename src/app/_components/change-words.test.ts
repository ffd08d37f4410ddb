/** What brought about a change, as people read it: what Stripe tells by itself in words, what a person said as it was said. */
import { describe, expect, it } from "vitest";
import { reasonText } from "./change-words";

describe("the reason of a change", () => {
  it.each([
    ["renewed", "Stripe reported customer.subscription.updated", "A new period began"],
    ["past_due", "Stripe reported invoice.payment_failed", "A payment failed"],
    ["canceled", "Stripe reported customer.subscription.deleted", "Its last period was over"],
    ["paused", "Stripe reported customer.subscription.paused", "Stripe reported customer.subscription.paused"],
    ["renewed", "Stripe reported it, says Ada", "Stripe reported it, says Ada"],
    ["plan_changed", "Agreed on the phone", "Agreed on the phone"],
  ] as const)("of kind %s: %s", (kind, reason, words) => {
    expect(reasonText({ kind, reason })).toBe(words);
  });
});
