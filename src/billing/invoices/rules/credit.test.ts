/** Parts of an invoice that are taken back: together they never exceed it, and give back exactly its tax. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { creditPart } from "./credit";

const nothing = { totalMinor: 0n, taxMinor: 0n };

describe("a part that is taken back", () => {
  it.each([
    [
      "a third",
      { totalMinor: 10_800n, taxMinor: 800n },
      nothing,
      3_333n,
      "usd",
      { totalMinor: 3_333n, taxMinor: 247n },
    ],
    [
      "all of it",
      { totalMinor: 10_800n, taxMinor: 800n },
      nothing,
      10_800n,
      "usd",
      { totalMinor: 10_800n, taxMinor: 800n },
    ],
    [
      "more than is left",
      { totalMinor: 108n, taxMinor: 8n },
      { totalMinor: 100n, taxMinor: 7n },
      50n,
      "usd",
      { totalMinor: 8n, taxMinor: 1n },
    ],
    ["of nothing left", { totalMinor: 108n, taxMinor: 8n }, { totalMinor: 108n, taxMinor: 8n }, 1n, "usd", nothing],
    ["without tax", { totalMinor: 500n, taxMinor: 0n }, nothing, 123n, "usd", { totalMinor: 123n, taxMinor: 0n }],
    [
      "in dinars",
      { totalMinor: 8_600n, taxMinor: 640n },
      nothing,
      1_230n,
      "kwd",
      { totalMinor: 1_230n, taxMinor: 90n },
    ],
    // Somebody took back more tax by hand than the part bears.
    [
      "after too much tax",
      { totalMinor: 108n, taxMinor: 8n },
      { totalMinor: 10n, taxMinor: 8n },
      10n,
      "usd",
      { totalMinor: 10n, taxMinor: 0n },
    ],
  ])("%s", (_what, invoice, before, wanted, currency, expected) => {
    expect(creditPart(invoice, before, wanted, currency)).toEqual(expected);
  });

  it("whatever the parts, they add up to the invoice and its tax", () => {
    const minor = fc.bigInt({ min: 1n, max: 1_000_000n });
    fc.assert(
      fc.property(
        minor,
        fc.bigInt({ min: 0n, max: 100n }),
        fc.array(minor, { minLength: 1, maxLength: 9 }),
        (net, percent, parts) => {
          const taxMinor = (net * percent) / 100n;
          const invoice = { totalMinor: net + taxMinor, taxMinor };
          let before = nothing;
          for (const wanted of [...parts, invoice.totalMinor]) {
            const part = creditPart(invoice, before, wanted, "usd");
            expect(part.taxMinor >= 0n && part.taxMinor <= part.totalMinor).toBe(true);
            before = { totalMinor: before.totalMinor + part.totalMinor, taxMinor: before.taxMinor + part.taxMinor };
            expect(before.totalMinor).toBeLessThanOrEqual(invoice.totalMinor);
          }
          expect(before).toEqual(invoice);
        },
      ),
      { numRuns: 4_096 },
    );
  });
});
