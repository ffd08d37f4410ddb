import { describe, expect, it } from "vitest";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld();

const subscribe = (tenantId: string, extra: object = {}) =>
  world.call("POST", "/subscriptions", {
    body: {
      tenant_id: tenantId,
      plan: "professional",
      billing_cycle: "monthly",
      payment_method_id: "pm_card_visa",
      ...extra,
    },
  });

describe("GET /plans", () => {
  it("lists the catalog in the seed's words, null for unlimited", async () => {
    const { status, body } = await world.call("GET", "/plans");
    expect(status).toBe(200);
    expect(body).toMatchObject([
      plan("free", "Free", 0, 0, 1, 10, 1),
      plan("professional", "Professional", 299, 2990, 10, 100, 50),
      plan("research", "Research", 499, 4990, 50, 500, 250),
      plan("enterprise", "Enterprise", 999, 9990, null, 1000, 500),
    ]);
  });

  const plan = (
    id: string,
    name: string,
    monthly: number,
    annual: number,
    users: number | null,
    jobs: number,
    gb: number,
  ) => ({
    id,
    name,
    price_monthly: monthly,
    price_annual: annual,
    max_users: users,
    max_quantum_jobs_monthly: jobs,
    max_storage_gb: gb,
  });
});

describe("a subscription", () => {
  it("starts, is read, is changed and ends, by id or by slug", async () => {
    const tenant = await world.tenant({ slug: "whole-life" });
    const free = await world.call("GET", "/subscriptions/whole-life");
    expect(free.body).toMatchObject({ subscription_id: null, plan: "free", status: "active", billing_cycle: null });

    const created = await subscribe(tenant.id);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      subscription_id: expect.stringMatching(/^sub_/),
      status: "active",
      plan: "professional",
      billing_cycle: "monthly",
      current_period_start: expect.stringMatching(/^2026-01-15T10:\d\d:\d\dZ$/),
      current_period_end: expect.stringMatching(/^2026-02-15T10:\d\d:\d\dZ$/),
    });

    const upgraded = await world.call("PUT", "/subscriptions/whole-life", { body: { plan: "enterprise" } });
    expect(upgraded.status).toBe(200);
    expect(upgraded.body).toMatchObject({ plan: "enterprise", status: "active", credit_amount: 0 });
    expect((upgraded.body as { prorated_charge: number }).prorated_charge).toBeGreaterThan(700);

    const ending = await world.call("DELETE", "/subscriptions/whole-life");
    expect(ending.body).toMatchObject({
      status: "active",
      plan: "enterprise",
      cancel_at_period_end: true,
      next_billing_date: null,
    });

    const ended = await world.call("DELETE", "/subscriptions/whole-life?immediate=true");
    expect(ended.status).toBe(200);
    expect(ended.body).toMatchObject({ status: "canceled", plan: "free" });
    await world.drain();
    const after = await world.call("GET", "/subscriptions/whole-life");
    expect(after.body).toMatchObject({ subscription_id: null, plan: "free", status: "active" });
  });

  it("uses the saved payment method when a free tenant is put on a paid plan", async () => {
    const tenant = await world.tenant({ slug: "has-card", plan: "professional" });
    await world.call("DELETE", `/subscriptions/${tenant.id}?immediate=true`);
    await world.drain();
    const again = await world.call("PUT", "/subscriptions/has-card", {
      body: { plan: "research", billing_cycle: "annual" },
    });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ plan: "research", billing_cycle: "annual", status: "active" });
  });
});

