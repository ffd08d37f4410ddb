/**
 * Every kind of promise that is stored before Stripe is asked, interrupted behind the call that matters: the worker brings it to
 * its end, and what it asked for has happened once. The table must name every kind there is, or it does not compile.
 */
import { afterEach, describe, expect, it } from "vitest";
import { payByLink } from "@/billing/dunning";
import {
  billEndedPeriods,
  billRenewalDraft,
  generateInvoice,
  listInvoices,
  payInvoice,
  recoverOperations,
} from "@/billing/invoices";
import { tellTenant } from "@/billing/notifications";
import type { OperationKind } from "@/billing/operations";
import {
  abandonBankAccount,
  addPaymentMethod,
  listBankVerifications,
  listPaymentMethods,
  listPayments,
  processPayment,
  recoverPayments,
  refreshBankVerifications,
  refundPayment,
  removePaymentMethod,
  setDefaultPaymentMethod,
  verifyBankAccount,
} from "@/billing/payments";
import {
  cancelSubscription,
  changePlan,
  createPromotion,
  createPromotionSchema,
  getSubscription,
} from "@/billing/subscriptions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { recordUsage } from "@/billing/usage";
import type { StripeGateway } from "@/stripe/gateway";
import { MORE_PROMISES } from "@/workers/tasks/close-periods";
import { enterBankAccount } from "../bank-account";
import { newestLink, tenantWithFailedRenewal } from "../dunning-world";
import { loseAnswerOnce } from "../lost-answer";
import { shareWorld, type World } from "../world";

const world = shareWorld();
afterEach(() => {
  world.webhooks.mode = "accept";
});

/** A promise to interrupt: what is lost is the answer of `loses`. */
interface Story {
  loses: keyof StripeGateway;
  /** Null: of the installation. */
  tenant: Tenant | null;
  /** Asks for it. */
  ask(ctx: World["ctx"]): Promise<unknown>;
  /** What must be true afterwards, and was not decided by us twice. */
  check(): Promise<void>;
  /** How it ends; "recorded" unless said otherwise. */
  ends?: "refused";
}

const said = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });
const subscribed = (interval: "month" | "year" = "month") =>
  world.tenant({ plan: "professional", interval, ownClock: true });
const customerOf = async (tenant: Tenant) => (await getTenant(world.ctx, tenant.id)).stripeCustomerId ?? "";
const paymentsOf = async (tenant: Tenant) => world.ctx.stripe.listPayments(await customerOf(tenant));
const brands = async (tenant: Tenant) =>
  (await listPaymentMethods(world.ctx, tenant.id)).map(
    ({ brand, isDefault }) => `${brand}${isDefault ? " default" : ""}`,
  );
const add = (tenant: Tenant, paymentMethodId: string, makeDefault = true) =>
  addPaymentMethod(world.ctx, { ...said(tenant), paymentMethodId, makeDefault });
const use = (tenant: Tenant) =>
  recordUsage(world.ctx, {
    ...{ tenantId: tenant.id, meterKey: "quantum_job", quantity: "150", unit: null, metadata: {}, key: null },
  });

/** A tenant with two cards, the second one the default. */
async function withTwoCards() {
  const tenant = await world.tenant({ ownClock: true });
  await add(tenant, "pm_card_visa");
  await add(tenant, "pm_card_mastercard");
  const methods = await listPaymentMethods(world.ctx, tenant.id);
  const idOf = (brand: string) => methods.find((method) => method.brand === brand)?.stripePaymentMethodId ?? "";
  return { tenant, visa: idOf("visa"), mastercard: idOf("mastercard") };
}

async function withWaitingAccount() {
  const tenant = await world.tenant({ ownClock: true });
  const setupIntentId = await enterBankAccount(world, tenant);
  await refreshBankVerifications(world.ctx, tenant.id);
  return { tenant, setupIntentId };
}

