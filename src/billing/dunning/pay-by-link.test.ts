/** The link of a letter: whom it lets in, what it shows, and how a payment by it ends. */
import { beforeAll, describe, expect, it } from "vitest";
import { recoverOperations } from "@/billing/invoices";
import { getSubscription } from "@/billing/subscriptions";
import type { Tenant } from "@/billing/tenants";
import { caseOf, kindsTo, newestLink, saveCard, tenantWithFailedRenewal } from "@/testing/dunning-world";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { postToSandbox } from "@/testing/sandbox-post";
import { shareWorld } from "@/testing/world";
import { MORE_PROMISES } from "@/workers/tasks/close-periods";
import { tellTenant } from "../notifications";
import { openLink, PAY_BY_LINK_OPERATION, payByLink, settleByLink, startSetupByLink } from ".";
import { readLink, signLink } from "./link";

const world = shareWorld();
let tenant: Tenant;
let link: string;

beforeAll(async () => {
  tenant = await tenantWithFailedRenewal(world, "linked");
  link = await newestLink(world, tenant);
});

const pay = (paymentMethodId: string, of = link) =>
  payByLink(world.ctx, tellTenant, { link: of, paymentMethodId, requestId: world.requestId() });

/** Saves a card as the browser does, with the bank's question answered. */
async function setUp(clientSecret: string, card: string): Promise<string> {
  const [id = ""] = clientSecret.split("_secret_");
  await postToSandbox(world.sandbox.url, `setup_intents/${id}/confirm`, { payment_method: card });
  await world.control.authenticate(clientSecret, "succeed");
  const { payment_method } = world.sandbox.store.transaction((tx) => tx.get("setup_intent", id));
  return String(payment_method);
}

/** How many payments of the plan's price a tenant has made. */
function paidCount({ id: tenantId }: Tenant): Promise<number> {
  return world.db.prisma.payment.count({ where: { tenantId, status: "succeeded", amountMinor: 32_292n } });
}

describe("a link", () => {
  it("shows one invoice and nothing else", async () => {
    const view = await openLink(world.ctx, link);
    expect(view).toMatchObject({ state: "open", amountDueMinor: 32_292n, planStays: true, tenantName: "linked" });
    expect(Object.keys(view).sort()).toEqual([
      "amountDueMinor",
      "currency",
      "graceEndsAt",
      "invoiceNumber",
      "planName",
      "planStays",
      "state",
      "tenantName",
      "tenantSlug",
      "timeZone",
    ]);
    expect(JSON.stringify(view, (_, value) => (typeof value === "bigint" ? String(value) : value))).not.toContain(
      "billing@",
    );
  });

  it.each([
    ["nothing", () => ""],
    ["no signature", () => link.split(".")[0] ?? ""],
    ["an empty signature", () => `${link.split(".")[0]}.`],
    [
      "another tenant with the old signature",
      () => `${Buffer.from("ten_other in_1 4102444800").toString("base64url")}.${link.split(".")[1]}`,
    ],
    [
      "a later expiry with the old signature",
      () =>
        `${Buffer.from(
          Buffer.from(link.split(".")[0] ?? "", "base64url")
            .toString()
            .replace(/\d+$/, "4102444800"),
        ).toString("base64url")}.${link.split(".")[1]}`,
    ],
    ["one character changed", () => `${link.slice(0, -2)}${link.at(-2) === "A" ? "B" : "A"}${link.at(-1)}`],
    ["more after it", () => `${link}.x`],
    [
      "another secret",
      () =>
        signLink(
          { settings: { ...world.ctx.settings, linkSecret: "another secret of 32 characters or more" } },
          { tenantId: tenant.id, stripeInvoiceId: "in_1", now: new Date(0) },
        ) ?? "",
    ],
    [
      "an invoice that has no case",
      () => signLink(world.ctx, { tenantId: tenant.id, stripeInvoiceId: "in_none", now: world.clock.now() }) ?? "",
    ],
  ])("that is %s says only that it is not valid", async (_name, forged) => {
    expect(await openLink(world.ctx, forged())).toEqual({ state: "invalid" });
    await expect(startSetupByLink(world.ctx, forged())).rejects.toMatchObject({ code: "dunning.link_invalid" });
    await expect(pay("pm_card_visa", forged())).rejects.toMatchObject({ code: "dunning.link_invalid" });
  });

  it("expires after thirty days of the tenant's time, and then tells nothing either", async () => {
    const { stripeInvoiceId } = await caseOf(world, tenant);
    const now = new Date(world.ctx.clock.now(tenant.stripeTestClockId).getTime() - 31 * 86_400_000);
    const old = signLink(world.ctx, { tenantId: tenant.id, stripeInvoiceId, now }) ?? "";
    expect(readLink(world.ctx, old)).toMatchObject({ tenantId: tenant.id });
    expect(await openLink(world.ctx, old)).toEqual({ state: "expired" });
    await expect(pay("pm_card_visa", old)).rejects.toMatchObject({ details: { state: "expired" } });
  });

  it("is not made without a secret: letters point to the portal then", () => {
    const ctx = { settings: { ...world.ctx.settings, linkSecret: null } };
    expect(signLink(ctx, { tenantId: tenant.id, stripeInvoiceId: "in_1", now: new Date(0) })).toBeNull();
    expect(readLink(ctx, link)).toBeNull();
  });
});

