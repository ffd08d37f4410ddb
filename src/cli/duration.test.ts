import { describe, expect, it } from "vitest";
import { addDuration } from "./duration";

describe("addDuration", () => {
  it.each([
    ["2026-01-31T00:00:00Z", "1 month", "2026-02-28T00:00:00Z"],
    ["2026-01-15T08:30:00Z", "32d", "2026-02-16T08:30:00Z"],
    ["2026-01-15T08:30:00Z", "2 weeks", "2026-01-29T08:30:00Z"],
    ["2026-01-15T08:30:00Z", "6h", "2026-01-15T14:30:00Z"],
    ["2026-01-15T08:30:00Z", "1 year 3 days", "2027-01-18T08:30:00Z"],
    ["2026-01-15T08:30:00Z", "90min", "2026-01-15T10:00:00Z"],
    ["2026-01-15T08:30:00Z", "45s", "2026-01-15T08:30:45Z"],
    ["2028-02-29T00:00:00Z", "1y", "2029-02-28T00:00:00Z"],
  ])("%s + %s = %s", (from, text, expected) => {
    expect(addDuration(new Date(from), text)).toEqual(new Date(expected));
  });

  it.each(["", "soon", "12", "d", "-3d", "0d", "3 fortnights", "1 month or so", "100 years", "1e3d"])(
    "refuses %j in words a person can follow",
    (text) => {
      expect(() => addDuration(new Date("2026-01-01T00:00:00Z"), text)).toThrow(/is not a duration/);
    },
  );
});
