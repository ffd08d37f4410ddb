/** Quotes are promises: kept to the cent, or refused as stale with a fresh one; trials, seats, codes, pauses, parked changes. */
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { postToSandbox } from "@/testing/sandbox-post";
import { shareWorld } from "@/testing/world";
import { addPaymentMethod } from "../payments";
import { getTenant, type Tenant } from "../tenants";
import { recordUsage } from "../usage";
import {
  cancelScheduledChange,
  cancelSubscription,
  changePlan,
  commitQuote,
  createSubscription,
  endTrial,
  getSubscription,
  listSubscriptionChanges,
  pauseSubscription,
  quoteSubscription,
  resumeConfirmation,
  unpauseSubscription,
} from ".";
import type { Quote, SubscriptionWish } from "./model";
import { subscriptionWishSchema } from "./model";

const CATALOG = `import { defineCatalog } from "@/billing/catalog";
export const catalog = defineCatalog({
  key: "quotes", productName: "Quotes", currency: "usd", tax: { displayName: "Tax", percentage: "8" }, freePlan: "free",
  meters: [{ key: "call", displayName: "Calls", overageName: "Additional calls", unit: "call", unitPlural: "calls",
    aggregation: "sum", limitKey: null, planField: null }],
  plans: [
    { key: "free", name: "Free", tagline: "", monthlyPrice: "0", annualPrice: "0", maxUsers: 1, support: "None", features: [],
      allowances: [{ meter: "call", included: "10", limit: "hard", overage: null }] },
    { key: "team", name: "Team", tagline: "", monthlyPrice: "100.00", annualPrice: "1000.00", maxUsers: null, support: "Email",
      features: [], trial: { days: 14, paymentMethod: "optional" },
      seats: { included: 5, monthlyPrice: "20.00", annualPrice: "200.00", max: 50 },
      allowances: [{ meter: "call", included: "100", limit: "soft", overage: { model: "per_unit", unitPrice: "0.50" } }] },
    { key: "company", name: "Company", tagline: "", monthlyPrice: "500.00", annualPrice: "5000.00", maxUsers: null,
      support: "Phone", features: [], seats: { included: 20, monthlyPrice: "15.00", annualPrice: "150.00", max: null },
      allowances: [{ meter: "call", included: "1000", limit: "soft", overage: { model: "per_unit", unitPrice: "0.40" } }] },
  ],
});
`;

const file = join(tmpdir(), `quittance-quotes-${process.pid}.ts`);
beforeAll(() => writeFile(file, CATALOG));
const world = shareWorld({ catalog: file });

function quote(tenant: Tenant, wish: object): Promise<Quote> {
  return quoteSubscription(world.ctx, { tenantId: tenant.id, wish: parse(wish) });
}

const parse = (wish: object): SubscriptionWish => subscriptionWishSchema.parse(wish);

function commit(tenant: Tenant, { id: quoteId }: { id: string }, more: { canConfirm?: boolean; card?: string } = {}) {
  const { canConfirm = false, card = null } = more;
  const call = { requestId: world.requestId(), reason: "Confirmed in a test", canConfirm, paymentMethodId: card };
  return commitQuote(world.ctx, { tenantId: tenant.id, quoteId, ...call });
}

const plain = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });

async function collected(tenant: Tenant): Promise<bigint> {
  await world.drain();
  const paid = await world.db.prisma.payment.findMany({ where: { tenantId: tenant.id, status: "succeeded" } });
  return paid.reduce((total, payment) => total + payment.amountMinor - payment.amountRefundedMinor, 0n);
}

const post = (path: string, params: Record<string, string>) => postToSandbox(world.sandbox.url, path, params);

async function subscriber(plan = "team", more: object = {}) {
  const tenant = await world.tenant({ ownClock: true });
  await createSubscription(world.ctx, {
    ...plain(tenant),
    ...{ planKey: plan, interval: "month" as const, paymentMethodId: "pm_card_visa", canConfirm: false, trial: false },
    ...more,
  });
  await world.drain();
  return tenant;
}

