import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMonths, nextBoundary, periodAt, periodBoundary } from "./calendar";

const at = (iso: string) => Date.parse(iso) / 1000;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19);

describe("period boundaries", () => {
  const cases = [
    [
      "31 January, month by month",
      "2026-01-31T10:00:00Z",
      "month",
      1,
      ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"],
    ],
    [
      "30 January in a leap year",
      "2028-01-30T10:00:00Z",
      "month",
      1,
      ["2028-02-29", "2028-03-30", "2028-04-30", "2028-05-30"],
    ],
    [
      "29 January in a common year",
      "2026-01-29T10:00:00Z",
      "month",
      1,
      ["2026-02-28", "2026-03-29", "2026-04-29", "2026-05-29"],
    ],
    [
      "29 February, yearly",
      "2024-02-29T10:00:00Z",
      "year",
      1,
      ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
    ],
    [
      "quarterly from 30 November",
      "2025-11-30T10:00:00Z",
      "month",
      3,
      ["2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"],
    ],
    [
      "weekly across a leap day",
      "2028-02-25T10:00:00Z",
      "week",
      1,
      ["2028-03-03", "2028-03-10", "2028-03-17", "2028-03-24"],
    ],
    ["every ten days", "2026-12-25T10:00:00Z", "day", 10, ["2027-01-04", "2027-01-14", "2027-01-24", "2027-02-03"]],
  ] as const;
  it.each(cases)("%s", (_name, anchor, interval, interval_count, days) => {
    const boundaries = [1, 2, 3, 4].map((n) => iso(periodBoundary(at(anchor), { interval, interval_count }, n)));
    expect(boundaries).toEqual(days.map((day) => `${day}T10:00:00`));
  });

  it("keeps the time of day and goes backwards too", () => {
    expect(iso(addMonths(at("2026-03-31T23:59:59Z"), -1))).toBe("2026-02-28T23:59:59");
    expect(iso(addMonths(at("2026-01-15T00:00:01Z"), -13))).toBe("2024-12-15T00:00:01");
  });

  it("finds the period around a moment, before and after the anchor, and boundaries belong to the next period", () => {
    const monthly = { interval: "month", interval_count: 1 };
    const anchor = at("2026-01-31T00:00:00Z");
    expect(iso(periodAt(anchor, monthly, at("2026-02-28T00:00:00Z")).end)).toBe("2026-03-31T00:00:00");
    expect(iso(periodAt(anchor, monthly, at("2026-02-27T23:59:59Z")).end)).toBe("2026-02-28T00:00:00");
    expect(iso(periodAt(anchor, monthly, at("2025-12-31T00:00:00Z")).start)).toBe("2025-12-31T00:00:00");
    expect(iso(nextBoundary(anchor, monthly, anchor))).toBe("2026-02-28T00:00:00");
  });

  it("refuses an interval Stripe does not have", () => {
    expect(() => periodBoundary(0, { interval: "fortnight", interval_count: 1 }, 1)).toThrow("fortnight");
  });

  it("tiles time: consecutive periods meet and every moment lies in exactly its own", () => {
    const interval = fc.constantFrom("day", "week", "month", "year");
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e9 }),
        interval,
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 0, max: 4e9 }),
        (anchor, unit, count, moment) => {
          const recurrence = { interval: unit, interval_count: count };
          const period = periodAt(anchor, recurrence, moment);
          expect(period.start).toBeLessThanOrEqual(moment);
          expect(period.end).toBeGreaterThan(moment);
          expect(periodAt(anchor, recurrence, period.end).start).toBe(period.end);
        },
      ),
      { numRuns: 300 },
    );
  });
});
