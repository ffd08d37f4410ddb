import { beforeAll, describe, expect, it } from "vitest";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld();
let ours: { id: string; key: string };
let theirs: { id: string; slug: string };

beforeAll(async () => {
  const tenant = await world.tenant({ slug: "ours", plan: "professional" });
  ours = { id: tenant.id, key: await world.keyFor(tenant.id) };
  theirs = await world.tenant({ slug: "theirs", plan: "professional" });
});

const routes: Array<[string, (tenant: string) => string, object | undefined]> = [
  ["GET", (tenant) => `/subscriptions/${tenant}`, undefined],
  ["PUT", (tenant) => `/subscriptions/${tenant}`, { plan: "enterprise" }],
  ["DELETE", (tenant) => `/subscriptions/${tenant}`, undefined],
  ["DELETE", (tenant) => `/subscriptions/${tenant}?immediate=true`, undefined],
  ["POST", (tenant) => `/subscriptions/${tenant}/preview`, { plan: "enterprise" }],
  ["GET", (tenant) => `/subscriptions/${tenant}/quotes/quo_1`, undefined],
  ["GET", (tenant) => `/subscriptions/${tenant}/history`, undefined],
  ["GET", (tenant) => `/subscriptions/${tenant}/payment-methods`, undefined],
  ["POST", (tenant) => `/subscriptions/${tenant}/payment-methods`, { payment_method_id: "pm_card_visa" }],
  ["PUT", (tenant) => `/subscriptions/${tenant}/payment-methods/pm_1`, { default: true }],
  ["DELETE", (tenant) => `/subscriptions/${tenant}/payment-methods/pm_1`, undefined],
  ["GET", (tenant) => `/transactions?tenant_id=${tenant}`, undefined],
  ["POST", (tenant) => `/usage/${tenant}`, { usage_type: "quantum_job", quantity: 1 }],
  ["GET", (tenant) => `/usage/${tenant}/current`, undefined],
  ["GET", (tenant) => `/entitlements/${tenant}/quantum_job`, undefined],
  ["POST", (tenant) => `/invoices/${tenant}/generate`, undefined],
  ["GET", (tenant) => `/invoices/${tenant}`, undefined],
  ["GET", (tenant) => `/invoices/${tenant}/upcoming`, undefined],
];

describe("a tenant's key", () => {
  it.each(routes)("%s: another tenant does not exist, by id or by slug", async (method, path, body) => {
    for (const reference of [theirs.id, theirs.slug]) {
      const answer = await world.call(method, path(reference), { key: ours.key, body });
      expect(answer).toMatchObject({ status: 404, body: { code: "tenant.not_found" } });
      const missing = await world.call(method, path("nobody"), { key: ours.key, body });
      // Not even the wording tells a stranger's tenant from none at all.
      expect(JSON.stringify(missing.body).replaceAll("nobody", reference)).toContain(
        String((answer.body as { detail: string }).detail),
      );
    }
  });

  it("cannot start a subscription for another tenant", async () => {
    const body = {
      tenant_id: theirs.id,
      plan: "enterprise",
      billing_cycle: "monthly",
      payment_method_id: "pm_card_visa",
    };
    expect(await world.call("POST", "/subscriptions", { key: ours.key, body })).toMatchObject({ status: 404 });
  });

  it("has idempotency keys of its own: another tenant's answer is not replayed to it", async () => {
    const other = await world.keyFor(theirs.id);
    const pay = (key: string) =>
      world.call("POST", "/payments", { key, idempotencyKey: "fee", body: { amount: 5, description: "Fee" } });
    const [first, second] = [await pay(ours.key), await pay(other)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get("idempotent-replayed")).toBeNull();
    const paid = async (tenant: string) => {
      const { body } = await world.call("GET", `/transactions?tenant_id=${tenant}`);
      return (body as { transactions: Array<{ amount: number }> }).transactions.filter(({ amount }) => amount === 5);
    };
    expect([await paid(ours.id), await paid(theirs.id)].map(({ length }) => length)).toEqual([1, 1]);
  });

  it("acts for its own tenant", async () => {
    expect((await world.call("GET", "/subscriptions/ours", { key: ours.key })).status).toBe(200);
    expect((await world.call("GET", `/usage/${ours.id}/current`, { key: ours.key })).status).toBe(200);
  });

  it("left the other tenant as it was", async () => {
    const { body } = await world.call("GET", "/subscriptions/theirs");
    expect(body).toMatchObject({ plan: "professional", status: "active", cancel_at_period_end: false });
    expect((await world.call("GET", "/usage/theirs/current")).body).toMatchObject({ usage: [] });
  });
});

describe("without a good key", () => {
  it.each([
    ["none", null],
    ["an unknown one", "qk_unknown"],
  ])("%s: 401 with a problem that does not repeat the key", async (_name, key) => {
    for (const [method, path, body] of routes) {
      const answer = await world.call(method, path(ours.id), { key, body });
      expect(answer).toMatchObject({ status: 401, body: { code: "auth.unauthenticated" } });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      expect(JSON.stringify(answer.body)).not.toContain("qk_unknown");
    }
  });

  it("health and the API document are open", async () => {
    expect(await world.call("GET", "/health", { key: null })).toMatchObject({
      status: 200,
      body: { status: "ok", mode: "sandbox", time: expect.stringMatching(/^2026-01-15/) },
    });
    const { body } = await world.call("GET", "/openapi.json", { key: null });
    const paths = Object.keys((body as { paths: object }).paths).sort();
    expect(paths).toEqual([
      "/api/v1/entitlements/{tenant_id}/{usage_type}",
      "/api/v1/health",
      "/api/v1/invoices/{tenant_id}",
      "/api/v1/invoices/{tenant_id}/generate",
      "/api/v1/invoices/{tenant_id}/upcoming",
      "/api/v1/payments",
      "/api/v1/payments/{payment_id}",
      "/api/v1/payments/{payment_id}/refunds",
      "/api/v1/plans",
      "/api/v1/subscriptions",
      "/api/v1/subscriptions/{tenant_id}",
      "/api/v1/subscriptions/{tenant_id}/history",
      "/api/v1/subscriptions/{tenant_id}/payment-methods",
      "/api/v1/subscriptions/{tenant_id}/payment-methods/{payment_method_id}",
      "/api/v1/subscriptions/{tenant_id}/preview",
      "/api/v1/subscriptions/{tenant_id}/quotes/{quote_id}",
      "/api/v1/transactions",
      "/api/v1/usage/{tenant_id}",
      "/api/v1/usage/{tenant_id}/current",
    ]);
  });
});

describe("paths and methods", () => {
  it("404 for a path that is not there", async () => {
    expect(await world.call("GET", "/teleports")).toMatchObject({
      status: 404,
      body: { code: "request.unknown_path" },
    });
  });

  it("405 names the methods a path takes", async () => {
    const answer = await world.call("PATCH", "/subscriptions/ours");
    expect(answer).toMatchObject({ status: 405, body: { code: "request.wrong_method" } });
    expect(answer.headers.get("allow")).toBe("GET, PUT, DELETE");
  });
});
