/** Changing plans: the preview is what is charged, a failed payment changes nothing, repetitions charge once. */
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import type { ChangeTiming } from "../catalog/model";
import { addPaymentMethod } from "../payments";
import { getTenant, type Tenant } from "../tenants";
import { getUsage } from "../usage";
import {
  type BillingInterval,
  cancelScheduledChange,
  cancelSubscription,
  changePlan,
  getSubscription,
  listSubscriptionChanges,
  quoteSubscription,
} from ".";

const world = shareWorld();

function wish(tenant: Tenant, planKey: string, interval: BillingInterval | null = null) {
  return { tenantId: tenant.id, planKey, interval, requestId: world.requestId(), reason: "Asked for in a test" };
}

function quote(tenant: Tenant, planKey: string, more: { interval?: BillingInterval; timing?: ChangeTiming } = {}) {
  const { interval = null } = more;
  const timing = more.timing ?? ("policy" as const);
  const wish = { verb: "change" as const, planKey, interval, timing, seats: null, promotionCode: null };
  return quoteSubscription(world.ctx, { tenantId: tenant.id, wish });
}

async function balanceOf(tenant: Tenant): Promise<bigint> {
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  return (await world.ctx.stripe.fetchCustomer(stripeCustomerId ?? ""))?.balanceMinor ?? 0n;
}

async function collected(tenant: Tenant): Promise<bigint> {
  const paid = await world.db.prisma.payment.findMany({ where: { tenantId: tenant.id, status: "succeeded" } });
  return paid.reduce((total, payment) => total + payment.amountMinor - payment.amountRefundedMinor, 0n);
}

describe("an upgrade", () => {
  it("is in force at once and charges what the preview said, to the cent and only once", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await world.advance("10 days", tenant);
    const before = await collected(tenant);
    const preview = await quote(tenant, "enterprise");
    expect(preview).toMatchObject({ action: "upgrade", isNow: true, currency: "usd" });
    // 21 of 31 days are left: 999.00 and 299.00 by 21/31, each line rounded, and 8 % of the difference.
    expect(preview.lines.map((line) => line.amountMinor).sort()).toEqual([-20_255n, 67_674n]);
    expect(preview.dueNowMinor).toBe(preview.subtotalMinor + preview.tax.amountMinor);
    const input = wish(tenant, "enterprise");
    const changed = await changePlan(world.ctx, input);
    expect(changed).toMatchObject({ status: "active", chargedNowMinor: preview.dueNowMinor });
    expect(await changePlan(world.ctx, input)).toEqual(changed);
    await world.drain();
    expect((await collected(tenant)) - before).toBe(preview.dueNowMinor);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "enterprise", priceMinor: 99_900n });
    expect((await getUsage(world.ctx, tenant.id)).planKey).toBe("enterprise");
    const [newest] = await listSubscriptionChanges(world.ctx, tenant.id, 1);
    const told = { kind: "plan_changed", fromPlanKey: "professional", toPlanKey: "enterprise" };
    expect(newest).toMatchObject({ ...told, amountMinor: preview.dueNowMinor, actor: "system:test" });
  });

  it("whose card fails throws and leaves the old plan, its price and its usage terms", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await addPaymentMethod(world.ctx, {
      ...{ tenantId: tenant.id, paymentMethodId: "pm_card_chargeCustomerFail", makeDefault: true },
      ...{ requestId: world.requestId(), reason: "A card that fails later" },
    });
    await world.advance("10 days", tenant);
    const before = await collected(tenant);
    const failing = changePlan(world.ctx, wish(tenant, "enterprise"));
    await expect(failing).rejects.toMatchObject({ kind: "declined", code: "payment.card_declined" });
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "professional", status: "active" });
    expect((await getUsage(world.ctx, tenant.id)).planKey).toBe("professional");
    expect(await collected(tenant)).toBe(before);
    expect(await balanceOf(tenant)).toBe(0n);
  });

  it("whose card fails leaves what was scheduled, and an end that was decided", async () => {
    const failing = async (tenant: Tenant, interval: BillingInterval | null) => {
      await addPaymentMethod(world.ctx, {
        ...{ tenantId: tenant.id, paymentMethodId: "pm_card_chargeCustomerFail", makeDefault: true },
        ...{ requestId: world.requestId(), reason: "A card that fails later" },
      });
      const refused = changePlan(world.ctx, wish(tenant, "enterprise", interval));
      await expect(refused).rejects.toMatchObject({ kind: "declined", code: "payment.card_declined" });
      await world.drain();
      return getSubscription(world.ctx, tenant.id);
    };
    const waiting = await world.tenant({ plan: "enterprise", ownClock: true });
    const { takesEffectAt: at } = await quote(waiting, "professional");
    await changePlan(world.ctx, wish(waiting, "professional"));
    const scheduled = { planKey: "professional", interval: "month", seats: null, at };
    expect(await failing(waiting, "year")).toMatchObject({ planKey: "enterprise", interval: "month", scheduled });

    const ending = await world.tenant({ plan: "professional", ownClock: true });
    const { tenantId, requestId, reason } = wish(ending, "");
    await cancelSubscription(world.ctx, { tenantId, requestId, reason, immediate: false });
    expect(await failing(ending, null)).toMatchObject({ planKey: "professional", cancelAtPeriodEnd: true });
  });

  it("with a new period is not cut short by an end that it takes back", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const { tenantId, requestId, reason } = wish(tenant, "");
    await cancelSubscription(world.ctx, { tenantId, requestId, reason, immediate: false });
    await world.advance("10 days", tenant);
    const promised = await quote(tenant, "professional", { interval: "year", timing: "now_full" });
    expect(promised.dueNowMinor).toBe(promised.nextInvoice?.totalMinor);
    const before = await collected(tenant);
    await changePlan(world.ctx, { ...wish(tenant, "professional", "year"), timing: "now_full" });
    await world.drain();
    expect((await collected(tenant)) - before).toBe(promised.dueNowMinor);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ interval: "year", cancelAtPeriodEnd: false });
  });

  it("withdraws a cancellation that was scheduled: the tenant goes on", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const { tenantId, requestId, reason } = wish(tenant, "");
    await cancelSubscription(world.ctx, { tenantId, requestId, reason, immediate: false });
    const changed = await changePlan(world.ctx, wish(tenant, "enterprise"));
    expect(changed.current).toMatchObject({ planKey: "enterprise", cancelAtPeriodEnd: false });
  });
});

