/** Days of a zone, also those with 23 and 25 hours, and the ends of cards. */
import { describe, expect, it } from "vitest";
import { cardExpiry, daySpan } from "./rules-days";

describe("whole days of a zone", () => {
  it.each([
    ["UTC", "2026-03-29", "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"],
    ["Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
    ["Europe/Berlin", "2026-10-25", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    ["America/New_York", "2026-01-31", "2026-02-01", "2026-01-31T05:00:00Z", "2026-02-02T05:00:00Z"],
    ["Pacific/Auckland", "2026-12-31", "2026-12-31", "2026-12-30T11:00:00Z", "2026-12-31T11:00:00Z"],
  ])("in %s from %s to %s", (timeZone, from, to, startAt, endAt) => {
    expect(daySpan({ from, to }, timeZone)).toEqual({ from: new Date(startAt), to: new Date(endAt) });
  });

  it("may be open at either end", () => {
    expect(daySpan({}, "UTC")).toEqual({});
    expect(daySpan({ to: "2026-01-31" }, "UTC")).toEqual({ to: new Date("2026-02-01T00:00:00Z") });
  });
});

describe("how soon a card ends", () => {
  const card = { expiryMonth: 2, expiryYear: 2026 };
  it.each([
    ["2025-12-30T00:00:00Z", null],
    ["2025-12-31T00:00:00Z", "within_60_days"],
    ["2026-01-29T23:59:59Z", "within_60_days"],
    ["2026-01-30T00:00:00Z", "within_30_days"],
    ["2026-02-28T23:59:59Z", "within_30_days"],
    ["2026-03-01T00:00:00Z", "expired"],
  ])("on %s: %s", (now, expected) => {
    expect(cardExpiry(card, new Date(now))).toBe(expected);
  });

  it("says nothing of bank accounts", () => {
    expect(cardExpiry({ expiryMonth: null, expiryYear: null }, new Date("2026-01-01T00:00:00Z"))).toBeNull();
  });
});
