/** When what is due: tables, and properties over random terms and times. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DunningTerms } from "../../catalog/model";
import type { DunningStage } from "../model";
import { comingStep, graceEnd, isMoving, nextStep, stageAfter, timelineOf } from "./timeline";

const FAILED_AT = new Date("2026-02-15T11:00:00Z");
const DAY_MS = 86_400_000;
const terms = (changes: Partial<DunningTerms> = {}): DunningTerms => ({
  graceDays: 14,
  reminderDays: [3, 7],
  lastNoticeDays: 2,
  unpaidInvoice: "leave_open",
  ...changes,
});
const after = (days: number) => new Date(FAILED_AT.getTime() + days * DAY_MS);
const days = (of: DunningTerms) =>
  timelineOf(of, FAILED_AT).map(({ key, at }) => `${key}@${(at.getTime() - FAILED_AT.getTime()) / DAY_MS}`);

describe("the timeline", () => {
  it.each([
    ["as shipped", {}, ["reminder:1@3", "reminder:2@7", "last_notice@12", "lapse@14"]],
    [
      "reminders in any order, twice",
      { reminderDays: [7, 3, 7] },
      ["reminder:1@3", "reminder:2@7", "last_notice@12", "lapse@14"],
    ],
    [
      "a reminder with the last notice is left out",
      { reminderDays: [3, 12, 13] },
      ["reminder:1@3", "last_notice@12", "lapse@14"],
    ],
    ["no last notice", { lastNoticeDays: 0 }, ["reminder:1@3", "reminder:2@7", "lapse@14"]],
    ["a last notice as long as the grace is none", { graceDays: 2, reminderDays: [1] }, ["reminder:1@1", "lapse@2"]],
    ["no grace", { graceDays: 0 }, ["lapse@0"]],
  ])("%s", (_name, changes, expected) => {
    expect(days(terms(changes))).toEqual(expected);
  });
});

describe("the next step", () => {
  const at = (stage: DunningStage, stepsDone: number, day: number) =>
    nextStep({ stage, terms: terms(), firstFailedAt: FAILED_AT, stepsDone }, after(day));
  it.each([
    ["first_notice", 0, 0, "wait", "reminder:1"],
    ["first_notice", 0, 2.99, "wait", "reminder:1"],
    ["first_notice", 0, 3, "take", "reminder:1"],
    ["reminded", 1, 3, "wait", "reminder:2"],
    ["reminded", 2, 12, "take", "last_notice"],
    ["last_notice", 3, 13.9, "wait", "lapse"],
    ["last_notice", 3, 14, "take", "lapse"],
    ["first_notice", 0, 8, "take", "reminder:2"],
    ["first_notice", 0, 40, "take", "lapse"],
  ] as const)("%s after %i steps on day %d: %s %s", (stage, done, day, what, key) => {
    expect(at(stage, done, day)).toMatchObject({ do: what, step: { key } });
  });

  it.each(["lapsed", "recovered", "stopped"] as const)("%s rests", (stage) => {
    expect(at(stage, 0, 40)).toEqual({ do: "rest" });
    expect(comingStep({ stage, terms: terms(), firstFailedAt: FAILED_AT, stepsDone: 0 })).toBeNull();
  });
});

const someTerms = fc.record({
  graceDays: fc.integer({ min: 0, max: 90 }),
  reminderDays: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 6 }),
  lastNoticeDays: fc.integer({ min: 0, max: 30 }),
  unpaidInvoice: fc.constant("leave_open" as const),
});

describe("any terms, whenever the clock looks", () => {
  it("takes each step at most once, in order and not before its time, and ends with the grace", () => {
    fc.assert(
      fc.property(someTerms, fc.array(fc.double({ min: 0, max: 120, noNaN: true }), { maxLength: 30 }), (of, looks) => {
        const timeline = timelineOf(of, FAILED_AT);
        const taken: string[] = [];
        let state = { stage: "first_notice" as DunningStage, terms: of, firstFailedAt: FAILED_AT, stepsDone: 0 };
        for (const day of [...looks].sort((a, b) => a - b).concat(121)) {
          const now = after(day);
          const next = nextStep(state, now);
          if (next.do === "wait") expect(next.until > now).toBe(true);
          if (next.do !== "take") continue;
          expect(next.step.at <= now).toBe(true);
          taken.push(next.step.key);
          state = { ...state, stepsDone: next.stepsDone, stage: stageAfter(next.step.kind) };
        }
        const order = timeline.map(({ key }) => key);
        expect(taken).toEqual(order.filter((key) => taken.includes(key)));
        expect(new Set(taken).size).toBe(taken.length);
        expect(taken.at(-1)).toBe("lapse");
        expect(isMoving(state.stage)).toBe(false);
        expect(timeline.at(-1)?.at).toEqual(graceEnd(of, FAILED_AT));
      }),
      { numRuns: 4_096 },
    );
  });

  it("has steps at times that only grow, all within the grace", () => {
    fc.assert(
      fc.property(someTerms, (of) => {
        const times = timelineOf(of, FAILED_AT).map(({ at }) => at.getTime());
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        expect(Math.max(...times)).toBe(graceEnd(of, FAILED_AT).getTime());
      }),
      { numRuns: 4_096 },
    );
  });
});
