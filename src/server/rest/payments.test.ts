/** Payment methods, payments, refunds and the ledger, as a service calls them. */
import { describe, expect, it } from "vitest";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld();

interface Method {
  id: string;
  brand: string;
  is_default: boolean;
}

const methodsPath = (tenant: string) => `/subscriptions/${tenant}/payment-methods`;
async function payer(card = "pm_card_visa"): Promise<{ id: string; slug: string }> {
  const tenant = await world.tenant();
  const body = { payment_method_id: card };
  expect((await world.call("POST", methodsPath(tenant.id), { body })).status).toBe(201);
  return tenant;
}
const pay = (tenantId: string, extra: object = {}, call: object = {}) =>
  world.call("POST", "/payments", {
    body: { tenant_id: tenantId, amount: 25.5, currency: "usd", description: "Training", ...extra },
    ...call,
  });

describe("payment methods", () => {
  it("are added, listed, made default and removed", async () => {
    const tenant = await payer();
    const added = await world.call("POST", methodsPath(tenant.slug), {
      body: { payment_method_id: "pm_card_mastercard", make_default: true },
    });
    expect(added.body).toMatchObject([
      { type: "card", brand: "mastercard", is_default: true, expiry: null, bank_name: null },
      { brand: "visa", is_default: false },
    ]);
    const [mastercard, visa] = added.body as Method[];
    const path = `${methodsPath(tenant.id)}/${visa?.id}`;
    expect((await world.call("PUT", path, { body: { default: true } })).body).toMatchObject([{ brand: "visa" }, {}]);
    const removed = await world.call("DELETE", `${methodsPath(tenant.id)}/${mastercard?.id}`);
    expect(removed.body).toMatchObject([{ brand: "visa", is_default: true }]);
    expect((await world.call("GET", methodsPath(tenant.id))).body).toEqual(removed.body);
  });

  it("keep the last one while a paid plan runs, and know no others", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const [only] = (await world.call("GET", methodsPath(tenant.id))).body as Method[];
    expect(await world.call("DELETE", `${methodsPath(tenant.id)}/${only?.id}`)).toMatchObject({
      ...{ status: 422, body: { code: "payment.method_in_use", error: "PaymentError" } },
    });
    const stranger = await payer();
    expect(await world.call("DELETE", `${methodsPath(stranger.id)}/${only?.id}`)).toMatchObject({
      ...{ status: 404, body: { code: "payment.method_not_found" } },
    });
  });
});

describe("POST /payments", () => {
  it("charges once under an Idempotency-Key", async () => {
    const tenant = await payer();
    const [first, second] = [
      await pay(tenant.id, {}, { idempotencyKey: "train" }),
      await pay(tenant.id, {}, { idempotencyKey: "train" }),
    ];
    expect(first).toMatchObject({
      status: 201,
      body: { status: "succeeded", amount: 25.5, amount_captured: 25.5, amount_refunded: 0, client_secret: null },
    });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    const ledger = await world.call("GET", `/transactions?tenant_id=${tenant.id}`);
    expect(ledger.body).toMatchObject({ transactions: [{ kind: "payment", amount: 25.5 }], next_cursor: null });
  });

  it("names the class of a decline and keeps the answer", async () => {
    const tenant = await payer("pm_card_chargeCustomerFail");
    for (const replayed of [null, "true"]) {
      const refused = await pay(tenant.id, {}, { idempotencyKey: "no-money" });
      expect(refused).toMatchObject({
        status: 402,
        body: { code: "payment.card_declined", error: "CardDeclinedError", detail: expect.stringContaining("card") },
      });
      expect(refused.headers.get("idempotent-replayed")).toBe(replayed);
    }
    const asks = await payer("pm_card_authenticationRequired");
    expect((await pay(asks.id)).body).toMatchObject({ error: "AuthenticationRequiredError" });
    const begun = await pay(asks.id, { on_session: true });
    expect(begun).toMatchObject({ status: 201, body: { status: "requires_action" } });
    expect((begun.body as { client_secret: string }).client_secret).toMatch(/^pi_.+_secret_/);
  });

  it.each<[string, object, number, string]>([
    ["a fraction of a cent", { amount: 1.005 }, 400, "payment.amount_invalid"],
    ["yen with decimals", { amount: 100.5, currency: "JPY" }, 400, "request.invalid"],
    ["a currency that is none", { currency: "ZZZ" }, 400, "request.invalid"],
    ["another currency than the catalog's", { currency: "eur" }, 400, "request.invalid"],
    ["less than Stripe charges", { amount: 0.1 }, 400, "payment.amount_invalid"],
    ["nothing", { amount: 0 }, 400, "request.invalid"],
    ["a negative amount", { amount: -5 }, 400, "request.invalid"],
    ["text for a number", { amount: "25" }, 400, "request.invalid"],
    ["no description", { description: " " }, 400, "request.invalid"],
    ["an unknown field", { tip: 1 }, 400, "request.unknown_field"],
    ["a method of nobody's", { payment_method_id: "pm_x" }, 404, "payment.method_not_found"],
  ])("refuses %s", async (_what, extra, status, code) => {
    expect(await pay((await payer()).id, extra)).toMatchObject({ status, body: { code } });
  });

  it("charges in the currency of the catalog alone, and says so", async () => {
    const tenant = await payer();
    expect((await pay(tenant.id, { currency: "ZZZ" })).body).toMatchObject({
      ...{
        param: "currency",
        detail: '"ZZZ" is no currency of ISO 4217. Payments here are charged in USD, the catalog\'s.',
      },
    });
    expect((await pay(tenant.id, { currency: "jpy" })).body).toMatchObject({
      ...{ param: "currency", detail: "Payments here are charged in USD, the catalog's currency, and not in JPY." },
    });
    const ledger = await world.call("GET", `/transactions?tenant_id=${tenant.id}`);
    expect(ledger.body).toMatchObject({ transactions: [] });
    expect((await pay(tenant.id, { currency: undefined })).body).toMatchObject({ currency: "usd", amount: 25.5 });
  });

  it("tells a caller without a browser what a bank that asks needs", async () => {
    const tenant = await payer("pm_card_authenticationRequired");
    const refused = await pay(tenant.id, {}, { idempotencyKey: "bank-asks" });
    const detail =
      "The bank wants the cardholder to confirm this payment; nothing was charged. Ask for it anew with `on_session: true` " +
      "and let the cardholder confirm it in a browser, or charge another card.";
    expect(refused).toMatchObject({ status: 402, body: { code: "payment.authentication_required", detail } });
    const ledger = await world.call("GET", `/transactions?tenant_id=${tenant.id}`);
    expect(ledger.body).toMatchObject({ transactions: [{ advice: detail }] });
  });

  it("needs a payment method and a tenant", async () => {
    expect(await pay((await world.tenant()).id)).toMatchObject({
      status: 422,
      body: { code: "payment.method_required" },
    });
    const nobody = await world.call("POST", "/payments", { body: { amount: 1, description: "x" } });
    expect(nobody).toMatchObject({ status: 400, body: { param: "tenant_id" } });
  });
});

