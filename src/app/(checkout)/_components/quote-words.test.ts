/** The words of quotes, as tables. */
import { describe, expect, it } from "vitest";
import type { Quote } from "@/billing/subscriptions/model";
import { confirmText, movedBetween, trialDays } from "./quote-words";

const at = (day: string) => new Date(`2026-${day}T10:00:00Z`);

function quote(more: Partial<Quote> = {}): Quote {
  const side = { planKey: "pro", planName: "Pro", interval: "month", seats: null } as const;
  return {
    ...{ id: "quo_1", tenantId: "ten_1", action: "upgrade", from: side, to: side, currency: "usd" },
    wish: { verb: "resume" },
    ...{ takesEffectAt: at("11-21"), isNow: true, lines: [], subtotalMinor: 0n, discountMinor: 0n },
    tax: { displayName: "Tax", percentage: "8", amountMinor: 0n, ...{ parts: [] } },
    ...{
      totalMinor: 0n,
      balanceAppliedMinor: 0n,
      carriedMinor: 0n,
      chargedTo: null,
      usageInvoiceMinor: null,
      dueNowMinor: 0n,
      creditMinor: 0n,
      refundMinor: 0n,
    },
    nextInvoice: { at: at("12-21"), totalMinor: 32_292n },
    ...{ usage: [], gained: [], lost: [], exceeded: [], promotion: null },
    ...{ prorationAt: at("11-21"), expiresAt: at("11-21"), computedAt: at("11-21") },
    ...more,
  };
}

const side = (more: Partial<Quote["to"]>) => ({ ...quote().to, ...more });
const later = { isNow: false, takesEffectAt: at("12-19") };

describe("the button", () => {
  const rows: Array<[string, Partial<Quote>]> = [
    ["Pay $13.34 and upgrade", { dueNowMinor: 1_334n }],
    ["Confirm and upgrade", {}],
    ["Pay ¥1,234,567 and upgrade", { dueNowMinor: 1_234_567n, currency: "jpy" }],
    ["Schedule downgrade for 19 December 2026", { action: "downgrade", ...later }],
    ["Schedule upgrade for 19 December 2026", { action: "upgrade", ...later }],
    ["Apply code", { action: "apply_code" }],
    ["Schedule for 19 December 2026", { action: "change_version", ...later }],
    [
      "Add 2 seats on 19 December 2026",
      { action: "add_seats", ...later, from: side({ seats: 6 }), to: side({ seats: 8 }) },
    ],
    ["Start 14-day trial", { action: "start_trial", nextInvoice: { at: at("12-05"), totalMinor: 32_292n } }],
    ["Pay $322.92 and subscribe", { action: "start", dueNowMinor: 32_292n }],
    [
      "Pay $9.00 and add 3 seats",
      { action: "add_seats", dueNowMinor: 900n, from: side({ seats: 5 }), to: side({ seats: 8 }) },
    ],
    [
      "Give back 1 seat on 19 December 2026",
      { action: "remove_seats", ...later, from: side({ seats: 6 }), to: side({ seats: 5 }) },
    ],
    [
      "Pay $10.00 and pay by the year",
      { action: "change_interval", dueNowMinor: 1_000n, to: side({ interval: "year" }) },
    ],
    ["Pay by the month from 19 December 2026", { action: "change_interval", ...later }],
    ["Cancel on 19 December 2026", { action: "cancel", ...later }],
    ["Cancel now and refund $12.00", { action: "cancel", refundMinor: 1_200n }],
    ["Cancel now and keep $12.00 as credit", { action: "cancel", creditMinor: 1_200n }],
    ["Pay $2.00 and cancel now", { action: "cancel", dueNowMinor: 200n }],
    ["Cancel now", { action: "cancel" }],
    ["Keep Pro", { action: "cancel_scheduled" }],
    ["Pay $322.92 and start now", { action: "end_trial", dueNowMinor: 32_292n }],
    ["Pay $5.00 and resume", { action: "unpause", dueNowMinor: 500n }],
    ["Pause now", { action: "pause" }],
  ];
  it.each(rows)("says “%s”", (text, more) => {
    expect(confirmText(quote(more), "UTC")).toBe(text);
  });
});

describe("what has moved", () => {
  it("is nothing between quotes that read the same", () => {
    expect(movedBetween(quote(), quote({ id: "quo_2", expiresAt: at("11-22") }), "UTC")).toEqual([]);
  });

  it("names each amount and day that differs", () => {
    const before = quote({ dueNowMinor: 48_500n });
    const after = quote({ dueNowMinor: 47_000n, nextInvoice: { at: at("12-22"), totalMinor: 32_292n } });
    expect(movedBetween(before, after, "UTC")).toEqual([
      { what: "Due today", before: "$485.00", after: "$470.00" },
      {
        what: "Next invoice",
        before: "$322.92 on 21 December 2026",
        after: "$322.92 on 22 December 2026",
      },
    ]);
  });
});

it("A trial's length is counted in days, whatever the clocks do meanwhile", () => {
  expect(trialDays({ prorationAt: at("03-01"), nextInvoice: { at: at("03-31"), totalMinor: 1n } })).toBe(30);
  expect(trialDays({ prorationAt: at("03-01"), nextInvoice: null })).toBe(0);
});
