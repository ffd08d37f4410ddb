/** Ending plans: at the period's end, now with a refund, taken back, and what a crash in the middle leaves. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { shareWorld } from "@/testing/world";
import { getInvoice, listInvoices } from "../invoices";
import { getTenant, type Tenant } from "../tenants";
import { recordUsage } from "../usage";
import {
  cancelSubscription,
  changePlan,
  createSubscription,
  getSubscription,
  listSubscriptionChanges,
  resumeSubscription,
} from ".";

const world = shareWorld();

function wish(tenant: Tenant) {
  return { tenantId: tenant.id, requestId: world.requestId(), reason: "Asked for in a test" };
}

async function use(tenant: Tenant, meterKey: string, quantity: string) {
  await recordUsage(world.ctx, { tenantId: tenant.id, meterKey, quantity, unit: null, metadata: {}, key: null });
}

/** What Stripe has refunded to the tenant's cards, and the credit it still holds (negative). */
async function moneyOf(tenant: Tenant) {
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const payments = await world.ctx.stripe.listPayments(stripeCustomerId ?? "");
  const customer = await world.ctx.stripe.fetchCustomer(stripeCustomerId ?? "");
  return {
    refundedMinor: payments.reduce((total, payment) => total + payment.amountRefundedMinor, 0n),
    balanceMinor: customer?.balanceMinor ?? 0n,
  };
}

describe("at the period's end", () => {
  it("keeps the plan until then, can be taken back, and ends on the free plan", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const canceled = await cancelSubscription(world.ctx, { ...wish(tenant), immediate: false });
    expect(canceled).toMatchObject({ status: "active", chargedNowMinor: 0n });
    expect(canceled.current).toMatchObject({ planKey: "professional", cancelAtPeriodEnd: true });
    const again = cancelSubscription(world.ctx, { ...wish(tenant), immediate: false });
    await expect(again).rejects.toMatchObject({ code: "subscription.already_canceled" });
    const resumed = await resumeSubscription(world.ctx, wish(tenant));
    expect(resumed.current.cancelAtPeriodEnd).toBe(false);
    await expect(resumeSubscription(world.ctx, wish(tenant))).rejects.toMatchObject({
      code: "subscription.not_cancelable",
    });
    await cancelSubscription(world.ctx, { ...wish(tenant), immediate: false });
    await use(tenant, "quantum_job", "110");
    await world.advance("32 days", tenant);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "free", subscription: null });
    const kinds = (await listSubscriptionChanges(world.ctx, tenant.id, 10)).map((change) => change.kind);
    expect(kinds.sort()).toEqual(["cancel_scheduled", "cancel_scheduled", "cancel_withdrawn", "canceled", "created"]);
    // No renewal comes that could carry the last month's overage: 10 jobs at 0.50 are an invoice of their own.
    const [last] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 5 });
    expect(last).toMatchObject({ status: "paid", subtotalMinor: 500n, totalMinor: 540n });
    expect(await moneyOf(tenant)).toEqual({ refundedMinor: 0n, balanceMinor: 0n });
  });
});