const STORIES: Readonly<Record<OperationKind, () => Promise<Story>>> = {
  "dunning.pay_by_link": async () => {
    const tenant = await tenantWithFailedRenewal(world, "by-link");
    const link = await newestLink(world, tenant);
    return {
      ...{ tenant, loses: "payInvoice" },
      ask: (ctx) => payByLink(ctx, tellTenant, { link, paymentMethodId: "pm_card_visa", requestId: "by-link" }),
      check: async () => {
        const paid = (await paymentsOf(tenant)).filter(({ status }) => status === "succeeded");
        expect(paid).toHaveLength(2);
      },
    };
  },
  "invoice.generate": async () => {
    const tenant = await subscribed();
    await use(tenant);
    return {
      ...{ tenant, loses: "createInvoice" },
      ask: (ctx) => generateInvoice(ctx, said(tenant)),
      check: async () => expect(await paymentsOf(tenant)).toHaveLength(2),
    };
  },
  "invoice.pay": async () => {
    const tenant = await tenantWithFailedRenewal(world, "to-pay");
    await add(tenant, "pm_card_visa");
    const [invoice] = await listInvoices(world.ctx, { tenantId: tenant.id, status: "open", limit: 1 });
    const one = { invoiceId: invoice?.id ?? "", paymentMethodId: null };
    return {
      ...{ tenant, loses: "payInvoice" },
      ask: (ctx) => payInvoice(ctx, { ...said(tenant), ...one }),
      check: async () => {
        expect(await listInvoices(world.ctx, { tenantId: tenant.id, status: "open", limit: 1 })).toEqual([]);
        expect((await paymentsOf(tenant)).filter(({ status }) => status === "succeeded")).toHaveLength(2);
      },
    };
  },
  "invoice.period": async () => {
    const tenant = await subscribed("year");
    await use(tenant);
    await world.control.advanceTo(tenant.stripeTestClockId, new Date("2026-02-15T10:00:00Z"));
    await world.clock.refresh();
    return {
      ...{ tenant, loses: "createInvoice" },
      ask: (ctx) => billEndedPeriods(ctx, tenant.id),
      check: async () => expect(await paymentsOf(tenant)).toHaveLength(2),
    };
  },
  "invoice.renewal": async () => {
    const tenant = await subscribed();
    await use(tenant);
    world.webhooks.mode = "withhold";
    const end = (await getSubscription(world.ctx, tenant.id)).currentPeriodEndAt;
    await world.control.advanceTo(tenant.stripeTestClockId, end);
    await world.clock.refresh();
    const invoices = await world.ctx.stripe.listInvoices(await customerOf(tenant));
    const id = invoices.find(({ status }) => status === "draft")?.stripeInvoiceId ?? "";
    return {
      ...{ tenant, loses: "addInvoiceItem" },
      ask: (ctx) => billRenewalDraft(ctx, id, { actor: ctx.actor, reason: "A test", sourceAt: end }),
      check: async () => {
        const record = await world.ctx.stripe.fetchInvoice(id);
        expect(record?.lines.map(({ amountMinor }) => amountMinor)).toEqual([29_900n, 2_500n]);
      },
    };
  },
  "payment.process": async () => {
    const tenant = await world.tenant({ ownClock: true });
    await add(tenant, "pm_card_visa");
    const one = { amountMinor: 500n, currency: "usd", description: "Fee", paymentMethodId: null, onSession: false };
    return {
      ...{ tenant, loses: "createPayment" },
      ask: (ctx) => processPayment(ctx, { ...said(tenant), ...one }),
      check: async () => expect(await paymentsOf(tenant)).toMatchObject([{ amountMinor: 500n, status: "succeeded" }]),
    };
  },
  "payment.refund": async () => {
    const tenant = await subscribed();
    const [payment] = await listPayments(world.ctx, { tenantId: tenant.id, limit: 1 });
    const one = { paymentId: payment?.stripePaymentIntentId ?? "", amountMinor: 500n };
    return {
      ...{ tenant, loses: "refundPayment" },
      ask: (ctx) => refundPayment(ctx, { ...said(tenant), ...one }),
      check: async () => expect(await paymentsOf(tenant)).toMatchObject([{ amountRefundedMinor: 500n }]),
    };
  },
  "payment_method.abandon": async () => {
    const { tenant, setupIntentId } = await withWaitingAccount();
    return {
      ...{ tenant, loses: "abandonSetup" },
      ask: (ctx) => abandonBankAccount(ctx, { ...said(tenant), setupIntentId }),
      check: async () => expect(await listBankVerifications(world.ctx, tenant.id)).toEqual([]),
    };
  },
  "payment_method.add": async () => {
    const tenant = await world.tenant({ ownClock: true });
    await add(tenant, "pm_card_mastercard");
    return {
      ...{ tenant, loses: "attachPaymentMethod" },
      ask: (ctx) => addPaymentMethod(ctx, { ...said(tenant), paymentMethodId: "pm_card_visa", makeDefault: true }),
      check: async () => expect(await brands(tenant)).toEqual(["visa default", "mastercard"]),
    };
  },
  "payment_method.remove": async () => {
    const { tenant, mastercard } = await withTwoCards();
    return {
      ...{ tenant, loses: "detachPaymentMethod" },
      ask: (ctx) => removePaymentMethod(ctx, { ...said(tenant), paymentMethodId: mastercard }),
      check: async () => expect(await brands(tenant)).toEqual(["visa default"]),
    };
  },
  "payment_method.set_default": async () => {
    const { tenant, visa } = await withTwoCards();
    return {
      ...{ tenant, loses: "setDefaultPaymentMethod" },
      ask: (ctx) => setDefaultPaymentMethod(ctx, { ...said(tenant), paymentMethodId: visa }),
      check: async () => expect(await brands(tenant)).toEqual(["visa default", "mastercard"]),
    };
  },
  "payment_method.verify": async () => {
    const { tenant, setupIntentId } = await withWaitingAccount();
    const answer = { descriptorCode: "SM11AA" };
    return {
      ...{ tenant, loses: "verifyBankAccount" },
      ask: (ctx) => verifyBankAccount(ctx, { ...said(tenant), setupIntentId, answer }),
      check: async () => {
        expect(await listBankVerifications(world.ctx, tenant.id)).toEqual([]);
        expect(await listPaymentMethods(world.ctx, tenant.id)).toMatchObject([{ type: "us_bank_account" }]);
      },
    };
  },
  "promotion.create": async () => {
    const input = createPromotionSchema.parse({
      ...{ name: "Launch", code: "launch", off: { kind: "percent", percent: "20" }, duration: { kind: "forever" } },
      ...{ requestId: world.requestId(), reason: "A test" },
    });
    return {
      ...{ tenant: null, loses: "createPromotionCode" },
      ask: (ctx) => createPromotion(ctx, input),
      check: async () => {
        const page = { limit: 9, after: null, active: null };
        expect((await world.ctx.stripe.listPromotionCodes(page)).promotions).toHaveLength(1);
      },
    };
  },
  subscription: async () => {
    const tenant = await subscribed();
    return {
      ...{ tenant, loses: "changeSubscription" },
      ask: (ctx) => changePlan(ctx, { ...said(tenant), planKey: "enterprise", interval: null }),
      check: async () => {
        expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "enterprise" });
        expect(await paymentsOf(tenant)).toHaveLength(2);
      },
    };
  },
  "subscription.refund": async () => {
    const tenant = await subscribed();
    await world.advance("10 days", tenant);
    return {
      ...{ tenant, loses: "refundPayment" },
      ask: (ctx) => cancelSubscription(ctx, { ...said(tenant), immediate: true }),
      check: async () => {
        const [payment] = await paymentsOf(tenant);
        expect(await world.ctx.stripe.listRefunds(payment?.stripePaymentIntentId ?? "")).toHaveLength(1);
        expect(await world.ctx.stripe.fetchCustomer(await customerOf(tenant))).toMatchObject({ balanceMinor: 0n });
      },
    };
  },
};

