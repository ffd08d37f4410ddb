/** One effect, however many ask: double clicks, two tabs, retries and races of everything that changes a subscription. */
import { describe, expect, it } from "vitest";
import { recoverOperations } from "@/billing/invoices";
import {
  cancelSubscription,
  changePlan,
  commitQuote,
  createSubscription,
  getSubscription,
  listSubscriptionChanges,
  quoteSubscription,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { inTransaction } from "@/db/transaction";
import { loseAnswerOnce } from "../lost-answer";
import { shareWorld } from "../world";
import { SMALL_CATALOG } from "./catalog";
import { expectRowsAsAtStripe } from "./picture";

const world = shareWorld({ catalog: SMALL_CATALOG });

const plain = (tenant: Tenant) => ({
  tenantId: tenant.id,
  requestId: world.requestId(),
  reason: "Asked for in a test",
});
const payer = { paymentMethodId: "pm_card_visa", canConfirm: false };
const eight = <T>(call: (index: number) => Promise<T>) =>
  Promise.allSettled(Array.from({ length: 8 }, (_, at) => call(at)));

const start = (tenant: Tenant, planKey = "team") =>
  createSubscription(world.ctx, { ...plain(tenant), ...payer, planKey, interval: "month", trial: false });

async function subscriber(): Promise<Tenant> {
  const tenant = await world.tenant({ ownClock: true });
  await start(tenant);
  await world.drain();
  return tenant;
}

/** What the losers of a race may hear: that somebody is at it, or that it is done. */
function expectOneWinner(results: Array<PromiseSettledResult<unknown>>, done: string[]): void {
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const result of results) {
    if (result.status === "rejected") expect(["operation.in_progress", ...done]).toContain(result.reason.code);
  }
}

async function atStripe(tenant: Tenant) {
  await world.drain();
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const payments = await world.ctx.stripe.listPayments(stripeCustomerId ?? "");
  await expectRowsAsAtStripe(world, tenant);
  return {
    living: (await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "")).length,
    paidMinor: payments
      .filter(({ status }) => status === "succeeded")
      .reduce((sum, { amountMinor, amountRefundedMinor }) => sum + amountMinor - amountRefundedMinor, 0n),
    open: await world.db.prisma.operation.count({ where: { tenantId: tenant.id, status: "planned" } }),
  };
}

async function quoted(tenant: Tenant, planKey: string): Promise<string> {
  const wish = subscriptionWishSchema.parse({ verb: "change", planKey });
  return (await quoteSubscription(world.ctx, { tenantId: tenant.id, wish })).id;
}

describe("eight at once", () => {
  it("starts with different request ids make one subscription and one charge", async () => {
    const tenant = await world.tenant({ ownClock: true });
    expectOneWinner(await eight(() => start(tenant)), ["subscription.already_active"]);
    expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 10_800n, open: 0 });
  });

  it("starts of different plans make one of them", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const results = await eight((at) => start(tenant, at % 2 === 0 ? "team" : "solo"));
    expectOneWinner(results, ["subscription.already_active"]);
    expect(await atStripe(tenant)).toMatchObject({ living: 1, open: 0 });
  });

  it("repetitions of one start all hear the same, and charge once", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const input = { ...plain(tenant), ...payer, planKey: "team", interval: "month" as const };
    const results = await eight(() => createSubscription(world.ctx, input));
    const answers = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(answers).toHaveLength(8);
    expect(new Set(answers.map((answer) => answer.stripeSubscriptionId)).size).toBe(1);
    expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 10_800n, open: 0 });
  });

  it("upgrades charge the difference once", async () => {
    const tenant = await subscriber();
    const results = await eight(() => changePlan(world.ctx, { ...plain(tenant), planKey: "company" }));
    expectOneWinner(results, ["subscription.same_plan"]);
    expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 54_000n, open: 0 });
    const history = await listSubscriptionChanges(world.ctx, tenant.id, 9);
    expect(history.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
      ["plan_changed", 43_200n],
      ["created", 10_800n],
    ]);
  });

  it("commits of one quote keep it once", async () => {
    const tenant = await subscriber();
    const quoteId = await quoted(tenant, "company");
    const commit = () => commitQuote(world.ctx, { ...plain(tenant), ...payer, paymentMethodId: null, quoteId });
    expectOneWinner(await eight(commit), ["quote.kept"]);
    expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 54_000n, open: 0 });
  });

  it("ends with a refund refund once", async () => {
    const tenant = await subscriber();
    expectOneWinner(await eight(() => cancelSubscription(world.ctx, { ...plain(tenant), immediate: true })), [
      "subscription.none",
    ]);
    expect(await atStripe(tenant)).toEqual({ living: 0, paidMinor: 0n, open: 0 });
  });
});