describe("a downgrade", () => {
  it("waits for the end of the period, which is paid, and can be taken back until then", async () => {
    const tenant = await world.tenant({ plan: "enterprise", ownClock: true });
    await world.advance("10 days", tenant);
    const before = await collected(tenant);
    const promised = await quote(tenant, "professional");
    expect(promised).toMatchObject({ action: "downgrade", isNow: false, dueNowMinor: 0n, creditMinor: 0n, lines: [] });
    expect(promised.nextInvoice).toEqual({ at: promised.takesEffectAt, totalMinor: 32_292n });
    expect(promised.lost).toContain("HIPAA");
    const changed = await changePlan(world.ctx, wish(tenant, "professional"));
    const scheduled = { planKey: "professional", interval: "month", at: promised.takesEffectAt };
    expect(changed.current).toMatchObject({ planKey: "enterprise", scheduled });
    const plain = () => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "Thought again" });
    expect((await cancelScheduledChange(world.ctx, plain())).current.scheduled).toBeNull();
    await expect(cancelScheduledChange(world.ctx, plain())).rejects.toMatchObject({
      code: "subscription.not_scheduled",
    });
    await changePlan(world.ctx, wish(tenant, "professional"));
    await world.advance("22 days", tenant);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "professional", scheduled: null });
    expect((await collected(tenant)) - before).toBe(32_292n);
    expect((await getUsage(world.ctx, tenant.id)).planKey).toBe("professional");
    const history = await listSubscriptionChanges(world.ctx, tenant.id, 9);
    const kinds = ["plan_changed", "change_scheduled", "schedule_withdrawn", "change_scheduled", "created"];
    // The clock stands still between some of them, so their order is not told.
    expect(
      history
        .map((change) => change.kind)
        .filter((kind) => kind !== "renewed")
        .sort(),
    ).toEqual(kinds.sort());
  });

  it("choosing the plan one has takes a scheduled change back", async () => {
    const tenant = await world.tenant({ plan: "enterprise", ownClock: true });
    await changePlan(world.ctx, wish(tenant, "professional"));
    const kept = await changePlan(world.ctx, wish(tenant, "enterprise"));
    expect(kept.current).toMatchObject({ planKey: "enterprise", scheduled: null });
  });

  it("at once, where that is asked for, charges nothing and its credit pays for the next invoice", async () => {
    const tenant = await world.tenant({ plan: "enterprise", ownClock: true });
    await world.advance("10 days", tenant);
    const before = await collected(tenant);
    const preview = await quote(tenant, "professional", { timing: "now_prorated" });
    expect(preview).toMatchObject({ action: "downgrade", isNow: true, dueNowMinor: 0n });
    const changed = await changePlan(world.ctx, { ...wish(tenant, "professional"), timing: "now_prorated" });
    expect(-changed.chargedNowMinor).toBe(preview.creditMinor);
    expect(preview.creditMinor).toBeGreaterThan(0n);
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "professional", status: "active" });
    expect(await collected(tenant)).toBe(before);
    await world.advance("22 days", tenant);
    // The renewal of 322.92 meets a credit that is larger than it: nothing is collected, the rest stays credit.
    expect(await collected(tenant)).toBe(before);
    expect(await balanceOf(tenant)).toBe(changed.chargedNowMinor + 32_292n);
  });

  it("to the free plan comes at the end of the period, which is paid", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const preview = await quote(tenant, "free");
    const { current } = await changePlan(world.ctx, wish(tenant, "free"));
    expect(current).toMatchObject({ planKey: "professional", cancelAtPeriodEnd: true });
    expect(preview).toMatchObject({
      action: "cancel",
      dueNowMinor: 0n,
      takesEffectAt: current.currentPeriodEndAt,
    });
    await expect(changePlan(world.ctx, wish(tenant, "free"))).rejects.toMatchObject({
      code: "subscription.already_canceled",
    });
    await world.advance("32 days", tenant);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "free", subscription: null });
  });
});