describe("POST /payments/{payment_id}/refunds", () => {
  const refund = (paymentId: string, body: object, call: object = {}) =>
    world.call("POST", `/payments/${paymentId}/refunds`, { body: { reason: "Wrong date", ...body }, ...call });
  const paid = async () => {
    const tenant = await payer();
    return { tenant, id: ((await pay(tenant.id)).body as { id: string }).id };
  };

  it("gives back a part and the rest, and says what is left", async () => {
    const { tenant, id } = await paid();
    const part = await refund(id, { tenant_id: tenant.slug, amount: 5.25 }, { idempotencyKey: "part" });
    expect(part).toMatchObject({
      status: 201,
      body: { payment_id: id, amount: 5.25, status: "succeeded", reason: "Wrong date" },
    });
    expect((await refund(id, { tenant_id: tenant.slug, amount: 5.25 }, { idempotencyKey: "part" })).body).toEqual(
      part.body,
    );
    expect(await refund(id, { tenant_id: tenant.id, amount: 20.26 })).toMatchObject({
      ...{ status: 422, body: { code: "payment.refund_exceeds", left: 20.25, error: "PaymentError" } },
    });
    expect(await refund(id, { tenant_id: tenant.id })).toMatchObject({ status: 201, body: { amount: 20.25 } });
    expect((await refund(id, { tenant_id: tenant.id })).body).toMatchObject({ code: "payment.not_refundable" });
    expect(await refund(id, { tenant_id: tenant.id, reason: "" })).toMatchObject({
      status: 400,
      body: { param: "reason" },
    });
  });

  it("is for the seller alone, and other tenants' payments do not exist", async () => {
    const { tenant, id } = await paid();
    const key = await world.keyFor(tenant.id);
    expect(await refund(id, {}, { key })).toMatchObject({ status: 403, body: { code: "auth.forbidden" } });
    const other = await world.tenant();
    const foreign = await refund(id, {}, { key: await world.keyFor(other.id) });
    expect(foreign).toMatchObject({ status: 404, body: { code: "payment.not_found" } });
    expect(await refund(id, { tenant_id: other.id })).toMatchObject({
      status: 404,
      body: { code: "payment.not_found" },
    });
    expect(await pay(tenant.id, {}, { key: await world.keyFor(other.id) })).toMatchObject({ status: 404 });
    expect((await pay(tenant.id, { tenant_id: undefined }, { key })).status).toBe(201);
  });
});

describe("GET /transactions", () => {
  it("is one ledger in pages, by days, and as CSV", async () => {
    const tenant = await payer();
    const { id } = (await pay(tenant.id, { description: '=1+1, "quoted"' })).body as { id: string };
    await world.call("POST", `/payments/${id}/refunds`, { body: { tenant_id: tenant.id, amount: 5, reason: "Late" } });
    const read = async (query: string) =>
      (await world.call("GET", `/transactions?tenant_id=${tenant.id}${query}`)).body;
    const first = (await read("&limit=1")) as { transactions: Array<{ id: string }>; next_cursor: string };
    const second = (await read(`&limit=1&cursor=${first.next_cursor}`)) as typeof first;
    expect([...first.transactions, ...second.transactions].map((line) => line.id).sort()).toEqual(
      ((await read("")) as typeof first).transactions.map((line) => line.id).sort(),
    );
    expect(second.next_cursor).toBeNull();
    expect(await read("&from=2026-01-15&to=2026-01-15")).toMatchObject({ transactions: [{}, {}] });
    expect(await read("&to=2026-01-14")).toEqual({ transactions: [], next_cursor: null });
    expect(await read("&from=yesterday")).toMatchObject({ code: "request.invalid", param: "from" });
    expect(await read("&form=2026-01-15")).toMatchObject({ code: "request.unknown_field", param: "form" });
  });
});
