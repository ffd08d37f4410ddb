/**
 * Whatever happens to webhooks on their way, the rows end the same: in order, doubled, shuffled, or lost and sent again.
 *
 * Each case lives the same two months of one tenant, on a test clock so that every time is the same, and only the postman
 * differs. The seed of a shuffle is in the name of its case.
 */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { addMonths } from "@/billing/kernel/period";
import { addPaymentMethod } from "@/billing/payments";
import { cancelSubscription, changePlan } from "@/billing/subscriptions";
import type { Tenant } from "@/billing/tenants";
import { recordUsage } from "@/billing/usage";
import { createWorld, type World } from "@/testing/world";

/** Delivers what was withheld since the last stop. */
type Postman = (world: World, bodies: string[], isLast: boolean) => Promise<void>;

const HOUR_MS = 3_600_000;
const opened: World[] = [];

afterEach(async () => {
  for (const world of opened.splice(0)) await world.close();
});

/** A small generator with a seed, so that a shuffle that fails can be shuffled again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  return items
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

async function deliver(world: World, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await world.webhooks.deliver(body);
}

/** Subscribes, uses, renews with overage, changes the plan, saves another card, ends: and what the rows are then. */
async function live(postman: Postman): Promise<unknown> {
  const world = await createWorld();
  opened.push(world);
  const { ctx } = world;
  world.webhooks.mode = "withhold";
  const tenant = await world.tenant({ slug: "postman", plan: "professional", ownClock: true });
  const startAt = ctx.clock.now(tenant.stripeTestClockId);
  const stop = async (isLast = false) => {
    await postman(world, world.webhooks.withheld.splice(0), isLast);
    await world.drain();
  };
  const request = () => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test of postmen" });
  await stop();
  const usage = {
    tenantId: tenant.id,
    meterKey: "quantum_job",
    quantity: "145",
    unit: null,
    metadata: {},
    key: "jobs",
  };
  await recordUsage(ctx, usage);
  await world.advance(addMonths(startAt, 1), tenant);
  await stop();
  await world.advance(new Date(addMonths(startAt, 1).getTime() + 3 * HOUR_MS), tenant);
  await stop();
  await changePlan(ctx, { ...request(), planKey: "enterprise", interval: null });
  await stop();
  await addPaymentMethod(ctx, { ...request(), paymentMethodId: "pm_card_mastercard", makeDefault: true });
  await cancelSubscription(ctx, { ...request(), immediate: false });
  await stop();
  await world.advance(new Date(addMonths(startAt, 2).getTime() + 3 * HOUR_MS), tenant);
  await stop(true);
  expect(world.complaints).toEqual([]);
  return picture(world, tenant);
}

/** The tenant's mirror without what names rows and without when they were written. */
async function picture(world: World, tenant: Tenant): Promise<unknown> {
  const { prisma } = world.db;
  const where = { tenantId: tenant.id };
  const subscriptions = await prisma.subscription.findMany({ where });
  const invoices = await prisma.invoice.findMany({ where, orderBy: { number: "asc" }, include: { lines: true } });
  const payments = await prisma.payment.findMany({ where, orderBy: [{ createdAt: "asc" }, { amountMinor: "asc" }] });
  // A card is made before it is a customer's and knows no test clock: its time is the default clock's, which runs.
  const methods = await prisma.paymentMethod.findMany({ where, orderBy: { brand: "asc" }, omit: { createdAt: true } });
  const periods = await prisma.usagePeriod.findMany({ where, orderBy: { startAt: "asc" } });
  const newest = await prisma.mrrMovement.findFirst({ where, orderBy: { sequence: "desc" } });
  const unsettled = await prisma.webhookEvent.count({ where: { status: { notIn: ["projected", "ignored"] } } });
  const rows = {
    subscriptions,
    invoices,
    payments,
    methods,
    periods,
    mrr: newest?.mrrAfterMinor.toString(),
    unsettled,
  };
  return JSON.parse(
    JSON.stringify(rows, (name, value: unknown) => {
      if (/(^|[a-z])(id|Id)$|^stripe|^(sourceAt|syncedAt|closedAt)$/.test(name)) return undefined;
      return typeof value === "bigint" ? `${value}` : value;
    }),
  );
}

const twice: Postman = async (world, bodies) => {
  await deliver(world, bodies);
  await world.drain();
  await deliver(world, bodies);
};

const reversed: Postman = (world, bodies) => deliver(world, [...bodies].reverse());

function shuffling(seed: number): Postman {
  const next = random(seed);
  return (world, bodies) => deliver(world, shuffled([...bodies, ...bodies], next));
}

function losing(seed: number): Postman {
  const next = random(seed);
  const lost: string[] = [];
  return async (world, bodies, isLast) => {
    // A lost draft is another story with another ending: its overage goes on an invoice of its own.
    const gone = bodies.filter((body) => JSON.parse(body).type !== "invoice.created" && next() < 0.5);
    lost.push(...gone);
    await deliver(
      world,
      bodies.filter((body) => !gone.includes(body)),
    );
    if (!isLast) return;
    expect(lost.length).toBeGreaterThan(10);
    await deliver(world, shuffled(lost, next));
  };
}

describe("the same months under different postmen", () => {
  let inOrder: unknown;

  beforeAll(async () => {
    inOrder = await live(deliver);
  });

  it("end canceled, paid and with nothing left to do", () => {
    const renewal = { billingReason: "subscription_cycle", status: "paid" };
    expect(inOrder).toMatchObject({
      subscriptions: [{ status: "canceled", planKey: "enterprise" }],
      invoices: expect.arrayContaining([expect.objectContaining(renewal)]),
      payments: expect.arrayContaining([expect.objectContaining({ status: "succeeded" })]),
      methods: [{ brand: "mastercard", isDefault: true }, { brand: "visa" }],
      mrr: "0",
      unsettled: 0,
    });
  });

  it.each([
    ["delivered twice", twice],
    ["delivered in reverse", reversed],
    ["doubled and shuffled with seed 7", shuffling(7)],
    ["doubled and shuffled with seed 1999", shuffling(1_999)],
    ["half of it lost with seed 42 and sent again at the end", losing(42)],
  ])("end in the same rows when everything is %s", async (_name, postman) => {
    expect(await live(postman)).toEqual(inOrder);
  });
});
