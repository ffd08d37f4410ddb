/** What a line of the history says was and is: plan, interval and seats, also of what is only scheduled. */
import { describe, expect, it } from "vitest";
import { subscriptionRow } from "@/testing/plans";
import type { Subscription, SubscriptionChangeKind } from "../model";
import { changeEnds } from "./history";

const team = { planKey: "team", planVersionId: "team@1", seats: 5 };
const later = { scheduledPlanVersionId: "team@1", scheduledInterval: "month" as const, scheduledSeats: 3 };

describe("the two ends of a change", () => {
  const cases: Array<
    [string, SubscriptionChangeKind, Partial<Subscription> | null, Partial<Subscription>, string, string]
  > = [
    ["a start", "created", null, team, "free null null", "team month 5"],
    ["a start that waited", "activated", { ...team, status: "incomplete" }, team, "free null null", "team month 5"],
    ["more seats", "seats_changed", team, { ...team, seats: 8 }, "team month 5", "team month 8"],
    ["a year", "interval_changed", team, { ...team, interval: "year" }, "team month 5", "team year 5"],
    ["seats go", "plan_changed", team, { seats: null }, "team month 5", "professional month null"],
    ["fewer seats, later", "change_scheduled", team, { ...team, ...later }, "team month 5", "team month 3"],
    [
      "another plan by the year, later",
      "change_scheduled",
      team,
      { ...team, ...later, scheduledPlanVersionId: "solo@2", scheduledInterval: "year", scheduledSeats: null },
      "team month 5",
      "solo year null",
    ],
    ["not after all", "schedule_withdrawn", { ...team, ...later }, team, "team month 5", "team month 5"],
    ["the end", "canceled", team, { ...team, status: "canceled" }, "team month 5", "free null null"],
  ];
  it.each(cases)("%s", (_what, kind, before, after, from, to) => {
    const ends = changeEnds(kind, {
      before: before === null ? null : subscriptionRow(before),
      after: subscriptionRow(after),
      freePlanKey: "free",
    });
    expect(`${ends.fromPlanKey} ${ends.fromInterval} ${ends.fromSeats}`).toBe(from);
    expect(`${ends.toPlanKey} ${ends.toInterval} ${ends.toSeats}`).toBe(to);
  });
});