describe("paying by it", () => {
  it("keeps everything as it was when the card says no", async () => {
    await expect(pay("pm_card_chargeCustomerFail")).rejects.toMatchObject({ kind: "declined" });
    await world.drain();
    expect(await openLink(world.ctx, link)).toMatchObject({ state: "open" });
  });

  it("hands a bank's question to the browser and ends well when it is answered", async () => {
    const { view, confirmation } = await pay("pm_card_authenticationRequired");
    expect(view).toMatchObject({ state: "open" });
    expect(confirmation?.clientSecret).toMatch(/^pi_\w+_secret_/);
    await world.control.authenticate(confirmation?.clientSecret ?? "", "succeed");
    expect(await settleByLink(world.ctx, tellTenant, link)).toMatchObject({
      state: "paid",
      planEnded: false,
      restart: null,
    });
    await world.drain();
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ status: "active", planKey: "professional" });
    expect((await kindsTo(world, tenant)).at(-1)).toBe("payment_recovered");
  });

  it("asks no second time for a card whose holder answered when it was set up", async () => {
    const other = await tenantWithFailedRenewal(world, "asked-once");
    const own = await newestLink(world, other);
    const { clientSecret } = await startSetupByLink(world.ctx, own);
    const paymentMethodId = await setUp(clientSecret, "pm_card_authenticationRequiredOnSetup");
    const { view, confirmation } = await pay(paymentMethodId, own);
    expect([view.state, confirmation]).toEqual(["paid", null]);
    await world.drain();
    expect(await paidCount(other)).toBe(2);
    expect(await kindsTo(world, other)).toEqual(["payment_failed", "payment_recovered"]);
  });

  it("asks on the same payment when the bank insists, and a repetition of the request is handed the same question", async () => {
    const other = await tenantWithFailedRenewal(world, "asked-twice");
    const own = await newestLink(world, other);
    const { clientSecret } = await startSetupByLink(world.ctx, own);
    const paymentMethodId = await setUp(clientSecret, "pm_card_authenticationRequired");
    const request = { link: own, paymentMethodId, requestId: "asked-twice" };
    const { confirmation } = await payByLink(world.ctx, tellTenant, request);
    expect((await payByLink(world.ctx, tellTenant, request)).confirmation).toEqual(confirmation);
    await world.control.authenticate(confirmation?.clientSecret ?? "", "succeed");
    expect(await settleByLink(world.ctx, tellTenant, own)).toMatchObject({ state: "paid" });
    await world.drain();
    expect(await paidCount(other)).toBe(2);
    expect(await kindsTo(world, other)).toEqual(["payment_failed", "payment_recovered"]);
  });

  it("that a crash interrupted is finished by the worker, once, with the case and its letter", async () => {
    const other = await tenantWithFailedRenewal(world, "interrupted");
    const losing = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "payInvoice") };
    const request = { link: await newestLink(world, other), paymentMethodId: "pm_card_visa", requestId: "interrupted" };
    await expect(payByLink(losing, tellTenant, request)).rejects.toMatchObject({ code: "stripe.unavailable" });
    const unsettled = { tenantId: other.id, kind: PAY_BY_LINK_OPERATION, status: "planned" as const };
    expect(await world.db.prisma.operation.count({ where: unsettled })).toBe(1);
    await world.advance("11 minutes", other);
    expect(await recoverOperations(world.ctx, MORE_PROMISES)).toBe(1);
    expect(await recoverOperations(world.ctx, MORE_PROMISES)).toBe(0);
    expect(await caseOf(world, other)).toMatchObject({ stage: "recovered" });
    await world.drain();
    expect(await paidCount(other)).toBe(2);
    expect(await kindsTo(world, other)).toEqual(["payment_failed", "payment_recovered"]);
    expect(await world.db.prisma.operation.count({ where: unsettled })).toBe(0);
  });

  it("charges nothing again by a link that is used up", async () => {
    const paid = await world.db.prisma.payment.count({ where: { tenantId: tenant.id, status: "succeeded" } });
    const { view, confirmation } = await pay("pm_card_visa");
    expect([view.state, confirmation]).toEqual(["paid", null]);
    await world.drain();
    expect(await world.db.prisma.payment.count({ where: { tenantId: tenant.id, status: "succeeded" } })).toBe(paid);
  });

  it("is made of an invoice that was given up, with a card whose bank always asks", async () => {
    const other = await tenantWithFailedRenewal(world, "given-up");
    const own = await newestLink(world, other);
    const { stripeInvoiceId } = await caseOf(world, other);
    await world.ctx.stripe.markUncollectible(stripeInvoiceId, "given-up");
    await world.drain();
    const request = { link: own, paymentMethodId: "pm_card_authenticationRequired", requestId: "given-up" };
    const { view, confirmation } = await payByLink(world.ctx, tellTenant, request);
    expect(view).toMatchObject({ state: "open" });
    expect(confirmation?.clientSecret).toMatch(/^pi_\w+_secret_/);
    expect((await payByLink(world.ctx, tellTenant, request)).confirmation).toEqual(confirmation);
    await world.control.authenticate(confirmation?.clientSecret ?? "", "succeed");
    expect(await settleByLink(world.ctx, tellTenant, own)).toMatchObject({ state: "paid" });
    await world.drain();
    expect(await paidCount(other)).toBe(2);
  });

  it("says what to do when the bank asks and there is no way to answer it", async () => {
    const other = await tenantWithFailedRenewal(world, "no-way");
    const request = { link: await newestLink(world, other), paymentMethodId: "pm_card_authenticationRequired" };
    const mute = { ...world.ctx.stripe, fetchInvoiceConfirmation: () => Promise.resolve(null) };
    const paying = payByLink({ ...world.ctx, stripe: mute }, tellTenant, { ...request, requestId: "no-way" });
    await expect(paying).rejects.toMatchObject({
      ...{ code: "payment.authentication_required", message: expect.stringContaining("Use another card") },
    });
  });

  it("makes the card the default, once however often the same request comes", async () => {
    const other = await tenantWithFailedRenewal(world, "twice");
    const own = await newestLink(world, other);
    const request = { link: own, paymentMethodId: "pm_card_mastercard", requestId: "the-same" };
    const answers = await Promise.all([1, 2].map(() => payByLink(world.ctx, tellTenant, request).catch(() => null)));
    expect(answers.some((answer) => answer?.view.state === "paid")).toBe(true);
    expect(await payByLink(world.ctx, tellTenant, request)).toMatchObject({ view: { state: "paid" } });
    await world.drain();
    const methods = await world.db.prisma.paymentMethod.findMany({ where: { tenantId: other.id, isDefault: true } });
    expect(methods).toMatchObject([{ brand: "mastercard" }]);
    const succeeded = { tenantId: other.id, status: "succeeded" as const, amountMinor: 32_292n };
    expect(await world.db.prisma.payment.count({ where: succeeded })).toBe(2);
    expect(await kindsTo(world, other)).toEqual(["payment_failed", "payment_recovered"]);
  });

  it("offers to start the plan again when it has ended meanwhile", async () => {
    const other = await tenantWithFailedRenewal(world, "too-late");
    await world.advance("15 days", other);
    await saveCard(world, other, "pm_card_visa");
    const answer = await pay("pm_card_visa", await newestLink(world, other));
    expect(answer.view).toMatchObject({
      state: "paid",
      planEnded: true,
      restart: { planKey: "professional", planName: "Professional" },
    });
  });

  it("asks for card fields ten times an hour at most", async () => {
    const other = await tenantWithFailedRenewal(world, "busy");
    const own = await newestLink(world, other);
    for (let times = 0; times < 10; times += 1) await startSetupByLink(world.ctx, own);
    await expect(startSetupByLink(world.ctx, own)).rejects.toMatchObject({ kind: "limit", code: "dunning.link_busy" });
    await world.advance("61 minutes", other);
    expect((await startSetupByLink(world.ctx, own)).clientSecret).toMatch(/^seti_/);
  });
});
