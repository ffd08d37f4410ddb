/** What a caller gets wrong, or sends twice, and what the API says of it. */
import { describe, expect, it } from "vitest";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld();

describe("Idempotency-Key on PUT and DELETE", () => {
  it("replays a kept quote instead of calling it spent", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const quote = await world.call("POST", `/subscriptions/${tenant.id}/preview`, { body: { plan: "enterprise" } });
    const { quote_id } = quote.body as { quote_id: string };
    const keep = () =>
      world.call("PUT", `/subscriptions/${tenant.id}`, { body: { quote_id }, idempotencyKey: `keep-${tenant.id}` });
    const first = await keep();
    expect(first).toMatchObject({ status: 200, body: { plan: "enterprise" } });
    const again = await keep();
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  it("refuses another change under the key of the first, which would do nothing", async () => {
    const tenant = await world.tenant({ plan: "enterprise" });
    const put = (plan: string) =>
      world.call("PUT", `/subscriptions/${tenant.id}`, { body: { plan }, idempotencyKey: `put-${tenant.id}` });
    expect((await put("professional")).status).toBe(200);
    expect(await put("research")).toMatchObject({ status: 409, body: { code: "idempotency.key_reused" } });
  });

  it("takes the query for a part of the request", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const end = (query: string) =>
      world.call("DELETE", `/subscriptions/${tenant.id}${query}`, { idempotencyKey: `end-${tenant.id}` });
    expect(await end("")).toMatchObject({ status: 200, body: { cancel_at_period_end: true } });
    expect(await end("?immediate=true")).toMatchObject({ status: 409, body: { code: "idempotency.key_reused" } });
  });
});

describe("nothing that is said is ignored", () => {
  it("settlement without immediate", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const ended = await world.call("DELETE", `/subscriptions/${tenant.id}?settlement=credit`);
    expect(ended).toMatchObject({ status: 400, body: { param: "settlement" } });
    const body = { verb: "cancel", settlement: "credit" };
    const previewed = await world.call("POST", `/subscriptions/${tenant.id}/preview`, { body });
    expect(previewed).toMatchObject({ status: 400, body: { param: "settlement" } });
    expect((await world.call("GET", `/subscriptions/${tenant.id}`)).body).toMatchObject({
      cancel_at_period_end: false,
    });
  });

  it("a preview of nothing", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    expect(await world.call("POST", `/subscriptions/${tenant.id}/preview`, { body: {} })).toMatchObject({
      status: 400,
      body: { code: "request.invalid", param: "plan" },
    });
  });

  it("a range of days that ends before it begins", async () => {
    const tenant = await world.tenant();
    const query = `tenant_id=${tenant.id}&from=2026-02-01&to=2026-01-01`;
    expect(await world.call("GET", `/transactions?${query}`)).toMatchObject({ status: 400, body: { param: "to" } });
  });

  it("a filter of invoices: the status is one, others are unknown", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await world.drain();
    const list = (query: string) => world.call("GET", `/invoices/${tenant.id}?${query}`);
    expect((await list("status=paid")).body).toMatchObject([{ status: "paid" }]);
    expect((await list("status=void")).body).toEqual([]);
    expect(await list("status=lost")).toMatchObject({ status: 400, body: { param: "status" } });
    expect(await list("page=2")).toMatchObject({ status: 400, body: { code: "request.unknown_field", param: "page" } });
    expect(await list("limit=0")).toMatchObject({ status: 400, body: { param: "limit" } });
  });
});

