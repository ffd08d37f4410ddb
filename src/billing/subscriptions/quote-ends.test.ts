/** Quotes of plans that were to end, and of sums too small for a card: each is what then happens. */
import { describe, expect, it } from "vitest";
import { lifecycleCatalog, plan } from "@/testing/lifecycle/catalog";
import { shareWorld } from "@/testing/world";
import { addPaymentMethod, removePaymentMethod } from "../payments";
import { getTenant, type Tenant } from "../tenants";
import { recordUsage } from "../usage";
import { commitQuote, createPromotion, createSubscription, getSubscription, type Quote, quoteSubscription } from ".";
import { subscriptionWishSchema } from "./model";
import { createPromotionSchema } from "./model-promotions";

const world = shareWorld({
  catalog: lifecycleCatalog([
    plan("tiny", ["0.30", "3.00"], {}),
    plan("mid", ["50.00", "500.00"], {}),
    plan("big", ["100.00", "1000.00"], { trial: { days: 14, paymentMethod: "optional" } }),
  ]),
});

const plain = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });

async function subscriber(planKey: string, trial = false): Promise<Tenant> {
  const tenant = await world.tenant({ ownClock: true });
  const card = { paymentMethodId: "pm_card_visa", canConfirm: false };
  await createSubscription(world.ctx, { ...plain(tenant), planKey, interval: "month", trial, ...card });
  await world.drain();
  return tenant;
}

function quote(tenant: Tenant, wish: object): Promise<Quote> {
  return quoteSubscription(world.ctx, { tenantId: tenant.id, wish: subscriptionWishSchema.parse(wish) });
}

async function kept(tenant: Tenant, wish: object): Promise<Quote> {
  const promised = await quote(tenant, wish);
  const call = { ...plain(tenant), canConfirm: false, paymentMethodId: null };
  const changed = await commitQuote(world.ctx, { ...call, quoteId: promised.id });
  if (promised.dueNowMinor > 0n) expect(changed.chargedNowMinor).toBe(promised.dueNowMinor);
  await world.drain();
  return promised;
}

/** Walks to the next invoice of a quote and answers what it came to. */
async function nextTotal(tenant: Tenant, { nextInvoice }: Quote): Promise<bigint | undefined> {
  const at = nextInvoice?.at ?? new Date(0);
  await world.advance(new Date(at.getTime() + 2 * 3_600_000), tenant);
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const invoices = await world.ctx.stripe.listInvoices(stripeCustomerId ?? "");
  return invoices.find((invoice) => Math.abs(invoice.createdAt.getTime() - at.getTime()) < 3_600_000)?.totalMinor;
}

async function balanceOf(tenant: Tenant): Promise<bigint> {
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  return (await world.ctx.stripe.fetchCustomer(stripeCustomerId ?? ""))?.balanceMinor ?? 0n;
}

/** A code for a tenth, made by an operator. */
async function code(wanted: string, duration: object = { kind: "forever" }): Promise<string> {
  const operator = { ...world.ctx, actor: { kind: "operator" as const, userId: "usr_op", label: "op@example.com" } };
  const terms = { name: "Tenth", code: wanted, off: { kind: "percent", percent: "10" }, duration };
  const asked = { ...terms, requestId: world.requestId(), reason: "A test" };
  await createPromotion(operator, createPromotionSchema.parse(asked));
  return wanted;
}

const ENDS = { verb: "cancel", when: "at_period_end" };

describe("a plan that was to end with its period", () => {
  it("goes on after a pause", async () => {
    const tenant = await subscriber("big");
    await kept(tenant, ENDS);
    await kept(tenant, { verb: "pause" });
    await world.advance("3 days", tenant);
    const resumed = await kept(tenant, { verb: "unpause" });
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "big", cancelAtPeriodEnd: false });
    expect(await nextTotal(tenant, resumed)).toBe(resumed.nextInvoice?.totalMinor);
  });

  it("goes on when its trial is ended, for a whole period", async () => {
    const tenant = await subscriber("big", true);
    await kept(tenant, ENDS);
    await world.advance("2 days", tenant);
    const started = await kept(tenant, { verb: "end_trial" });
    expect(started).toMatchObject({ dueNowMinor: 10_800n, nextInvoice: { totalMinor: 10_800n } });
    expect(await nextTotal(tenant, started)).toBe(10_800n);
  });

  it("is paid for in full when it becomes one for a year", async () => {
    const tenant = await subscriber("big");
    await kept(tenant, ENDS);
    await world.advance("10 days", tenant);
    const yearly = await kept(tenant, { verb: "change", interval: "year", timing: "now_full" });
    expect(yearly).toMatchObject({ dueNowMinor: 108_000n, nextInvoice: { totalMinor: 108_000n } });
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ cancelAtPeriodEnd: false });
  });
});

describe("a change that is scheduled", () => {
  it("keeps the code it began with when another is scheduled after it", async () => {
    const tenant = await subscriber("big");
    const first = { verb: "change", planKey: "mid", timing: "at_period_end", promotionCode: await code("GOOD") };
    expect(await kept(tenant, first)).toMatchObject({ nextInvoice: { totalMinor: 4_860n } });
    await world.advance("32 days", tenant);
    const second = await kept(tenant, { verb: "change", planKey: "big", timing: "at_period_end" });
    expect(second).toMatchObject({ action: "upgrade", nextInvoice: { totalMinor: 9_720n } });
    const { subscription } = await getSubscription(world.ctx, tenant.id);
    expect(subscription?.discounts).toMatchObject([{ percentOff: "10", duration: "forever" }]);
    expect(await nextTotal(tenant, second)).toBe(9_720n);
  });

  it("comes although a discount of the old plan has ended by then", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const promotionCode = await code("SHORT", { kind: "repeating", months: 1 });
    const start = await quote(tenant, { verb: "start", planKey: "big", interval: "year", trial: false, promotionCode });
    const card = { paymentMethodId: "pm_card_visa", canConfirm: false };
    await commitQuote(world.ctx, { ...plain(tenant), ...card, quoteId: start.id });
    const scheduled = await kept(tenant, {
      verb: "change",
      planKey: "mid",
      interval: "month",
      timing: "at_period_end",
    });
    expect(scheduled).toMatchObject({ nextInvoice: { totalMinor: 5_400n } });
    expect(await nextTotal(tenant, scheduled)).toBe(5_400n);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "mid", interval: "month" });
  });
});

