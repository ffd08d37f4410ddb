/** Refunds against a real database and the sandbox: in parts, in full, at once, pending, failed, made elsewhere, interrupted. */
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { PaymentError } from "../kernel/errors";
import type { Tenant } from "../tenants";
import { addPaymentMethod, getPayment, listTransactions, processPayment, recoverPayments, refundPayment } from ".";

const world = shareWorld();

async function paid(amountMinor: bigint, card = "pm_card_visa"): Promise<{ tenant: Tenant; paymentId: string }> {
  const tenant = await world.tenant({ ownClock: true });
  const shared = { tenantId: tenant.id, reason: "A test" };
  await addPaymentMethod(world.ctx, {
    ...shared,
    paymentMethodId: card,
    makeDefault: true,
    requestId: world.requestId(),
  });
  const { payment } = await processPayment(world.ctx, {
    ...{ ...shared, amountMinor, currency: "usd", description: "Setting up", paymentMethodId: null, onSession: false },
    requestId: world.requestId(),
  });
  return { tenant, paymentId: payment.stripePaymentIntentId };
}

const refund = (of: { tenant: Tenant; paymentId: string }, amountMinor: bigint | null, requestId = world.requestId()) =>
  refundPayment(world.ctx, {
    ...{ tenantId: of.tenant.id, paymentId: of.paymentId, amountMinor, requestId },
    reason: "Sold by mistake",
  });
const rows = (tenant: Tenant) =>
  world.db.prisma.refund.findMany({ where: { tenantId: tenant.id }, orderBy: { amountMinor: "desc" } });

