/** A change of plan with a code on a card whose bank asks: parked with its code, kept to the cent, or gone without a trace. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { shareWorld } from "@/testing/world";
import { addPaymentMethod } from "../payments";
import { getTenant, type Tenant } from "../tenants";
import {
  cancelScheduledChange,
  cancelSubscription,
  changePlan,
  commitQuote,
  createPromotion,
  getSubscription,
  listPromotions,
  quoteSubscription,
  resumeConfirmation,
} from ".";
import { createPromotionSchema } from "./model-promotions";

const world = shareWorld();

const plain = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });

/** A code for one redemption, and how often it was redeemed. */
async function codeOnce(code: string) {
  const off = { kind: "percent", percent: "25" };
  const wanted = {
    code,
    name: "Quarter",
    off,
    duration: { kind: "forever" },
    maxRedemptions: 1,
    ...plainOfInstallation(),
  };
  await createPromotion(world.ctx, createPromotionSchema.parse(wanted));
  return async () => {
    const { promotions } = await listPromotions(world.ctx, { limit: 100, after: null, active: null });
    return promotions.find((one) => one.code === code)?.timesRedeemed;
  };
}

const plainOfInstallation = () => ({ requestId: world.requestId(), reason: "A test" });

async function subscriber(card: string): Promise<Tenant> {
  const tenant = await world.tenant({ plan: "professional", ownClock: true });
  await addPaymentMethod(world.ctx, { ...plain(tenant), paymentMethodId: card, makeDefault: true });
  await world.advance("10 days", tenant);
  return tenant;
}

const quote = (tenant: Tenant, promotionCode: string) =>
  quoteSubscription(world.ctx, {
    tenantId: tenant.id,
    wish: {
      ...{ verb: "change", planKey: "enterprise", interval: null, seats: null, promotionCode, timing: "policy" },
    },
  });

const commit = (tenant: Tenant, quoteId: string) =>
  commitQuote(world.ctx, { ...plain(tenant), quoteId, canConfirm: true, paymentMethodId: null });

async function collected(tenant: Tenant): Promise<bigint> {
  const paid = await world.db.prisma.payment.findMany({ where: { tenantId: tenant.id, status: "succeeded" } });
  return paid.reduce((total, payment) => total + payment.amountMinor - payment.amountRefundedMinor, 0n);
}

async function parked(code: string) {
  const redeemed = await codeOnce(code);
  const tenant = await subscriber("pm_card_authenticationRequired");
  const before = await collected(tenant);
  const promised = await quote(tenant, code);
  const waiting = await commit(tenant, promised.id);
  return { tenant, promised, waiting, redeemed, before };
}

