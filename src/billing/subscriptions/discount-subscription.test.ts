/** Discounts of the operator's without a code: quoted, given, seen on the next invoices, taken off, in the log; refused. */
import { beforeAll, describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import type { BillingContext } from "../context";
import { getInvoice, listInvoices } from "../invoices";
import { addPaymentMethod } from "../payments";
import type { Tenant } from "../tenants";
import {
  cancelSubscription,
  changePlan,
  commitQuote,
  discountWishSchema,
  getSubscription,
  giveDiscount,
  pauseSubscription,
  quoteSubscription,
  takeDiscount,
} from ".";
import type { DiscountTerms } from "./model-promotions";

const world = shareWorld();
let operator: BillingContext;

beforeAll(async () => {
  operator = { ...world.ctx, actor: { kind: "operator", userId: "usr_op", label: "Op" } };
});

const call = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "An outage in May" });
const subscriber = () => world.tenant({ plan: "professional", ownClock: true });
const percent = (of: string, duration: DiscountTerms["duration"]): DiscountTerms => ({
  ...{ name: "Apology", off: { kind: "percent", percent: of }, duration },
});
const amount = (of: string, duration: DiscountTerms["duration"]): DiscountTerms => ({
  ...{ name: "Apology", off: { kind: "amount", amount: of }, duration },
});

function quote(tenant: Tenant, wish: { give: DiscountTerms } | { take: string }) {
  return quoteSubscription(operator, {
    tenantId: tenant.id,
    wish: discountWishSchema.parse({ verb: "discount", ...wish }),
  });
}

const commit = (tenant: Tenant, quoteId: string) =>
  commitQuote(operator, { ...call(tenant), quoteId, canConfirm: false, paymentMethodId: null });

async function newest(tenant: Tenant) {
  const [first] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
  return getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: first?.id ?? "" });
}

const discounts = async (tenant: Tenant) => (await getSubscription(world.ctx, tenant.id)).subscription?.discounts ?? [];

describe("a discount without a code", () => {
  // 299.00 and 8 %: 322.92 without a discount.
  it.each([
    ["20 % once", percent("20", { kind: "once" }), [25_834n, 32_292n, 32_292n]],
    ["12.5 % for two months", percent("12.5", { kind: "repeating", months: 2 }), [28_255n, 28_255n, 32_292n]],
    ["20 % forever", percent("20", { kind: "forever" }), [25_834n, 25_834n, 25_834n]],
    ["100 % once", percent("100", { kind: "once" }), [0n, 32_292n, 32_292n]],
    ["50.00 once", amount("50.00", { kind: "once" }), [26_892n, 32_292n, 32_292n]],
    ["0.01 for a month", amount("0.01", { kind: "repeating", months: 1 }), [32_291n, 32_292n, 32_292n]],
  ] as const)("of %s charges nothing now and what was quoted next", async (_what, terms, totals) => {
    const tenant = await subscriber();
    await world.advance("10 days", tenant);
    const before = (await listInvoices(world.ctx, { tenantId: tenant.id, limit: 10 })).length;
    const promised = await quote(tenant, { give: terms });
    expect(promised).toMatchObject({
      action: "give_discount",
      isNow: true,
      dueNowMinor: 0n,
      lines: [],
      creditMinor: 0n,
    });
    expect(promised.promotion).toMatch(/^Apology: /);
    expect(promised.nextInvoice?.totalMinor).toBe(totals[0]);
    const given = await commit(tenant, promised.id);
    expect(given).toMatchObject({ chargedNowMinor: 0n, confirmation: null });
    expect(await discounts(tenant)).toMatchObject([{ name: "Apology" }]);
    expect(await listInvoices(world.ctx, { tenantId: tenant.id, limit: 10 })).toHaveLength(before);
    for (const total of totals) {
      await world.advance(
        total === totals[0] && (await newest(tenant)).totalMinor === 32_292n ? "22 days" : "1 month",
        tenant,
      );
      expect((await newest(tenant)).totalMinor).toBe(total);
    }
  });

  it("stands beside others, and each is taken off for itself, quoted too", async () => {
    const tenant = await subscriber();
    await giveDiscount(operator, { ...call(tenant), terms: percent("50", { kind: "forever" }) });
    await giveDiscount(operator, { ...call(tenant), terms: amount("100.00", { kind: "forever" }) });
    const [half, hundred] = await discounts(tenant);
    // Half of 299.00, less 100.00, and 8 %.
    const off = await quote(tenant, { take: hundred?.stripeDiscountId ?? "" });
    expect(off).toMatchObject({ action: "take_discount", nextInvoice: { totalMinor: 16_146n } });
    await commit(tenant, off.id);
    expect(await discounts(tenant)).toEqual([half]);
    const whole = await takeDiscount(operator, { ...call(tenant), stripeDiscountId: half?.stripeDiscountId ?? "" });
    expect(whole.current.subscription?.discounts).toEqual([]);
    await world.advance("1 month", tenant);
    expect((await newest(tenant)).totalMinor).toBe(32_292n);
  });

  it("is in the log with who, why and what, given and taken", async () => {
    const tenant = await subscriber();
    await giveDiscount(operator, { ...call(tenant), terms: percent("20", { kind: "repeating", months: 3 }) });
    const [given] = await discounts(tenant);
    await takeDiscount(operator, { ...call(tenant), stripeDiscountId: given?.stripeDiscountId ?? "" });
    const log = (await listAudit(world.ctx, { tenantId: tenant.id, limit: 20 })).filter(
      ({ action }) => action === "subscription.discount",
    );
    const common = { actor: "operator:usr_op", reason: "An outage in May" };
    expect(log).toHaveLength(2);
    const details = (more: object) => expect.objectContaining({ ...common, details: expect.objectContaining(more) });
    expect(log).toContainEqual(details({ given: "Apology: 20% off for 3 months" }));
    expect(log).toContainEqual(details({ taken: "Apology" }));
  });

  it("is given once however often it is asked for, also when an answer was lost", async () => {
    const tenant = await subscriber();
    const input = { ...call(tenant), terms: percent("10", { kind: "forever" }) };
    const lossy = { ...operator, stripe: loseAnswerOnce(operator.stripe, "setDiscounts") };
    await expect(giveDiscount(lossy, input)).rejects.toMatchObject({ code: "stripe.unavailable" });
    await giveDiscount(operator, input);
    await giveDiscount(operator, input);
    expect(await discounts(tenant)).toHaveLength(1);
  });

  it("whose quote is outdated is refused with a fresh one", async () => {
    const tenant = await subscriber();
    const promised = await quote(tenant, { give: percent("10", { kind: "forever" }) });
    await giveDiscount(operator, { ...call(tenant), terms: amount("5.00", { kind: "forever" }) });
    const fresh = { code: "quote.stale", details: { quoteId: expect.any(String) } };
    await expect(commit(tenant, promised.id)).rejects.toMatchObject(fresh);
    expect(await discounts(tenant)).toHaveLength(1);
  });

  it("makes a quote stale that says what the next invoice comes to", async () => {
    const tenant = await subscriber();
    await cancelSubscription(world.ctx, { ...call(tenant), immediate: false });
    const stay = { tenantId: tenant.id, wish: { verb: "resume" } } as const;
    const promised = await quoteSubscription(operator, stay);
    await giveDiscount(operator, { ...call(tenant), terms: percent("50", { kind: "forever" }) });
    const refused = await commit(tenant, promised.id).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "quote.stale", details: { quoteId: expect.any(String) } });
    const after = (await quoteSubscription(operator, stay)).nextInvoice?.totalMinor;
    expect([promised.nextInvoice?.totalMinor, after]).toEqual([32_292n, 16_146n]);
  });
});

