/** What wishes mean, as tables: one wish, one standing, one line. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planVersion, subscriptionRow } from "@/testing/plans";
import { wishFacts as facts, type PlanForWish, planForWish as plan, wishOf as wish } from "@/testing/wishes";
import { changePolicySchema } from "../../catalog/model";
import type { Subscription } from "../model";
import { decideWish, type WishDecision, type WishFacts } from "./decide";
import { directionOf, isUpward } from "./direction";
import { editsOf, saleOf } from "./items";

function words(decision: WishDecision): string {
  switch (decision.do) {
    case "refuse":
      return decision.because;
    case "change": {
      const how = decision.proration === "now" ? "prorated" : decision.restartPeriod ? "in full" : "at no cost";
      return `${decision.direction} ${how}${decision.restartPeriod ? ", new period" : ""}`;
    }
    case "schedule":
      return `scheduled${decision.restartPeriod ? ", new period" : ""}`;
    case "start":
      return `start ${decision.whenUnpaid}${decision.trialDays === null ? "" : `, trial ${decision.trialDays}`}${decision.cancelFirst === null ? "" : `, ends ${decision.cancelFirst}`}`;
    case "cancel_now":
      return `end now${decision.prorate ? `, ${decision.settlement}` : ""}${decision.invoiceOverage ? "" : ", unpaid"}`;
    default:
      return decision.do;
  }
}

describe("a wish for another plan", () => {
  const rows: Array<
    [PlanForWish, "month" | "year", PlanForWish, "month" | "year" | null, Partial<Subscription>, string]
  > = [
    ["professional", "month", "enterprise", null, {}, "upgrade prorated"],
    ["enterprise", "month", "professional", null, {}, "scheduled"],
    ["professional", "month", "professional", "year", {}, "longer_interval prorated, new period"],
    ["professional", "year", "professional", "month", {}, "scheduled, new period"],
    ["enterprise", "month", "professional", "year", {}, "scheduled, new period"],
    ["professional", "year", "enterprise", null, {}, "upgrade prorated"],
    ["professional", "year", "enterprise", "month", {}, "upgrade prorated, new period"],
    ["professional", "month", "professional", null, {}, "same_plan"],
    ["professional", "month", "professional", null, { status: "past_due" }, "payment_pending"],
    ["professional", "month", "enterprise", null, { status: "past_due" }, "payment_pending"],
    ["professional", "month", "enterprise", null, { status: "unpaid" }, "payment_pending"],
    ["professional", "month", "enterprise", null, { status: "paused" }, "paused"],
    ["professional", "month", "enterprise", null, { status: "trialing" }, "upgrade at no cost"],
    ["enterprise", "month", "professional", null, { status: "trialing" }, "downgrade at no cost"],
    ["professional", "month", "free", null, {}, "cancel_at_period_end"],
    ["professional", "month", "free", null, { status: "past_due" }, "cancel_at_period_end"],
    ["professional", "month", "free", null, { cancelAtPeriodEnd: true }, "already_canceled"],
    [
      "enterprise",
      "month",
      "enterprise",
      null,
      { stripeScheduleId: "sub_sched_1", scheduledAt: new Date("2026-02-19") },
      "cancel_scheduled",
    ],
  ];
  it.each(rows)("%s/%s to %s/%s while %o: %s", (from, paid, to, interval, more, expected) => {
    const live = subscriptionRow({ planKey: from, planVersionId: `${from}@1`, interval: paid, ...more });
    const decision = decideWish(
      facts({ live, current: plan(from), target: plan(to) }),
      wish({ verb: "change", planKey: to, interval }),
    );
    expect(words(decision)).toBe(expected);
  });

  it.each([
    ["policy", "at_period_end", "scheduled"],
    ["policy", "now_prorated", "downgrade prorated"],
    ["policy", "now_full", "downgrade in full, new period"],
    ["now_prorated", "at_period_end", "downgrade prorated"],
    ["at_period_end", "now_full", "scheduled"],
  ] as const)("asked for by %s under a policy of %s: %s", (timing, downgrade, expected) => {
    const policy = changePolicySchema.parse({ downgrade });
    const decision = decideWish(
      facts({ on: "enterprise", policy }),
      wish({ verb: "change", planKey: "professional", timing }),
    );
    expect(words(decision)).toBe(expected);
  });

  it("clears what stands in its way, and goes on after all", () => {
    const live = subscriptionRow({
      ...{ stripeScheduleId: "sub_sched_1", scheduledAt: new Date("2026-02-19"), cancelAtPeriodEnd: true },
      pendingUpdateExpiresAt: new Date("2026-01-20"),
    });
    const decision = decideWish(
      facts({ live, current: plan("professional"), target: plan("enterprise") }),
      wish({ verb: "change", planKey: "enterprise" }),
    );
    const cleared = { releaseSchedule: "sub_sched_1", abandonPending: true, withdraws: "flag" };
    expect(decision).toMatchObject({ do: "change", ...cleared });
  });

  it("refuses a plan that is agreed with the customer", () => {
    const custom = planVersion("custom", { rank: 9, stripeMonthlyPriceId: null, stripeAnnualPriceId: null });
    const decision = decideWish(
      facts({ on: "professional", target: custom }),
      wish({ verb: "change", planKey: "custom" }),
    );
    expect(decision).toEqual({ do: "refuse", because: "not_sold" });
  });

  it("leads back the other way", () => {
    const standing = fc.record({
      rank: fc.nat(5),
      interval: fc.constantFrom<"month" | "year">("month", "year"),
      seats: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(standing, standing, (a, b) => {
        const there = directionOf(a, b);
        const back = directionOf(b, a);
        if (there === "same") expect(back).toBe("same");
        else expect(isUpward(there)).not.toBe(isUpward(back));
      }),
      { numRuns: 4_096 },
    );
  });
});

describe("a wish for seats", () => {
  const live = subscriptionRow({
    ...{ planKey: "team", planVersionId: "team@1", seats: 8, additionalSeats: 3, stripeSeatItemId: "si_2" },
  });
  it.each([
    [10, "more_seats prorated"],
    [6, "scheduled"],
    [8, "same_plan"],
    [5, "scheduled"],
    [4, "too_few_seats"],
    [51, "too_many_seats"],
  ])("%i instead of 8: %s", (seats, expected) => {
    const decision = decideWish(
      facts({ live, current: plan("team"), target: plan("team") }),
      wish({ verb: "change", seats }),
    );
    expect(words(decision)).toBe(expected);
  });

  it("is refused where seats are not sold", () => {
    const decision = decideWish(
      facts({ on: "professional", target: plan("professional") }),
      wish({ verb: "change", seats: 4 }),
    );
    expect(decision).toEqual({ do: "refuse", because: "seats_not_sold" });
  });

  it("puts an item for the additional ones, changes it, and takes it out", () => {
    const bare = subscriptionRow({ planKey: "team" });
    const sale = (seats: number) => {
      const sold = saleOf(plan("team"), "month", seats, null);
      if (!sold.ok) throw new Error(sold.because);
      return sold.items;
    };
    const planItem = { stripeItemId: "si_1", stripePriceId: "price_team_month", quantity: 1 };
    const seatItem = { stripePriceId: "price_team_month_seat", quantity: 3 };
    expect(editsOf(bare, sale(8))).toEqual([planItem, { stripeItemId: null, ...seatItem }]);
    expect(editsOf(live, sale(8))).toEqual([planItem, { stripeItemId: "si_2", ...seatItem }]);
    expect(editsOf(live, sale(5))).toEqual([planItem, { stripeItemId: "si_2", remove: true }]);
    expect(editsOf(bare, sale(5))).toEqual([planItem]);
  });

  it("never sells fewer than the plan includes nor more than its most, and counts every one once", () => {
    const seats = fc.option(fc.integer({ min: 1, max: 80 }));
    fc.assert(
      fc.property(seats, seats, (wished, kept) => {
        const sale = saleOf(plan("team"), "month", wished, kept);
        const isTooFew = wished !== null && wished < 5;
        if (!sale.ok) {
          expect(isTooFew || Math.max(wished ?? kept ?? 0, 5) > 50).toBe(true);
          return;
        }
        expect(isTooFew).toBe(false);
        expect(sale.seats).toBe(Math.max(wished ?? kept ?? 0, 5));
        expect(5 + sale.additionalSeats).toBe(sale.seats);
        expect(sale.items[1]?.quantity ?? 0).toBe(sale.additionalSeats);
      }),
      { numRuns: 4_096 },
    );
  });
});

describe("a wish to start a plan", () => {
  const live = subscriptionRow();
  const pending = subscriptionRow({ stripeSubscriptionId: "sub_waiting", status: "incomplete" });
  const waitingTeam = { ...pending, planKey: "team", planVersionId: "team@1", seats: 8 };
  const code = (...stripeProductIds: string[]): WishFacts["promotion"] => ({
    ...{ stripePromotionCodeId: "promo_1", stripeCouponId: "co_1", code: "NEW", name: "New", percentOff: "10" },
    ...{ amountOffMinor: null, currency: null, duration: "once", durationMonths: null, stripeProductIds },
  });
  const trial = { trial: { days: 14, paymentMethod: "optional" as const } };
  const tried = { trial: { days: 14, paymentMethod: "required" as const } };
  const rows: Array<[string, Partial<WishFacts>, object, string]> = [
    ["with a card", { paymentMethodId: "pm_1" }, {}, "start refuse"],
    ["with the saved card", {}, {}, "start refuse"],
    ["with a card and a browser", { paymentMethodId: "pm_1", canConfirm: true }, {}, "start wait"],
    ["with a browser alone", { canConfirm: true, defaultMethodId: null }, {}, "start wait"],
    ["with nothing to pay with", { defaultMethodId: null }, {}, "method_required"],
    ["beside a live one", { live }, {}, "already_active"],
    ["of the free plan", { target: plan("free") }, {}, "keep_free_plan"],
    ["of the free plan beside a live one", { target: plan("free"), live }, {}, "already_active"],
    ["that waits already", { pending, canConfirm: true }, {}, "resume_confirmation"],
    [
      "that waits with the same card",
      { pending, canConfirm: true, paymentMethodId: "pm_1" },
      {},
      "resume_confirmation",
    ],
    [
      "that waits with another card",
      { pending, canConfirm: true, paymentMethodId: "pm_2" },
      {},
      "start wait, ends sub_waiting",
    ],
    ["of another interval", { pending, canConfirm: true }, { interval: "year" }, "start wait, ends sub_waiting"],
    ["where nobody can confirm the waiting one", { pending }, {}, "start refuse, ends sub_waiting"],
    [
      "with a trial",
      { target: planVersion("professional", { terms: trial }), defaultMethodId: null },
      {},
      "start wait, trial 14",
    ],
    [
      "with a trial that asks for a card",
      { target: planVersion("professional", { terms: tried }), defaultMethodId: null },
      {},
      "method_required",
    ],
    [
      "with a trial it has had",
      { target: planVersion("professional", { terms: trial }), trialTaken: true },
      {},
      "start refuse",
    ],
    [
      "without the trial it could have",
      { target: planVersion("professional", { terms: trial }) },
      { trial: false },
      "start refuse",
    ],
    ["with a code nobody knows", {}, { promotionCode: "NOPE" }, "promotion_unknown"],
    ["with a code for another plan", { promotion: code("prod_2") }, { promotionCode: "NEW" }, "promotion_elsewhere"],
    ["with a code for this plan", { promotion: code("prod_2", "prod_1") }, { promotionCode: "NEW" }, "start refuse"],
    [
      "that waits, with a code now",
      { pending, canConfirm: true, promotion: code() },
      { promotionCode: "NEW" },
      "start wait, ends sub_waiting",
    ],
    [
      "that waits for other seats",
      { pending: waitingTeam, target: plan("team"), canConfirm: true },
      { planKey: "team", seats: 9 },
      "start wait, ends sub_waiting",
    ],
    [
      "that waits for as many seats",
      { pending: waitingTeam, target: plan("team"), canConfirm: true },
      { planKey: "team", seats: 8 },
      "resume_confirmation",
    ],
  ];
  it.each(rows)("%s", (_what, more, input, expected) => {
    const decision = decideWish(
      facts(more),
      wish({ verb: "start", planKey: "professional", interval: "month", ...input }),
    );
    expect(words(decision)).toBe(expected);
  });

  it("is paid with the saved card where nobody is asked, and with what the browser says where somebody is", () => {
    const start = wish({ verb: "start", planKey: "professional", interval: "month" });
    expect(decideWish(facts(), start)).toMatchObject({ paymentMethodId: "pm_1" });
    expect(decideWish(facts({ canConfirm: true }), start)).toMatchObject({ paymentMethodId: null });
  });
});

describe("a wish to end, to stay, to pause", () => {
  const at = (status: Subscription["status"], more: Partial<Subscription> = {}) => ({
    live: subscriptionRow({ status, ...more }),
    current: plan("professional"),
  });
  const now = { verb: "cancel", when: "now" };
  const rows: Array<[Partial<WishFacts>, object, string]> = [
    [at("active"), { verb: "cancel", when: "at_period_end" }, "cancel_at_period_end"],
    [at("active", { cancelAtPeriodEnd: true }), { verb: "cancel", when: "at_period_end" }, "already_canceled"],
    [at("paused"), { verb: "cancel", when: "at_period_end" }, "end now"],
    [at("active"), now, "end now, refund"],
    [at("active"), { ...now, settlement: "credit" }, "end now, credit"],
    [at("active"), { ...now, settlement: "none" }, "end now"],
    [at("trialing"), now, "end now"],
    [at("past_due"), now, "end now, unpaid"],
    [{ pending: subscriptionRow({ status: "incomplete" }) }, now, "abandon"],
    [{}, now, "none"],
    [at("active", { cancelAtPeriodEnd: true }), { verb: "resume" }, "resume"],
    [at("active"), { verb: "resume" }, "not_cancelable"],
    [
      at("active", { stripeScheduleId: "sub_sched_1", scheduledAt: new Date("2026-02-19") }),
      { verb: "cancel_scheduled" },
      "cancel_scheduled",
    ],
    [at("active", { stripeScheduleId: "sub_sched_done" }), { verb: "cancel_scheduled" }, "not_scheduled"],
    [{ ...at("active"), isRenewalOpen: true }, { verb: "cancel", when: "now" }, "renewal_open"],
    [{ ...at("active"), isRenewalOpen: true }, { verb: "cancel", when: "at_period_end" }, "cancel_at_period_end"],
    [{ ...at("past_due"), isRenewalOpen: true }, { verb: "cancel", when: "now" }, "end now, unpaid"],
    [
      at("active", { pendingUpdateExpiresAt: new Date("2026-02-01") }),
      { verb: "cancel_scheduled" },
      "cancel_scheduled",
    ],
    [at("active"), { verb: "cancel_scheduled" }, "not_scheduled"],
    [at("trialing"), { verb: "end_trial" }, "end_trial"],
    [at("active"), { verb: "end_trial" }, "not_trialing"],
    [
      { ...at("trialing", { stripePaymentMethodId: null }), defaultMethodId: null },
      { verb: "end_trial" },
      "method_required",
    ],
    [at("active"), { verb: "pause" }, "pause"],
    [at("paused"), { verb: "pause" }, "paused"],
    [at("past_due"), { verb: "pause" }, "payment_pending"],
    [at("paused"), { verb: "unpause" }, "unpause"],
    [at("active"), { verb: "unpause" }, "not_paused"],
    [{}, { verb: "pause" }, "none"],
  ];
  const cases = rows.map(([more, input, expected]) => ({
    ...{ more, input, expected },
    what: `${JSON.stringify(input)} while ${more.live?.status ?? more.pending?.status ?? "free"}`,
  }));
  it.each(cases)("$what: $expected", ({ more, input, expected }) => {
    expect(words(decideWish(facts(more), wish(input)))).toBe(expected);
  });
});