describe("now", () => {
  it("refunds the unused time to the card that paid it, and leaves no credit behind", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await world.advance("10 days", tenant);
    const input = { ...wish(tenant), immediate: true };
    const canceled = await cancelSubscription(world.ctx, input);
    // 21 of 31 days of 299.00 are 202.55, with 8 % 218.75.
    expect(canceled).toMatchObject({ status: "canceled", chargedNowMinor: -21_875n });
    expect(canceled.current).toMatchObject({ planKey: "free", subscription: null });
    expect(await cancelSubscription(world.ctx, input)).toEqual(canceled);
    await world.drain();
    expect(await moneyOf(tenant)).toEqual({ refundedMinor: 21_875n, balanceMinor: 0n });
    const row = await world.db.prisma.payment.findFirstOrThrow({ where: { tenantId: tenant.id } });
    expect(row.amountRefundedMinor).toBe(21_875n);
    const [ended] = await listSubscriptionChanges(world.ctx, tenant.id, 1);
    expect(ended).toMatchObject({ kind: "canceled", toPlanKey: "free", amountMinor: -21_875n });
  });

  it("gives back through the newest payment first", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await world.advance("10 days", tenant);
    await changePlan(world.ctx, { ...wish(tenant), planKey: "enterprise" });
    await world.advance("20 days", tenant);
    const { chargedNowMinor } = await cancelSubscription(world.ctx, { ...wish(tenant), immediate: true });
    expect(chargedNowMinor).toBeLessThan(0n);
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const payments = await world.ctx.stripe.listPayments(stripeCustomerId ?? "");
    const oldestFirst = payments.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    expect(oldestFirst.map(({ amountRefundedMinor }) => amountRefundedMinor)).toEqual([0n, -chargedNowMinor]);
  });

  it("bills the overage so far on the final invoice and refunds what is left", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await use(tenant, "quantum_job", "145");
    await world.advance("10 days", tenant);
    const canceled = await cancelSubscription(world.ctx, { ...wish(tenant), immediate: true });
    // 202.55 unused less 22.50 overage: 180.05, with 8 % on each line 194.45.
    expect(canceled.chargedNowMinor).toBe(-19_445n);
    await world.drain();
    expect(await moneyOf(tenant)).toEqual({ refundedMinor: 19_445n, balanceMinor: 0n });
    const [final] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
    const { lines } = await getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: final?.id ?? "" });
    expect(lines).toMatchObject([
      { kind: "proration", amountMinor: -20_255n, unitPrice: null },
      { kind: "overage", amountMinor: 2_250n, quantity: "45", unitPrice: "0.5", meterKey: "quantum_job" },
    ]);
    await world.advance("40 days", tenant);
    expect(await listInvoices(world.ctx, { tenantId: tenant.id, limit: 9 })).toHaveLength(2);
  });

  it("refunds no time that nobody paid for: a renewal that failed is not an older month's money", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    await world.control.nextPayment(stripeCustomerId ?? "", "card_declined");
    await world.advance("31 days", tenant);
    await world.advance("2 hours", tenant);
    await use(tenant, "quantum_job", "110");
    expect((await getSubscription(world.ctx, tenant.id)).status).toBe("past_due");
    const canceled = await cancelSubscription(world.ctx, { ...wish(tenant), immediate: true });
    expect(canceled).toMatchObject({ status: "canceled", chargedNowMinor: 0n });
    await world.drain();
    expect(await moneyOf(tenant)).toEqual({ refundedMinor: 0n, balanceMinor: 0n });
    const [own] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(own).toMatchObject({ subtotalMinor: 500n });
  });

  it("gives up a start that was never paid", async () => {
    const tenant = await world.tenant();
    const browser = { paymentMethodId: null, canConfirm: true, planKey: "professional", interval: "month" as const };
    await createSubscription(world.ctx, { ...wish(tenant), ...browser });
    await cancelSubscription(world.ctx, { ...wish(tenant), immediate: false });
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "free", pending: null });
    const nothing = cancelSubscription(world.ctx, { ...wish(tenant), immediate: true });
    await expect(nothing).rejects.toMatchObject({ code: "subscription.none" });
  });

  it.each(["addInvoiceItem", "cancelSubscriptionNow", "refundPayment", "adjustBalance"] as const)(
    "refunds once when the answer of %s is lost and the request comes again",
    async (method) => {
      const tenant = await world.tenant({ plan: "professional", ownClock: true });
      await use(tenant, "quantum_job", "145");
      await world.advance("10 days", tenant);
      const input = { ...wish(tenant), immediate: true };
      const crashing = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, method) };
      await expect(cancelSubscription(crashing, input)).rejects.toMatchObject({ code: "stripe.unavailable" });
      await world.drain();
      const canceled = await cancelSubscription(world.ctx, input);
      expect(canceled).toMatchObject({ status: "canceled", chargedNowMinor: -19_445n });
      await world.drain();
      expect(await moneyOf(tenant)).toEqual({ refundedMinor: 19_445n, balanceMinor: 0n });
      expect(await listInvoices(world.ctx, { tenantId: tenant.id, limit: 9 })).toHaveLength(2);
    },
  );
});
