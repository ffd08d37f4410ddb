/** The inbox and the projector: what comes twice, late, out of order or forged. */
import { describe, expect, it } from "vitest";
import { cancelSubscription, getSubscription } from "@/billing/subscriptions";
import { signatureOf } from "@/testing/webhook-listener";
import { shareWorld } from "@/testing/world";
import { inboxState, projectDueEvents, replayEvent } from ".";

const world = shareWorld();

const events = () => world.db.prisma.webhookEvent.findMany({ orderBy: [{ receivedAt: "asc" }, { id: "asc" }] });

function eventBody(id: string, type: string, object: object, more: object = {}): string {
  const created = Math.floor(world.clock.now().getTime() / 1000);
  const api_version = "2026-10-28.endive";
  return JSON.stringify({
    id,
    object: "event",
    api_version,
    created,
    livemode: false,
    type,
    data: { object },
    ...more,
  });
}

describe("acceptance", () => {
  it("stores a subscription's events with their effect, each with a sentence", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    expect((await getSubscription(world.ctx, tenant.id)).status).toBe("active");
    const stored = await events();
    expect(stored.length).toBeGreaterThan(8);
    for (const event of stored) {
      expect(["projected", "ignored"], `${event.type}: ${event.note}`).toContain(event.status);
      expect(event.note).toMatch(/\.$/);
      expect(event.settledAt).not.toBeNull();
    }
    expect(await inboxState(world.db)).toEqual({ due: 0, waiting: 0, parked: 0, nextTryInMs: null });
    expect(await world.db.prisma.payment.count({ where: { tenantId: tenant.id, status: "succeeded" } })).toBe(1);
    expect(await world.db.prisma.paymentMethod.count({ where: { tenantId: tenant.id } })).toBe(1);
    const [movement, ...others] = await world.db.prisma.mrrMovement.findMany({ where: { tenantId: tenant.id } });
    expect(movement).toMatchObject({ kind: "new" });
    expect(others).toEqual([]);
  });

  it("answers a second delivery like the first and keeps one row", async () => {
    const body = eventBody("evt_twice", "invoice.upcoming", { id: "in_x", object: "invoice", customer: "cus_x" });
    expect(await world.webhooks.deliver(body)).toEqual({ id: "evt_twice", duplicate: false });
    expect(await world.webhooks.deliver(body)).toEqual({ id: "evt_twice", duplicate: true });
    const many = await Promise.all(Array.from({ length: 10 }, () => world.webhooks.deliver(body)));
    expect(many.every((answer) => answer.duplicate)).toBe(true);
    expect(await world.db.prisma.webhookEvent.count({ where: { id: "evt_twice" } })).toBe(1);
    await world.drain();
    expect(await world.db.prisma.webhookEvent.findUnique({ where: { id: "evt_twice" } })).toMatchObject({
      status: "ignored",
      note: "Events of type invoice.upcoming have no effect here.",
    });
  });

  it.each([
    ["no signature", () => null],
    ["a signature of somebody else", (body: string) => signatureOf(body, "whsec_other")],
    ["a signature of another body", () => signatureOf("{}")],
    [
      "a signature from the future",
      (body: string) => signatureOf(body).replace(/t=(\d+)/, (_all, t) => `t=${Number(t) + 900}`),
    ],
    ["rubbish", () => "t=1,v1=zz"],
  ])("refuses %s and stores nothing", async (_name, sign) => {
    const before = await world.db.prisma.webhookEvent.count();
    const body = eventBody("evt_forged", "invoice.paid", { id: "in_x", object: "invoice" });
    await expect(world.webhooks.deliver(body, sign(body))).rejects.toMatchObject({ code: "webhook.invalid_signature" });
    expect(await world.db.prisma.webhookEvent.count()).toBe(before);
  });

  it("refuses live events in test mode and bodies beyond 1 MiB", async () => {
    const before = await world.db.prisma.webhookEvent.count();
    const live = eventBody("evt_live", "invoice.paid", { id: "in_x", object: "invoice" }, { livemode: true });
    await expect(world.webhooks.deliver(live)).rejects.toMatchObject({ code: "webhook.wrong_mode" });
    const huge = eventBody("evt_huge", "invoice.paid", { id: "in_x", text: "x".repeat(1_048_576) });
    await expect(world.webhooks.deliver(huge)).rejects.toMatchObject({ code: "webhook.too_large" });
    expect(await world.db.prisma.webhookEvent.count()).toBe(before);
  });
});

