/** When the next invoice comes and which discounts it still has, as tables; and that what is spent or over never comes back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planVersion, subscriptionRow } from "@/testing/plans";
import type { Promotion, Subscription, SubscriptionDiscount } from "../model";
import { discountsOfNext, nextInvoiceAt } from "./next-invoice";
import type { ChangeNowPlan, DiscountPlan, StartPlan, SubscriptionPlan } from "./plan";

const at = (day: string) => new Date(`2026-${day}T00:00:00Z`);

type Duration = SubscriptionDiscount["duration"];

function discount(id: string, duration: Duration, endsAt: string | null = null): SubscriptionDiscount {
  const worth = { name: id, percentOff: "10", amountOffMinor: null };
  return { stripeDiscountId: id, ...worth, duration, endsAt: endsAt && at(endsAt).toISOString() };
}

function promotion(duration: Duration, durationMonths: number | null = null): Promotion {
  const ids = { stripePromotionCodeId: "promo_1", stripeCouponId: "co_1", code: "NEW", name: "New" };
  const worth = { percentOff: "10", amountOffMinor: null, currency: null };
  return { ...ids, ...worth, duration, durationMonths };
}

const CODE = { stripePromotionCodeId: "promo_1" };

function next(
  there: SubscriptionDiscount[],
  code: Promotion | null,
  more: { nextAt?: Date | null; now?: Array<[id: string, amountMinor: bigint]> } = {},
) {
  const { nextAt = at("02-15"), now = [] } = more;
  const wish = { discount: code && CODE, beginsAt: at("01-15"), nextAt };
  const invoice = now.map(([stripeDiscountId, amountMinor]) => ({ stripeDiscountId, amountMinor }));
  const { kept, added } = discountsOfNext(
    { live: subscriptionRow({ discounts: there }), promotion: code },
    { ...wish, now: invoice },
  );
  return [...kept, ...(added === null ? [] : ["new"])].join(" ");
}

describe("the discounts of the next invoice", () => {
  const rows: Array<[string, string, string]> = [
    ["one for good stays", next([discount("a", "forever")], null), "a"],
    ["one for months ends before an invoice of later", next([discount("a", "repeating", "02-14")], null), ""],
    ["an end at the moment of the invoice comes first", next([discount("a", "repeating", "02-15")], null), ""],
    ["one that outlives it stays", next([discount("a", "repeating", "02-16")], null), "a"],
    ["one for a single invoice waits for it", next([discount("a", "once")], null), "a"],
    ["and is spent by what is billed now", next([discount("a", "once")], null, { now: [["a", 5n]] }), ""],
    ["unless that took nothing off", next([discount("a", "once")], null, { now: [["a", 0n]] }), "a"],
    ["what is billed now ends no other", next([discount("a", "forever")], null, { now: [["a", 5n]] }), "a"],
    ["a code for good comes on top", next([discount("a", "forever")], promotion("forever")), "a new"],
    ["a code for once, billed now, is spent", next([], promotion("once"), { now: [["di_new", 5n]] }), ""],
    ["a code for once, billed later, waits", next([], promotion("once")), "new"],
    [
      "an older discount that is spent now is not taken for the code",
      next([discount("a", "once")], promotion("once"), { now: [["a", 5n]] }),
      "new",
    ],
    ["a code for one month is over a month later", next([], promotion("repeating", 1)), ""],
    ["a code for two months is not", next([], promotion("repeating", 2)), "new"],
    ["without a date nothing ends", next([discount("a", "repeating", "01-16")], null, { nextAt: null }), "a"],
  ];
  it.each(rows)("%s", (_name, names, expected) => {
    expect(names).toBe(expected);
  });

  it("are never more than there were and one, and never one that is over", () => {
    const there = fc.record({
      duration: fc.constantFrom<Duration[]>("once", "repeating", "forever"),
      endDay: fc.integer({ min: 1, max: 28 }),
      offMinor: fc.bigInt({ min: 0n, max: 2n }),
    });
    fc.assert(
      fc.property(fc.array(there, { maxLength: 6 }), fc.integer({ min: 1, max: 28 }), (all, day) => {
        const nextAt = at(`02-${String(day).padStart(2, "0")}`);
        const discounts = all.map(({ duration, endDay }, index) =>
          discount(`d${index}`, duration, duration === "repeating" ? `02-${String(endDay).padStart(2, "0")}` : null),
        );
        const now = all.map(({ offMinor }, index): [string, bigint] => [`d${index}`, offMinor]);
        const left = next(discounts, null, { nextAt, now }).split(" ");
        for (const [index, { duration, endDay, offMinor }] of all.entries()) {
          const isOver = duration === "repeating" ? endDay <= day : duration === "once" && offMinor > 0n;
          expect(left.includes(`d${index}`)).toBe(!isOver);
        }
      }),
      { numRuns: 4_096 },
    );
  });
});

describe("the day of the next invoice", () => {
  const of = { stripeSubscriptionId: "sub_1" };
  const monthly = [{ stripePriceId: "price_solo_month", quantity: 1 }];
  const yearly = [{ stripePriceId: "price_solo_year", quantity: 1 }];
  const starts: StartPlan = {
    ...{ do: "start", planVersionId: "solo@1", items: monthly, discount: null, trialDays: null },
    ...{ paymentMethodId: null, cancelFirst: null, whenUnpaid: "wait" },
  };
  const changes: ChangeNowPlan = {
    ...{ do: "change", direction: "upgrade", ...of, planVersionId: "solo@1", discounts: null, proration: "now" },
    edits: yearly.map((item) => ({ stripeItemId: "si_1", ...item })),
    ...{ restartPeriod: false, withdraws: null, releaseSchedule: null, abandonPending: false },
    ...{ whenUnpaid: "wait", latestStripeInvoiceId: null },
  };
  const off: DiscountPlan = { do: "discount", ...of, discounts: { kept: [], added: null }, words: "" };
  const withdrawn: SubscriptionPlan = { do: "cancel_scheduled", ...of, stripeScheduleId: null, abandonPending: true };
  const rows: Array<[string, SubscriptionPlan, Partial<Subscription> | null, string | null]> = [
    ["of a start is a month later", starts, null, "2026-02-28"],
    ["of a start for a year is a year later", { ...starts, items: yearly }, null, "2027-01-31"],
    ["of a trial is its end", { ...starts, trialDays: 14 }, null, "2026-02-14"],
    ["of a change is the period's end", changes, {}, "2026-02-19"],
    ["of a change to a year is a year later", { ...changes, restartPeriod: true }, {}, "2027-01-31"],
    ["of a trial's end is a month later", { do: "end_trial", ...of, withdraws: null }, {}, "2026-02-28"],
    ["of a discount is the period's end", off, {}, "2026-02-19"],
    ["does not come to one that ends with its period", off, { cancelAtPeriodEnd: true }, null],
    ["does not come to one that ends on a day", off, { cancelAt: at("02-10") }, null],
    ["nor to one whose scheduled change is taken back alone", withdrawn, { cancelAtPeriodEnd: true }, null],
    ["of a resumption is the period's end", { do: "resume", ...of }, { cancelAtPeriodEnd: true }, "2026-02-19"],
    ["of a start that waits is a month later", { do: "resume_confirmation", ...of }, null, "2026-02-28"],
    ["of one that begins again without an invoice is the period's end", { do: "unpause", ...of }, {}, "2026-02-19"],
  ];
  it.each(rows)("%s", (_what, plan, live, day) => {
    const facts = {
      live: live && subscriptionRow(live),
      pending: subscriptionRow({ status: "incomplete" }),
      target: planVersion("solo"),
    };
    const next = nextInvoiceAt(plan, facts, at("01-31"), null);
    expect(next?.toISOString().slice(0, 10) ?? null).toBe(day);
  });

  it("of one that begins again is what its invoice says, not what a proration does", () => {
    const line = (proration: boolean, day: string) => ({
      proration,
      source: "subscription" as const,
      periodEndAt: at(day),
    });
    const facts = { live: subscriptionRow(), pending: null, target: planVersion("solo") };
    const invoice = { lines: [line(true, "02-01"), line(false, "02-25")] };
    expect(nextInvoiceAt({ do: "unpause", ...of }, facts, at("01-31"), invoice)).toEqual(at("02-25"));
  });
});
