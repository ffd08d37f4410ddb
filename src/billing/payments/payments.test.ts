/** Payment methods and payments: the default that is charged, the last one that stays, failures with advice. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { postToSandbox } from "@/testing/sandbox-post";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { cancelSubscription, changePlan } from "../subscriptions";
import { getTenant, type Tenant } from "../tenants";
import {
  addPaymentMethod,
  listPaymentMethods,
  listPayments,
  removePaymentMethod,
  setDefaultPaymentMethod,
  startCardSetup,
  syncPayment,
} from ".";

const world = shareWorld();

const wish = (tenant: Tenant, paymentMethodId: string) => ({
  ...{ tenantId: tenant.id, paymentMethodId, requestId: world.requestId(), reason: "A test" },
});
const add = (tenant: Tenant, card: string, makeDefault: boolean) =>
  addPaymentMethod(world.ctx, { ...wish(tenant, card), makeDefault });
const brands = (methods: Array<{ brand: string | null; isDefault: boolean }>) =>
  methods.map(({ brand, isDefault }) => `${brand}${isDefault ? " (default)" : ""}`);

describe("payment methods", () => {
  it("makes the first one the default, whatever was said, and another only when asked", async () => {
    const tenant = await world.tenant();
    expect(brands(await add(tenant, "pm_card_visa", false))).toEqual(["visa (default)"]);
    expect(brands(await add(tenant, "pm_card_mastercard", false))).toEqual(["visa (default)", "mastercard"]);
    const [first, ...others] = brands(await add(tenant, "pm_card_discover", true));
    expect(first).toBe("discover (default)");
    expect(others.sort()).toEqual(["mastercard", "visa"]);
  });

  it("charges the new default at the next renewal", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const methods = await add(tenant, "pm_card_mastercard", false);
    const mastercard = methods.find(({ brand }) => brand === "mastercard")?.stripePaymentMethodId ?? "";
    const changed = await setDefaultPaymentMethod(world.ctx, wish(tenant, mastercard));
    expect(brands(changed)[0]).toBe("mastercard (default)");
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const [subscription] = await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "");
    expect([null, mastercard]).toContain(subscription?.defaultPaymentMethodId);
  });

  it("keeps the last one while a paid plan runs, and lets it go afterwards", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const [visa] = await listPaymentMethods(world.ctx, tenant.id);
    const visaId = visa?.stripePaymentMethodId ?? "";
    await expect(removePaymentMethod(world.ctx, wish(tenant, visaId))).rejects.toMatchObject({
      ...{ kind: "precondition", code: "payment.method_in_use" },
    });
    await add(tenant, "pm_card_mastercard", false);
    expect(brands(await removePaymentMethod(world.ctx, wish(tenant, visaId)))).toEqual(["mastercard (default)"]);
    const request = { tenantId: tenant.id, immediate: true, requestId: world.requestId(), reason: "A test" };
    await cancelSubscription(world.ctx, request);
    const [last] = await listPaymentMethods(world.ctx, tenant.id);
    expect(await removePaymentMethod(world.ctx, wish(tenant, last?.stripePaymentMethodId ?? ""))).toEqual([]);
  });

  it("stand in the log with whatever was done to them, by whom and why", async () => {
    const tenant = await world.tenant();
    const [visa] = await add(tenant, "pm_card_visa", false);
    const [mastercard] = await add(tenant, "pm_card_mastercard", true);
    const [visaId = "", mastercardId = ""] = [visa, mastercard].map((method) => method?.stripePaymentMethodId);
    await setDefaultPaymentMethod(world.ctx, wish(tenant, visaId));
    await removePaymentMethod(world.ctx, wish(tenant, mastercardId));
    const log = await listAudit(world.ctx, { tenantId: tenant.id, limit: 20 });
    const told = log.filter(({ action }) => action.startsWith("payment_method."));
    expect(told.map(({ action, target }) => `${action} ${target}`).reverse()).toEqual([
      "payment_method.add payment_method:pm_card_visa",
      "payment_method.add payment_method:pm_card_mastercard",
      `payment_method.set_default payment_method:${visaId}`,
      `payment_method.remove payment_method:${mastercardId}`,
    ]);
    for (const entry of told) expect(entry).toMatchObject({ actor: "system:test", reason: "A test" });
  });

  it("refuses a card of nobody's, and one that the bank declines", async () => {
    const tenant = await world.tenant();
    await add(tenant, "pm_card_visa", true);
    for (const act of [setDefaultPaymentMethod, removePaymentMethod]) {
      await expect(act(world.ctx, wish(tenant, "pm_of_nobody"))).rejects.toMatchObject({
        code: "payment.method_not_found",
      });
    }
    await expect(add(tenant, "pm_card_visa_chargeDeclined", true)).rejects.toMatchObject({ kind: "declined" });
    expect(brands(await listPaymentMethods(world.ctx, tenant.id))).toEqual(["visa (default)"]);
  });

  it("keeps one of a card that is added again, and the default with it", async () => {
    const tenant = await world.tenant();
    const [first] = await add(tenant, "pm_card_visa", true);
    await add(tenant, "pm_card_mastercard", false);
    expect(brands(await add(tenant, "pm_card_visa", false))).toEqual(["visa (default)", "mastercard"]);
    const wanted = { ...wish(tenant, "pm_card_mastercard"), makeDefault: true };
    const again = await addPaymentMethod(world.ctx, wanted);
    expect(brands(again)).toEqual(["mastercard (default)", "visa"]);
    expect(await addPaymentMethod(world.ctx, wanted)).toEqual(again);
    // Another card of the same brand is another card.
    const debit = await add(tenant, "pm_card_visa_debit", false);
    expect(brands(debit)).toEqual(["mastercard (default)", "visa", "visa"]);
    await world.drain();
    expect(await listPaymentMethods(world.ctx, tenant.id)).toEqual(debit);
    expect(first?.isDefault).toBe(true);
  });

  it("takes a subscription along when the card it names is added again", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    await world.advance("1 day", tenant);
    const [visa, ...others] = await add(tenant, "pm_card_visa", false);
    expect(others).toEqual([]);
    const [subscription] = await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "");
    expect([null, visa?.stripePaymentMethodId]).toContain(subscription?.defaultPaymentMethodId);
    await world.advance("1 month", tenant);
    await world.advance("2 hours", tenant);
    const [renewal] = await listPayments(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(renewal).toMatchObject({ status: "succeeded", invoiceNumber: expect.stringContaining("2026-02") });
  });

  it("takes a subscription along that is charged to another card than the default", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const [visa] = await listPaymentMethods(world.ctx, tenant.id);
    const visaId = visa?.stripePaymentMethodId ?? "";
    const [, mastercard] = await add(tenant, "pm_card_mastercard", false);
    const [live] = await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "");
    // As people may do it in Stripe's own dashboard.
    const post = (path: string, params: Record<string, string>) => postToSandbox(world.sandbox.url, path, params);
    const other = { "invoice_settings[default_payment_method]": mastercard?.stripePaymentMethodId ?? "" };
    await post(`customers/${stripeCustomerId}`, other);
    await post(`subscriptions/${live?.stripeSubscriptionId}`, { default_payment_method: visaId });
    // Cards are as old as the default clock says, and of two of one second the id decides.
    await world.advance("1 minute");
    const kept = (await add(tenant, "pm_card_visa", false)).filter(({ brand }) => brand === "visa");
    expect(kept).not.toMatchObject([{ stripePaymentMethodId: visaId }]);
    const [after] = await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "");
    const customer = await world.ctx.stripe.fetchCustomer(stripeCustomerId ?? "");
    const charged = after?.defaultPaymentMethodId ?? customer?.defaultPaymentMethodId;
    expect(kept.map(({ stripePaymentMethodId }) => stripePaymentMethodId)).toEqual([charged]);
  });

  it("takes a scheduled change along, whose phases name the card too", async () => {
    const tenant = await world.tenant({ plan: "research", ownClock: true });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const wanted = { tenantId: tenant.id, planKey: "professional", interval: null, reason: "A test" };
    await changePlan(world.ctx, { ...wanted, requestId: world.requestId() });
    await world.advance("1 day", tenant);
    const [visa] = await add(tenant, "pm_card_visa", false);
    await world.advance("1 month", tenant);
    await world.advance("2 hours", tenant);
    const [subscription] = await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "");
    expect(subscription).toMatchObject({ status: "active", unitAmountMinor: 29_900n });
    expect([null, visa?.stripePaymentMethodId]).toContain(subscription?.defaultPaymentMethodId);
    const [renewal] = await listPayments(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(renewal).toMatchObject({ status: "succeeded", invoiceNumber: expect.stringContaining("2026-02") });
  });

  it("keeps one of a card that is added many times at once, and one after a lost answer", async () => {
    const tenant = await world.tenant();
    await Promise.allSettled(Array.from({ length: 4 }, () => add(tenant, "pm_card_visa", false)));
    expect(brands(await add(tenant, "pm_card_visa", false))).toEqual(["visa (default)"]);
    const asked = { ...wish(tenant, "pm_card_visa"), makeDefault: false };
    const stripe = loseAnswerOnce(world.ctx.stripe, "detachPaymentMethod");
    await addPaymentMethod({ ...world.ctx, stripe }, asked).catch(() => []);
    expect(brands(await addPaymentMethod(world.ctx, asked))).toEqual(["visa (default)"]);
  });

  it("gives the browser what it needs to save a card", async () => {
    expect((await startCardSetup(world.ctx, (await world.tenant()).id)).clientSecret).toMatch(/^seti_.+_secret_/);
  });
});

describe("payments", () => {
  it("lists a failed one with its invoice and advice, and by date", async () => {
    const tenant = await world.tenant({ slug: "payer", plan: "professional", ownClock: true });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    await world.control.nextPayment(stripeCustomerId ?? "", "insufficient_funds");
    await world.advance("31 days", tenant);
    await world.advance("2 hours", tenant);
    const all = await listPayments(world.ctx, { tenantId: tenant.id, limit: 10 });
    expect(all).toMatchObject([
      { status: "failed", invoiceNumber: "INV-2026-02-payer", declineCode: "insufficient_funds", amountMinor: 32_292n },
      { status: "succeeded", invoiceNumber: "INV-2026-01-payer", failureAdvice: null },
    ]);
    expect(all[0]?.failureAdvice).toContain("not enough money");
    const january = { from: new Date("2026-01-01T00:00:00Z"), to: new Date("2026-02-01T00:00:00Z") };
    expect(await listPayments(world.ctx, { tenantId: tenant.id, limit: 10, ...january })).toEqual(all.slice(1));
  });

  it("lets no older picture over a newer one", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const [record] = await world.ctx.stripe.listPayments(stripeCustomerId ?? "");
    if (!record) throw new Error("The first invoice has a payment.");
    const cause = { actor: world.ctx.actor, reason: "A test" };
    const late = { ...record, status: "processing" as const };
    const sourceAt = new Date("2026-01-15T09:00:00Z");
    expect(await syncPayment(world.ctx, late, { ...cause, sourceAt })).toEqual({
      before: "succeeded",
      after: "succeeded",
    });
    const row = await world.db.prisma.payment.findFirstOrThrow({ where: { tenantId: tenant.id } });
    expect(await syncPayment(world.ctx, late, { ...cause, sourceAt: row.sourceAt })).toMatchObject({
      after: "succeeded",
    });
  });
});