describe("refundPayment", () => {
  it("gives back a part, then the rest, and then nothing", async () => {
    const of = await paid(10_000n);
    expect(await refund(of, 3_000n)).toMatchObject({
      amountMinor: 3_000n,
      status: "succeeded",
      reason: "Sold by mistake",
    });
    await expect(refund(of, 7_001n)).rejects.toMatchObject({
      ...{ kind: "precondition", code: "payment.refund_exceeds", details: { leftMinor: 7_000 } },
    });
    expect(await refund(of, null)).toMatchObject({ amountMinor: 7_000n });
    await expect(refund(of, null)).rejects.toMatchObject({ code: "payment.not_refundable" });
    const payment = await getPayment(world.ctx, of.tenant.id, of.paymentId);
    expect(payment).toMatchObject({ amountCapturedMinor: 10_000n, amountRefundedMinor: 10_000n });
    const entries = await listAudit(world.ctx, { tenantId: of.tenant.id, limit: 10 });
    const entry = entries.find(({ action }) => action === "payment.refund");
    expect(entry).toMatchObject({
      action: "payment.refund",
      reason: "Sold by mistake",
      target: `payment:${of.paymentId}`,
    });
    await world.drain();
    expect(await rows(of.tenant)).toHaveLength(2);
  });

  it("gives the same refund to a repeated request", async () => {
    const of = await paid(5_000n);
    const first = await refund(of, 1_000n, "refund-once");
    expect(await refund(of, 1_000n, "refund-once")).toEqual(first);
    expect(await world.ctx.stripe.listRefunds(of.paymentId)).toHaveLength(1);
  });

  it("of eight at once never gives back more than came in", async () => {
    const of = await paid(10_000n);
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => refund(of, 3_000n)));
    const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    expect(refused).toHaveLength(5);
    for (const error of refused) {
      expect(error).toBeInstanceOf(PaymentError);
      expect(["payment.refund_exceeds", "payment.not_refundable"]).toContain((error as PaymentError).code);
    }
    await world.drain();
    expect((await rows(of.tenant)).map((row) => row.status)).toEqual(["succeeded", "succeeded", "succeeded"]);
    const refunds = await world.ctx.stripe.listRefunds(of.paymentId);
    expect(refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(9_000n);
  });

  it("knows refunds made at Stripe, before and after their webhooks", async () => {
    const of = await paid(10_000n);
    const request = { stripePaymentIntentId: of.paymentId, amountMinor: 4_000n, reason: "By hand" };
    await world.ctx.stripe.refundPayment(request, "by-hand");
    await expect(refund(of, 6_001n)).rejects.toMatchObject({ details: { leftMinor: 6_000 } });
    await world.drain();
    expect(await rows(of.tenant)).toMatchObject([{ amountMinor: 4_000n, reason: "By hand", status: "succeeded" }]);
  });

  it("counts what was asked for and what was refunded at Stripe together, although no webhook has come", async () => {
    const of = await paid(10_000n);
    const crash = new Error("The process died.");
    const dying = { ...world.ctx.stripe, refundPayment: () => Promise.reject(crash) };
    const asked = { tenantId: of.tenant.id, paymentId: of.paymentId, reason: "Sold by mistake" };
    const doomed = { ...asked, amountMinor: 3_000n, requestId: world.requestId() };
    await expect(refundPayment({ ...world.ctx, stripe: dying }, doomed)).rejects.toBe(crash);
    const byHand = { stripePaymentIntentId: of.paymentId, amountMinor: 4_000n, reason: "By hand" };
    await world.ctx.stripe.refundPayment(byHand, `by-hand:${of.paymentId}`);
    await expect(refund(of, 3_001n)).rejects.toMatchObject({ details: { leftMinor: 3_000 } });
    expect(await refundPayment(world.ctx, doomed)).toMatchObject({ amountMinor: 3_000n, status: "succeeded" });
  });

  it("that Stripe refuses gives its amount free again", async () => {
    const of = await paid(10_000n);
    const { stripe } = world.ctx;
    const quicker: typeof stripe.refundPayment = async (request, key) => {
      await stripe.refundPayment({ ...request, amountMinor: 8_000n, refundId: "" }, `${key}:quicker`);
      return stripe.refundPayment(request, key);
    };
    const late = { ...world.ctx, stripe: { ...stripe, refundPayment: quicker } };
    const asked = { tenantId: of.tenant.id, paymentId: of.paymentId, amountMinor: 3_000n };
    const refused = refundPayment(late, { ...asked, requestId: world.requestId(), reason: "Sold by mistake" });
    await expect(refused).rejects.toMatchObject({ code: "payment.not_refundable" });
    expect(await refund(of, null)).toMatchObject({ amountMinor: 2_000n });
    expect((await rows(of.tenant)).map((row) => row.status)).toEqual(["succeeded", "failed", "succeeded"]);
  });

  it("of eight that were decided at the same moment asks Stripe for no more than came in", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const { stripe } = world.ctx;
    const { stripePaymentIntentId: paymentId } = await world.db.prisma.payment.findFirstOrThrow({
      where: { tenantId: tenant.id },
    });
    const decided: Array<() => void> = [];
    let asked = 0;
    const together: typeof stripe = {
      ...stripe,
      // The last look before it is decided: everybody waits here until all have looked.
      listCreditNotes: async (...of) => {
        const notes = await stripe.listCreditNotes(...of);
        await new Promise<void>((resolve) => {
          if (decided.push(resolve) >= 8) for (const go of decided) go();
        });
        return notes;
      },
      refundPayment: (...of) => {
        asked += 1;
        return stripe.refundPayment(...of);
      },
    };
    const one = () => ({ tenantId: tenant.id, paymentId, amountMinor: 10_000n, requestId: world.requestId() });
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        refundPayment({ ...world.ctx, stripe: together }, { ...one(), reason: "Sold by mistake" }),
      ),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(asked).toBe(3);
    expect((await rows(tenant)).map((row) => row.status)).toEqual(["succeeded", "succeeded", "succeeded"]);
  });

  it("follows a pending one to its end, and gives a failed one's amount free again", async () => {
    const pending = await paid(2_000n, "pm_card_pendingRefund");
    expect(await refund(pending, null)).toMatchObject({ status: "pending" });
    const failing = await paid(2_000n, "pm_card_refundFail");
    await refund(failing, null);
    for (const { tenant } of [pending, failing]) {
      await world.drain();
      await world.advance("1 minute", tenant);
    }
    expect(await rows(pending.tenant)).toMatchObject([{ status: "succeeded" }]);
    expect(await rows(failing.tenant)).toMatchObject([{ status: "failed", failureCode: expect.any(String) }]);
    expect(await refund(failing, null)).toMatchObject({ amountMinor: 2_000n });
  });

  it("does not know payments of others", async () => {
    const of = await paid(1_000n);
    const other = await world.tenant();
    await expect(refund({ ...of, tenant: other }, null)).rejects.toMatchObject({ code: "payment.not_found" });
    await expect(refund({ ...of, paymentId: "pi_nobody" }, null)).rejects.toMatchObject({ code: "payment.not_found" });
  });

  it("is finished after a crash under the first key, once", async () => {
    const of = await paid(10_000n);
    const { stripe } = world.ctx;
    const crash = new Error("The process died.");
    const dying = {
      ...stripe,
      refundPayment: async (...asked: Parameters<typeof stripe.refundPayment>) => {
        await stripe.refundPayment(...asked);
        throw crash;
      },
    };
    const request = { tenantId: of.tenant.id, paymentId: of.paymentId, amountMinor: 8_000n };
    const doomed = refundPayment(
      { ...world.ctx, stripe: dying },
      { ...request, requestId: "doomed", reason: "A test" },
    );
    await expect(doomed).rejects.toBe(crash);
    // What was reserved stays so: Stripe may have carried it out.
    await expect(refund(of, 2_001n)).rejects.toMatchObject({ code: "payment.refund_exceeds" });
    await world.advance("11 minutes", of.tenant);
    expect(await recoverPayments(world.ctx)).toBeLessThanOrEqual(1);
    expect(await recoverPayments(world.ctx)).toBe(0);
    await world.drain();
    expect(await rows(of.tenant)).toMatchObject([{ amountMinor: 8_000n, status: "succeeded" }]);
    expect(await stripe.listRefunds(of.paymentId)).toHaveLength(1);
  });
});

