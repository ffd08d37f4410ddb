/** One-off payments: charged once, refused in words, confirmed before a browser, and debits that take days. */
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { AuthenticationRequiredError, CardDeclinedError, InsufficientFundsError } from "../kernel/errors";
import type { Tenant } from "../tenants";
import { addPaymentMethod, listPaymentMethods, listPayments, processPayment, recoverPayments } from ".";

const world = shareWorld();

async function holder(card: string | null = "pm_card_visa"): Promise<Tenant> {
  const tenant = await world.tenant({ ownClock: true });
  if (card === null) return tenant;
  const wish = { tenantId: tenant.id, paymentMethodId: card, requestId: world.requestId(), reason: "A test" };
  await addPaymentMethod(world.ctx, { ...wish, makeDefault: true });
  return tenant;
}

const wish = (tenant: Tenant, extra: object = {}) => ({
  ...{ tenantId: tenant.id, amountMinor: 4_200n, currency: "usd", description: "A workshop", paymentMethodId: null },
  ...{ onSession: false, requestId: world.requestId(), reason: "A test", ...extra },
});
const pay = (tenant: Tenant, extra: object = {}) => processPayment(world.ctx, wish(tenant, extra));
const atStripe = async (tenant: Tenant) => {
  const row = await world.db.prisma.tenant.findUniqueOrThrow({ where: { id: tenant.id } });
  return world.ctx.stripe.listPayments(row.stripeCustomerId ?? "");
};

