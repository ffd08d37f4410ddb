import { describe, expect, it } from "vitest";
import type { ReportedUsage, UsageMark } from "../store/usage-records";
import { aggregate, billedQuantity, type MeterTerms, unbilledReports } from "./usage";

const meter = (formula: string, window: string | null = null): MeterTerms => ({
  default_aggregation: { formula },
  event_time_window: window,
});

describe("one number out of reports", () => {
  const hour = 3_600;
  /** Timestamp and value, in the order received. */
  const cases: ReadonlyArray<[string, MeterTerms, ReadonlyArray<[number, string]>, string]> = [
    [
      "a sum",
      meter("sum"),
      [
        [0, "3"],
        [1, "4"],
      ],
      "7",
    ],
    ["a sum of nothing", meter("sum"), [], "0"],
    [
      "an exact sum of decimals",
      meter("sum"),
      [
        [0, "0.1"],
        [1, "0.2"],
      ],
      "0.3",
    ],
    [
      "a correction",
      meter("sum"),
      [
        [0, "10"],
        [1, "-3"],
      ],
      "7",
    ],
    [
      "a count, whatever the values",
      meter("count"),
      [
        [0, "9"],
        [0, "9"],
        [5, "1"],
      ],
      "3",
    ],
    [
      "the last by time, not by arrival",
      meter("last"),
      [
        [9, "5"],
        [3, "8"],
      ],
      "5",
    ],
    [
      "of two at the same time the last received",
      meter("last"),
      [
        [9, "5"],
        [9, "8"],
      ],
      "8",
    ],
    ["the last of nothing", meter("last"), [], "0"],
    [
      "a later report of the hour replaces",
      meter("sum", "hour"),
      [
        [0, "5"],
        [hour - 1, "7"],
        [hour, "1"],
      ],
      "8",
    ],
    [
      "a later report of the day replaces",
      meter("sum", "day"),
      [
        [0, "5"],
        [hour, "7"],
        [24 * hour, "1"],
      ],
      "8",
    ],
    [
      "windows are counted once",
      meter("count", "hour"),
      [
        [0, "1"],
        [1, "1"],
        [hour, "1"],
      ],
      "2",
    ],
  ];
  it.each(cases)("%s", (_name, terms, received, expected) => {
    const lastFirst = received.map(([timestamp, value]) => ({ timestamp, value })).reverse();
    expect(aggregate(terms, lastFirst)).toBe(expected);
  });

  it("bills no negative usage", () => {
    expect(billedQuantity(meter("sum"), [{ timestamp: 0, value: "-2" }])).toBe("0");
  });
});

describe("what a mark leaves to bill", () => {
  const report = (id: string, timestamp: number): ReportedUsage => ({
    id,
    meter: "mtr_a",
    customer: "cus",
    identifier: id,
    value: "1",
    timestamp,
    receivedAt: 0,
    canceled: false,
  });
  /** Last received first: "late" came after the mark, for a time before it. */
  const reports = [report("late", 40), report("after", 60), report("before", 30), report("earlier", 5)];
  const mark = (lastReport: string | null, from = 0): UsageMark => ({ id: "si", before: 50, at: 49, from, lastReport });
  const period = { start: 10, end: 61 };
  const cases: ReadonlyArray<[string, UsageMark | null, string[]]> = [
    ["without a mark, the period", null, ["late", "after", "before"]],
    ["after a mark, what came later or is of later", mark("before"), ["late", "after"]],
    ["when nothing had been reported before the mark, everything", mark(null), ["late", "after", "before"]],
    ["after a change of meter, only what is of later", mark("before", 49), ["after"]],
    ["after a licensed price, only what is of later", mark(null, 49), ["after"]],
  ];
  it.each(cases)("%s", (_name, given, expected) => {
    expect(unbilledReports(reports, period, given).map(({ id }) => id)).toEqual(expected);
  });

  it("ends before the period's end", () => {
    const ends = { start: 10, end: 60 };
    expect(unbilledReports(reports, ends, null).map(({ id }) => id)).toEqual(["late", "before"]);
  });

  it("leaves out what was canceled, also when the mark was set there", () => {
    const canceled = reports.map((one) => (one.id === "before" ? { ...one, canceled: true } : one));
    expect(unbilledReports(canceled, period, mark("before")).map(({ id }) => id)).toEqual(["late", "after"]);
  });
});