describe("listTransactions", () => {
  it("is one ledger of payments and refunds, in pages, newest first", async () => {
    const of = await paid(10_000n);
    await world.advance("1 day", of.tenant);
    await refund(of, 2_500n);
    await world.advance("1 day", of.tenant);
    await refund(of, 500n);
    const list = (extra: object) => listTransactions(world.ctx, { tenantId: of.tenant.id, limit: 2, ...extra });
    const first = await list({});
    expect(first.transactions).toMatchObject([
      {
        kind: "refund",
        amountMinor: -500n,
        movedMinor: -500n,
        description: "Refund of Setting up",
        reason: "Sold by mistake",
      },
      { kind: "refund", amountMinor: -2_500n },
    ]);
    const second = await list({ cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({
      transactions: [{ kind: "payment", amountMinor: 10_000n, refundableMinor: 7_000n }],
    });
    expect(second.nextCursor).toBeNull();
    expect((await list({ from: "2026-01-16", to: "2026-01-16" })).transactions).toMatchObject([
      { amountMinor: -2_500n },
    ]);
    expect((await list({ to: "2026-01-14" })).transactions).toEqual([]);
    await expect(list({ cursor: "nonsense" })).rejects.toMatchObject({ code: "request.invalid" });
  });

  it("puts its day borders where the tenant's zone has them", async () => {
    // 10:00 UTC on the 15th is the 15th in Berlin and, at 23:30 UTC, the 16th.
    const of = await paid(1_000n);
    await world.db.prisma.tenant.update({ where: { id: of.tenant.id }, data: { timeZone: "Europe/Berlin" } });
    await world.advance("13 hours", of.tenant);
    await world.advance("30 minutes", of.tenant);
    await refund(of, null);
    const on = async (day: string) =>
      (await listTransactions(world.ctx, { tenantId: of.tenant.id, limit: 9, from: day, to: day })).transactions.map(
        ({ kind }) => kind,
      );
    expect([await on("2026-01-15"), await on("2026-01-16")]).toEqual([["payment"], ["refund"]]);
  });
});