const recover = async () => (await recoverOperations(world.ctx, MORE_PROMISES)) + (await recoverPayments(world.ctx));
const planned = () => world.db.prisma.operation.findMany({ where: { status: "planned" }, select: { kind: true } });

describe("an interrupted promise", () => {
  it.each(Object.keys(STORIES) as OperationKind[])("%s is brought to its end by the worker, once", async (kind) => {
    const { ask, check, loses, tenant, ends = "recorded" } = await STORIES[kind]();
    const dying = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, loses) };
    await expect(ask(dying)).rejects.toMatchObject({ code: "stripe.unavailable" });
    expect((await planned()).map((one) => one.kind)).toContain(kind);
    await world.control.advanceTo(
      tenant?.stripeTestClockId ?? null,
      new Date(world.clock.now(tenant?.stripeTestClockId ?? null).getTime() + 11 * 60_000),
    );
    await world.clock.refresh();
    expect(await recover()).toBe(1);
    expect(await planned()).toEqual([]);
    const done = await world.db.prisma.operation.findMany({ where: { kind }, orderBy: { createdAt: "desc" }, take: 1 });
    expect(done).toMatchObject([{ status: ends }]);
    expect(await recover()).toBe(0);
    await world.drain();
    await check();
  });
});

describe("an interrupted change of cards", () => {
  it("does not take back what was chosen later", async () => {
    const { tenant, visa, mastercard } = await withTwoCards();
    const dying = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "attachPaymentMethod") };
    const amex = { ...said(tenant), paymentMethodId: "pm_card_amex", makeDefault: true };
    await expect(addPaymentMethod(dying, amex)).rejects.toThrow();
    const lost = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "setDefaultPaymentMethod") };
    const first = { ...said(tenant), paymentMethodId: mastercard };
    await expect(setDefaultPaymentMethod(lost, first)).rejects.toThrow();
    await world.advance("1 minute", tenant);
    await setDefaultPaymentMethod(world.ctx, { ...said(tenant), paymentMethodId: visa });
    await world.advance("11 minutes", tenant);
    await recover();
    expect(await planned()).toEqual([]);
    expect(world.complaints.splice(0).join()).toContain("could not be finished");
    expect((await brands(tenant)).sort()).toEqual(["american_express", "mastercard", "visa default"]);
    await expect(setDefaultPaymentMethod(world.ctx, first)).rejects.toMatchObject({ code: "operation.interrupted" });
  });

  it("asks for the deposits again when Stripe never heard of them", async () => {
    const { tenant, setupIntentId } = await withWaitingAccount();
    const deaf = { ...world.ctx.stripe, verifyBankAccount: () => Promise.reject(new Error("The process died.")) };
    const answer = { descriptorCode: "SM11AA" };
    const request = { ...said(tenant), setupIntentId, answer };
    await expect(verifyBankAccount({ ...world.ctx, stripe: deaf }, request)).rejects.toThrow("died");
    await world.advance("11 minutes", tenant);
    await recover();
    expect(world.complaints.splice(0).join()).toContain("could not be finished");
    await expect(verifyBankAccount(world.ctx, request)).rejects.toMatchObject({ code: "operation.interrupted" });
    expect(await listBankVerifications(world.ctx, tenant.id)).toHaveLength(1);
    await verifyBankAccount(world.ctx, { ...request, requestId: world.requestId() });
    expect(await listBankVerifications(world.ctx, tenant.id)).toEqual([]);
  });
});

describe("an interrupted payment of an invoice", () => {
  it("charges nobody after a day", async () => {
    const tenant = await tenantWithFailedRenewal(world, "too-late");
    await add(tenant, "pm_card_visa");
    const [invoice] = await listInvoices(world.ctx, { tenantId: tenant.id, status: "open", limit: 1 });
    const deaf = { ...world.ctx.stripe, payInvoice: () => Promise.reject(new Error("The process died.")) };
    const request = { ...said(tenant), invoiceId: invoice?.id ?? "", paymentMethodId: null };
    await expect(payInvoice({ ...world.ctx, stripe: deaf }, request)).rejects.toThrow("died");
    const before = (await paymentsOf(tenant)).map(({ chargedAt }) => chargedAt);
    await world.control.advanceTo(
      tenant.stripeTestClockId,
      new Date(world.clock.now(tenant.stripeTestClockId).getTime() + 24 * 3_600_000),
    );
    await world.clock.refresh();
    await recover();
    expect(world.complaints.splice(0).join()).toContain("could not be finished");
    expect((await paymentsOf(tenant)).map(({ chargedAt }) => chargedAt)).toEqual(before);
    await expect(payInvoice(world.ctx, request)).rejects.toMatchObject({ code: "operation.interrupted" });
  });
});
