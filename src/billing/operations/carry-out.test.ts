/** A request is planned once and carried out under the same keys, whatever is lost, refused or repeated on the way. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createStripeGateway } from "@/stripe/live";
import { shareDatabase } from "@/testing/database";
import { listAudit, recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { fixedClock } from "../kernel/clock";
import { BillingError } from "../kernel/errors";
import { carryOut, listUnsettled, type OperationBeats, openOperation, type Promised } from ".";

interface Plan {
  amountMinor: bigint;
  at: Date;
}
interface Outcome {
  chargedMinor: bigint;
}
type Beats = OperationBeats<Plan, Outcome, string>;

const NOW = new Date("2026-01-15T10:00:00Z");
const PLAN: Plan = { amountMinor: 29_900n, at: new Date("2026-01-31T23:59:59.999Z") };
const OUTAGE = new BillingError("upstream", "stripe.unavailable", "Stripe is away.", { retryable: true });
const DECLINE = new BillingError("declined", "payment.card_declined", "The card was declined.", {
  details: { declineCode: "do_not_honor" },
});

const db = shareDatabase();
let ctx: BillingContext;
let serial = 0;
/** What was decided, asked of Stripe and recorded, in order. */
let steps: string[];

beforeAll(async () => {
  const unreachable = { secretKey: "sk_test_sandbox", sandboxUrl: "http://127.0.0.1:9" };
  ctx = {
    ...{ db, stripe: createStripeGateway(unreachable), clock: fixedClock(NOW) },
    actor: { kind: "system", part: "test" },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    settings: {
      ...{ taxMode: "rate", invoiceDueDays: 15, publicUrl: "http://localhost:3000", linkSecret: null },
      seller: { name: null, address: [], taxId: null },
    },
  };
});
beforeEach(() => {
  steps = [];
  serial += 1;
});

function request() {
  const tenantId = `ten_${serial}`;
  return { tenantId, requestId: "request-1", kind: "subscription" as const, reason: "Asked for", now: NOW };
}

function beats(replaced: Partial<Beats> = {}): Beats {
  return {
    decide: async () => {
      steps.push("decide");
      return PLAN;
    },
    act: async ({ id, plan }: Promised<Plan>) => {
      steps.push(`act ${id}`);
      return { outcome: { chargedMinor: plan.amountMinor }, facts: "from Stripe" };
    },
    record: async (tx, { id }, facts) => {
      steps.push("record");
      await recordAudit(tx, {
        ...{ tenantId: request().tenantId, occurredAt: NOW, actor: ctx.actor, action: "plan.change" },
        ...{ target: `operation:${id}`, reason: "Asked for", details: { facts } },
      });
    },
    ...replaced,
  };
}

const failing = (error: unknown) => () => Promise.reject(error);
const entries = () => listAudit(ctx, { tenantId: request().tenantId, limit: 10 });
const unsettled = async () => (await listUnsettled(db)).filter((one) => one.tenantId === request().tenantId);

describe("carryOut", () => {
  it("decides, asks Stripe and records; repeated it does none of it and tells the same", async () => {
    const done = await carryOut(ctx, request(), beats());
    expect(done).toStrictEqual({ id: done.id, plan: PLAN, outcome: { chargedMinor: 29_900n } });
    expect(steps).toEqual(["decide", `act ${done.id}`, "record"]);
    expect(await carryOut(ctx, request(), beats())).toStrictEqual(done);
    expect(steps).toHaveLength(3);
    expect(await entries()).toMatchObject([{ details: { facts: "from Stripe" } }]);
    expect(await unsettled()).toEqual([]);
  });

  it("stores nothing when the decision refuses: the same request may be made again", async () => {
    const refusal = new BillingError("precondition", "payment.method_required", "Add a card first.");
    await expect(carryOut(ctx, request(), beats({ decide: failing(refusal) }))).rejects.toBe(refusal);
    expect(await db.prisma.operation.count({ where: { tenantId: request().tenantId } })).toBe(0);
    expect(await carryOut(ctx, request(), beats())).toMatchObject({ plan: PLAN });
  });

  it("keeps a decline, which a repetition hears again without asking Stripe", async () => {
    await expect(carryOut(ctx, request(), beats({ act: failing(DECLINE) }))).rejects.toBe(DECLINE);
    const { kind, code, message, details } = DECLINE;
    const again = carryOut(ctx, request(), beats());
    await expect(again).rejects.toMatchObject({ kind, code, message, details, retryable: false });
    expect(steps).toEqual(["decide"]);
    expect(await entries()).toEqual([]);
    expect(await unsettled()).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["an outage", OUTAGE],
    ["a call that Stripe refused to understand", new BillingError("upstream", "stripe.refused", "Stripe refused.")],
    ["a broken rule of ours", new BillingError("invariant", "invariant.broken", "A rule was broken.")],
    ["a lease somebody holds", new BillingError("conflict", "operation.in_progress", "Wait.", { retryable: true })],
    ["an error of no kind", new TypeError("undefined is not a function")],
  ])("after %s stays planned; the retry carries out the first plan under the first key", async (_what, error) => {
    await expect(carryOut(ctx, request(), beats({ act: failing(error) }))).rejects.toBe(error);
    const [planned] = await unsettled();
    expect(planned).toMatchObject({ requestId: "request-1", kind: "subscription" });
    const replanned = { decide: async () => ({ amountMinor: 1n, at: NOW }) };
    const done = await carryOut(ctx, request(), beats(replanned));
    expect(done).toStrictEqual({ id: planned?.id, plan: PLAN, outcome: { chargedMinor: 29_900n } });
    expect(await unsettled()).toEqual([]);
  });

  it("after rows that could not be written has written none, and the retry writes them all", async () => {
    const crash = new Error("The disk is full.");
    const { record } = beats();
    const torn: Beats["record"] = async (...all) => {
      await record(...all);
      throw crash;
    };
    await expect(carryOut(ctx, request(), beats({ record: torn }))).rejects.toBe(crash);
    expect(await entries()).toEqual([]);
    expect(await unsettled()).toHaveLength(1);
    await carryOut(ctx, request(), beats());
    expect(await entries()).toHaveLength(1);
    expect(new Set(steps.filter((step) => step.startsWith("act"))).size).toBe(1);
  });

  it("made by ten at once is planned and recorded once, and all are told the same", async () => {
    const planOf = (attempt: number) => ({ decide: async () => ({ amountMinor: BigInt(attempt), at: NOW }) });
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, attempt) => carryOut(ctx, request(), { ...beats(), ...planOf(attempt) })),
    );
    expect(new Set(all.map(({ id, outcome }) => `${id} ${outcome.chargedMinor}`)).size).toBe(1);
    expect(new Set(steps.filter((step) => step.startsWith("act"))).size).toBe(1);
    expect(steps.filter((step) => step === "record")).toHaveLength(1);
    expect(await entries()).toHaveLength(1);
  });

  it("refuses a request id that belongs to another verb, and asks Stripe nothing", async () => {
    await openOperation(db, { ...request(), kind: "invoice.pay", plan: {}, actor: ctx.actor });
    await expect(carryOut(ctx, request(), beats())).rejects.toMatchObject({ code: "operation.reused" });
    expect(steps).toEqual([]);
  });
});
