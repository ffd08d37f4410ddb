/** Cases walked through to each of their ends, on real months of the sandbox. */
import { beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "@/billing/audit";
import { forgetCatalog } from "@/billing/catalog/get-catalog";
import { listInvoices, payInvoice } from "@/billing/invoices";
import { listPaymentMethods, verifyBankAccount } from "@/billing/payments";
import { cancelSubscription, getSubscription, listSubscriptionChanges } from "@/billing/subscriptions";
import type { Tenant } from "@/billing/tenants";
import { getUsage } from "@/billing/usage";
import { enterBankAccount } from "@/testing/bank-account";
import { caseOf, kindsTo, lettersTo, saveCard, tenantWithFailedRenewal } from "@/testing/dunning-world";
import { shareWorld } from "@/testing/world";
import { tellTenant } from "../notifications";
import { getCase, getStanding, retryCase, stopCase } from ".";

const world = shareWorld();
const DAY_MS = 86_400_000;

const planOf = async (tenant: Tenant) => ({
  plan: (await getSubscription(world.ctx, tenant.id)).planKey,
  served: (await getUsage(world.ctx, tenant.id)).planKey,
});

async function toDay(tenant: Tenant, day: number): Promise<void> {
  const { firstFailedAt } = await caseOf(world, tenant);
  await world.advance(new Date(firstFailedAt.getTime() + day * DAY_MS), tenant);
}

async function pay(tenant: Tenant): Promise<void> {
  await saveCard(world, tenant, "pm_card_mastercard");
  const { invoiceNumber: invoiceId } = await caseOf(world, tenant);
  const call = {
    tenantId: tenant.id,
    invoiceId,
    paymentMethodId: null,
    requestId: world.requestId(),
    reason: "A test",
  };
  await payInvoice(world.ctx, call);
  await world.drain();
}

const operator = (tenant: Tenant, caseId: string, reason: string) => {
  const ctx = { ...world.ctx, actor: { kind: "operator" as const, userId: "usr_op", label: "olivia@example.com" } };
  return { ctx, input: { tenantId: tenant.id, caseId, requestId: world.requestId(), reason } };
};

describe("a renewal that nobody pays", () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await tenantWithFailedRenewal(world, "never-pays");
  });

  it("opens a case with its first letter; everything stays as it was", async () => {
    const found = await caseOf(world, tenant);
    expect(found).toMatchObject({
      stage: "first_notice",
      endsPlan: true,
      amountDueMinor: 32_292n,
      planKey: "professional",
    });
    expect(found.graceEndsAt.getTime() - found.firstFailedAt.getTime()).toBe(14 * DAY_MS);
    expect(found.nextStepAt?.getTime()).toBe(found.firstFailedAt.getTime() + 3 * DAY_MS);
    expect(await kindsTo(world, tenant)).toEqual(["payment_failed"]);
    expect(await planOf(tenant)).toEqual({ plan: "professional", served: "professional" });
    expect(await getStanding(world.ctx, tenant.id)).toMatchObject({ stage: "first_notice", planName: "Professional" });
  });

  it("is written to on the days the catalog names, and at no other time", async () => {
    await toDay(tenant, 2.9);
    expect(await kindsTo(world, tenant)).toHaveLength(1);
    await toDay(tenant, 3);
    expect((await kindsTo(world, tenant)).slice(1)).toEqual(["payment_reminder"]);
    await toDay(tenant, 11.9);
    expect((await kindsTo(world, tenant)).slice(1)).toEqual(["payment_reminder", "payment_reminder"]);
    await toDay(tenant, 12);
    expect((await kindsTo(world, tenant)).at(-1)).toBe("payment_last_notice");
    expect(await planOf(tenant)).toEqual({ plan: "professional", served: "professional" });
  });

  it("keeps its plan to the end of the grace and then has the free plan, once", async () => {
    await toDay(tenant, 14 - 1 / DAY_MS - 0.001);
    expect(await planOf(tenant)).toEqual({ plan: "professional", served: "professional" });
    await toDay(tenant, 14);
    expect(await planOf(tenant)).toEqual({ plan: "free", served: "free" });
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "lapsed", nextStepAt: null, closedAt: null });
    expect((await kindsTo(world, tenant)).at(-1)).toBe("plan_ended");
    const [ended] = await listSubscriptionChanges(world.ctx, tenant.id, 1);
    expect(ended).toMatchObject({
      kind: "canceled",
      toPlanKey: "free",
      reason: expect.stringContaining("payment_failed"),
    });
    const [invoice] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(invoice).toMatchObject({ status: "open", nextPaymentAttemptAt: null });
    await toDay(tenant, 40);
    expect(await kindsTo(world, tenant)).toHaveLength(5);
    const { ctx, input } = operator(tenant, (await caseOf(world, tenant)).id, "Too late");
    await expect(stopCase(ctx, input)).rejects.toMatchObject({ kind: "conflict", code: "dunning.closed" });
  });

  it("can still be paid: the debt is settled, and the plan can be started again", async () => {
    await pay(tenant);
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "recovered", closedAt: expect.any(Date) });
    expect((await lettersTo(world, tenant)).at(-1)?.text).toContain("start it again");
    expect(await planOf(tenant)).toEqual({ plan: "free", served: "free" });
    expect(await getStanding(world.ctx, tenant.id)).toBeNull();
    const { events } = await getCase(world.ctx, { tenantId: tenant.id, caseId: (await caseOf(world, tenant)).id });
    const story = events.map(({ kind }) => kind).reverse();
    expect(story.filter((kind) => kind !== "attempt_failed")).toEqual([
      ...["first_notice", "reminder", "reminder", "last_notice", "lapsed", "recovered"],
    ]);
    const log = await listAudit(world.ctx, { tenantId: tenant.id, limit: 200 });
    const logged = log.flatMap(({ action, target }) => (target.startsWith("dunning:") ? [action] : []));
    expect(logged.sort()).toEqual(story.map((kind) => `dunning.${kind}`).sort());
  });
});

