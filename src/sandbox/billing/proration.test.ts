import { describe, expect, it } from "vitest";
import { creditsFor, keptPart, remainingShare } from "./proration";

const at = (iso: string) => Date.parse(`${iso}Z`) / 1000;
const period = (start: string, end: string) => ({ start: at(start), end: at(end) });
const charged = (amountMinor: number, span: { start: number; end: number }) => ({
  amountMinor,
  periodStart: span.start,
  periodEnd: span.end,
});

const documented = { start: 1_596_749_288, end: 1_599_427_688 };
const april = period("2026-04-01T00:00:00", "2026-05-01T00:00:00");
const year = period("2026-01-01T00:00:00", "2027-01-01T00:00:00");

describe("proration to the second", () => {
  const cases: ReadonlyArray<[string, number, { start: number; end: number }, number, number]> = [
    ["1000 a month with 445,540 s left", 1_000, documented, 1_598_982_148, 166],
    ["3252 a month with 445,540 s left", 3_252, documented, 1_598_982_148, 541],
    ["half-way, the old price", 1_000, april, at("2026-04-16T00:00:00"), 500],
    ["half-way, the new price", 2_000, april, at("2026-04-16T00:00:00"), 1_000],
    ["ten of thirty days of the old price", 1_000, april, at("2026-04-21T00:00:00"), 333],
    ["ten of thirty days of the new price", 2_000, april, at("2026-04-21T00:00:00"), 667],
    ["half of what was paid after a coupon's 166", 1_000 - 166, april, at("2026-04-16T00:00:00"), 417],
    ["12000 a year, half a year in seconds", 12_000, year, at("2026-07-01T00:00:00"), 6_049],
    ["nothing after the end", 1_000, april, april.end, 0],
    ["everything at the start", 1_000, april, april.start, 1_000],
    ["everything before the start", 1_000, april, april.start - 99, 1_000],
    ["exactly half a cent goes up", 1, { start: 0, end: 2 }, 1, 1],
    ["an empty period", 1_000, { start: 5, end: 5 }, 5, 0],
  ];
  it.each(cases)("%s", (_name, amount, span, changedAt, expected) => {
    expect(remainingShare(amount, span, changedAt, 1)).toBe(expected);
  });

  it("the documented preview: −166 + 541 + 3252 = 3627", () => {
    const [credit] = creditsFor([charged(1_000, documented)], 1_598_982_148, 1);
    const debit = remainingShare(3_252, documented, 1_598_982_148, 1);
    expect([credit?.amountMinor, debit, (credit?.amountMinor ?? 0) + debit + 3_252]).toEqual([-166, 541, 3_627]);
  });

  it("credits what was charged, not today's price: upgrade with none, then downgrade, nets to zero", () => {
    const [credit] = creditsFor([charged(1_000, april)], at("2026-04-21T00:00:00"), 1);
    expect((credit?.amountMinor ?? 0) + remainingShare(1_000, april, at("2026-04-21T00:00:00"), 1)).toBe(0);
  });

  it("gives one credit per charge that covers the rest, each over its own span", () => {
    const stub = period("2026-04-11T00:00:00", "2026-05-01T00:00:00");
    const credits = creditsFor(
      [charged(333, { start: april.start, end: stub.start }), charged(1_333, stub)],
      at("2026-04-21T00:00:00"),
      1,
    );
    expect(credits.map((credit) => [credit.amountMinor, credit.period])).toEqual([
      [-667, { start: at("2026-04-21T00:00:00"), end: april.end }],
    ]);
  });

  it("credits up to the last second of what was charged, and nothing that ends with the change", () => {
    expect(creditsFor([charged(1_000_000_000, april)], april.end - 1, 1)).toMatchObject([{ amountMinor: -386 }]);
    expect(creditsFor([charged(1_000_000_000, april)], april.end, 1)).toEqual([]);
  });

  it("what was credited once is not credited again", () => {
    const [credit] = creditsFor([charged(1_000, april)], at("2026-04-16T00:00:00"), 1);
    if (!credit) throw new Error("expected a credit");
    expect(keptPart(credit)).toMatchObject({ amountMinor: 500, periodEnd: at("2026-04-16T00:00:00") });
    expect(creditsFor([keptPart(credit)], at("2026-04-21T00:00:00"), 1)).toEqual([]);
    expect(creditsFor([keptPart(credit)], at("2026-04-08T12:00:00"), 1).map((again) => again.amountMinor)).toEqual([
      -250,
    ]);
  });
});