it("two quotes committed at once: one is kept, the other is stale or told to wait", async () => {
  const tenant = await subscriber();
  const [up, more] = [await quoted(tenant, "company"), await quoted(tenant, "company")];
  const commit = (quoteId: string) =>
    commitQuote(world.ctx, { ...plain(tenant), ...payer, paymentMethodId: null, quoteId });
  expectOneWinner(await Promise.allSettled([commit(up), commit(more)]), ["quote.stale", "subscription.same_plan"]);
  expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 54_000n, open: 0 });
});

describe("a keeper that never came back", () => {
  /** A start whose answer was lost at that call; its lease has run out. */
  async function abandoned(method: "createSubscription" | "attachPaymentMethod") {
    const tenant = await world.tenant({ ownClock: true });
    const input = { ...plain(tenant), ...payer, planKey: "team", interval: "month" as const, trial: false };
    const ctx = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, method) };
    await expect(createSubscription(ctx, input)).rejects.toMatchObject({ code: "stripe.unavailable" });
    return { tenant, input };
  }

  it("has its start finished before another is decided, so that there is only one", async () => {
    const { tenant } = await abandoned("attachPaymentMethod");
    await expect(start(tenant, "solo")).rejects.toMatchObject({ code: "subscription.already_active" });
    expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 10_800n, open: 0 });
    expect((await getSubscription(world.ctx, tenant.id)).planKey).toBe("team");
  });

  it("keeps its change from being carried out over a later one", async () => {
    const tenant = await subscriber();
    const ctx = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "changeSubscription") };
    const late = changePlan(ctx, { ...plain(tenant), planKey: "company" });
    await expect(late).rejects.toMatchObject({ code: "stripe.unavailable" });
    await changePlan(world.ctx, { ...plain(tenant), planKey: "solo", timing: "now_prorated" });
    await world.advance("11 minutes", tenant);
    await recoverOperations(world.ctx);
    expect((await getSubscription(world.ctx, tenant.id)).planKey).toBe("solo");
    expect(await atStripe(tenant)).toMatchObject({ living: 1, open: 0 });
  });

  it("is finished by the worker after ten minutes, and stays the author", async () => {
    const { tenant } = await abandoned("createSubscription");
    expect(await recoverOperations({ ...world.ctx, actor: { kind: "worker", task: "recover" } })).toBe(0);
    await world.advance("11 minutes", tenant);
    expect(await recoverOperations({ ...world.ctx, actor: { kind: "worker", task: "recover" } })).toBe(1);
    expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 10_800n, open: 0 });
    const [created] = await listSubscriptionChanges(world.ctx, tenant.id, 1);
    expect(created?.kind).toBe("created");
  });

  it("found a day later, when Stripe has forgotten its keys, is not started twice", async () => {
    const { tenant } = await abandoned("createSubscription");
    const [operation] = await world.db.prisma.operation.findMany({ where: { tenantId: tenant.id } });
    const { stripe } = world.ctx;
    const forgetful: typeof stripe = {
      ...stripe,
      createSubscription: (request, key) => stripe.createSubscription(request, `${key}:forgotten`),
    };
    await world.advance("25 hours", tenant);
    await recoverOperations({ ...world.ctx, stripe: forgetful });
    expect(operation?.status).toBe("planned");
    expect(await atStripe(tenant)).toEqual({ living: 1, paidMinor: 10_800n, open: 0 });
  });

  it("whose lease still runs holds another request off, and lets its own in", async () => {
    const tenant = await subscriber();
    await inTransaction(
      world.db,
      (tx) => tx.$executeRaw`insert into subscription_leases (tenant_id, request_id, actor, reason, held_until)
        values (${tenant.id}, 'request-dead', 'system:test', 'died', now() + interval '1 minute')`,
    );
    const change = (requestId: string) => changePlan(world.ctx, { ...plain(tenant), requestId, planKey: "company" });
    await expect(change("request-other")).rejects.toMatchObject({ code: "operation.in_progress", retryable: true });
    expect((await change("request-dead")).current.planKey).toBe("company");
    expect(await world.db.prisma.subscriptionLease.count({ where: { tenantId: tenant.id } })).toBe(0);
  });
});
