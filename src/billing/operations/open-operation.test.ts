/** Promises: the plan that was stored first is the plan, whoever asks how often. */
import { describe, expect, it } from "vitest";
import { inTransaction } from "@/db/transaction";
import { shareDatabase } from "@/testing/database";
import { Decimal } from "../kernel/decimal";
import { listUnsettled, type OpenOperationInput, openOperation, settleOperation } from ".";

const db = shareDatabase();
let serial = 0;

const NOW = new Date("2026-01-15T10:00:00Z");

function request<Plan>(plan: Plan): OpenOperationInput<Plan> {
  serial += 1;
  return {
    ...{ tenantId: "ten_a", requestId: `request-${serial}`, kind: "subscription", plan },
    ...{ actor: { kind: "user", userId: "usr_1", tenantId: "ten_a", label: "Ada" }, reason: "A bigger plan", now: NOW },
  };
}

function rows(requestId: string) {
  return db.prisma.operation.findMany({ where: { requestId } });
}

describe("openOperation", () => {
  it("stores the plan with who asked, why and when", async () => {
    const input = request({ amountMinor: 29_900n });
    const opened = await openOperation(db, input);
    expect(opened).toEqual({ id: opened.id, plan: input.plan, status: "planned", outcome: null, isNew: true });
    const told = { tenantId: "ten_a", id: opened.id, actor: "user:usr_1", reason: "A bigger plan", createdAt: NOW };
    expect(await rows(input.requestId)).toEqual([expect.objectContaining({ ...told, settledAt: null })]);
  });

  it("returns the stored plan to a second call, every type in it kept, whatever that call has planned", async () => {
    const plan = {
      amountMinor: 123_456_789_012_345_678_901n,
      prorationAt: new Date("2026-01-31T23:59:59.999Z"),
      couponId: undefined,
      lines: [{ unitPrice: new Decimal("0.001"), quantity: new Decimal("1247"), at: new Date(0), note: null }],
    };
    const input = request(plan);
    const first = await openOperation(db, input);
    const later = new Date("2026-03-01T00:00:00Z");
    const second = await openOperation(db, { ...input, now: later, plan: { ...plan, amountMinor: 1n, lines: [] } });
    expect(second).toStrictEqual({ ...first, isNew: false });
    expect(second.plan).toStrictEqual(plan);
  });

  it("opens one operation for twenty calls that race, and all get its plan", async () => {
    const input = request({ attempt: 0n });
    const opened = await Promise.all(
      Array.from({ length: 20 }, (_, attempt) => openOperation(db, { ...input, plan: { attempt: BigInt(attempt) } })),
    );
    expect(opened.filter((operation) => operation.isNew)).toHaveLength(1);
    expect(new Set(opened.map((operation) => operation.id)).size).toBe(1);
    expect(new Set(opened.map((operation) => operation.plan.attempt)).size).toBe(1);
    expect(await rows(input.requestId)).toHaveLength(1);
  });

  it("refuses a request id of another kind of operation and leaves that one as it is", async () => {
    const input = request({ planKey: "enterprise" });
    await openOperation(db, input);
    const before = await rows(input.requestId);
    const reused = openOperation(db, { ...input, kind: "invoice.pay" });
    await expect(reused).rejects.toMatchObject({ kind: "conflict", code: "operation.reused" });
    expect(await rows(input.requestId)).toEqual(before);
  });

  it("keeps the request ids of two tenants apart", async () => {
    const input = request({ planKey: "enterprise" });
    const one = await openOperation(db, input);
    const other = await openOperation(db, { ...input, tenantId: "ten_b" });
    expect(other).toMatchObject({ isNew: true });
    expect(other.id).not.toBe(one.id);
  });
});

describe("settleOperation", () => {
  const settle = (id: string, status: "recorded" | "refused", outcome: unknown, tenantId = "ten_a") =>
    settleOperation(db.prisma, { tenantId, id, status, outcome, now: NOW });

  it("keeps the outcome, which a repeated request gets with its types", async () => {
    const input = request({ planKey: "enterprise" });
    const { id } = await openOperation(db, input);
    const outcome = { chargedMinor: 70_000n, endsAt: new Date("2026-02-15T10:00:00Z") };
    await settle(id, "recorded", outcome);
    expect(await openOperation(db, input)).toMatchObject({ id, status: "recorded", outcome, isNew: false });
    expect(await rows(input.requestId)).toMatchObject([{ settledAt: NOW }]);
  });

  it("settled the same way again keeps the first outcome; the other way is an error of ours", async () => {
    const input = request({ planKey: "enterprise" });
    const { id } = await openOperation(db, input);
    await settle(id, "refused", { code: "payment.card_declined" });
    await settle(id, "refused", { code: "something.else" });
    await expect(settle(id, "recorded", {})).rejects.toMatchObject({ code: "invariant.broken" });
    const stored = await openOperation(db, input);
    expect(stored).toMatchObject({ status: "refused", outcome: { code: "payment.card_declined" } });
  });

  it("refuses an operation that does not exist, and one of another tenant", async () => {
    const { id } = await openOperation(db, request({}));
    await expect(settle("op_unknown", "recorded", null)).rejects.toMatchObject({ code: "invariant.broken" });
    await expect(settle(id, "recorded", null, "ten_b")).rejects.toMatchObject({ code: "invariant.broken" });
  });

  it("is undone with the transaction it was part of", async () => {
    const input = request({ planKey: "enterprise" });
    const { id } = await openOperation(db, input);
    const failing = inTransaction(db, async (tx) => {
      await settleOperation(tx, { tenantId: "ten_a", id, status: "recorded", outcome: null, now: NOW });
      throw new Error("The rows could not be written.");
    });
    await expect(failing).rejects.toThrow("The rows could not be written.");
    expect(await openOperation(db, input)).toMatchObject({ status: "planned" });
  });
});

describe("listUnsettled", () => {
  it("lists what was promised and never settled, oldest first", async () => {
    await db.prisma.operation.deleteMany();
    const at = (minute: number) => new Date(NOW.getTime() + minute * 60_000);
    const [late, early, settled] = [request({}), request({}), request({})];
    await openOperation(db, { ...late, now: at(9) });
    await openOperation(db, { ...early, now: at(3) });
    const { id } = await openOperation(db, { ...settled, now: at(1) });
    await settleOperation(db.prisma, { tenantId: "ten_a", id, status: "recorded", outcome: null, now: at(2) });
    const listed = await listUnsettled(db);
    expect(listed.map((operation) => operation.requestId)).toEqual([early.requestId, late.requestId]);
    expect(await listUnsettled(db, 1)).toHaveLength(1);
  });
});