describe("a quote", () => {
  it("is kept to the cent, once", async () => {
    const tenant = await subscriber();
    await world.advance("10 days", tenant);
    await recordUsage(world.ctx, {
      ...{ tenantId: tenant.id, meterKey: "call", quantity: "140" },
      unit: null,
      metadata: {},
      key: null,
    });
    const before = await collected(tenant);
    const promised = await quote(tenant, { verb: "change", planKey: "company" });
    expect(promised).toMatchObject({
      ...{
        action: "upgrade",
        isNow: true,
        from: { planName: "Team", seats: 5 },
        to: { planName: "Company", seats: 20 },
      },
      tax: { displayName: "Tax", percentage: "8" },
    });
    expect(promised.lines.map(({ kind }) => kind).sort()).toEqual(["remaining_time", "unused_time"]);
    // 40 calls beyond 100 at 0.50; Company includes them.
    expect(promised.usage).toMatchObject([
      { meterKey: "call", used: "140", overageBeforeMinor: 2_000n, overageAfterMinor: 0n },
    ]);
    expect(promised.gained).toContain("Support: Email → Phone");
    expect(promised.nextInvoice).toMatchObject({ totalMinor: 54_000n });
    await world.advance(new Date(promised.expiresAt.getTime() - 1_000), tenant);
    const changed = await commit(tenant, promised);
    expect(changed.chargedNowMinor).toBe(promised.dueNowMinor);
    expect((await collected(tenant)) - before).toBe(promised.dueNowMinor);
    await expect(commit(tenant, promised)).rejects.toMatchObject({ code: "quote.kept" });
  });

  it("is stale when its time is over or something has changed, and comes with a fresh one", async () => {
    const tenant = await subscriber();
    const expired = await quote(tenant, { verb: "change", planKey: "company" });
    await world.advance(expired.expiresAt, tenant);
    const first = await commit(tenant, expired).catch((error: unknown) => error);
    expect(first).toMatchObject({ kind: "conflict", code: "quote.stale", details: { quoteId: expect.any(String) } });
    const promised = await quote(tenant, { verb: "change", planKey: "company" });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    await post(`customers/${stripeCustomerId}/balance_transactions`, { amount: "-1000", currency: "usd" });
    const second = (await commit(tenant, promised).catch((error: unknown) => error)) as {
      details: { quoteId: string };
    };
    expect(second).toMatchObject({ code: "quote.stale" });
    const changed = await commit(tenant, { id: second.details.quoteId });
    expect(changed.chargedNowMinor).toBe(promised.dueNowMinor - 1_000n);
  });

  it("of another tenant does not exist", async () => {
    const [mine, theirs] = [await subscriber(), await subscriber()];
    const promised = await quote(theirs, { verb: "change", planKey: "company" });
    await expect(commit(mine, promised)).rejects.toMatchObject({ code: "quote.not_found" });
  });

  it("to end now gives back what it said, although time goes on", async () => {
    const tenant = await subscriber();
    await world.advance("10 days", tenant);
    const promised = await quote(tenant, { verb: "cancel", when: "now", settlement: "refund" });
    expect(promised.refundMinor).toBeGreaterThan(0n);
    await world.advance("14 minutes", tenant);
    const ended = await commit(tenant, promised);
    expect(-ended.chargedNowMinor).toBe(promised.refundMinor);
    expect(await collected(tenant)).toBe(10_800n - promised.refundMinor);
  });
});

describe("a start that waits for the browser", () => {
  it("still costs what it did, and goes on with the same payment", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const start = { verb: "start", planKey: "team", interval: "month", trial: false };
    const first = await quote(tenant, start);
    const waiting = await commit(tenant, first, { canConfirm: true });
    expect(waiting).toMatchObject({ status: "incomplete", confirmation: { intent: "payment" } });
    const again = await quote(tenant, start);
    expect(again).toMatchObject({
      dueNowMinor: first.dueNowMinor,
      to: { planName: "Team", interval: "month", seats: 5 },
    });
    expect(again.nextInvoice).toMatchObject({ totalMinor: 10_800n });
    expect((await commit(tenant, again, { canConfirm: true })).confirmation).toEqual(waiting.confirmation);
  });
});

describe("how an end is settled", () => {
  it.each([
    ["refund", { collected: true, balance: false }],
    ["credit", { collected: false, balance: true }],
    ["none", { collected: false, balance: false }],
  ] as const)("%s", async (settlement, expected) => {
    const tenant = await subscriber();
    await world.advance("10 days", tenant);
    const ended = await cancelSubscription(world.ctx, { ...plain(tenant), immediate: true, settlement });
    expect(ended.current.planKey).toBe("free");
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const balance = (await world.ctx.stripe.fetchCustomer(stripeCustomerId ?? ""))?.balanceMinor ?? 0n;
    expect(balance < 0n).toBe(expected.balance);
    expect((await collected(tenant)) < 10_800n).toBe(expected.collected);
  });
});