describe("a refusal says what is wrong in the caller's terms", () => {
  it.each<[string, string, object]>([
    ["a missing field", "{}", { detail: "The field `tenant_id` is missing.", param: "tenant_id" }],
    ["a list", "[]", { detail: "The body must be a JSON object, not a list." }],
    ["null", "null", { detail: "The body must be a JSON object, not null." }],
    [
      "a number for a name",
      '{"tenant_id":1}',
      { detail: "The field `tenant_id` is not valid: expected string, received number." },
    ],
  ])("%s", async (_what, rawBody, body) => {
    expect(await world.call("POST", "/subscriptions", { rawBody })).toMatchObject({ status: 400, body });
  });

  it("an amount beyond all numbers", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const body = { tenant_id: tenant.id, amount: 1e15, description: "Too much" };
    expect(await world.call("POST", "/payments", { body })).toMatchObject({
      status: 400,
      body: { code: "payment.amount_invalid", param: "amount" },
    });
  });

  it.each(["/subscriptions", "/subscriptions/{tenant}/payment-methods"])(
    "a payment method that is not there, at %s",
    async (path) => {
      const tenant = await world.tenant();
      const method = { payment_method_id: "pm_nobody" };
      const body = path === "/subscriptions" ? { tenant_id: tenant.id, plan: "professional", ...method } : method;
      const refused = await world.call("POST", path.replace("{tenant}", tenant.id), { body });
      expect(refused).toMatchObject({ status: 404, body: { status: 404, code: "payment.method_not_found" } });
    },
  );

  it("somebody else's payment method", async () => {
    const owner = await world.tenant({ plan: "professional" });
    const [method] = (await world.call("GET", `/subscriptions/${owner.id}/payment-methods`)).body as Array<{
      id: string;
    }>;
    const tenant = await world.tenant();
    const refused = await world.call("POST", `/subscriptions/${tenant.id}/payment-methods`, {
      body: { payment_method_id: method?.id },
    });
    expect(refused).toMatchObject({ status: 404, body: { code: "payment.method_not_found" } });
  });

  it("with our status and our request id, whatever Stripe's were", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const body = { tenant_id: tenant.id, amount: 0.01, description: "Too little" };
    const refused = await world.call("POST", "/payments", { body });
    expect(refused).toMatchObject({ status: 400, body: { status: 400, code: "payment.amount_invalid" } });
    expect(refused.body).toMatchObject({ request_id: refused.headers.get("x-request-id") });
    const declined = await world.call("POST", "/subscriptions", {
      body: { tenant_id: (await world.tenant()).id, plan: "professional", payment_method_id: "pm_card_chargeDeclined" },
    });
    expect(declined.body).not.toHaveProperty("param");
    expect(declined.body).toMatchObject({ status: 402, request_id: declined.headers.get("x-request-id") });
  });
});

describe("a subscription says what is to come", () => {
  it("a change that waits, with what it becomes, also in the history", async () => {
    const tenant = await world.tenant({ plan: "enterprise" });
    await world.call("PUT", `/subscriptions/${tenant.id}`, { body: { plan: "professional" } });
    const { body } = await world.call("GET", `/subscriptions/${tenant.id}`);
    const { current_period_end } = body as { current_period_end: string };
    expect(body).toMatchObject({
      plan: "enterprise",
      seats: null,
      trial_end: null,
      next_billing_date: current_period_end,
      scheduled_change: { plan: "professional", billing_cycle: "monthly", seats: null, date: current_period_end },
    });
    const history = await world.call("GET", `/subscriptions/${tenant.id}/history?limit=1`);
    expect(history.body).toMatchObject([
      { kind: "change_scheduled", from_plan: "enterprise", to_plan: "professional" },
    ]);
  });

  it("an end", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await world.call("DELETE", `/subscriptions/${tenant.id}`);
    expect((await world.call("GET", `/subscriptions/${tenant.id}`)).body).toMatchObject({
      cancel_at_period_end: true,
      next_billing_date: null,
      scheduled_change: null,
    });
  });
});

describe("GET /payments/{payment_id}", () => {
  it("tells a payment again, to its tenant alone", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const key = await world.keyFor(tenant.id);
    const made = await world.call("POST", "/payments", { key, body: { amount: 12.5, description: "Workshop" } });
    const { id } = made.body as { id: string };
    expect(await world.call("GET", `/payments/${id}`, { key })).toMatchObject({
      status: 200,
      body: { id, status: "succeeded", amount: 12.5, amount_refunded: 0, client_secret: null },
    });
    const other = await world.keyFor((await world.tenant()).id);
    expect(await world.call("GET", `/payments/${id}`, { key: other })).toMatchObject({ status: 404 });
  });
});