describe("a refusal changes nothing", () => {
  const refusals: Array<[string, object, number, string]> = [
    ["an unknown plan", { plan: "platinum" }, 400, "catalog.unknown_plan"],
    ["a paid plan without a payment method", { payment_method_id: null }, 422, "payment.method_required"],
    ["a declined card", { payment_method_id: "pm_card_visa_chargeDeclined" }, 402, "payment.card_declined"],
    [
      "an empty account",
      { payment_method_id: "pm_card_visa_chargeDeclinedInsufficientFunds" },
      402,
      "payment.insufficient_funds",
    ],
    [
      "a card that needs its holder",
      { payment_method_id: "pm_card_authenticationRequired" },
      402,
      "payment.authentication_required",
    ],
    ["an unknown field", { coupon: "FREE" }, 400, "request.unknown_field"],
    ["an unknown cycle", { billing_cycle: "weekly" }, 400, "request.invalid"],
  ];

  it.each(refusals)("%s", async (_name, extra, status, code) => {
    const tenant = await world.tenant();
    const refused = await subscribe(tenant.id, extra);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect({ status: refused.status, body: refused.body }).toMatchObject({ status, body: { status, code } });
    await world.drain();
    const after = await world.call("GET", `/subscriptions/${tenant.id}`);
    expect(after.body).toMatchObject({ subscription_id: null, plan: "free", status: "active" });
    expect((await world.call("GET", `/invoices/${tenant.id}`)).body).toEqual([]);
  });

  it("a second subscription", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const refused = await subscribe(tenant.id, { plan: "enterprise" });
    expect(refused).toMatchObject({ status: 409, body: { code: "subscription.already_active" } });
  });

  it("the plan it has already", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const refused = await world.call("PUT", `/subscriptions/${tenant.id}`, { body: { plan: "professional" } });
    expect(refused.body).toMatchObject({ code: "subscription.same_plan" });
  });

  it("immediate=perhaps", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const refused = await world.call("DELETE", `/subscriptions/${tenant.id}?immediate=perhaps`);
    expect(refused).toMatchObject({ status: 400, body: { code: "request.invalid", param: "immediate" } });
  });
});

describe("Idempotency-Key", () => {
  it("charges once, however often the call is made, and says that it replays", async () => {
    const tenant = await world.tenant();
    const call = () =>
      world.call("POST", "/subscriptions", {
        idempotencyKey: "start-1",
        body: {
          tenant_id: tenant.id,
          plan: "professional",
          billing_cycle: "monthly",
          payment_method_id: "pm_card_visa",
        },
      });
    const [first, ...others] = [await call(), await call(), await call()];
    expect(first.status).toBe(201);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    for (const other of others) {
      expect(other).toMatchObject({ status: 201, body: first.body });
      expect(other.headers.get("idempotent-replayed")).toBe("true");
    }
    await world.drain();
    expect((await world.call("GET", `/invoices/${tenant.id}`)).body).toHaveLength(1);
  });

  it("refuses another body under the same key", async () => {
    const tenant = await world.tenant();
    const call = (plan: string) =>
      world.call("POST", "/subscriptions", {
        idempotencyKey: "start-2",
        body: { tenant_id: tenant.id, plan, billing_cycle: "monthly", payment_method_id: "pm_card_visa" },
      });
    expect((await call("professional")).status).toBe(201);
    expect(await call("enterprise")).toMatchObject({ status: 409, body: { code: "idempotency.key_reused" } });
  });

  it("lets a corrected call use the key of one that was refused", async () => {
    const tenant = await world.tenant();
    const call = (paymentMethodId: string | null) =>
      world.call("POST", "/subscriptions", {
        idempotencyKey: "start-3",
        body: {
          tenant_id: tenant.id,
          plan: "professional",
          billing_cycle: "monthly",
          payment_method_id: paymentMethodId,
        },
      });
    expect((await call(null)).status).toBe(422);
    expect((await call("pm_card_visa")).status).toBe(201);
  });
});

describe("a start with a card that is saved already", () => {
  it("keeps the card once, and charges the renewals to it", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const methods = `/subscriptions/${tenant.id}/payment-methods`;
    await world.call("POST", methods, { body: { payment_method_id: "pm_card_mastercard" } });
    await world.call("POST", methods, { body: { payment_method_id: "pm_card_visa", make_default: true } });
    expect(await subscribe(tenant.id)).toMatchObject({ status: 201, body: { status: "active" } });
    await world.drain();
    const { body } = await world.call("GET", methods);
    const cards = body as Array<{ last4: string; is_default: boolean }>;
    expect(cards.map((card) => [card.last4, card.is_default])).toEqual([
      ["4242", true],
      ["4444", false],
    ]);
    await world.advance("32 days", tenant);
    expect(await world.call("GET", `/subscriptions/${tenant.id}`)).toMatchObject({ body: { status: "active" } });
  });
});
