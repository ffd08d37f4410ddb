/** What news mean for a case: a table, and random lives in which webhooks are shuffled, doubled and dropped. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dunningTermsSchema } from "../../catalog/model";
import type { DunningStage } from "../model";
import { graceEnd, isMoving, nextStep, stageAfter } from "./timeline";
import { type InvoiceFacts, type KnownCase, type SubscriptionFacts, turnOf } from "./turn";

const failed: InvoiceFacts = {
  status: "open",
  hasFailed: true,
  billingReason: "subscription_cycle",
  stripeInvoiceId: "in_1",
  attempts: 1,
};
const overdue: SubscriptionFacts = { status: "past_due", latestStripeInvoiceId: "in_1" };
const known = (changes: Partial<KnownCase> = {}): KnownCase => ({
  stage: "reminded",
  attempts: 1,
  endsPlan: true,
  isGraceOver: false,
  ...changes,
});

describe("news of an invoice without a case", () => {
  it.each([
    ["a failed renewal", {}, overdue, false, { do: "open", endsPlan: true }],
    [
      "known before its subscription is past due",
      {},
      { ...overdue, status: "active" },
      false,
      { do: "open", endsPlan: true },
    ],
    ["of a subscription that is over", {}, { ...overdue, status: "canceled" }, false, { do: "open", endsPlan: false }],
    ["usage billed by itself", { billingReason: "manual" }, null, false, { do: "open", endsPlan: false }],
    [
      "usage while another invoice is overdue",
      { billingReason: "manual" },
      { ...overdue, latestStripeInvoiceId: "in_2" },
      false,
      { do: "open", endsPlan: false },
    ],
    ["a first invoice", { billingReason: "subscription_create" }, null, false, { do: "nothing" }],
    [
      "an upgrade somebody sits before",
      { billingReason: "subscription_update" },
      { ...overdue, status: "active" },
      false,
      { do: "nothing" },
    ],
    [
      "a trial's end that failed",
      { billingReason: "subscription_update" },
      overdue,
      false,
      { do: "open", endsPlan: true },
    ],
    ["money under way", {}, overdue, true, { do: "nothing" }],
    ["not tried yet", { hasFailed: false }, overdue, false, { do: "nothing" }],
    ["paid", { status: "paid", hasFailed: false }, overdue, false, { do: "nothing" }],
    ["void", { status: "void" }, overdue, false, { do: "nothing" }],
  ] as const)("%s", (_name, invoice, subscription, isUnderWay, turn) => {
    expect(turnOf(null, { ...failed, ...invoice }, subscription, isUnderWay)).toEqual(turn);
  });
});

describe("news of an invoice with a case", () => {
  it.each([
    ["paid", {}, { status: "paid" }, overdue, { do: "recover" }],
    ["paid after the plan ended", { stage: "lapsed" }, { status: "paid" }, null, { do: "recover" }],
    ["paid after it was stopped", { stage: "stopped" }, { status: "paid" }, overdue, { do: "recover" }],
    ["paid again", { stage: "recovered" }, { status: "paid" }, overdue, { do: "nothing" }],
    ["voided", {}, { status: "void" }, overdue, { do: "stop", because: "voided" }],
    ["given up at Stripe", {}, { status: "uncollectible" }, overdue, { do: "stop", because: "uncollectible" }],
    ["given up by our own lapse", { isGraceOver: true }, { status: "uncollectible" }, overdue, { do: "nothing" }],
    ["Stripe's retries ended", {}, {}, { ...overdue, status: "canceled" }, { do: "lapse" }],
    ["Stripe leaves it unpaid: grace goes on", {}, {}, { ...overdue, status: "unpaid" }, { do: "nothing" }],
    ["another plan's end", { endsPlan: false }, {}, { ...overdue, status: "canceled" }, { do: "nothing" }],
    ["another try failed", {}, { attempts: 2 }, overdue, { do: "count", attempts: 2 }],
    ["the same try", {}, {}, overdue, { do: "nothing" }],
    ["a try after a stop", { stage: "stopped" }, { attempts: 3 }, overdue, { do: "nothing" }],
  ] as const)("%s", (_name, of, invoice, subscription, turn) => {
    expect(turnOf(known(of), { ...failed, ...invoice }, subscription, false)).toEqual(turn);
  });
});

/** A life: what Stripe says at each moment, in its own order; and how news of it reach us. */
const START = new Date("2026-02-15T11:00:00Z");
const terms = dunningTermsSchema.parse({});
const moment = fc.record({
  hours: fc.integer({ min: 0, max: 24 * 20 }),
  what: fc.constantFrom("webhook", "webhook", "webhook", "clock", "clock", "fail", "pay", "cancel", "stop"),
});

