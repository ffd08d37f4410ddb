/** Starting plans: cards that pay, fail and ask; calls that race, repeat and crash. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { shareWorld } from "@/testing/world";
import { listInvoices } from "../invoices";
import { listPaymentMethods } from "../payments";
import type { Tenant } from "../tenants";
import {
  type CreateSubscriptionInput,
  cancelSubscription,
  createSubscription,
  getSubscription,
  listSubscriptionChanges,
} from ".";

const world = shareWorld();

function wish(tenant: Tenant, more: Partial<CreateSubscriptionInput> = {}): CreateSubscriptionInput {
  return {
    tenantId: tenant.id,
    planKey: "professional",
    interval: "month",
    paymentMethodId: "pm_card_visa",
    canConfirm: false,
    requestId: world.requestId(),
    reason: "Asked for in a test",
    ...more,
  };
}

/** Subscriptions at Stripe that are not over. */
async function living(tenant: Tenant) {
  const row = await world.db.prisma.tenant.findUniqueOrThrow({ where: { id: tenant.id } });
  return row.stripeCustomerId === null ? [] : world.ctx.stripe.listLiveSubscriptions(row.stripeCustomerId);
}

async function expectFreeAndUntouched(tenant: Tenant) {
  await world.drain();
  expect(await living(tenant)).toEqual([]);
  expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({
    planKey: "free",
    subscription: null,
    pending: null,
  });
  expect(await listPaymentMethods(world.ctx, tenant.id)).toEqual([]);
  expect(await listSubscriptionChanges(world.ctx, tenant.id, 10)).toEqual([]);
}

describe("a card that pays", () => {
  it("starts the plan, charges it with tax, becomes the default, and is told once in the history", async () => {
    const tenant = await world.tenant();
    const input = wish(tenant);
    const started = await createSubscription(world.ctx, input);
    expect(started).toMatchObject({ status: "active", chargedNowMinor: 32_292n, confirmation: null, currency: "usd" });
    expect(started.current).toMatchObject({ planKey: "professional", planName: "Professional", pending: null });
    await world.drain();
    expect(await listPaymentMethods(world.ctx, tenant.id)).toMatchObject([{ last4: "4242", isDefault: true }]);
    const again = await createSubscription(world.ctx, input);
    expect(again).toEqual(started);
    const history = await listSubscriptionChanges(world.ctx, tenant.id, 10);
    const told = { kind: "created", fromPlanKey: "free", toPlanKey: "professional", actor: "system:test" };
    expect(history).toMatchObject([{ ...told, amountMinor: 32_292n, reason: "Asked for in a test" }]);
  });

  it("starts a year at ten months' price", async () => {
    const started = await createSubscription(world.ctx, wish(await world.tenant(), { interval: "year" }));
    expect(started).toMatchObject({ status: "active", chargedNowMinor: 322_920n });
    expect(started.currentPeriodEndAt.getUTCFullYear() - started.currentPeriodStartAt.getUTCFullYear()).toBe(1);
  });
});

describe("refusals that ask Stripe nothing", () => {
  it.each([
    ["a paid plan without a card or a browser", { paymentMethodId: null }, "payment.method_required"],
    ["a plan that does not exist", { planKey: "gold" }, "catalog.unknown_plan"],
  ])("%s", async (_what, more, code) => {
    const tenant = await world.tenant();
    await expect(createSubscription(world.ctx, wish(tenant, more))).rejects.toMatchObject({ code });
    await expectFreeAndUntouched(tenant);
  });

  it("keeps the free plan when the free plan is chosen", async () => {
    const tenant = await world.tenant();
    const kept = await createSubscription(world.ctx, wish(tenant, { planKey: "free", paymentMethodId: null }));
    expect(kept).toMatchObject({ stripeSubscriptionId: null, status: "active", chargedNowMinor: 0n });
    await expectFreeAndUntouched(tenant);
  });

  it("allows one live subscription per tenant", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const second = createSubscription(world.ctx, wish(tenant, { planKey: "enterprise" }));
    await expect(second).rejects.toMatchObject({ kind: "conflict", code: "subscription.already_active" });
    expect(await living(tenant)).toHaveLength(1);
  });
});

describe("a card that fails changes nothing", () => {
  it.each([
    ["that no bank lets be saved", "pm_card_visa_chargeDeclined", false, "payment.card_declined"],
    ["without money", "pm_card_visa_chargeDeclinedInsufficientFunds", false, "payment.insufficient_funds"],
    ["that is saved and then declined", "pm_card_chargeCustomerFail", false, "payment.card_declined"],
    ["that is declined before a browser", "pm_card_chargeCustomerFail", true, "payment.card_declined"],
    ["that asks where nobody can answer", "pm_card_authenticationRequired", false, "payment.authentication_required"],
  ])("a card %s", async (_what, paymentMethodId, canConfirm, code) => {
    const tenant = await world.tenant();
    const input = wish(tenant, { paymentMethodId, canConfirm });
    const first = await createSubscription(world.ctx, input).catch((error: unknown) => error);
    expect(first).toMatchObject({ kind: "declined", code });
    expect(String(first)).toMatch(/[.!]$/);
    await expectFreeAndUntouched(tenant);
    await expect(createSubscription(world.ctx, input)).rejects.toMatchObject({ kind: "declined", code });
    const retried = await createSubscription(world.ctx, wish(tenant));
    expect(retried.status).toBe("active");
  });
});

