/** The order in which a quote tells its lines: given back, then charged; the plan before its additional seats. */
import { expect, it } from "vitest";
import type { SubscriptionPlan } from "./plan";
import { moneyOf, type PricedLine } from "./quote";

const at = { periodStartAt: new Date(0), periodEndAt: new Date(1), metadata: {} };

function line(description: string, amountMinor: bigint, more: Partial<PricedLine> = {}): PricedLine {
  return { ...at, description, amountMinor, proration: true, source: "subscription", stripePriceId: "plan", ...more };
}

it("tells what is given back first, and the plan before its seats", () => {
  const seat = { stripePriceId: "seat" };
  const lines = [
    line("seats from now", 200n, { ...seat, proration: false }),
    line("calls", 50n, { proration: false, source: "item", stripePriceId: null, metadata: { meter: "call" } }),
    line("seats unused", -20n, seat),
    line("remaining time", 900n),
    line("plan from now", 1_000n, { proration: false }),
    line("plan unused", -100n),
  ];
  const sums = { subtotalMinor: 2_030n, discountMinor: 0n, taxMinor: 0n, totalMinor: 2_030n, startingBalanceMinor: 0n };
  const plan = { do: "end_trial", stripeSubscriptionId: "sub_1", withdraws: null } satisfies SubscriptionPlan;
  const terms = {
    tax: { displayName: "Tax", percentage: "0", stripeTaxRateId: null },
    taxMode: "rate" as const,
    seatPriceIds: new Set(["seat"]),
  };
  const money = moneyOf(plan, { invoice: { ...sums, taxes: [], lines }, dueNowMinor: 2_030n, refundMinor: 0n }, terms);
  expect(money.lines.map(({ description }) => description)).toEqual([
    ...["plan unused", "seats unused", "remaining time", "plan from now", "seats from now", "calls"],
  ]);
});
