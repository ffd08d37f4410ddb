/** Parts of an invoice that are taken back: together they never exceed it, and give back exactly its tax. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { creditPart } from "./credit";

const money = (totalMinor: bigint, taxMinor: bigint) => ({ totalMinor, taxMinor });
const nothing = money(0n, 0n);

describe("a part that is taken back", () => {
  it.each([
    ["a third", money(10_800n, 800n), nothing, 3_333n, "usd", money(3_333n, 247n)],
    ["all of it", money(10_800n, 800n), nothing, 10_800n, "usd", money(10_800n, 800n)],
    ["more than is left", money(108n, 8n), money(100n, 7n), 50n, "usd", money(8n, 1n)],
    ["of nothing left", money(108n, 8n), money(108n, 8n), 1n, "usd", nothing],
    ["without tax", money(500n, 0n), nothing, 123n, "usd", money(123n, 0n)],
    ["in dinars", money(8_600n, 640n), nothing, 1_230n, "kwd", money(1_230n, 90n)],
    // Somebody took back more tax by hand than the part bears.
    ["after too much tax", money(108n, 8n), money(10n, 8n), 10n, "usd", money(10n, 0n)],
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
