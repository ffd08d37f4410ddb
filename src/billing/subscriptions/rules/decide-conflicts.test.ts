/** Wishes that meet something decided before: an end, a schedule, a payment that waits; and whom dunning may end. */
import { describe, expect, it } from "vitest";
import { planVersion, subscriptionRow } from "@/testing/plans";
import { planForWish, wishFacts, wishOf } from "@/testing/wishes";
import { changePolicySchema } from "../../catalog/model";
import type { Subscription } from "../model";
import { decideWish } from "./decide";

describe("what was decided before", () => {
  const waits = { pendingUpdateExpiresAt: new Date("2026-01-20") };
  const dated = { cancelAt: new Date("2026-03-01") };
  const flagged = { cancelAtPeriodEnd: true };
  const scheduled = { stripeScheduleId: "sub_sched_1", scheduledAt: new Date("2026-02-19") };
  const down = { verb: "change", planKey: "professional" };
  const downNow = { ...down, timing: "now_prorated" };
  const end = { verb: "cancel", when: "now" };
  const rows: Array<[string, Partial<Subscription>, object, object]> = [
    ["a payment gives way to a scheduled change", waits, down, { do: "schedule", abandonPending: true }],
    ["an end on a day gives way to a scheduled change", dated, down, { do: "schedule", withdrawCancellation: true }],
    [
      "nothing gives way to it where there is nothing",
      {},
      down,
      { abandonPending: false, withdrawCancellation: false },
    ],
    ["an end on a day gives way to a change now", dated, downNow, { do: "change", withdraws: "date" }],
    ["an end on a day is taken back", dated, { verb: "resume" }, { do: "resume" }],
    ["a payment is given up by an end", waits, end, { do: "cancel_now", abandonPending: true }],
    ["a schedule is let go by an end", scheduled, end, { do: "cancel_now", releaseSchedule: "sub_sched_1" }],
    ["a schedule is let go by a pause", scheduled, { verb: "pause" }, { releaseSchedule: "sub_sched_1" }],
    ["an end gives way to a pause", flagged, { verb: "pause" }, { do: "pause", withdrawCancellation: true }],
    ["an end on a day gives way to a pause", dated, { verb: "pause" }, { do: "pause", withdrawCancellation: true }],
    ["a payment forbids a pause", waits, { verb: "pause" }, { because: "waits_for_payment" }],
    [
      "an end on a day gives way to a trial's end",
      { ...dated, status: "trialing" },
      { verb: "end_trial" },
      { do: "end_trial", withdraws: "date" },
    ],
    [
      "a trial's end stays where it is for another interval",
      { status: "trialing" },
      { ...down, interval: "year", timing: "now_full" },
      { do: "change", proration: "none", restartPeriod: false },
    ],
  ];
  it.each(rows)("%s", (_what, more, input, expected) => {
    const live = subscriptionRow({ planKey: "enterprise", planVersionId: "enterprise@1", ...more });
    const decision = decideWish(
      wishFacts({ live, current: planForWish("enterprise"), target: planForWish("professional") }),
      wishOf(input),
    );
    expect(decision).toMatchObject(expected);
  });

  it("a pause has no period to wait for: the free plan ends it now and its credit stays", () => {
    const live = subscriptionRow({ status: "paused" });
    const decision = decideWish(
      wishFacts({ live, current: planForWish("professional"), target: planForWish("free") }),
      wishOf({ verb: "change", planKey: "free" }),
    );
    expect(decision).toMatchObject({ do: "cancel_now", settlement: "credit", settlesPause: true });
  });

  it("another version of the plan waits for the period's end, whatever the policy says of plans", () => {
    const policy = changePolicySchema.parse({ upgrade: "now_full", downgrade: "now_full" });
    const target = planVersion("professional", { id: "professional@2", version: 2, rank: 1 });
    const asked = { ...wishOf({ verb: "change" }), planVersionId: target.id };
    expect(decideWish(wishFacts({ on: "professional", target, policy }), asked)).toMatchObject({ do: "schedule" });
  });
});

describe("a wish of dunning, to end what is not paid", () => {
  it.each([
    ["past_due", "sub_1", { do: "cancel_now", prorate: false, invoiceOverage: false }],
    ["unpaid", "sub_1", { do: "cancel_now", prorate: false, invoiceOverage: false }],
    ["active", "sub_1", { because: "not_cancelable" }],
    ["trialing", "sub_1", { because: "not_cancelable" }],
    ["past_due", "sub_before", { because: "none" }],
  ] as const)("ends one that is %s, asked for %s", (status, onlyUnpaid, expected) => {
    const live = subscriptionRow({ status });
    const asked = { ...wishOf({ verb: "cancel", when: "now", settlement: "none" }), onlyUnpaid };
    expect(decideWish(wishFacts({ live }), asked)).toMatchObject(expected);
  });
});
