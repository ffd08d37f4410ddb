/** The decisions about subscriptions as tables, and what must hold for any of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlanVersion } from "../../catalog/model";
import { SUBSCRIPTION_STATUSES, type Subscription, type SubscriptionStatus } from "../model";
import { isOutdated } from "./freshness";
import { describeChanges, sameTerms, servedTerms } from "./history";
import { decidePlanChange, directionOf } from "./plan-change";
import { allocateRefund } from "./refund";
import { decideStart, type StartFacts } from "./start";
import { earns, isLive, isOver, isPending, servesPlan } from "./status";

const at = (text: string) => new Date(`2026-${text}T00:00:00Z`);

const base: Subscription = {
  id: "sbn_1",
  tenantId: "ten_1",
  stripeSubscriptionId: "sub_1",
  stripeItemId: "si_1",
  planVersionId: "professional@1",
  planKey: "professional",
  interval: "month",
  quantity: 1,
  status: "active",
  currency: "usd",
  priceMinor: 29_900n,
  anchorAt: at("01-19"),
  currentPeriodStartAt: at("01-19"),
  currentPeriodEndAt: at("02-19"),
  cancelAtPeriodEnd: false,
  cancelAt: null,
  canceledAt: null,
  endedAt: null,
  trialEndAt: null,
  startedAt: at("01-19"),
  latestStripeInvoiceId: "in_1",
  stripePaymentMethodId: "pm_1",
};

function plan(planKey: string, rank: number, sold = true): PlanVersion {
  return {
    ...{ id: `${planKey}@1`, planKey, version: 1, status: "active", name: planKey, rank, currency: "usd" },
    ...{ monthlyPriceMinor: 100n, annualPriceMinor: 1_000n, stripeProductId: "prod_1" },
    terms: {
      ...{ key: planKey, name: planKey, tagline: "", monthlyPrice: "1.00", annualPrice: "10.00", maxUsers: null },
      ...{ support: "", features: [], allowances: [] },
    },
    stripeMonthlyPriceId: sold ? `price_${planKey}_month` : null,
    stripeAnnualPriceId: sold ? `price_${planKey}_year` : null,
  };
}

describe("statuses", () => {
  it.each([
    ["incomplete", "pending"],
    ["incomplete_expired", "over"],
    ["trialing", "live serves"],
    ["active", "live serves earns"],
    ["past_due", "live serves earns"],
    ["canceled", "over"],
    ["unpaid", "live"],
    ["paused", "live"],
  ] as const)("%s is %s", (status, meaning) => {
    const words = [
      ...(isPending(status) ? ["pending"] : []),
      ...(isOver(status) ? ["over"] : []),
      ...(isLive(status) ? ["live"] : []),
      ...(servesPlan(status) ? ["serves"] : []),
      ...(earns(status) ? ["earns"] : []),
    ];
    expect(words.join(" ")).toBe(meaning);
  });
});

describe("what happened between two pictures", () => {
  const cases: Array<[string, Partial<Subscription> | null, Partial<Subscription>, string]> = [
    ["first seen, paid", null, {}, "created"],
    ["first seen, unpaid", null, { status: "incomplete" }, ""],
    ["the first payment came", { status: "incomplete" }, {}, "activated"],
    ["the first payment never came", { status: "incomplete" }, { status: "incomplete_expired" }, ""],
    ["nothing", {}, {}, ""],
    ["another plan", {}, { planKey: "enterprise", planVersionId: "enterprise@1" }, "plan_changed"],
    ["another interval", {}, { interval: "year", currentPeriodStartAt: at("01-25") }, "interval_changed"],
    ["both", {}, { planKey: "enterprise", interval: "year" }, "plan_changed interval_changed"],
    ["an end is set", {}, { cancelAtPeriodEnd: true }, "cancel_scheduled"],
    ["and taken back", { cancelAtPeriodEnd: true }, {}, "cancel_withdrawn"],
    ["a renewal", {}, { currentPeriodStartAt: at("02-19") }, "renewed"],
    ["a failed renewal", {}, { currentPeriodStartAt: at("02-19"), status: "past_due" }, "past_due renewed"],
    ["recovery", { status: "past_due" }, {}, "recovered"],
    ["the end", {}, { status: "canceled" }, "canceled"],
    ["the end again", { status: "canceled" }, { status: "canceled" }, ""],
  ];
  it.each(cases)("%s", (_what, before, after, kinds) => {
    const changes = describeChanges(before === null ? null : { ...base, ...before }, { ...base, ...after });
    expect(changes.join(" ")).toBe(kinds);
  });

  it("never tells of a change between equal pictures that have a history", () => {
    for (const status of SUBSCRIPTION_STATUSES) {
      const picture = { ...base, status };
      expect(describeChanges(picture, picture)).toEqual([]);
      expect(sameTerms(servedTerms(picture), servedTerms(picture))).toBe(true);
    }
  });
});

describe("which picture is newer", () => {
  const seen = (status: SubscriptionStatus, sourceAt: string, period = "01-19") => ({
    picture: { status, currentPeriodStartAt: at(period) },
    sourceAt: at(sourceAt),
  });
  it.each([
    ["an older one is outdated", seen("active", "02-02"), seen("canceled", "02-01"), true],
    ["a newer one is not, even back to life", seen("canceled", "02-01"), seen("active", "02-02"), false],
    ["at equal times the end wins", seen("canceled", "02-01"), seen("active", "02-01"), true],
    ["whichever came first", seen("active", "02-01"), seen("canceled", "02-01"), false],
    ["a paid start wins over a waiting one", seen("active", "02-01"), seen("incomplete", "02-01"), true],
    ["a later period wins", seen("active", "02-01", "02-19"), seen("active", "02-01", "01-19"), true],
    ["the same again is taken", seen("active", "02-01"), seen("active", "02-01"), false],
  ])("%s", (_what, known, incoming, expected) => {
    expect(isOutdated(known, incoming)).toBe(expected);
  });

  it("ends in the same state in whatever order pictures of one life arrive", () => {
    const picture = fc.record({
      picture: fc.record({
        status: fc.constantFrom<SubscriptionStatus>("incomplete", "active", "canceled"),
        currentPeriodStartAt: fc.constant(at("01-19")),
      }),
      sourceAt: fc.integer({ min: 0, max: 3 }).map((day) => new Date(Date.UTC(2026, 1, 1 + day))),
    });
    const settle = (pictures: Array<ReturnType<typeof seen>>) =>
      pictures.reduce((known, next) => (isOutdated(known, next) ? known : next));
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 6 }), (pictures) => {
        expect(settle([...pictures].reverse())).toEqual(settle(pictures));
      }),
      { numRuns: 4_096 },
    );
  });
});

describe("a wish to change the plan", () => {
  const ranks = { free: 0, professional: 1, research: 2, enterprise: 3 };
  type Key = keyof typeof ranks;
  const rows: Array<[Key, "month" | "year", Key, "month" | "year" | null, SubscriptionStatus, string]> = [
    ["professional", "month", "enterprise", null, "active", "upgrade now"],
    ["enterprise", "month", "professional", null, "active", "downgrade next_invoice"],
    ["professional", "month", "professional", "year", "active", "upgrade now restart"],
    ["professional", "year", "professional", "month", "active", "downgrade now restart"],
    ["enterprise", "month", "professional", "year", "active", "downgrade now restart"],
    ["professional", "year", "enterprise", null, "active", "upgrade now"],
    ["professional", "month", "professional", null, "active", "same_plan"],
    ["professional", "month", "professional", "month", "past_due", "same_plan"],
    ["professional", "month", "enterprise", null, "past_due", "payment_pending"],
    ["professional", "month", "free", null, "active", "cancel_at_period_end"],
    ["professional", "month", "free", null, "past_due", "cancel_at_period_end"],
  ];
  it.each(rows)("%s/%s to %s/%s while %s: %s", (from, paid, to, interval, status, expected) => {
    const decision = decidePlanChange({
      subscription: { planKey: from, planVersionId: `${from}@1`, interval: paid, status },
      currentRank: ranks[from],
      target: plan(to, ranks[to]),
      freePlanKey: "free",
      interval,
    });
    const words =
      decision.do === "change"
        ? `${decision.direction} ${decision.settlement}${decision.restartPeriod ? " restart" : ""}`
        : decision.do === "refuse"
          ? decision.because
          : decision.do;
    expect(words).toBe(expected);
  });

  it("refuses a plan that is agreed with the customer", () => {
    const subscription = {
      planKey: "professional",
      planVersionId: "professional@1",
      interval: "month",
      status: "active",
    } as const;
    const facts = {
      subscription,
      currentRank: 1,
      target: plan("custom", 4, false),
      freePlanKey: "free",
      interval: null,
    };
    expect(decidePlanChange(facts)).toEqual({ do: "refuse", because: "not_sold" });
  });

  it("goes the other way on the way back", () => {
    const interval = fc.constantFrom<"month" | "year">("month", "year");
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), interval, interval, (a, b, from, to) => {
        fc.pre(a !== b || from !== to);
        expect(directionOf(a, b, from, to)).not.toBe(directionOf(b, a, to, from));
      }),
    );
  });
});

describe("a wish to start a plan", () => {
  const live = { stripeSubscriptionId: "sub_live" };
  const pending = {
    ...{ stripeSubscriptionId: "sub_waiting", planKey: "professional" },
    ...{ interval: "month" as const, stripePaymentMethodId: "pm_1" },
  };
  const rows: Array<[string, Partial<StartFacts>, string]> = [
    ["with a card", {}, "start refuse"],
    ["with a card and a browser", { canConfirm: true }, "start wait"],
    ["with a browser alone", { canConfirm: true, paymentMethodId: null }, "start wait"],
    ["with nothing to pay with", { paymentMethodId: null }, "method_required"],
    ["beside a live one", { live }, "already_active"],
    ["of the free plan", { target: plan("free", 0) }, "keep_free_plan"],
    ["of the free plan beside a live one", { target: plan("free", 0), live }, "already_active"],
    ["that is not sold", { target: plan("custom", 4, false) }, "not_sold"],
    ["that waits already", { pending, canConfirm: true, paymentMethodId: null }, "resume_confirmation"],
    ["that waits with the same card", { pending, canConfirm: true }, "resume_confirmation"],
    [
      "that waits with another card",
      { pending, canConfirm: true, paymentMethodId: "pm_2" },
      "start wait ends sub_waiting",
    ],
    ["of another interval", { pending, canConfirm: true, interval: "year" }, "start wait ends sub_waiting"],
    ["where nobody can confirm the waiting one", { pending }, "start refuse ends sub_waiting"],
  ];
  it.each(rows)("%s", (_what, more, expected) => {
    const decision = decideStart({
      ...{ live: null, pending: null, target: plan("professional", 1), freePlanKey: "free" },
      ...{ interval: "month", paymentMethodId: "pm_1", canConfirm: false },
      ...more,
    });
    const ends = decision.do === "start" && decision.cancelFirst ? ` ends ${decision.cancelFirst}` : "";
    const words =
      decision.do === "start"
        ? `start ${decision.whenUnpaid}${ends}`
        : decision.do === "refuse"
          ? decision.because
          : decision.do;
    expect(words).toBe(expected);
  });
});

describe("refunding a credit", () => {
  it("takes from the newest payment first and never more than it holds", () => {
    const payments = [
      { stripePaymentIntentId: "pi_new", capturedMinor: 100n, refundedMinor: 30n },
      { stripePaymentIntentId: "pi_empty", capturedMinor: 50n, refundedMinor: 50n },
      { stripePaymentIntentId: "pi_old", capturedMinor: 500n, refundedMinor: 0n },
    ];
    expect(allocateRefund(90n, payments)).toEqual([
      { stripePaymentIntentId: "pi_new", amountMinor: 70n },
      { stripePaymentIntentId: "pi_old", amountMinor: 20n },
    ]);
  });

  it("gives back the credit or all there is, whichever is less, in positive parts", () => {
    const amount = fc.bigInt({ min: 0n, max: 10_000n });
    const payment = fc
      .tuple(amount, amount)
      .map(([refundedMinor, leftMinor]) => ({ refundedMinor, capturedMinor: refundedMinor + leftMinor }));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 50_000n }), fc.array(payment, { maxLength: 6 }), (credit, held) => {
        const payments = held.map((one, index) => ({ ...one, stripePaymentIntentId: `pi_${index}` }));
        const parts = allocateRefund(credit, payments);
        const available = held.reduce((total, one) => total + one.capturedMinor - one.refundedMinor, 0n);
        const given = parts.reduce((total, part) => total + part.amountMinor, 0n);
        expect(given).toBeLessThanOrEqual(credit);
        expect(given).toBeLessThanOrEqual(available);
        expect([credit, available]).toContain(given);
        for (const part of parts) {
          const from = payments.find((one) => one.stripePaymentIntentId === part.stripePaymentIntentId);
          expect(part.amountMinor).toBeGreaterThan(0n);
          expect(part.amountMinor).toBeLessThanOrEqual((from?.capturedMinor ?? 0n) - (from?.refundedMinor ?? 0n));
        }
      }),
      { numRuns: 4_096 },
    );
  });
});
