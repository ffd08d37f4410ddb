/** Numbers, lines and states of invoices as tables. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InvoiceStatus } from "../model";
import { explainLines, type StatedLine } from "./lines";
import { invoiceMonth, invoiceNumber } from "./number";
import { hasFailed, isOutdatedInvoice, servicePeriod } from "./state";

const at = (text: string) => new Date(`${text}Z`);

describe("numbers", () => {
  it.each([
    ["2024-11-19T10:00:00", 1, "INV-2024-11-demo"],
    ["2024-11-30T23:59:59", 2, "INV-2024-11-demo-2"],
    ["2024-12-01T00:00:00", 1, "INV-2024-12-demo"],
    ["2025-01-01T00:00:00", 12, "INV-2025-01-demo-12"],
  ])("an invoice made at %s, the month's %d., is %s", (createdAt, sequence, number) => {
    expect(invoiceNumber(invoiceMonth(at(createdAt)), "demo", sequence)).toBe(number);
  });

  it("never names two invoices of a tenant alike", () => {
    const month = fc.tuple(fc.integer({ min: 2020, max: 2040 }), fc.integer({ min: 0, max: 11 }));
    const name = ([year, index]: [number, number], sequence: number) =>
      invoiceNumber(invoiceMonth(new Date(Date.UTC(year, index, 5))), "acme-2", sequence);
    fc.assert(
      fc.property(month, fc.integer({ min: 1, max: 99 }), month, fc.integer({ min: 1, max: 99 }), (a, i, b, j) => {
        fc.pre(a[0] !== b[0] || a[1] !== b[1] || i !== j);
        expect(name(a, i)).not.toBe(name(b, j));
      }),
    );
  });
});

const period = { periodStartAt: at("2024-11-19T00:00:00"), periodEndAt: at("2024-12-19T00:00:00") };
function line(id: string, more: Partial<StatedLine>): StatedLine {
  return {
    ...{ stripeLineId: id, description: id, amountMinor: 0n, taxMinor: 0n, quantity: "1", unitAmountMinor: null },
    ...{ proration: false, source: "item", stripePriceId: null, metadata: {} },
    ...period,
    ...more,
  };
}

const facts = {
  currency: "usd",
  planNames: new Map([["price_1", "Professional"]]),
  overage: new Map(
    [
      ["chg_calls", "api_call", "1247", "0.001"],
      ["chg_jobs", "quantum_job", "45", "0.5"],
      ["chg_old", "retired_meter", "3", "1"],
    ].map(([id, meterKey, quantity, unitPrice]) => [
      id ?? "",
      {
        meterKey: meterKey ?? "",
        quantity: quantity ?? "",
        unitPrice: unitPrice ?? "",
        overageChargeId: id ?? "",
        details: [],
      },
    ]),
  ),
  meterOrder: ["quantum_job", "storage", "api_call"],
};

describe("lines", () => {
  it("are the plan, prorations, overage in catalog order, then the rest, whatever order Stripe has", () => {
    const stated = [
      line("gift", { description: "Thank you", amountMinor: -100n }),
      line("old", { metadata: { overage_charge_id: "chg_old" } }),
      line("calls", { metadata: { overage_charge_id: "chg_calls" }, amountMinor: 125n }),
      line("jobs", { metadata: { overage_charge_id: "chg_jobs" }, amountMinor: 2_250n }),
      line("rest", { proration: true, unitAmountMinor: "29900" }),
      line("plan", {
        source: "subscription",
        stripePriceId: "price_1",
        unitAmountMinor: "29900",
        amountMinor: 29_900n,
      }),
    ];
    const explained = explainLines(stated, facts);
    expect(explained.map((one) => one.stripeLineId)).toEqual(["plan", "rest", "jobs", "calls", "old", "gift"]);
    expect(explained).toMatchObject([
      { kind: "plan", description: "Professional Plan", quantity: "1", unitPrice: "299" },
      { kind: "proration", unitPrice: null },
      { kind: "overage", quantity: "45", unitPrice: "0.5", meterKey: "quantum_job", overageChargeId: "chg_jobs" },
      { kind: "overage", quantity: "1247", unitPrice: "0.001" },
      { kind: "overage" },
      { kind: "other", description: "Thank you" },
    ]);
  });

  it("keep every line and every cent", () => {
    const any = fc.record({
      amountMinor: fc.bigInt({ min: -100_000n, max: 100_000n }),
      taxMinor: fc.bigInt({ min: -9_000n, max: 9_000n }),
      proration: fc.boolean(),
      source: fc.constantFrom<StatedLine["source"]>("item", "subscription"),
      metadata: fc.constantFrom<Record<string, string>>(
        {},
        { overage_charge_id: "chg_jobs" },
        { overage_charge_id: "chg_x" },
      ),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (lines) => {
        const stated = lines.map((one, index) => line(`il_${index}`, one));
        const explained = explainLines(stated, facts);
        const total = (all: Array<{ amountMinor: bigint; taxMinor: bigint }>) =>
          all.reduce((sum, one) => sum + one.amountMinor + one.taxMinor, 0n);
        expect(total(explained)).toBe(total(stated));
        expect(explained.map((one) => one.stripeLineId).sort()).toEqual(stated.map((one) => one.stripeLineId).sort());
      }),
    );
  });

  it("know a currency without cents", () => {
    const [yen] = explainLines([line("x", { unitAmountMinor: "1200" })], { ...facts, currency: "jpy" });
    expect(yen?.unitPrice).toBe("1200");
  });
});

describe("states", () => {
  const failing = { status: "open" as InvoiceStatus, attempted: true, billingReason: "subscription_cycle" };
  it.each([
    ["a tried and open one", {}, true],
    ["one that nobody tried yet", { attempted: false }, false],
    ["a paid one", { status: "paid" }, false],
    ["a void one", { status: "void" }, false],
    ["one that was given up", { status: "uncollectible" }, true],
    ["a first one that waits for the browser", { billingReason: "subscription_create" }, false],
  ] as const)("%s has failed: %s", (_what, more, expected) => {
    expect(hasFailed({ ...failing, ...more })).toBe(expected);
  });

  const seen = (status: InvoiceStatus, attemptCount: number, time: string) => ({
    ...{ status, attemptCount, sourceAt: at(`2024-11-19T${time}`) },
  });
  it.each([
    ["an older picture", seen("open", 1, "10:00:00"), seen("paid", 1, "09:00:00"), true],
    ["a newer one, even of an earlier state", seen("paid", 1, "10:00:00"), seen("open", 1, "11:00:00"), false],
    ["a draft after it was issued", seen("open", 0, "10:00:00"), seen("draft", 0, "10:00:00"), true],
    ["an open one after it was paid", seen("paid", 1, "10:00:00"), seen("open", 2, "10:00:00"), true],
    ["fewer attempts", seen("open", 2, "10:00:00"), seen("open", 1, "10:00:00"), true],
    ["the same again", seen("open", 1, "10:00:00"), seen("open", 1, "10:00:00"), false],
  ])("%s is outdated or not", (_what, known, incoming, expected) => {
    expect(isOutdatedInvoice(known, incoming)).toBe(expected);
  });

  it("names the plan's period as the invoice's, else its first line's, else Stripe's window", () => {
    const window = { periodStartAt: at("2024-10-01T00:00:00"), periodEndAt: at("2024-10-02T00:00:00") };
    const plan = line("plan", { source: "subscription", periodStartAt: at("2024-12-19T00:00:00") });
    const overage = line("overage", {});
    expect(servicePeriod({ ...window, lines: [overage, plan] }).periodStartAt).toEqual(plan.periodStartAt);
    expect(servicePeriod({ ...window, lines: [overage] })).toEqual(period);
    expect(servicePeriod({ ...window, lines: [] })).toEqual(window);
  });
});
