/** Previews that are kept to the cent, changes with all their particulars, and the history of it. */
import { describe, expect, it } from "vitest";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld();

interface Previewed {
  quote_id: string;
  due_now: number;
  lines: Array<{ amount: number }>;
}

const preview = async (tenant: string, body: object) => {
  const answer = await world.call("POST", `/subscriptions/${tenant}/preview`, { body });
  return { ...answer, body: answer.body as Previewed };
};

describe("POST /subscriptions/{tenant_id}/preview", () => {
  it("tells a change to the cent, and PUT keeps it", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await world.advance("10 days", tenant);
    const { status, body } = await preview(tenant.id, { plan: "enterprise" });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        action: "upgrade",
        from: { plan: "professional", billing_cycle: "monthly", seats: null },
        to: { plan: "enterprise" },
        immediate: true,
        tax: { percentage: 8 },
        currency: "usd",
        credit: 0,
        expires_at: expect.stringMatching(/^2026-01-25T10:1\d:\d\dZ$/),
      },
    });
    expect(body.lines.map((line) => Math.sign(line.amount)).sort()).toEqual([-1, 1]);
    const kept = await world.call("PUT", `/subscriptions/${tenant.id}`, { body: { quote_id: body.quote_id } });
    expect(kept).toMatchObject({ status: 200, body: { plan: "enterprise", prorated_charge: body.due_now } });
    const history = await world.call("GET", `/subscriptions/${tenant.id}/history?limit=1`);
    expect(history.body).toMatchObject([
      {
        ...{ kind: "plan_changed", from_plan: "professional", to_plan: "enterprise", amount: body.due_now },
        ...{ actor: expect.stringMatching(/^api_key:/), reason: "Asked for over the REST API" },
      },
    ]);
  });

  it("tells a start, and POST keeps it with a card", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const { body } = await preview(tenant.slug, { verb: "start", plan: "research", billing_cycle: "annual" });
    expect(body).toMatchObject({ action: "start", due_now: 5389.2, next_invoice: { total: 5389.2 } });
    const kept = await world.call("POST", "/subscriptions", {
      body: { tenant_id: tenant.id, quote_id: body.quote_id, payment_method_id: "pm_card_visa" },
    });
    expect(kept).toMatchObject({ status: 201, body: { plan: "research", billing_cycle: "annual", status: "active" } });
  });

  it("refuses a quote that is stale with a fresh one, and knows none of other tenants", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const { body } = await preview(tenant.id, { plan: "enterprise" });
    const other = await world.tenant({ plan: "professional" });
    const foreign = await world.call("PUT", `/subscriptions/${other.id}`, { body: { quote_id: body.quote_id } });
    expect(foreign).toMatchObject({ status: 404, body: { code: "quote.not_found" } });
    await world.advance("1 hour", tenant);
    const stale = await world.call("PUT", `/subscriptions/${tenant.id}`, { body: { quote_id: body.quote_id } });
    expect(stale).toMatchObject({ status: 409, body: { code: "quote.stale", quote_id: expect.any(String) } });
    const { quote_id } = stale.body as Previewed;
    const read = await world.call("GET", `/subscriptions/${tenant.slug}/quotes/${quote_id}`);
    expect(read).toMatchObject({ status: 200, body: { quote_id, action: "upgrade", due_now: expect.any(Number) } });
    expect((read.body as Previewed).due_now).toBeLessThan(body.due_now);
    expect(await world.call("GET", `/subscriptions/${other.id}/quotes/${quote_id}`)).toMatchObject({
      ...{ status: 404, body: { code: "quote.not_found" } },
    });
    expect(await world.call("PUT", `/subscriptions/${tenant.id}`, { body: { quote_id } })).toMatchObject({
      status: 200,
    });
  });

  it.each<[string, object, number, object]>([
    [
      "an end now, as credit",
      { verb: "cancel", immediate: true, settlement: "credit" },
      200,
      { action: "cancel", refund: 0 },
    ],
    ["a pause", { verb: "pause" }, 200, { action: "pause", due_now: 0 }],
    ["a downgrade, later", { plan: "free" }, 200, { action: "cancel", immediate: false }],
    [
      "a downgrade, now",
      { plan: "professional", timing: "now_prorated" },
      200,
      { action: "downgrade", immediate: true },
    ],
    ["an unknown verb", { verb: "double" }, 400, { code: "request.invalid", param: "verb" }],
    ["a field of another wish", { verb: "pause", plan: "free" }, 400, { code: "request.unknown_field", param: "plan" }],
    [
      "a resumption of what runs",
      { verb: "resume" },
      409,
      { code: "subscription.not_cancelable", error: "SubscriptionError" },
    ],
  ])("%s", async (_what, body, status, expected) => {
    const tenant = await world.tenant({ plan: "enterprise" });
    expect(await preview(tenant.id, body)).toMatchObject({ status, body: expected });
  });
});

describe("the particulars of a change", () => {
  it("timing puts a downgrade to now", async () => {
    const tenant = await world.tenant({ plan: "enterprise" });
    const body = { plan: "professional", timing: "now_prorated" };
    expect((await world.call("PUT", `/subscriptions/${tenant.id}`, { body })).body).toMatchObject({
      plan: "professional",
    });
  });

  it("settlement=none gives nothing back", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await world.call("DELETE", `/subscriptions/${tenant.id}?immediate=true&settlement=none`);
    await world.drain();
    const ledger = await world.call("GET", `/transactions?tenant_id=${tenant.id}`);
    expect(ledger.body).toMatchObject({ transactions: [{ kind: "payment" }] });
  });

  it("settlement=refund shows in the ledger as a refund", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await world.call("DELETE", `/subscriptions/${tenant.id}?immediate=true`);
    await world.drain();
    const ledger = await world.call("GET", `/transactions?tenant_id=${tenant.id}`);
    expect(ledger.body).toMatchObject({ transactions: [{ kind: "refund" }, { kind: "payment" }] });
  });

  it.each<[string, object, string]>([
    ["nothing", {}, "plan"],
    ["a quote and a plan", { quote_id: "quo_1", plan: "enterprise" }, "plan"],
    ["half a seat", { seats: 1.5 }, "seats"],
    ["an unknown timing", { plan: "enterprise", timing: "soon" }, "timing"],
  ])("refuses %s", async (_what, body, param) => {
    const tenant = await world.tenant();
    expect(await world.call("PUT", `/subscriptions/${tenant.id}`, { body })).toMatchObject({
      status: 400,
      body: { param },
    });
  });

  it("refuses settlement=gift and other parameters by name", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    for (const [query, param] of [
      ["immediate=true&settlement=gift", "settlement"],
      ["immediatly=true", "immediatly"],
    ]) {
      const refused = await world.call("DELETE", `/subscriptions/${tenant.id}?${query}`);
      expect(refused).toMatchObject({ status: 400, body: { param } });
    }
  });
});