describe("a paused plan that is ended", () => {
  it.each([
    ["refund", { verb: "cancel", when: "now", settlement: "refund" }],
    ["credit", { verb: "cancel", when: "now", settlement: "credit" }],
    ["by the free plan", { verb: "change", planKey: "free" }],
    ["none", { verb: "cancel", when: "now", settlement: "none" }],
  ])("settles what the pause credited: %s", async (name, wish) => {
    const tenant = await subscriber("big");
    await world.advance("10 days", tenant);
    const paused = await kept(tenant, { verb: "pause" });
    await world.advance("3 days", tenant);
    const ended = await kept(tenant, wish);
    const creditMinor = name === "none" ? 0n : paused.creditMinor;
    expect(ended.creditMinor + ended.refundMinor).toBe(creditMinor);
    expect(ended.refundMinor).toBe(name === "refund" ? creditMinor : 0n);
    expect(await balanceOf(tenant)).toBe(name === "refund" ? 0n : -creditMinor);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "free", subscription: null });
  });
});

describe("a quote", () => {
  it("of a pause says that the scheduled change goes", async () => {
    const tenant = await subscriber("big");
    await kept(tenant, { verb: "change", planKey: "mid", timing: "at_period_end" });
    const promised = await quote(tenant, { verb: "pause" });
    expect(promised.lost).toContain("The scheduled change to mid");
    await world.advance("2 minutes", tenant);
    const call = { ...plain(tenant), canConfirm: false, paymentMethodId: null };
    expect(await commitQuote(world.ctx, { ...call, quoteId: promised.id })).toMatchObject({ status: "paused" });
  });

  it("of a new period names what the month of usage that ends with it costs", async () => {
    const tenant = await subscriber("mid");
    const used = { meterKey: "call", quantity: "120", unit: null, metadata: {}, key: null };
    await recordUsage(world.ctx, { tenantId: tenant.id, ...used });
    await world.advance("10 days", tenant);
    const yearly = await kept(tenant, { verb: "change", interval: "year", timing: "now_full" });
    expect(yearly).toMatchObject({ dueNowMinor: 54_000n, usageInvoiceMinor: 1_080n });
    await world.advance("2 hours", tenant);
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const invoices = await world.ctx.stripe.listInvoices(stripeCustomerId ?? "");
    expect(invoices.map(({ totalMinor, status }) => [totalMinor, status])).toContainEqual([1_080n, "paid"]);
    const unchanged = await quote(tenant, { verb: "change", planKey: "big" });
    expect(unchanged.usageInvoiceMinor).toBeNull();
  });

  it("of a pause names what the month of usage that ends with it costs", async () => {
    const tenant = await subscriber("mid");
    const used = { meterKey: "call", quantity: "120", unit: null, metadata: {}, key: null };
    await recordUsage(world.ctx, { tenantId: tenant.id, ...used });
    await world.advance("10 days", tenant);
    expect(await kept(tenant, { verb: "pause" })).toMatchObject({ dueNowMinor: 0n, usageInvoiceMinor: 1_080n });
    await world.advance("2 hours", tenant);
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const invoices = await world.ctx.stripe.listInvoices(stripeCustomerId ?? "");
    expect(invoices.map(({ totalMinor, status }) => [totalMinor, status])).toContainEqual([1_080n, "paid"]);
  });

  it("is stale when another card would be charged than the one it names", async () => {
    const tenant = await subscriber("mid");
    const add = { ...plain(tenant), paymentMethodId: "pm_card_mastercard", makeDefault: true };
    const methods = await addPaymentMethod(world.ctx, add);
    const promised = await quote(tenant, { verb: "change", planKey: "big" });
    expect(promised.chargedTo).toMatchObject({ brand: "mastercard", last4: "4444" });
    const shown = methods.find(({ brand }) => brand === "mastercard")?.stripePaymentMethodId ?? "";
    await removePaymentMethod(world.ctx, { ...plain(tenant), paymentMethodId: shown });
    const call = { ...plain(tenant), canConfirm: false, paymentMethodId: null, quoteId: promised.id };
    await expect(commitQuote(world.ctx, call)).rejects.toMatchObject({ code: "quote.stale" });
  });
});

describe("a sum too small for a card", () => {
  it("moves to the next invoice, and is said to come on top of it", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const start = await quote(tenant, { verb: "start", planKey: "tiny", interval: "month" });
    expect(start).toMatchObject({ totalMinor: 32n, dueNowMinor: 0n, carriedMinor: 32n, balanceAppliedMinor: 0n });
    const card = { paymentMethodId: "pm_card_visa", canConfirm: false };
    await commitQuote(world.ctx, { ...plain(tenant), ...card, quoteId: start.id });
    expect(await balanceOf(tenant)).toBe(32n);
    const upgrade = await kept(tenant, { verb: "change", planKey: "big", timing: "now_full" });
    expect(upgrade).toMatchObject({ totalMinor: 10_800n, balanceAppliedMinor: -32n, dueNowMinor: 10_832n });
    expect(await balanceOf(tenant)).toBe(0n);
  });
});