describe("a renewal that is paid in time", () => {
  it("restores everything, whatever had been written before", async () => {
    const tenant = await tenantWithFailedRenewal(world, "pays-late");
    await toDay(tenant, 12.5);
    const before = await getSubscription(world.ctx, tenant.id);
    expect(before.status).toBe("past_due");
    await pay(tenant);
    const after = await getSubscription(world.ctx, tenant.id);
    expect(after).toMatchObject({ status: "active", planKey: "professional" });
    expect(after.currentPeriodEndAt).toEqual(before.currentPeriodEndAt);
    expect((await lettersTo(world, tenant)).at(-1)).toMatchObject({ kind: "payment_recovered" });
    expect((await lettersTo(world, tenant)).at(-1)?.text).toContain("goes on as before");
    const count = (await kindsTo(world, tenant)).length;
    await toDay(tenant, 27);
    expect(await kindsTo(world, tenant)).toHaveLength(count);
    expect(await planOf(tenant)).toEqual({ plan: "professional", served: "professional" });
  });
});

describe("a renewal that a bank account pays", () => {
  it("takes days to come in: no letter and no end meanwhile, and everything goes on once it has", async () => {
    const tenant = await tenantWithFailedRenewal(world, "by-debit");
    await toDay(tenant, 12);
    const setupIntentId = await enterBankAccount(world, tenant);
    const asked = { tenantId: tenant.id, requestId: world.requestId(), reason: "A test" };
    await verifyBankAccount(world.ctx, { ...asked, setupIntentId, answer: { descriptorCode: "SM11AA" } });
    const account = (await listPaymentMethods(world.ctx, tenant.id)).find(({ type }) => type === "us_bank_account");
    await payInvoice(world.ctx, {
      ...{ ...asked, requestId: world.requestId(), paymentMethodId: account?.stripePaymentMethodId ?? null },
      invoiceId: (await caseOf(world, tenant)).invoiceNumber,
    });
    const letters = await kindsTo(world, tenant);
    await toDay(tenant, 15);
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "last_notice", closedAt: null });
    expect(await planOf(tenant)).toEqual({ plan: "professional", served: "professional" });
    expect(await kindsTo(world, tenant)).toEqual(letters);
    await toDay(tenant, 17);
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "recovered", closedAt: expect.any(Date) });
    expect(await planOf(tenant)).toEqual({ plan: "professional", served: "professional" });
  });
});

