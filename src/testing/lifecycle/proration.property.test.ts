/** Laws of proration, over random prices, periods and seconds, and of quotes, whose parts must make the whole. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppliedCatalog } from "@/billing/catalog";
import type { SubscriptionPlan } from "@/billing/subscriptions/rules/plan";
import { moneyOf, type PricedLine } from "@/billing/subscriptions/rules/quote";
import { creditsFor, keptPart, remainingShare } from "@/sandbox/billing/proration";

const RUNS = { numRuns: 4_096, seed: 20_261_121 };

const amount = fc.integer({ min: 0, max: 100_000_000 });
const spans = fc
  .record({
    start: fc.nat(2_000_000_000),
    length: fc.integer({ min: 1, max: 366 * 86_400 }),
    share: fc.double({ min: -0.1, max: 1.1, noNaN: true }),
  })
  .map(({ start, length, share }) => ({
    period: { start, end: start + length },
    at: Math.round(start + share * length),
  }));

const charged = (amountMinor: number, { start, end }: { start: number; end: number }) => ({
  ...{ amountMinor, periodStart: start, periodEnd: end },
});

describe(`proration (seed ${RUNS.seed})`, () => {
  it("never exceeds the price, is never negative, and falls as time passes", () => {
    fc.assert(
      fc.property(amount, spans, fc.nat(86_400), (price, { period, at }, later) => {
        const share = remainingShare(price, period, at, 1);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(price);
        expect(remainingShare(price, period, at + later, 1)).toBeLessThanOrEqual(share);
        const [credit] = creditsFor([charged(price, period)], at, 1);
        expect(Math.abs(credit?.amountMinor ?? 0)).toBeLessThanOrEqual(price);
      }),
      RUNS,
    );
  });

  it("of an upgrade and the way back at the same second nets to zero", () => {
    fc.assert(
      fc.property(amount, amount, spans, (before, after, { period, at }) => {
        const credits = (charges: ReturnType<typeof charged>[]) => creditsFor(charges, at, 1);
        const paid = charged(before, period);
        const [unused] = credits([paid]);
        const debit = remainingShare(after, period, at, 1);
        const rest = { start: Math.max(at, period.start), end: period.end };
        // The way back credits what the way there debited, and debits what it credited.
        const there = (unused?.amountMinor ?? 0) + debit;
        const kept = unused ? keptPart(unused) : paid;
        const back = rest.end > rest.start ? credits([kept, charged(debit, rest)]) : [];
        const credited = back.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
        const again = rest.end > rest.start ? remainingShare(before, period, at, 1) : 0;
        const isOver = at >= period.end;
        expect(isOver ? 0 : there + credited + again).toBeCloseTo(0, 9);
      }),
      RUNS,
    );
  });

  it("cut at any second, the parts before and after make the price", () => {
    fc.assert(
      fc.property(amount, spans, (price, { period, at }) => {
        const [credit] = creditsFor([charged(price, period)], at, 1);
        if (credit === undefined) {
          // Only a price of nothing, or a period that is over, leaves nothing to credit.
          expect(price === 0 || at >= period.end).toBe(true);
          return;
        }
        expect(keptPart(credit).amountMinor - credit.amountMinor).toBe(price);
      }),
      RUNS,
    );
  });
});

const minor = fc.bigInt({ min: -10_000_000n, max: 10_000_000n });
const line = fc.record({
  amountMinor: minor,
  proration: fc.boolean(),
  source: fc.constantFrom("subscription", "item"),
});
const plan = { do: "cancel_now", settlement: "refund" } as SubscriptionPlan;
const tax = { displayName: "Tax", percentage: "8", stripeTaxRateId: null } as AppliedCatalog["tax"];

describe("the sums of a quote", () => {
  it("make the whole: lines, discount, tax, balance, due, credit, refund", () => {
    const parts = { lines: fc.array(line, { maxLength: 8 }), discountMinor: fc.bigInt({ min: 0n, max: 1_000_000n }) };
    const more = {
      taxMinor: minor,
      credit: fc.bigInt({ min: 0n, max: 9_000_000n }),
      share: fc.integer({ min: 0, max: 100 }),
    };
    fc.assert(
      fc.property(fc.record({ ...parts, ...more }), ({ lines, discountMinor, taxMinor, credit, share }) => {
        const period = { periodStartAt: new Date(0), periodEndAt: new Date(1), description: "", metadata: {} };
        const priced = lines.map((entry) => ({ ...entry, ...period })) as PricedLine[];
        const subtotalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
        const totalMinor = subtotalMinor - discountMinor + taxMinor;
        const owed = totalMinor > 0n ? totalMinor : 0n;
        const dueNowMinor = owed > credit ? owed - credit : 0n;
        const refundMinor = totalMinor < 0n ? (-totalMinor * BigInt(share)) / 100n : 0n;
        const invoice = {
          subtotalMinor,
          discountMinor,
          taxMinor,
          taxes: [],
          totalMinor,
          lines: priced,
          startingBalanceMinor: -credit,
        };
        const terms = { tax, taxMode: "rate" as const, seatPriceIds: new Set<string>() };
        const money = moneyOf(plan, { invoice, dueNowMinor, refundMinor }, terms);
        expect(money.lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(money.subtotalMinor);
        expect(money.subtotalMinor - money.discountMinor + money.tax.amountMinor).toBe(money.totalMinor);
        const settled =
          money.dueNowMinor + money.balanceAppliedMinor + money.carriedMinor - money.creditMinor - money.refundMinor;
        expect(settled).toBe(money.totalMinor);
        for (const part of [money.balanceAppliedMinor, money.creditMinor, money.refundMinor]) {
          expect(part).toBeGreaterThanOrEqual(0n);
        }
      }),
      RUNS,
    );
  });
});