describe("whatever webhooks do", () => {
  it("writes each letter at most once, in order, none after an end; and ends where the truth is", () => {
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 60 }), (moments) => {
        // Truth moves on its own; a webhook says only "look": doubled, late and dropped ones are looks more or fewer.
        const truth = { status: "open" as InvoiceFacts["status"], attempts: 1, isOver: false };
        const letters: string[] = [];
        const state = { stage: null as DunningStage | null, attempts: 0, firstFailedAt: START, stepsDone: 0 };
        const look = (now: Date) => {
          const invoice: InvoiceFacts = { ...failed, ...truth, hasFailed: truth.status === "open" };
          const subscription: SubscriptionFacts = { ...overdue, status: truth.isOver ? "canceled" : "past_due" };
          const isGraceOver = now >= graceEnd(terms, state.firstFailedAt);
          const { stage } = state;
          const turn = turnOf(stage && known({ ...state, stage, isGraceOver }), invoice, subscription, false);
          if (turn.do === "open") {
            letters.push("first_notice");
            Object.assign(state, { stage: "first_notice", firstFailedAt: now, attempts: truth.attempts });
          }
          if (turn.do === "recover" && stage !== "stopped") letters.push("recovered");
          if (turn.do === "recover") state.stage = "recovered";
          if (turn.do === "lapse") letters.push("lapse");
          if (turn.do === "lapse") state.stage = "lapsed";
          if (turn.do === "count") state.attempts = turn.attempts;
        };
        const tick = (now: Date) => {
          if (state.stage === null) return;
          // As the worker does it: the truth is read anew before a step is taken.
          look(now);
          const next = nextStep({ ...state, terms, stage: state.stage }, now);
          if (next.do !== "take") return;
          letters.push(next.step.key);
          Object.assign(state, { stepsDone: next.stepsDone, stage: stageAfter(next.step.kind) });
          if (next.step.kind === "lapse") truth.isOver = true;
        };
        const sorted = [...moments].sort((a, b) => a.hours - b.hours);
        for (const { hours, what } of sorted) {
          const now = new Date(START.getTime() + hours * 3_600_000);
          if (what === "webhook") look(now);
          if (what === "clock") tick(now);
          if (what === "fail" && truth.status === "open") truth.attempts += 1;
          if (what === "pay") truth.status = "paid";
          if (what === "cancel") truth.isOver = true;
          if (what === "stop" && state.stage !== null && isMoving(state.stage)) state.stage = "stopped";
        }
        const end = new Date(START.getTime() + 60 * 86_400_000);
        look(end);
        tick(end);
        expect(new Set(letters).size).toBe(letters.length);
        const order = ["first_notice", "reminder:1", "reminder:2", "last_notice", "lapse", "recovered"];
        expect(letters).toEqual(order.filter((letter) => letters.includes(letter)));
        if (truth.status === "paid" && state.stage !== null) expect(state.stage).toBe("recovered");
        if (truth.status === "open") expect(["lapsed", "stopped", "first_notice"]).toContain(state.stage);
      }),
      { numRuns: 4_096 },
    );
  });
});
