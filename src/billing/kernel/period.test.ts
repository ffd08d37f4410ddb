import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, addMonths, anchoredMonth, calendarMonth, contains } from "./period";

const at = (text: string) => new Date(`${text}Z`);

describe("months from an anchor", () => {
  it("on the 31st bill on the last day of short months and return to the 31st", () => {
    const anchor = at("2027-01-31T10:00:00");
    const days = Array.from({ length: 14 }, (_, n) => addMonths(anchor, n).toISOString().slice(0, 10));
    expect(days).toEqual([
      "2027-01-31",
      "2027-02-28",
      "2027-03-31",
      "2027-04-30",
      "2027-05-31",
      "2027-06-30",
      "2027-07-31",
      "2027-08-31",
      "2027-09-30",
      "2027-10-31",
      "2027-11-30",
      "2027-12-31",
      "2028-01-31",
      "2028-02-29",
    ]);
  });

  it("on the 29th of February return to it in the next leap year", () => {
    const anchor = at("2028-02-29T00:00:00");
    expect(addMonths(anchor, 12)).toEqual(at("2029-02-28T00:00:00"));
    expect(addMonths(anchor, 48)).toEqual(at("2032-02-29T00:00:00"));
  });

  const instant = fc.date({ min: at("2020-01-01T00:00:00"), max: at("2040-01-01T00:00:00"), noInvalidDate: true });

  it("every instant lies in exactly one, half-open, and they follow each other without a gap", () => {
    fc.assert(
      fc.property(instant, instant, (anchor, when) => {
        const month = anchoredMonth(anchor, when);
        expect(contains(month, when)).toBe(true);
        expect(anchoredMonth(anchor, month.endAt).startAt).toEqual(month.endAt);
        expect(anchoredMonth(anchor, new Date(month.endAt.getTime() - 1))).toEqual(month);
      }),
      { numRuns: 4096 },
    );
  });
});

it("a calendar month is UTC's", () => {
  expect(calendarMonth(at("2026-02-28T23:59:59.999"))).toEqual({
    startAt: at("2026-02-01T00:00:00"),
    endAt: at("2026-03-01T00:00:00"),
  });
  expect(calendarMonth(at("2026-03-01T00:00:00")).startAt).toEqual(at("2026-03-01T00:00:00"));
});

it("days are 24 hours", () => {
  expect(addDays(at("2026-03-28T12:00:00"), 15)).toEqual(at("2026-04-12T12:00:00"));
});
