/** Promotion codes from their making to their use: one click makes one code, every change is in the log, quotes know them. */
import { beforeAll, describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { INSTALLATION, listAudit } from "../audit";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import {
  commitQuote,
  createPromotion,
  createSubscription,
  listPromotions,
  quoteSubscription,
  setPromotionActive,
} from ".";
import { type CreatePromotionInput, createPromotionSchema, type PromotionView } from "./model-promotions";
import { planPromotion, promotionState } from "./rules/promotions";

const world = shareWorld();
let tenant: Tenant;
let operator: BillingContext;

beforeAll(async () => {
  tenant = await world.tenant({ slug: "buyer", plan: "professional" });
  operator = { ...world.ctx, actor: { kind: "operator", userId: "usr_op", label: "op@example.com" } };
});

function wanted(code: string, more: object = {}): CreatePromotionInput {
  return createPromotionSchema.parse({
    ...{ name: "Launch", code, off: { kind: "percent", percent: "20" }, duration: { kind: "forever" } },
    ...{ requestId: world?.requestId() ?? "request", reason: "Agreed at the fair", ...more },
  });
}

async function found(code: string): Promise<PromotionView | undefined> {
  const { promotions } = await listPromotions(operator, { limit: 100, after: null, active: null });
  return promotions.find((one) => one.code === code);
}

const apply = (code: string, planKey: string | null = null) =>
  quoteSubscription(operator, {
    tenantId: tenant.id,
    wish: {
      ...{ verb: "change", planKey, interval: null, seats: null, timing: "policy" },
      promotionCode: code,
    },
  });

describe("making a code", () => {
  it("makes one however often it is asked for, and writes why", async () => {
    const input = wanted("fair20");
    const made = await createPromotion(operator, input);
    expect(await createPromotion(operator, input)).toEqual(made);
    expect(await found("FAIR20")).toMatchObject({
      ...made,
      ...{ state: "active", worth: "20% off", timesRedeemed: 0, onlyTenant: null, onlyPlans: [] },
    });
    const log = await listAudit(operator, { tenantId: INSTALLATION, limit: 100 });
    expect(log.filter(({ details }) => details.code === "FAIR20")).toMatchObject([
      { action: "promotion.create", actor: "operator:usr_op", reason: "Agreed at the fair" },
    ]);
  });

  it("keeps every restriction", async () => {
    const expiresAt = new Date("2026-06-01T00:00:00Z");
    await createPromotion(
      operator,
      wanted("strict", {
        ...{ off: { kind: "amount", amount: "25.50" }, duration: { kind: "repeating", months: 3 }, maxRedemptions: 5 },
        ...{ expiresAt, firstOrderOnly: true, minimumAmount: "100", onlyTenant: "buyer", onlyPlans: ["enterprise"] },
      }),
    );
    expect(await found("STRICT")).toMatchObject({
      ...{ worth: "$25.50 off for 3 months", amountOffMinor: 2_550n, currency: "usd", maxRedemptions: 5, expiresAt },
      ...{ firstOrderOnly: true, minimumAmountMinor: 10_000n, onlyTenant: { slug: "buyer" } },
      onlyPlans: ["Enterprise"],
    });
    const log = await listAudit(operator, { tenantId: tenant.id, limit: 100 });
    expect(log.map(({ action }) => action)).toContain("promotion.create");
  });

  it("refuses a code that is in use, and one that cannot be promised", async () => {
    await createPromotion(operator, wanted("once-only"));
    await expect(createPromotion(operator, wanted("ONCE-only"))).rejects.toMatchObject({
      code: "promotion.code_taken",
    });
    const over = wanted("late", { expiresAt: new Date("2025-01-01") });
    await expect(createPromotion(operator, over)).rejects.toMatchObject({ code: "promotion.invalid" });
    expect(await found("LATE")).toBeUndefined();
    await expect(createPromotion(operator, wanted("gone", { onlyPlans: ["nothing"] }))).rejects.toMatchObject({
      code: "catalog.unknown_plan",
    });
  });
});

describe("using a code", () => {
  it("is quoted, kept to the cent, and counted", async () => {
    await createPromotion(operator, wanted("upgrade10", { off: { kind: "percent", percent: "10" } }));
    const quote = await apply("UPGRADE10", "enterprise");
    expect(quote).toMatchObject({ promotion: "Launch: 10% off" });
    expect(quote.lines.find(({ kind }) => kind === "remaining_time")?.amountMinor).toBe(89_910n);
    // 999.00 less a tenth, with 8 % tax.
    expect(quote.nextInvoice?.totalMinor).toBe(97_103n);
    // In the portal somebody could answer a bank; the code is used all the same.
    const changed = await commitQuote(operator, {
      ...{ tenantId: tenant.id, quoteId: quote.id, paymentMethodId: null, canConfirm: true },
      ...{ requestId: world.requestId(), reason: "Promised on the phone" },
    });
    expect(changed.chargedNowMinor).toBe(quote.dueNowMinor);
    expect((await found("UPGRADE10"))?.timesRedeemed).toBe(1);
    const log = await listAudit(operator, { tenantId: tenant.id, limit: 100 });
    expect(log).toContainEqual(
      expect.objectContaining({
        actor: "operator:usr_op",
        reason: "Promised on the phone",
        action: "subscription.change",
      }),
    );
  });

  it("ends when it is taken out of use, and comes back with it", async () => {
    await createPromotion(operator, wanted("pausable"));
    const stripePromotionCodeId = (await found("PAUSABLE"))?.stripePromotionCodeId ?? "";
    const turn = (isActive: boolean) =>
      setPromotionActive(operator, {
        ...{ stripePromotionCodeId, isActive, requestId: world.requestId(), reason: "Seen on a coupon site" },
      });
    await turn(false);
    expect((await found("PAUSABLE"))?.state).toBe("inactive");
    await expect(apply("pausable")).rejects.toMatchObject({ code: "promotion.unknown_code" });
    await turn(true);
    expect(await apply("pausable")).toMatchObject({ promotion: "Launch: 20% off" });
    const unknown = { stripePromotionCodeId: "promo_none", isActive: false, requestId: "x", reason: "A test" };
    await expect(setPromotionActive(operator, unknown)).rejects.toMatchObject({ code: "promotion.not_found" });
  });

  it("is refused as used up, also when somebody else was quicker than a quote", async () => {
    await createPromotion(operator, wanted("only-one", { maxRedemptions: 1 }));
    const quote = await apply("only-one", "enterprise");
    const quicker = await world.tenant();
    await createSubscription(world.ctx, {
      ...{ tenantId: quicker.id, planKey: "professional", interval: "month", promotionCode: "only-one" },
      ...{ paymentMethodId: "pm_card_visa", canConfirm: false, requestId: world.requestId(), reason: "A test" },
    });
    expect((await found("ONLY-ONE"))?.state).toBe("used_up");
    const late = commitQuote(operator, {
      ...{ tenantId: tenant.id, quoteId: quote.id, paymentMethodId: null, canConfirm: false },
      ...{ requestId: world.requestId(), reason: "A test" },
    });
    await expect(late).rejects.toMatchObject({ code: "promotion.unknown_code" });
    await expect(apply("only-one")).rejects.toMatchObject({ code: "promotion.unknown_code" });
  });

  it("is refused to others than whom it was made for, in words", async () => {
    await world.tenant({ slug: "other" });
    await createPromotion(operator, wanted("for-other", { onlyTenant: "other" }));
    await expect(apply("for-other")).rejects.toMatchObject({ code: "promotion.unknown_code" });
    await createPromotion(operator, wanted("firsts", { firstOrderOnly: true }));
    await expect(apply("firsts")).rejects.toMatchObject({ code: "promotion.not_applicable", kind: "invalid" });
    await createPromotion(operator, wanted("research-only", { onlyPlans: ["research"] }));
    await expect(apply("research-only", "enterprise")).rejects.toMatchObject({
      ...{ code: "promotion.not_applicable", kind: "invalid" },
      message: expect.stringContaining('not for the plan "Enterprise"'),
    });
    expect(await apply("research-only", "research")).toMatchObject({ promotion: "Launch: 20% off" });
  });
});

describe("a typed promotion", () => {
  const facts = { currency: "usd", now: new Date("2026-01-15"), stripeCustomerId: null, stripeProductIds: [] };
  it.each([
    [{ off: { kind: "percent", percent: "0" } }, "A percentage is more than 0 and at most 100."],
    [{ off: { kind: "percent", percent: "100.5" } }, "A percentage is more than 0 and at most 100."],
    [{ off: { kind: "percent", percent: "12.345" } }, "A percentage has at most two digits after the point."],
    [{ off: { kind: "amount", amount: "0" } }, "An amount off is more than nothing."],
    [{ off: { kind: "amount", amount: "1.005" } }, "1.005 has more digits than USD keeps."],
    [{ minimumAmount: "0.001" }, "0.001 has more digits than USD keeps."],
    [{ expiresAt: new Date("2026-01-15") }, "The expiry is over already."],
  ])("%o is refused: %s", (more, sentence) => {
    expect(planPromotion(wanted("rule", more), facts)).toBe(sentence);
  });

  it.each([
    ["active", {}],
    ["inactive", { isActive: false }],
    ["inactive", { isCouponValid: false }],
    ["expired", { isActive: false, expiresAt: new Date("2026-01-15") }],
    ["used_up", { isActive: false, maxRedemptions: 2, timesRedeemed: 2 }],
  ])("stands as %s with %o", (state, more) => {
    const request = planPromotion(wanted("rule"), facts);
    if (typeof request === "string") throw new Error(request);
    const { stripeCustomerId, stripeProductIds, minimumAmountMinor, ...known } = request;
    const record = {
      ...known,
      ...{ stripeCustomerId, stripeProductIds, minimumAmountMinor, minimumAmountCurrency: null, timesRedeemed: 0 },
      ...{ stripePromotionCodeId: "promo_1", stripeCouponId: "co_1", isActive: true, isCouponValid: true },
      ...{ createdAt: facts.now, ...more },
    };
    expect(promotionState(record, facts.now)).toBe(state);
  });
});
