/** Never more goes back than came in, whatever is asked for, in whatever order, and whatever fails on the way. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RefundStatus } from "./model";
import { type CreditedRefund, creditForRefund, decideRefund, laterStatus, refundableMinor } from "./rules-refunds";

const paid = (amountCapturedMinor: bigint, amountRefundedMinor = 0n, currency = "usd") => ({
  ...{ status: "succeeded" as const, amountCapturedMinor, amountRefundedMinor, currency },
});
const refund = (amountMinor: bigint, status: RefundStatus) => ({ amountMinor, status });

describe("what may be given back", () => {
  it.each<[string, bigint, bigint, Array<{ amountMinor: bigint; status: RefundStatus }>, bigint]>([
    ["all of an untouched payment", 10_000n, 0n, [], 10_000n],
    ["what a pending one leaves", 10_000n, 3_000n, [refund(3_000n, "pending")], 7_000n],
    ["what a reservation leaves", 10_000n, 0n, [refund(3_000n, "requested")], 7_000n],
    ["a failed one again", 10_000n, 0n, [refund(3_000n, "failed")], 10_000n],
    ["less when Stripe knows of more", 10_000n, 4_000n, [refund(3_000n, "succeeded")], 6_000n],
    ["a canceled one again", 10_000n, 0n, [refund(3_000n, "canceled")], 10_000n],
    ["nothing twice", 10_000n, 10_000n, [refund(10_000n, "succeeded")], 0n],
  ])("%s", (_what, captured, refunded, refunds, left) => {
    expect(refundableMinor(paid(captured, refunded), refunds)).toBe(left);
  });

  it("is nothing for a payment that has not come in", () => {
    for (const status of ["processing", "failed", "requires_action", "canceled"] as const) {
      const payment = { ...paid(5_000n), status };
      expect(decideRefund(payment, [], 1n)).toEqual({ do: "refuse", because: "not_captured" });
    }
  });

  it("says what is left to who asks for more", () => {
    const decision = decideRefund(paid(10_000n), [refund(9_999n, "succeeded")], 2n);
    expect(decision).toEqual({ do: "refuse", because: "exceeds", leftMinor: 1n });
    expect(decideRefund(paid(10_000n), [refund(9_999n, "succeeded")], null)).toEqual({ do: "refund", amountMinor: 1n });
  });

  it("goes back in the steps of its currency", () => {
    const between = { do: "refuse", because: "between_steps" };
    expect(decideRefund(paid(5_120n, 0n, "kwd"), [], 1_234n)).toEqual(between);
    expect(decideRefund(paid(5_120n, 0n, "kwd"), [], 1_230n)).toEqual({ do: "refund", amountMinor: 1_230n });
    expect(decideRefund(paid(50_000n, 0n, "isk"), [], 150n)).toEqual(between);
    // What came in before the rule was kept: the rest below a step cannot go back.
    expect(decideRefund(paid(5_124n, 0n, "kwd"), [], null)).toEqual({ do: "refund", amountMinor: 5_120n });
    expect(decideRefund(paid(5_124n, 5_120n, "kwd"), [], null)).toEqual({ do: "refuse", because: "nothing_left" });
  });

  it("holds over any history: the sum of what was not failed never exceeds what came in", () => {
    const step = fc.record({
      ask: fc.option(fc.bigInt({ min: 1n, max: 12_000n }), { nil: null }),
      becomes: fc.constantFrom<RefundStatus>("requested", "pending", "succeeded", "failed", "canceled"),
      atStripe: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10_000n }), fc.array(step, { maxLength: 12 }), (captured, steps) => {
        const refunds: Array<{ amountMinor: bigint; status: RefundStatus }> = [];
        const sum = () => refunds.reduce((total, one) => total + (isHeld(one.status) ? one.amountMinor : 0n), 0n);
        for (const { ask, becomes, atStripe } of steps) {
          const decision = decideRefund(paid(captured, atStripe ? sum() : 0n), refunds, ask);
          if (decision.do === "refuse") {
            // Refused only when it would not fit.
            expect(sum() + (ask ?? 1n)).toBeGreaterThan(captured);
            continue;
          }
          refunds.push({ amountMinor: decision.amountMinor, status: becomes });
          expect(sum()).toBeLessThanOrEqual(captured);
        }
      }),
      { numRuns: 4_096 },
    );
  });
});

const isHeld = (status: RefundStatus) => status !== "failed" && status !== "canceled";

describe("pictures of a refund", () => {
  it.each<[RefundStatus, RefundStatus, RefundStatus]>([
    ["requested", "pending", "pending"],
    ["pending", "succeeded", "succeeded"],
    ["succeeded", "pending", "succeeded"],
    ["succeeded", "failed", "failed"],
    ["failed", "succeeded", "failed"],
    ["canceled", "pending", "canceled"],
    ["pending", "pending", "pending"],
  ])("%s then %s is %s", (known, incoming, after) => {
    expect(laterStatus(known, incoming)).toBe(after);
  });
});

describe("what a refund's credit note takes back", () => {
  const none = { totalMinor: 0n, taxMinor: 0n };
  const invoice = { totalMinor: 10_800n, taxMinor: 800n, elsewhere: none };
  const made = (amountMinor: bigint, more: Partial<CreditedRefund> = {}): CreditedRefund => ({
    ...{ amountMinor, status: "succeeded", stripeRefundId: "re_1" },
    ...{ creditedMinor: amountMinor, creditedTaxMinor: (amountMinor * 2n) / 27n },
    ...more,
  });
  it.each<[string, CreditedRefund[], typeof none, bigint, bigint, bigint]>([
    ["all of its amount", [], none, 5_400n, 5_400n, 400n],
    ["what earlier ones left", [made(5_400n)], none, 5_400n, 5_400n, 400n],
    ["nothing that one which failed had taken back", [made(5_400n, { status: "failed" })], none, 5_400n, 0n, 0n],
    ["the rest of that", [made(5_400n, { status: "failed" })], none, 8_100n, 2_700n, 200n],
    [
      "all, after one that Stripe refused and that never had a note",
      [made(5_400n, { status: "failed", stripeRefundId: null })],
      none,
      5_400n,
      5_400n,
      400n,
    ],
    [
      "what one that is asked for leaves",
      [made(5_400n, { status: "requested", stripeRefundId: null })],
      none,
      5_400n,
      5_400n,
      400n,
    ],
    [
      "all, beside one that was made without a note",
      [made(5_400n, { creditedMinor: null, creditedTaxMinor: null })],
      none,
      5_400n,
      5_400n,
      400n,
    ],
    ["no more than notes made elsewhere leave", [], { totalMinor: 8_100n, taxMinor: 600n }, 5_400n, 2_700n, 200n],
  ])("is %s", (_what, refunds, elsewhere, amountMinor, totalMinor, taxMinor) => {
    const credit = creditForRefund({ ...invoice, elsewhere }, refunds, { amountMinor, currency: "usd" });
    expect(credit).toEqual({ totalMinor, taxMinor });
  });
});