describe("is refused", () => {
  const terms = percent("10", { kind: "forever" });

  it.each([
    ["more than everything", percent("100.5", { kind: "once" }), "promotion.invalid"],
    ["nothing", amount("0", { kind: "once" }), "promotion.invalid"],
    ["half a cent", amount("0.005", { kind: "once" }), "promotion.invalid"],
  ] as const)("a discount of %s", async (_what, wrong, code) => {
    const tenant = await subscriber();
    await expect(quote(tenant, { give: wrong })).rejects.toMatchObject({ kind: "invalid", code });
  });

  it("to a tenant on the free plan, a paused one, one with a scheduled change or one that waits for its bank", async () => {
    const free = await world.tenant({ ownClock: true });
    await expect(quote(free, { give: terms })).rejects.toMatchObject({ code: "subscription.none" });
    const paused = await subscriber();
    await pauseSubscription(world.ctx, call(paused));
    await expect(quote(paused, { give: terms })).rejects.toMatchObject({ code: "subscription.paused" });
    const scheduled = await world.tenant({ plan: "enterprise", ownClock: true });
    await changePlan(world.ctx, { ...call(scheduled), planKey: "professional" });
    await expect(quote(scheduled, { give: terms })).rejects.toMatchObject({ code: "subscription.change_scheduled" });
    const waiting = await subscriber();
    const card = { paymentMethodId: "pm_card_authenticationRequired", makeDefault: true };
    await addPaymentMethod(world.ctx, { ...call(waiting), ...card });
    const wish = { verb: "change", planKey: "enterprise", interval: null, seats: null, promotionCode: null } as const;
    const change = await quoteSubscription(world.ctx, { tenantId: waiting.id, wish: { ...wish, timing: "policy" } });
    const payer = { canConfirm: true, paymentMethodId: null };
    await commitQuote(world.ctx, { ...call(waiting), ...payer, quoteId: change.id });
    await expect(quote(waiting, { give: terms })).rejects.toMatchObject({ code: "subscription.payment_pending" });
  });

  it("to be taken off when it is not there, and to be given by a tenant", async () => {
    const tenant = await subscriber();
    await expect(quote(tenant, { take: "di_none" })).rejects.toMatchObject({ code: "subscription.discount_unknown" });
    const key = { kind: "api_key" as const, keyId: "key_1", tenantId: tenant.id, label: "Its own" };
    const asked = giveDiscount({ ...world.ctx, actor: key }, { ...call(tenant), terms });
    await expect(asked).rejects.toMatchObject({ kind: "forbidden" });
    expect(await discounts(tenant)).toEqual([]);
  });
});