describe("projection", () => {
  it.each([
    ["a stranger's customer", { id: "cus_stranger", object: "customer" }, /no tenant of ours/],
    ["nobody's payment", { id: "pi_none", object: "payment_intent", customer: null }, /belongs to no customer/],
    ["no object at all", { amount: 1 }, /names no object/],
  ])("ignores an event about %s with a sentence", async (name, object, note) => {
    const id = `evt_${name.replaceAll(/\W/g, "_")}`;
    await world.webhooks.deliver(eventBody(id, "customer.updated", object));
    await world.drain();
    const stored = await world.db.prisma.webhookEvent.findUnique({ where: { id } });
    expect(stored).toMatchObject({ status: "ignored", note: expect.stringMatching(note) });
  });

  it("ignores an event whose object Stripe no longer has", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const object = { id: "in_vanished", object: "invoice", customer: tenant.stripeCustomerId };
    await world.webhooks.deliver(eventBody("evt_vanished", "invoice.paid", object));
    await world.drain();
    const stored = await world.db.prisma.webhookEvent.findUnique({ where: { id: "evt_vanished" } });
    expect(stored).toMatchObject({ status: "ignored", note: "Stripe no longer has in_vanished." });
  });

  it("tries a failed event again later, parks it after the eighth time, and a replay starts over", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const failing = {
      ...world.ctx,
      stripe: { ...world.ctx.stripe, fetchInvoice: () => Promise.reject(new Error("No.")) },
    };
    const object = { id: "in_failing", object: "invoice", customer: tenant.stripeCustomerId };
    await world.webhooks.deliver(eventBody("evt_failing", "invoice.paid", object));
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      expect(await projectDueEvents(failing, 10)).toBe(1);
      expect(await projectDueEvents(failing, 10)).toBe(0);
      const state = await inboxState(world.db);
      delays.push(Math.round((state.nextTryInMs ?? 0) / 1000));
      expect(state).toMatchObject(attempt < 8 ? { waiting: 1, parked: 0 } : { waiting: 0, parked: 1 });
      if (attempt < 8) await world.db.pool.query("update webhook_events set due_at = now() where id = 'evt_failing'");
    }
    expect(delays).toEqual([1, 4, 16, 64, 256, 1024, 4096, 0]);
    expect(world.complaints.splice(0)).toHaveLength(8);
    const parked = await world.db.prisma.webhookEvent.findUnique({ where: { id: "evt_failing" } });
    expect(parked).toMatchObject({ status: "parked", attempts: 8, note: "No." });
    await replayEvent(world.ctx, "evt_failing");
    await world.drain();
    expect(await inboxState(world.db)).toMatchObject({ due: 0, waiting: 0, parked: 0 });
    await expect(replayEvent(world.ctx, "evt_none")).rejects.toMatchObject({ code: "webhook.not_found" });
  });

  it("never works on two events of one customer at once, and keeps their order", async () => {
    const customers = [await world.tenant({ plan: "professional" }), await world.tenant({ plan: "enterprise" })];
    const active = new Map<string, number>();
    const order = new Map<string, string[]>();
    let most = 0;
    const fetchInvoice = async (id: string) => {
      const [, customer = ""] = id.split("-");
      active.set(customer, (active.get(customer) ?? 0) + 1);
      most = Math.max(most, active.get(customer) ?? 0);
      order.set(customer, [...(order.get(customer) ?? []), id]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      active.set(customer, (active.get(customer) ?? 0) - 1);
      return null;
    };
    const watched = { ...world.ctx, stripe: { ...world.ctx.stripe, fetchInvoice } };
    for (let index = 0; index < 12; index += 1) {
      const customer = customers[index % 2]?.stripeCustomerId ?? "";
      const object = { id: `in-${index % 2}-${index}`, object: "invoice", customer };
      await world.webhooks.deliver(eventBody(`evt_order_${index}`, "invoice.paid", object));
    }
    const taken = await Promise.all([1, 2, 3].map(() => projectDueEvents(watched, 100)));
    while ((await inboxState(world.db)).due > 0) await projectDueEvents(watched, 100);
    expect(taken.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    expect(most).toBe(1);
    for (const [customer, ids] of order) {
      const inOrder = Array.from({ length: 6 }, (_none, index) => `in-${customer}-${index * 2 + Number(customer)}`);
      expect(ids).toEqual(inOrder);
    }
  });
});

describe("an ended subscription", () => {
  it("falls back to the free plan when Stripe says so", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const requestId = world.requestId();
    await cancelSubscription(world.ctx, { tenantId: tenant.id, immediate: false, requestId, reason: "A test" });
    await world.advance("1 month");
    const current = await getSubscription(world.ctx, tenant.id);
    expect(current).toMatchObject({ subscription: null, planKey: "free" });
    const kinds = await world.db.prisma.mrrMovement.findMany({
      where: { tenantId: tenant.id },
      orderBy: { sequence: "asc" },
      select: { kind: true },
    });
    expect(kinds.map(({ kind }) => kind)).toEqual(["new", "churn"]);
  });
});