describe("a first payment that the browser finishes", () => {
  it("waits for the bank's question, and is active when the webhook has said so", async () => {
    const tenant = await world.tenant();
    const card = { paymentMethodId: "pm_card_authenticationRequired", canConfirm: true };
    const started = await createSubscription(world.ctx, wish(tenant, card));
    expect(started).toMatchObject({ status: "incomplete", chargedNowMinor: 0n });
    expect(started.current).toMatchObject({ planKey: "free", pending: { planKey: "professional" } });
    const { clientSecret } = started.confirmation ?? { clientSecret: "" };
    await world.control.authenticate(clientSecret, "succeed");
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "professional", status: "active" });
    const history = await listSubscriptionChanges(world.ctx, tenant.id, 10);
    const asked = { actor: "system:test", reason: "Asked for in a test" };
    expect(history).toMatchObject([{ kind: "activated", fromPlanKey: "free", toPlanKey: "professional", ...asked }]);
  });

  it("goes on with the same confirmation for the same plan, and ends it for another", async () => {
    const tenant = await world.tenant();
    const browser = { paymentMethodId: null, canConfirm: true };
    const first = await createSubscription(world.ctx, wish(tenant, browser));
    expect(first.confirmation).toMatchObject({ intent: "payment" });
    const second = await createSubscription(world.ctx, wish(tenant, browser));
    expect(second.confirmation).toEqual(first.confirmation);
    expect(await living(tenant)).toHaveLength(1);
    const other = await createSubscription(world.ctx, wish(tenant, { ...browser, planKey: "enterprise" }));
    expect(other.confirmation?.clientSecret).not.toBe(first.confirmation?.clientSecret);
    expect(await living(tenant)).toMatchObject([{ stripeSubscriptionId: other.stripeSubscriptionId }]);
    expect((await getSubscription(world.ctx, tenant.id)).pending).toMatchObject({ planKey: "enterprise" });
  });

  it.each(["another start", "leaving it"])("leaves no invoice to pay behind after %s", async (how) => {
    const tenant = await world.tenant();
    const browser = { paymentMethodId: null, canConfirm: true };
    await createSubscription(world.ctx, wish(tenant, browser));
    await world.drain();
    expect(await unpaid(tenant)).toEqual([32_292n]);
    if (how === "another start") await createSubscription(world.ctx, wish(tenant, { planKey: "enterprise" }));
    else await cancelSubscription(world.ctx, { ...wish(tenant), immediate: true });
    await world.drain();
    expect(await unpaid(tenant)).toEqual([]);
    expect(await living(tenant)).toHaveLength(how === "another start" ? 1 : 0);
  });

  async function unpaid(tenant: Tenant) {
    const invoices = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 10 });
    return invoices.filter(({ status }) => status === "open").map(({ totalMinor }) => totalMinor);
  }
});

describe("races and crashes", () => {
  it("starts one subscription, however many calls race", async () => {
    const tenant = await world.tenant();
    const calls = await Promise.allSettled(
      Array.from({ length: 6 }, () => createSubscription(world.ctx, wish(tenant))),
    );
    const refused = calls.flatMap((call) => (call.status === "rejected" ? [call.reason.code] : []));
    expect(calls.filter((call) => call.status === "fulfilled")).toHaveLength(1);
    for (const code of refused) expect(["operation.in_progress", "subscription.already_active"]).toContain(code);
    expect(await living(tenant)).toHaveLength(1);
  });

  it.each(["attachPaymentMethod", "createSubscription", "fetchSubscription", "setDefaultPaymentMethod"] as const)(
    "finishes the same start after a crash behind %s",
    async (method) => {
      const tenant = await world.tenant();
      const input = wish(tenant);
      const crashing = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, method) };
      await expect(createSubscription(crashing, input)).rejects.toMatchObject({ code: "stripe.unavailable" });
      await world.drain();
      const finished = await createSubscription(world.ctx, input);
      expect(finished).toMatchObject({ status: "active", chargedNowMinor: 32_292n });
      await world.drain();
      expect(await living(tenant)).toHaveLength(1);
      expect(await world.db.prisma.payment.count({ where: { tenantId: tenant.id, status: "succeeded" } })).toBe(1);
    },
  );

  it("does not start a second one under another request after a crash", async () => {
    const tenant = await world.tenant();
    const crashing = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "createSubscription") };
    await expect(createSubscription(crashing, wish(tenant))).rejects.toThrow();
    const next = createSubscription(world.ctx, wish(tenant));
    await expect(next).rejects.toMatchObject({ code: "subscription.already_active" });
    expect(await living(tenant)).toHaveLength(1);
  });
});