describe("another interval", () => {
  it("starts a year now, credits the month's rest, and charges what the preview said", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await world.advance("10 days", tenant);
    const before = await collected(tenant);
    const preview = await quote(tenant, "professional", { interval: "year" });
    const changed = await changePlan(world.ctx, wish(tenant, "professional", "year"));
    expect(changed.chargedNowMinor).toBe(preview.dueNowMinor);
    expect(changed.currentPeriodEndAt).toEqual(preview.nextInvoice?.at);
    await world.drain();
    expect((await collected(tenant)) - before).toBe(preview.dueNowMinor);
    // 2990.00 less 21/31 of 299.00, and 8 %.
    expect(preview.dueNowMinor).toBe(299_000n - 20_255n + 23_920n - 1_620n);
  });
});

describe("refusals and first plans", () => {
  it.each([
    ["the same plan", "professional", null, "subscription.same_plan"],
    ["a plan that does not exist", "gold", null, "catalog.unknown_plan"],
  ] as const)("refuses %s", async (_what, planKey, interval, code) => {
    const tenant = await world.tenant({ plan: "professional" });
    await expect(changePlan(world.ctx, wish(tenant, planKey, interval))).rejects.toMatchObject({ code });
    await expect(quote(tenant, planKey)).rejects.toMatchObject({ code });
  });

  it("starts the plan of a tenant without one with its default card, and asks for one where there is none", async () => {
    const tenant = await world.tenant();
    await expect(changePlan(world.ctx, wish(tenant, "professional"))).rejects.toMatchObject({
      code: "payment.method_required",
    });
    await addPaymentMethod(world.ctx, {
      ...{ tenantId: tenant.id, paymentMethodId: "pm_card_visa", makeDefault: true },
      ...{ requestId: world.requestId(), reason: "A first card" },
    });
    const preview = await quote(tenant, "professional");
    const input = wish(tenant, "professional");
    const changed = await changePlan(world.ctx, input);
    expect(changed).toMatchObject({ status: "active", chargedNowMinor: preview.dueNowMinor });
    expect(await changePlan(world.ctx, input)).toEqual(changed);
  });

  it("refuses while a renewal is unpaid", async () => {
    const tenant = await world.tenant({ plan: "professional", card: "pm_card_visa", ownClock: true });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    await world.control.nextPayment(stripeCustomerId ?? "", "card_declined");
    await world.advance("32 days", tenant);
    expect((await getSubscription(world.ctx, tenant.id)).status).toBe("past_due");
    await expect(changePlan(world.ctx, wish(tenant, "enterprise"))).rejects.toMatchObject({
      code: "subscription.payment_pending",
    });
  });
});