describe("what operators do", () => {
  it("collects now when the card pays again, and tells what the bank said when not", async () => {
    const tenant = await tenantWithFailedRenewal(world, "retried");
    const { id } = await caseOf(world, tenant);
    const first = operator(tenant, id, "The customer called");
    await expect(retryCase(first.ctx, tellTenant, first.input)).rejects.toMatchObject({ kind: "declined" });
    await world.drain();
    await saveCard(world, tenant, "pm_card_visa");
    const second = operator(tenant, id, "There is a new card");
    expect(await retryCase(second.ctx, tellTenant, second.input)).toMatchObject({ stage: "recovered", nextStep: null });
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ status: "active" });
    const { events } = await getCase(world.ctx, { tenantId: tenant.id, caseId: id });
    const tries = events.filter(({ kind }) => kind === "retried");
    expect(tries.map(({ actor }) => actor)).toEqual(["operator:usr_op", "operator:usr_op"]);
    expect(tries[1]?.reason).toMatch(/^The customer called\. .*card/);
    const third = operator(tenant, id, "Again");
    await expect(retryCase(third.ctx, tellTenant, third.input)).rejects.toMatchObject({ code: "dunning.closed" });
  });

  it("stops the letters and leaves the plan; what Stripe reports later writes none", async () => {
    const tenant = await tenantWithFailedRenewal(world, "stopped");
    const { id } = await caseOf(world, tenant);
    const { ctx, input } = operator(tenant, id, "Agreed on the phone: pays by transfer");
    expect(await stopCase(ctx, input)).toMatchObject({ stage: "stopped" });
    await toDay(tenant, 14.5);
    expect(await kindsTo(world, tenant)).toEqual(["payment_failed"]);
    expect(await planOf(tenant)).toEqual({ plan: "professional", served: "professional" });
    const [entry] = await world.db.prisma.auditEntry.findMany({
      where: { tenantId: tenant.id, action: "dunning.stopped" },
    });
    expect(entry).toMatchObject({ actor: "operator:usr_op", reason: "Agreed on the phone: pays by transfer" });
    await expect(stopCase(ctx, input)).rejects.toMatchObject({ code: "dunning.closed" });
    await pay(tenant);
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "recovered" });
    expect(await kindsTo(world, tenant)).toEqual(["payment_failed"]);
  });
});

describe("ends that are not ours", () => {
  it("a plan its tenant ends while overdue lapses with one letter; a void invoice is over in silence", async () => {
    const tenant = await tenantWithFailedRenewal(world, "leaves");
    const request = { tenantId: tenant.id, requestId: world.requestId(), reason: "A test" };
    await cancelSubscription(world.ctx, { ...request, immediate: true, settlement: "none" });
    await world.drain();
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "lapsed" });
    await toDay(tenant, 20);
    expect(await kindsTo(world, tenant)).toEqual(["payment_failed", "plan_ended"]);
  });

  it("Stripe's retries may end before the grace does: one end, one letter", async () => {
    await setTerms({ graceDays: 30, reminderDays: [20] });
    const tenant = await tenantWithFailedRenewal(world, "stripe-first");
    await toDay(tenant, 16);
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "lapsed", nextStepAt: null });
    expect(await planOf(tenant)).toEqual({ plan: "free", served: "free" });
    await toDay(tenant, 40);
    expect(await kindsTo(world, tenant)).toEqual(["payment_failed", "plan_ended"]);
  });

  it("Stripe may leave it unpaid: the grace goes on, its end cancels, and the invoice is given up as the catalog says", async () => {
    await setTerms({ graceDays: 20, unpaidInvoice: "mark_uncollectible" });
    await fetch(`${world.sandbox.url}/_sandbox/settings`, { method: "POST", body: '{"afterRetries":"unpaid"}' });
    const tenant = await tenantWithFailedRenewal(world, "left-unpaid");
    await toDay(tenant, 16);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ status: "unpaid" });
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "reminded" });
    await toDay(tenant, 20);
    expect(await planOf(tenant)).toEqual({ plan: "free", served: "free" });
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "lapsed" });
    expect((await listInvoices(world.ctx, { tenantId: tenant.id, limit: 9 })).map(({ status }) => status)).toContain(
      "uncollectible",
    );
    expect((await kindsTo(world, tenant)).at(-1)).toBe("plan_ended");
    await pay(tenant);
    expect(await caseOf(world, tenant)).toMatchObject({ stage: "recovered" });
  });

  it("no grace at all: the free plan at the first failure", async () => {
    await setTerms({ graceDays: 0 });
    const tenant = await tenantWithFailedRenewal(world, "no-grace");
    expect(await planOf(tenant)).toEqual({ plan: "free", served: "free" });
    expect(await kindsTo(world, tenant)).toEqual(["payment_failed", "plan_ended"]);
  });
});

async function setTerms(terms: object): Promise<void> {
  await world.db.prisma.catalogState.updateMany({ data: { dunning: terms } });
  forgetCatalog(world.db);
}
