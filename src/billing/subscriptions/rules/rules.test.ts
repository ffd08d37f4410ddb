/** The decisions about subscriptions as tables, and what must hold for any of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { subscriptionRow } from "@/testing/plans";
import { SUBSCRIPTION_STATUSES, type Subscription, type SubscriptionStatus } from "../model";
import { isOutdated } from "./freshness";
import { describeChanges, sameTerms, servedTerms } from "./history";
import { allocateRefund } from "./refund";
import { earns, isLive, isOver, isPending, servesPlan } from "./status";

const at = (text: string) => new Date(`2026-${text}T00:00:00Z`);

const base = subscriptionRow();

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
    ["more seats", { seats: 5 }, { seats: 8 }, "seats_changed"],
    ["a change is put off", {}, { scheduledAt: at("02-19") }, "change_scheduled"],
    ["and taken back", { scheduledAt: at("02-19") }, {}, "schedule_withdrawn"],
    ["the same is put off again", { scheduledAt: at("02-19") }, { scheduledAt: at("02-19") }, ""],
    [
      "other seats are put off instead",
      { scheduledAt: at("02-19"), scheduledSeats: 3 },
      { scheduledAt: at("02-19"), scheduledSeats: 4 },
      "change_scheduled",
    ],
    [
      "another plan, with its seats",
      { seats: 5 },
      { seats: 8, planKey: "enterprise", planVersionId: "enterprise@1" },
      "plan_changed",
    ],
    [
      "and happens",
      { scheduledAt: at("02-19") },
      { planKey: "free_ish", planVersionId: "free_ish@1", currentPeriodStartAt: at("02-19") },
      "plan_changed",
    ],
    ["a pause", {}, { status: "paused" }, "paused"],
    ["coming back", { status: "paused" }, { currentPeriodStartAt: at("02-25") }, "unpaused"],
    ["the end of a trial", { status: "trialing" }, { currentPeriodStartAt: at("02-02") }, "trial_ended"],
    ["an end is set", {}, { cancelAtPeriodEnd: true }, "cancel_scheduled"],
    ["and the end is taken back", { cancelAtPeriodEnd: true }, {}, "cancel_withdrawn"],
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

describe("refunding a credit", () => {
  it("takes from the newest payment first and never more than it holds", () => {
    const payments = [
      { stripePaymentIntentId: "pi_new", capturedMinor: 100n, refundedMinor: 30n },
      { stripePaymentIntentId: "pi_empty", capturedMinor: 50n, refundedMinor: 50n },
      { stripePaymentIntentId: "pi_old", capturedMinor: 500n, refundedMinor: 0n },
    ];
    expect(allocateRefund(90n, payments, "usd")).toEqual([
      { stripePaymentIntentId: "pi_new", amountMinor: 70n },
      { stripePaymentIntentId: "pi_old", amountMinor: 20n },
    ]);
  });

  it("goes in the steps of its currency; what is left over stays credit", () => {
    const payments = [
      { stripePaymentIntentId: "pi_new", capturedMinor: 5_120n, refundedMinor: 0n },
      { stripePaymentIntentId: "pi_old", capturedMinor: 20_000n, refundedMinor: 0n },
    ];
    expect(allocateRefund(17_715n, payments, "kwd")).toEqual([
      { stripePaymentIntentId: "pi_new", amountMinor: 5_120n },
      { stripePaymentIntentId: "pi_old", amountMinor: 12_590n },
    ]);
    expect(allocateRefund(9n, payments, "kwd")).toEqual([]);
  });

  it("gives back the credit or all there is, whichever is less, in positive parts", () => {
    const amount = fc.bigInt({ min: 0n, max: 10_000n });
    const payment = fc
      .tuple(amount, amount)
      .map(([refundedMinor, leftMinor]) => ({ refundedMinor, capturedMinor: refundedMinor + leftMinor }));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 50_000n }), fc.array(payment, { maxLength: 6 }), (credit, held) => {
        const payments = held.map((one, index) => ({ ...one, stripePaymentIntentId: `pi_${index}` }));
        const parts = allocateRefund(credit, payments, "usd");
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