describe("seats", () => {
  it("are bought at once and given back at the end of the period", async () => {
    const tenant = await subscriber("team", { seats: 8 });
    expect((await getSubscription(world.ctx, tenant.id)).subscription).toMatchObject({
      ...{ seats: 8, additionalSeats: 3, priceMinor: 16_000n },
    });
    const more = await quote(tenant, { verb: "change", seats: 10 });
    expect(more).toMatchObject({ action: "add_seats", isNow: true, dueNowMinor: 4_320n });
    await commit(tenant, more);
    const fewer = await quote(tenant, { verb: "change", seats: 5 });
    expect(fewer).toMatchObject({ action: "remove_seats", isNow: false, dueNowMinor: 0n });
    await commit(tenant, fewer);
    expect((await getSubscription(world.ctx, tenant.id)).scheduled).toMatchObject({ planKey: "team", seats: 5 });
    await world.advance("32 days", tenant);
    expect((await getSubscription(world.ctx, tenant.id)).subscription).toMatchObject({
      ...{ seats: 5, additionalSeats: 0, stripeSeatItemId: null, priceMinor: 10_000n },
    });
    const history = await listSubscriptionChanges(world.ctx, tenant.id, 10);
    expect(history.map(({ kind, fromSeats, toSeats }) => `${kind} ${fromSeats} ${toSeats}`)).toEqual([
      ...["seats_changed 10 5", "change_scheduled 10 5", "seats_changed 8 10", "created null 8"],
    ]);
  });
});

describe("a trial", () => {
  it("costs nothing, is had once, and becomes paid by itself or on request", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const promised = await quote(tenant, { verb: "start", planKey: "team", interval: "month" });
    expect(promised).toMatchObject({ action: "start_trial", dueNowMinor: 0n, nextInvoice: { totalMinor: 10_800n } });
    const started = await commit(tenant, promised, { card: "pm_card_visa" });
    expect(started).toMatchObject({ status: "trialing", chargedNowMinor: 0n, confirmation: null });
    expect(started.current).toMatchObject({ planKey: "team", trialTaken: true });
    expect(started.current.trialEndAt).toEqual(promised.nextInvoice?.at);
    const ended = await endTrial(world.ctx, plain(tenant));
    expect(ended).toMatchObject({ status: "active", chargedNowMinor: 10_800n });
    await cancelSubscription(world.ctx, { ...plain(tenant), immediate: true });
    const again = await quote(tenant, { verb: "start", planKey: "team", interval: "month" });
    expect(again).toMatchObject({ action: "start", dueNowMinor: 10_800n });
  });

  it("without a card ends in the free plan", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const started = await commit(tenant, await quote(tenant, { verb: "start", planKey: "team", interval: "month" }));
    expect(started.status).toBe("trialing");
    await world.advance("15 days", tenant);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "free", subscription: null });
    expect(await collected(tenant)).toBe(0n);
  });
});

describe("a promotion code", () => {
  it("takes its part off the start and says so; one nobody knows is refused", async () => {
    const coupon = await post("coupons", { percent_off: "20", duration: "forever", name: "Launch" });
    const promotion = { "promotion[type]": "coupon", "promotion[coupon]": coupon.id };
    await post("promotion_codes", { ...promotion, code: "LAUNCH20" });
    const tenant = await world.tenant({ ownClock: true });
    const start = { verb: "start", planKey: "team", interval: "month", trial: false };
    await expect(quote(tenant, { ...start, promotionCode: "LAUNCH99" })).rejects.toMatchObject({
      code: "promotion.unknown_code",
    });
    const promised = await quote(tenant, { ...start, promotionCode: "LAUNCH20" });
    expect(promised).toMatchObject({ discountMinor: 2_000n, dueNowMinor: 8_640n, promotion: "Launch: 20% off" });
    const started = await commit(tenant, promised, { card: "pm_card_visa" });
    expect(started.chargedNowMinor).toBe(8_640n);
    expect((await getSubscription(world.ctx, tenant.id)).subscription?.discounts).toMatchObject([
      { name: "Launch", percentOff: "20" },
    ]);
  });
});

describe("a pause", () => {
  it("credits the unused time, serves the free plan, and comes back with a new period", async () => {
    const tenant = await subscriber();
    await world.advance("10 days", tenant);
    const paused = await pauseSubscription(world.ctx, plain(tenant));
    expect(paused.current).toMatchObject({ status: "paused" });
    await world.advance("40 days", tenant);
    expect(await collected(tenant)).toBe(10_800n);
    const promised = await quote(tenant, { verb: "unpause" });
    expect(promised.dueNowMinor).toBeLessThan(10_800n);
    const back = await unpauseSubscription(world.ctx, plain(tenant));
    expect(back).toMatchObject({ status: "active", chargedNowMinor: promised.dueNowMinor });
    expect(await collected(tenant)).toBe(10_800n + promised.dueNowMinor);
  });
});

