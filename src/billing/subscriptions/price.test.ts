/**
 * What a price asks of Stripe: a quote for all that it tells, a commit for what was promised, a plain verb for what moves now.
 * That it is another price when another amount would move, and what comes after nothing is charged.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStripeGateway } from "@/stripe/live";
import { type HttpTap, openHttpTap } from "@/testing/http-tap";
import { lifecycleCatalog, plan } from "@/testing/lifecycle/catalog";
import { shareWorld } from "@/testing/world";
import type { BillingContext } from "../context";
import { refundPayment } from "../payments";
import { getTenant, type Tenant } from "../tenants";
import { recordUsage } from "../usage";
import {
  cancelSubscription,
  changePlan,
  commitQuote,
  createSubscription,
  getSubscription,
  type Quote,
  quoteSubscription,
} from ".";
import { subscriptionWishSchema } from "./model";

const trial = { trial: { days: 14, paymentMethod: "optional" as const } };
const world = shareWorld({
  catalog: lifecycleCatalog([
    plan("mid", ["50.00", "500.00"], {}),
    plan("big", ["100.00", "1000.00"], {}),
    plan("try", ["70.00", "700.00"], trial),
  ]),
});
let tap: HttpTap;
let ctx: BillingContext;

beforeAll(async () => {
  tap = await openHttpTap(world.sandbox.url);
  ctx = { ...world.ctx, stripe: createStripeGateway({ secretKey: "sk_test_sandbox", sandboxUrl: tap.url }) };
});
afterAll(() => tap?.close());

const plain = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });

/** A subscriber in the middle of a month with overage. */
async function subscriber(): Promise<Tenant> {
  const tenant = await world.tenant({ plan: "mid", ownClock: true });
  const used = { meterKey: "call", quantity: "120", unit: null, metadata: {}, key: null };
  await recordUsage(world.ctx, { tenantId: tenant.id, ...used });
  await world.advance("10 days", tenant);
  return tenant;
}

function quote(tenant: Tenant, wish: object): Promise<Quote> {
  return quoteSubscription(ctx, { tenantId: tenant.id, wish: subscriptionWishSchema.parse(wish) });
}

function commit(tenant: Tenant, quoteId: string) {
  return commitQuote(ctx, { ...plain(tenant), canConfirm: false, paymentMethodId: null, quoteId });
}

async function previewsOf(verb: () => Promise<unknown>): Promise<number> {
  tap.reset();
  await verb();
  return tap.writes.filter((path) => path === "/v1/invoices/create_preview").length;
}

describe("invoices that are previewed", () => {
  it.each<[string, object, (tenant: Tenant) => Promise<unknown>, { quote: number; commit: number; plain: number }]>([
    [
      "for an upgrade",
      { verb: "change", planKey: "big" },
      (tenant) => changePlan(ctx, { ...plain(tenant), planKey: "big" }),
      { quote: 2, commit: 2, plain: 1 },
    ],
    [
      "for a new period, which ends a month of usage",
      { verb: "change", interval: "year", timing: "now_full" },
      (tenant) => changePlan(ctx, { ...plain(tenant), interval: "year", timing: "now_full" }),
      { quote: 3, commit: 2, plain: 1 },
    ],
    [
      "for an end now",
      { verb: "cancel", when: "now" },
      (tenant) => cancelSubscription(ctx, { ...plain(tenant), immediate: true }),
      { quote: 1, commit: 1, plain: 1 },
    ],
  ])("%s", async (_what, wish, unquoted, expected) => {
    const [tenant, other] = [await subscriber(), await subscriber()];
    let quoteId = "";
    const quoted = await previewsOf(async () => {
      quoteId = (await quote(tenant, wish)).id;
    });
    const committed = await previewsOf(() => commit(tenant, quoteId));
    const asked = { quote: quoted, commit: committed, plain: await previewsOf(() => unquoted(other)) };
    expect(asked).toEqual(expected);
  });
});

describe("an end now that refunds", () => {
  /** What cards hold of the tenant's money, and what waits on its balance. */
  async function moneyOf(tenant: Tenant) {
    await world.drain();
    const payments = await world.db.prisma.payment.findMany({ where: { tenantId: tenant.id, status: "succeeded" } });
    const heldMinor = payments.reduce((sum, one) => sum + one.amountMinor - one.amountRefundedMinor, 0n);
    const { stripeCustomerId } = await getTenant(ctx, tenant.id);
    const customer = await ctx.stripe.fetchCustomer(stripeCustomerId ?? "");
    return { heldMinor, balanceMinor: customer?.balanceMinor, paymentId: payments[0]?.stripePaymentIntentId ?? "" };
  }

  it("is another price when an operator has refunded meanwhile, and gives back what the fresh quote says", async () => {
    const tenant = await subscriber();
    const wish = { verb: "cancel", when: "now", settlement: "refund" };
    const promised = await quote(tenant, wish);
    expect(promised).toMatchObject({ creditMinor: 0n });
    expect(promised.refundMinor).toBeGreaterThan(1_400n);
    const { paymentId } = await moneyOf(tenant);
    await refundPayment(ctx, { ...plain(tenant), paymentId, amountMinor: 4_000n });
    const before = await moneyOf(tenant);
    expect(before).toMatchObject({ heldMinor: 1_400n, balanceMinor: 0n });

    const stale = (await commit(tenant, promised.id).catch((error: unknown) => error)) as object;
    expect(stale).toMatchObject({ kind: "conflict", code: "quote.stale", details: { quoteId: expect.any(String) } });
    expect(await getSubscription(ctx, tenant.id)).toMatchObject({ planKey: "mid", status: "active" });
    expect(await moneyOf(tenant)).toEqual(before);

    const fresh = await quote(tenant, wish);
    expect(fresh).toMatchObject({ refundMinor: 1_400n, creditMinor: promised.refundMinor - 1_400n });
    const ended = await commit(tenant, fresh.id);
    expect(ended).toMatchObject({ current: { planKey: "free" }, chargedNowMinor: -promised.refundMinor });
    expect(await moneyOf(tenant)).toMatchObject({ heldMinor: 0n, balanceMinor: -fresh.creditMinor });
  });
});

describe("a trial that was paused", () => {
  it("goes on, and its first invoice comes when it ends", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const card = { paymentMethodId: "pm_card_visa", canConfirm: false };
    const start = { planKey: "try", interval: "month" as const, trial: true };
    const { current } = await createSubscription(ctx, { ...plain(tenant), ...start, ...card });
    await world.advance("3 days", tenant);
    await commit(tenant, (await quote(tenant, { verb: "pause" })).id);
    await world.advance("2 days", tenant);
    const resumed = await quote(tenant, { verb: "unpause" });
    const at = current.trialEndAt ?? new Date(0);
    expect(resumed).toMatchObject({ dueNowMinor: 0n, nextInvoice: { at, totalMinor: 7_560n } });
    expect(await commit(tenant, resumed.id)).toMatchObject({ status: "trialing", chargedNowMinor: 0n });
    await world.advance(new Date(at.getTime() + 2 * 3_600_000), tenant);
    const paid = await world.db.prisma.payment.findMany({ where: { tenantId: tenant.id } });
    expect(paid).toMatchObject([{ amountMinor: 7_560n, status: "succeeded" }]);
  });
});
