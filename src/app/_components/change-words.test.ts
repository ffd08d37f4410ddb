/** What brought about a change, as people read it: what Stripe tells by itself in words, what a person said as it was said. */
import { describe, expect, it } from "vitest";
import type { SubscriptionChangeEnds } from "@/billing/subscriptions/model";
import { differenceText, reasonText } from "./change-words";

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

describe("what a change changed", () => {
  const kept: SubscriptionChangeEnds = {
    ...{ fromPlanKey: "team", toPlanKey: "team", fromInterval: "month", toInterval: "month" },
    ...{ fromSeats: 5, toSeats: 5 },
  };
  const none = { fromPlanKey: "free", fromInterval: null, fromSeats: null };
  it.each<[string, Partial<SubscriptionChangeEnds>]>([
    ["Team", {}],
    ["Team, 5 → 8 seats", { toSeats: 8 }],
    ["Team, 2 → 1 seat", { fromSeats: 2, toSeats: 1 }],
    ["Team, monthly → annual", { toInterval: "year" }],
    ["Free → Team, monthly, 5 seats", none],
    ["Free → Team, annual, 1 seat", { ...none, toInterval: "year", toSeats: 1 }],
    ["Team → Company, annual → monthly, 5 → 20 seats", { toPlanKey: "company", fromInterval: "year", toSeats: 20 }],
    ["Team → Company", { toPlanKey: "company", toSeats: null }],
    ["Team → Free", { toPlanKey: "free", toInterval: null, toSeats: null }],
    // Lines from before seats were written down.
    ["Team", { fromSeats: null, toSeats: null }],
  ])("%s", (words, change) => {
    const names = new Map([
      ["team", "Team"],
      ["free", "Free"],
      ["company", "Company"],
    ]);
    expect(differenceText({ ...kept, ...change }, (key) => names.get(key) ?? key)).toBe(words);
  });
});
