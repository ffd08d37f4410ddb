/** Turns of a subscription's life that are easily done badly, each with the money it moves. */
import { describe, expect, it } from "vitest";
import { addPaymentMethod } from "@/billing/payments";
import {
  cancelSubscription,
  changePlan,
  commitQuote,
  createSubscription,
  getSubscription,
  listSubscriptionChanges,
  pauseSubscription,
  quoteSubscription,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { getUsage, recordUsage } from "@/billing/usage";
import { postToSandbox } from "../sandbox-post";
import { shareWorld } from "../world";
import { SMALL_CATALOG } from "./catalog";

const world = shareWorld({ catalog: SMALL_CATALOG });

const plain = (tenant: Tenant) => ({
  tenantId: tenant.id,
  requestId: world.requestId(),
  reason: "Asked for in a test",
});

async function subscriber(planKey: string, more: object = {}): Promise<Tenant> {
  const tenant = await world.tenant({ ownClock: true });
  const payer = { paymentMethodId: "pm_card_visa", canConfirm: false, trial: false };
  await createSubscription(world.ctx, { ...plain(tenant), ...payer, planKey, interval: "month", ...more });
  await world.drain();
  return tenant;
}

const quote = (tenant: Tenant, wish: object) =>
  quoteSubscription(world.ctx, { tenantId: tenant.id, wish: subscriptionWishSchema.parse(wish) });

const commit = (tenant: Tenant, quoteId: string, canConfirm = false) =>
  commitQuote(world.ctx, { ...plain(tenant), quoteId, paymentMethodId: null, canConfirm });

async function atStripe(tenant: Tenant) {
  await world.drain();
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const { stripe } = world.ctx;
  const payments = await stripe.listPayments(stripeCustomerId ?? "");
  const paid = payments.filter(({ status }) => status === "succeeded");
  return {
    keptMinor: paid.reduce((sum, { amountMinor, amountRefundedMinor }) => sum + amountMinor - amountRefundedMinor, 0n),
    balanceMinor: (await stripe.fetchCustomer(stripeCustomerId ?? ""))?.balanceMinor ?? 0n,
    open: (await stripe.listInvoices(stripeCustomerId ?? "")).filter(({ status }) => status === "open").length,
  };
}

async function use(tenant: Tenant, quantity: string): Promise<void> {
  const report = { tenantId: tenant.id, meterKey: "call", quantity, unit: null, metadata: {}, key: null };
  await recordUsage(world.ctx, report);
}

const kinds = async (tenant: Tenant) =>
  (await listSubscriptionChanges(world.ctx, tenant.id, 50)).map(({ kind }) => kind);

it("up and down again at the same second nets to zero", async () => {
  const tenant = await subscriber("team");
  await world.advance("10 days", tenant);
  const before = await atStripe(tenant);
  const up = await changePlan(world.ctx, { ...plain(tenant), planKey: "company", timing: "now_prorated" });
  const down = await changePlan(world.ctx, { ...plain(tenant), planKey: "team", seats: 5, timing: "now_prorated" });
  expect(up.chargedNowMinor + down.chargedNowMinor).toBe(0n);
  const after = await atStripe(tenant);
  expect(after.keptMinor + after.balanceMinor).toBe(before.keptMinor);
});

it("free, paid and free again in one month bills each its own, and counts usage under what served it", async () => {
  const tenant = await world.tenant({ ownClock: true });
  await use(tenant, "5");
  await createSubscription(world.ctx, {
    ...{ ...plain(tenant), planKey: "solo", interval: "month", paymentMethodId: "pm_card_visa", canConfirm: false },
  });
  await use(tenant, "120");
  const ended = await cancelSubscription(world.ctx, { ...plain(tenant), immediate: true });
  // 19.00 back and 20 calls at 0.50, both with 8 %: 20.52 − 10.80.
  expect(ended.chargedNowMinor).toBe(-972n);
  expect(await atStripe(tenant)).toEqual({ keptMinor: 1_080n, balanceMinor: 0n, open: 0 });
  const usage = await getUsage(world.ctx, tenant.id);
  expect(usage.planKey).toBe("free");
  expect(await kinds(tenant)).toEqual(["canceled", "created"]);
});

it("changes of one second are told in the order they were made", async () => {
  const tenant = await subscriber("team");
  await changePlan(world.ctx, { ...plain(tenant), planKey: "company" });
  await changePlan(world.ctx, { ...plain(tenant), planKey: "solo" });
  await changePlan(world.ctx, { ...plain(tenant), planKey: "company" });
  await cancelSubscription(world.ctx, { ...plain(tenant), immediate: false });
  await cancelSubscription(world.ctx, { ...plain(tenant), immediate: true });
  const told = ["canceled", "cancel_scheduled", "schedule_withdrawn", "change_scheduled", "plan_changed", "created"];
  expect(await kinds(tenant)).toEqual(told);
});

describe("an end now of what waits", () => {
  it("gives up an upgrade that waits for the bank, so that nobody pays for it later", async () => {
    const tenant = await subscriber("team");
    const card = { paymentMethodId: "pm_card_authenticationRequired", makeDefault: true };
    await addPaymentMethod(world.ctx, { ...plain(tenant), ...card });
    await world.advance("10 days", tenant);
    const parked = await commit(tenant, (await quote(tenant, { verb: "change", planKey: "company" })).id, true);
    expect(parked.current.pendingChange).not.toBeNull();
    const ended = await cancelSubscription(world.ctx, { ...plain(tenant), immediate: true });
    expect(ended.current.planKey).toBe("free");
    expect(await atStripe(tenant)).toMatchObject({ open: 0, balanceMinor: 0n });
  });
});

it("a refund gives back what cards paid; what an older credit paid for stays credit", async () => {
  const tenant = await subscriber("company");
  await changePlan(world.ctx, { ...plain(tenant), planKey: "team", timing: "now_full" });
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  await postToSandbox(world.sandbox.url, `customers/${stripeCustomerId}/balance_transactions`, {
    ...{ amount: "-90000", currency: "usd" },
  });
  await changePlan(world.ctx, { ...plain(tenant), planKey: "company", timing: "now_full" });
  const promised = await quote(tenant, { verb: "cancel", when: "now", settlement: "refund" });
  const before = await atStripe(tenant);
  await commit(tenant, promised.id);
  const after = await atStripe(tenant);
  expect(before.keptMinor - after.keptMinor).toBe(promised.refundMinor);
  expect(before.balanceMinor - after.balanceMinor).toBe(promised.creditMinor);
});

it("a pause drops what was scheduled, and its quote says what is credited", async () => {
  const tenant = await subscriber("company");
  await world.advance("10 days", tenant);
  await changePlan(world.ctx, { ...plain(tenant), planKey: "team" });
  const promised = await quote(tenant, { verb: "pause" });
  expect(promised.creditMinor).toBeGreaterThan(0n);
  const paused = await pauseSubscription(world.ctx, plain(tenant));
  expect(paused.current).toMatchObject({ status: "paused", scheduled: null });
});

describe("a code", () => {
  it("on a step down waits with it, and on the plan as it is bills nothing now", async () => {
    const coupon = await postToSandbox(world.sandbox.url, "coupons", {
      percent_off: "25",
      duration: "forever",
      name: "Q",
    });
    const promotion = { "promotion[type]": "coupon", "promotion[coupon]": coupon.id };
    await postToSandbox(world.sandbox.url, "promotion_codes", { ...promotion, code: "QUARTER" });
    const tenant = await subscriber("team");
    await world.advance("10 days", tenant);
    const kept = await quote(tenant, { verb: "change", promotionCode: "QUARTER" });
    expect(kept).toMatchObject({ dueNowMinor: 0n, lines: [], nextInvoice: { totalMinor: 8_100n } });
    const down = await quote(tenant, { verb: "change", planKey: "solo", promotionCode: "QUARTER" });
    expect(down).toMatchObject({ isNow: false, dueNowMinor: 0n, creditMinor: 0n, nextInvoice: { totalMinor: 1_539n } });
    const before = await atStripe(tenant);
    expect((await commit(tenant, down.id)).current).toMatchObject({ planKey: "team", scheduled: { planKey: "solo" } });
    expect((await getSubscription(world.ctx, tenant.id)).subscription?.discounts).toEqual([]);
    await world.advance("22 days", tenant);
    expect((await atStripe(tenant)).keptMinor - before.keptMinor).toBe(1_539n);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "solo" });
  });
});