describe("an upgrade with a code that the bank asks about", () => {
  it("waits with its code, is found after a reload, and is charged to the cent once confirmed", async () => {
    const { tenant, promised, waiting, redeemed, before } = await parked("BANK1");
    // 21 of 31 days: 749.25 of the new plan at a quarter less, 299.00 of the old one, and 8 % on what is left.
    expect(promised.lines.map(({ amountMinor }) => amountMinor).sort()).toEqual([-20_255n, 50_756n]);
    expect(promised.dueNowMinor).toBe(32_941n);
    expect(waiting.current).toMatchObject({ planKey: "professional", pendingChange: { expiresAt: expect.any(Date) } });
    expect(waiting.current.subscription?.discounts).toEqual([]);
    expect(await redeemed()).toBe(0);
    const { clientSecret } = waiting.confirmation ?? { clientSecret: "" };
    expect(await resumeConfirmation(world.ctx, tenant.id)).toMatchObject({ clientSecret, intent: "payment" });
    await world.control.authenticate(clientSecret, "succeed");
    await world.drain();
    const current = await getSubscription(world.ctx, tenant.id);
    expect(current).toMatchObject({ planKey: "enterprise", pendingChange: null });
    expect(current.subscription?.discounts).toMatchObject([{ percentOff: "25", endsAt: null }]);
    expect((await collected(tenant)) - before).toBe(promised.dueNowMinor);
    expect(await redeemed()).toBe(1);
    await addPaymentMethod(world.ctx, { ...plain(tenant), paymentMethodId: "pm_card_visa", makeDefault: true });
    await world.advance("22 days", tenant);
    // 749.25 and 8 %, as the quote said of the next invoice.
    expect((await collected(tenant)) - before - promised.dueNowMinor).toBe(80_919n);
    expect(promised.nextInvoice?.totalMinor).toBe(80_919n);
  });

  it("lapses after 23 hours with nothing charged and the code as it was, for whoever types it next", async () => {
    const { tenant, redeemed, before } = await parked("BANK2");
    await world.advance("25 hours", tenant);
    const current = await getSubscription(world.ctx, tenant.id);
    expect(current).toMatchObject({ planKey: "professional", pendingChange: null });
    expect(current.subscription?.discounts).toEqual([]);
    expect([await collected(tenant), await redeemed()]).toEqual([before, 0]);
    const next = await subscriber("pm_card_visa");
    expect((await commit(next, (await quote(next, "BANK2")).id)).current.planKey).toBe("enterprise");
    expect(await redeemed()).toBe(1);
  });

  it("may be asked for again, or given up, while it waits", async () => {
    const { tenant, promised, redeemed, before } = await parked("BANK3");
    const again = await quote(tenant, "BANK3");
    expect(again.dueNowMinor).toBe(promised.dueNowMinor);
    expect((await commit(tenant, again.id)).confirmation).not.toBeNull();
    const kept = await cancelScheduledChange(world.ctx, plain(tenant));
    expect(kept.current).toMatchObject({ planKey: "professional", pendingChange: null });
    await world.drain();
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const invoices = await world.ctx.stripe.listInvoices(stripeCustomerId ?? "");
    expect(invoices.filter(({ status }) => status === "open")).toEqual([]);
    expect([await collected(tenant), await redeemed()]).toEqual([before, 0]);
  });

  it("with a card that says no leaves the code as it was", async () => {
    const redeemed = await codeOnce("BANK4");
    const tenant = await subscriber("pm_card_chargeCustomerFail");
    await expect(commit(tenant, (await quote(tenant, "BANK4")).id)).rejects.toMatchObject({ kind: "declined" });
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "professional", pendingChange: null });
    expect(await redeemed()).toBe(0);
  });

  it("withdraws a planned end with the payment, and not before it", async () => {
    const tenant = await subscriber("pm_card_authenticationRequired");
    await codeOnce("BANK5");
    await cancelSubscription(world.ctx, { ...plain(tenant), immediate: false });
    const waiting = await commit(tenant, (await quote(tenant, "BANK5")).id);
    expect(waiting.current).toMatchObject({ planKey: "professional", cancelAtPeriodEnd: true });
    await world.control.authenticate(waiting.confirmation?.clientSecret ?? "", "succeed");
    await world.drain();
    const current = await getSubscription(world.ctx, tenant.id);
    expect(current).toMatchObject({ planKey: "enterprise", cancelAtPeriodEnd: false });
  });
});

it("a change with a code whose answer was lost is the same change when it is asked for again", async () => {
  const redeemed = await codeOnce("LOST1");
  const tenant = await subscriber("pm_card_visa");
  const before = await collected(tenant);
  const input = { ...plain(tenant), planKey: "enterprise", promotionCode: "LOST1" };
  const ctx = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "changeSubscription") };
  await expect(changePlan(ctx, input)).rejects.toMatchObject({ code: "stripe.unavailable" });
  const changed = await changePlan(world.ctx, input);
  expect(changed.current.subscription?.discounts).toHaveLength(1);
  await world.drain();
  expect((await collected(tenant)) - before).toBe(changed.chargedNowMinor);
  expect(await redeemed()).toBe(1);
});