describe("processPayment", () => {
  it("charges the default method once, however often the request is made", async () => {
    const tenant = await holder();
    const all = await Promise.all(Array.from({ length: 4 }, () => pay(tenant, { requestId: "workshop" })));
    for (const one of all) expect(one).toEqual(all[0]);
    expect(all[0]).toMatchObject({
      payment: { status: "succeeded", amountCapturedMinor: 4_200n, description: "A workshop" },
      confirmation: null,
    });
    expect(await atStripe(tenant)).toHaveLength(1);
    await world.drain();
    expect(await listPayments(world.ctx, { tenantId: tenant.id, limit: 9 })).toHaveLength(1);
  });

  it.each([
    ["pm_card_chargeCustomerFail", CardDeclinedError, "payment.card_declined"],
    ["pm_card_visa_chargeDeclinedInsufficientFunds", InsufficientFundsError, "payment.insufficient_funds"],
    ["pm_card_authenticationRequired", AuthenticationRequiredError, "payment.authentication_required"],
  ])("%s is refused in words, kept in the ledger, and not asked again", async (card, error, code) => {
    const tenant = await holder("pm_card_visa");
    const saved = card === "pm_card_visa_chargeDeclinedInsufficientFunds" ? "pm_card_visa" : card;
    const methods = await addPaymentMethod(world.ctx, {
      ...{
        tenantId: tenant.id,
        paymentMethodId: saved,
        makeDefault: true,
        requestId: world.requestId(),
        reason: "A test",
      },
    });
    if (saved !== card) await world.control.nextPayment((await customerOf(tenant)) ?? "", "insufficient_funds");
    const paymentMethodId = methods.find(({ isDefault }) => isDefault)?.stripePaymentMethodId;
    const asked = { requestId: `declined-${code}`, paymentMethodId };
    await expect(pay(tenant, asked)).rejects.toBeInstanceOf(error);
    const [payment] = await listPayments(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(payment).toMatchObject({ amountCapturedMinor: 0n, failureAdvice: expect.stringMatching(/\w/) });
    await expect(pay(tenant, asked)).rejects.toMatchObject({ code });
    expect(await atStripe(tenant)).toHaveLength(1);
  });

  it("gives the browser a confirmation when its bank asks, and again after a reload", async () => {
    const tenant = await holder("pm_card_authenticationRequired");
    const begun = await pay(tenant, { onSession: true, requestId: "confirm-me" });
    expect(begun).toMatchObject({ payment: { status: "requires_action" }, confirmation: { intent: "payment" } });
    expect(await pay(tenant, { onSession: true, requestId: "confirm-me" })).toEqual(begun);
    await world.control.authenticate(begun.confirmation?.clientSecret ?? "", "succeed");
    await world.drain();
    expect(await pay(tenant, { onSession: true, requestId: "confirm-me" })).toMatchObject({
      ...{ payment: { status: "succeeded" }, confirmation: null },
    });
  });

  it("refuses without a method, with somebody else's, and an amount that cannot be charged", async () => {
    await expect(pay(await holder(null))).rejects.toMatchObject({ code: "payment.method_required" });
    const tenant = await holder();
    const [foreign] = await listPaymentMethods(world.ctx, (await holder()).id);
    await expect(pay(tenant, { paymentMethodId: foreign?.stripePaymentMethodId })).rejects.toMatchObject({
      code: "payment.method_not_found",
    });
    await expect(pay(tenant, { amountMinor: 20n })).rejects.toMatchObject({ code: "payment.amount_invalid" });
    await expect(pay(tenant, { currency: "eur" })).rejects.toMatchObject({
      ...{ code: "request.invalid", details: { param: "currency" } },
    });
  });

  it("is finished after a crash under the first key, once", async () => {
    const tenant = await holder();
    const { stripe } = world.ctx;
    const dying = {
      ...stripe,
      createPayment: async (...asked: Parameters<typeof stripe.createPayment>) => {
        await stripe.createPayment(...asked);
        throw new Error("The process died.");
      },
    };
    await expect(processPayment({ ...world.ctx, stripe: dying }, wish(tenant))).rejects.toThrow("died");
    const where = { tenantId: tenant.id, kind: "payment.process" };
    // Its first keeper may still be at it.
    await world.advance("10 minutes", tenant);
    await recoverPayments(world.ctx);
    expect(await world.db.prisma.operation.findMany({ where })).toMatchObject([{ status: "planned" }]);
    await world.advance("1 minute", tenant);
    await recoverPayments(world.ctx);
    await world.drain();
    expect(await atStripe(tenant)).toHaveLength(1);
    expect(await world.db.prisma.operation.findMany({ where })).toMatchObject([{ status: "recorded" }]);
  });
});

describe("a payment that a crash interrupted, a day later, when Stripe has forgotten its keys", () => {
  it.each([
    ["pm_card_visa", "recorded", "succeeded"],
    ["pm_card_chargeCustomerFail", "refused", "failed"],
  ])("charges %s no second time", async (card, operation, payment) => {
    const tenant = await holder(card);
    const { stripe } = world.ctx;
    const dying: typeof stripe.createPayment = async (...asked) => {
      await stripe.createPayment(...asked).catch(() => null);
      throw new Error("The process died.");
    };
    const interrupted = { ...world.ctx, stripe: { ...stripe, createPayment: dying } };
    await expect(processPayment(interrupted, wish(tenant))).rejects.toThrow("died");
    await world.advance("25 hours", tenant);
    const forgetful: typeof stripe.createPayment = (request, key) => stripe.createPayment(request, `${key}:forgotten`);
    await recoverPayments({ ...world.ctx, stripe: { ...stripe, createPayment: forgetful } });
    await world.drain();
    expect(await atStripe(tenant)).toMatchObject([{ status: payment }]);
    const where = { tenantId: tenant.id, kind: "payment.process" };
    expect(await world.db.prisma.operation.findMany({ where })).toMatchObject([{ status: operation }]);
    // The decline is told to whoever watches the worker, because nobody waits for its answer.
    expect(world.complaints.splice(0)).toHaveLength(operation === "refused" ? 1 : 0);
  });
});

describe("trouble on the way to Stripe", () => {
  const arm = (kind: string, count: number) =>
    fetch(`${world.sandbox.url}/_sandbox/faults`, {
      method: "POST",
      body: JSON.stringify({ kind, count, method: "POST", path: "/v1/payment_intents" }),
    });

  it.each(["rate_limit", "lock_timeout", "key_in_use", "api_error", "api_error_after"])(
    "%s is tried again under the same key and charges once",
    async (kind) => {
      const tenant = await holder();
      await arm(kind, 1);
      expect(await pay(tenant)).toMatchObject({ payment: { status: "succeeded" } });
      expect(await atStripe(tenant)).toHaveLength(1);
    },
  );

  it("that does not end is an outage, and the repeated request charges once", async () => {
    const tenant = await holder();
    await arm("rate_limit", 50);
    const request = { requestId: "patient" };
    await expect(pay(tenant, request)).rejects.toMatchObject({ code: "stripe.unavailable", retryable: true });
    await fetch(`${world.sandbox.url}/_sandbox/faults`, { method: "POST", body: "{}" });
    expect(await pay(tenant, request)).toMatchObject({ payment: { status: "succeeded" } });
    expect(await atStripe(tenant)).toHaveLength(1);
  });

  it("asks a bank that refused only once", async () => {
    const tenant = await holder("pm_card_chargeCustomerFail");
    let calls = 0;
    const counting = {
      ...world.ctx.stripe,
      createPayment: (...asked: Parameters<typeof world.ctx.stripe.createPayment>) => {
        calls += 1;
        return world.ctx.stripe.createPayment(...asked);
      },
    };
    const refused = processPayment({ ...world.ctx, stripe: counting }, wish(tenant));
    await expect(refused).rejects.toBeInstanceOf(CardDeclinedError);
    expect(calls).toBe(1);
    const [record] = await atStripe(tenant);
    expect(record).toMatchObject({ status: "failed" });
  });
});

async function customerOf(tenant: Tenant): Promise<string | null> {
  return (await world.db.prisma.tenant.findUniqueOrThrow({ where: { id: tenant.id } })).stripeCustomerId;
}