describe("an upgrade that the bank asks about", () => {
  async function asking() {
    const tenant = await subscriber();
    const card = { paymentMethodId: "pm_card_authenticationRequired", makeDefault: true };
    await addPaymentMethod(world.ctx, { ...plain(tenant), ...card });
    await world.advance("10 days", tenant);
    const promised = await quote(tenant, { verb: "change", planKey: "company" });
    return { tenant, promised, parked: await commit(tenant, promised, { canConfirm: true }) };
  }

  it("waits on the old plan, is found again after a reload, and is in force once confirmed", async () => {
    const { tenant, promised, parked } = await asking();
    expect(parked.current).toMatchObject({ planKey: "team", pendingChange: { expiresAt: expect.any(Date) } });
    const { clientSecret } = parked.confirmation ?? { clientSecret: "" };
    expect(await resumeConfirmation(world.ctx, tenant.id)).toMatchObject({ clientSecret });
    await world.control.authenticate(clientSecret, "succeed");
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "company", pendingChange: null });
    expect(await collected(tenant)).toBe(10_800n + promised.dueNowMinor);
    const [told] = await listSubscriptionChanges(world.ctx, tenant.id, 1);
    const asked = { actor: "system:test", reason: "Confirmed in a test", amountMinor: promised.dueNowMinor };
    expect(told).toMatchObject({ kind: "plan_changed", toPlanKey: "company", ...asked });
  });

  it("that is never confirmed leaves the old plan", async () => {
    const { tenant } = await asking();
    await world.advance("25 hours", tenant);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "team", pendingChange: null });
    expect(await collected(tenant)).toBe(10_800n);
  });

  it("gives way to another wish", async () => {
    const { tenant } = await asking();
    await addPaymentMethod(world.ctx, { ...plain(tenant), paymentMethodId: "pm_card_mastercard", makeDefault: true });
    const changed = await changePlan(world.ctx, { ...plain(tenant), seats: 6 });
    expect(changed.current).toMatchObject({ planKey: "team", pendingChange: null, subscription: { seats: 6 } });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const invoices = await world.ctx.stripe.listInvoices(stripeCustomerId ?? "");
    // What it would have cost is no longer to be paid by anybody.
    expect(invoices.map(({ status }) => status).sort()).toEqual(["paid", "paid", "void"]);
  });

  it.each([
    ["beyond this period", 60],
    ["that cuts this period short", 20],
  ])("that is paid at once takes an end on a day back, too: one %s", async (_name, days) => {
    const tenant = await subscriber();
    const { subscription } = await getSubscription(world.ctx, tenant.id);
    const day = Math.floor(world.clock.now(tenant.stripeTestClockId).getTime() / 1000) + days * 86_400;
    // As Stripe's own portal decides an end.
    await post(`subscriptions/${subscription?.stripeSubscriptionId}`, { cancel_at: String(day) });
    const promised = await quote(tenant, { verb: "change", planKey: "company" });
    const { current } = await commit(tenant, promised, { canConfirm: true });
    expect(current).toMatchObject({ planKey: "company", subscription: { cancelAt: null, cancelAtPeriodEnd: false } });
    expect(await collected(tenant)).toBe(10_800n + promised.dueNowMinor);
  });

  it("is given up by whoever keeps the plan, and nothing is left to confirm", async () => {
    const { tenant } = await asking();
    const kept = await cancelScheduledChange(world.ctx, plain(tenant));
    expect(kept.current).toMatchObject({ planKey: "team", pendingChange: null });
    await world.drain();
    expect(await resumeConfirmation(world.ctx, tenant.id)).toBeNull();
    expect(await collected(tenant)).toBe(10_800n);
  });

  it("with a card that says no changes nothing", async () => {
    const tenant = await subscriber();
    await addPaymentMethod(world.ctx, {
      ...plain(tenant),
      paymentMethodId: "pm_card_chargeCustomerFail",
      makeDefault: true,
    });
    const promised = await quote(tenant, { verb: "change", planKey: "company" });
    await expect(commit(tenant, promised, { canConfirm: true })).rejects.toMatchObject({ kind: "declined" });
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "team", pendingChange: null });
    expect(await collected(tenant)).toBe(10_800n);
  });
});
