/**
 * Promotion codes as operators make them: each with a coupon of its own, at Stripe, which holds the truth.
 *
 * Owns the promise before a code is made (so that a repeated click makes one) and the audit entries. Keeps no rows: the list
 * is read from Stripe. Codes belong to the installation, so their operations and entries stand under its name; a code for
 * one tenant is in that tenant's log as well.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import { INSTALLATION, recordAudit } from "../audit";
import { activePlan, getCatalog, loadPlanVersions } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError, invariant } from "../kernel/errors";
import { carryOut, type OperationBeats } from "../operations";
import { ensureStripeCustomer, findTenantByCustomer, resolveTenant } from "../tenants";
import type {
  CreatePromotionInput,
  PromotionPage,
  PromotionRecord,
  PromotionRequest,
  PromotionView,
  SetPromotionActiveInput,
} from "./model-promotions";
import { planPromotion, promotionState } from "./rules/promotions";
import { worthText } from "./rules/quote";

/** The kind under which the making of a code is stored. */
export const PROMOTION_OPERATION = "promotion.create";

interface PromotionPlan {
  request: PromotionRequest;
  /** The one tenant it is for. */
  tenantId: string | null;
}

type Beats = OperationBeats<PromotionPlan, { stripePromotionCodeId: string }, PromotionRecord>;

/**
 * Makes a promotion code. Throws `promotion.code_taken` while another active code has that text, `promotion.invalid` for
 * what cannot be promised, `tenant.not_found`, `catalog.unknown_plan`.
 */
export async function createPromotion(
  ctx: BillingContext,
  input: CreatePromotionInput,
): Promise<{ stripePromotionCodeId: string }> {
  return keep(ctx, input, () => decide(ctx, input));
}

/** Goes on with the making of a code that was interrupted. */
export async function keepInterruptedPromotion(
  ctx: BillingContext,
  interrupted: { requestId: string; reason: string },
): Promise<void> {
  await keep(ctx, interrupted, async () => {
    invariant(false, "an interrupted promise is stored");
  });
}

/** Takes a code out of use, or puts it back. Discounts that were made from it go on. Throws `promotion.not_found`. */
export async function setPromotionActive(ctx: BillingContext, input: SetPromotionActiveInput): Promise<void> {
  const { stripePromotionCodeId, isActive, requestId, reason } = input;
  const key = `promotion:${stripePromotionCodeId}:${isActive}:${requestId}`;
  const record = await ctx.stripe.setPromotionCodeActive(stripePromotionCodeId, isActive, key);
  if (record === null) throw new BillingError("not_found", "promotion.not_found", "There is no such promotion code.");
  await inTransaction(ctx.db, (tx) => audit(tx, ctx, { record, reason, action: isActive ? "activate" : "deactivate" }));
}

/** Promotion codes, newest first, as Stripe has them now. */
export async function listPromotions(
  ctx: BillingContext,
  page: { limit: number; after: string | null; active: boolean | null },
): Promise<PromotionPage> {
  const { promotions: records, hasMore } = await ctx.stripe.listPromotionCodes(page);
  const computedAt = ctx.clock.now();
  const versions = await loadPlanVersions(ctx.db.prisma);
  const planNames = new Map(versions.map(({ stripeProductId, name }) => [stripeProductId ?? "", name]));
  const promotions: PromotionView[] = [];
  for (const record of records) promotions.push(await viewOf(ctx, record, { planNames, now: computedAt }));
  return { promotions, next: hasMore ? (records.at(-1)?.stripePromotionCodeId ?? null) : null, computedAt };
}

async function viewOf(
  ctx: BillingContext,
  record: PromotionRecord,
  known: { planNames: ReadonlyMap<string, string>; now: Date },
): Promise<PromotionView> {
  const { isActive: _active, isCouponValid: _valid, stripeProductIds, ...rest } = record;
  const customerId = record.stripeCustomerId;
  const tenant = customerId === null ? null : await findTenantByCustomer(ctx.db.prisma, customerId);
  return {
    ...rest,
    state: promotionState(record, known.now),
    worth: worthText(record),
    onlyTenant: tenant && { slug: tenant.slug, name: tenant.name },
    onlyPlans: [...new Set(stripeProductIds.map((id) => known.planNames.get(id) ?? id))],
  };
}

async function decide(ctx: BillingContext, input: CreatePromotionInput): Promise<PromotionPlan> {
  const catalog = await getCatalog(ctx);
  const tenant = input.onlyTenant === null ? null : await resolveTenant(ctx, input.onlyTenant);
  const stripeCustomerId = tenant === null ? null : await ensureStripeCustomer(ctx, tenant);
  if ((await ctx.stripe.findPromotionCode(input.code, stripeCustomerId)) !== null) {
    const message = `The code ${input.code} is in use. Choose another one, or deactivate that one first.`;
    throw new BillingError("conflict", "promotion.code_taken", message);
  }
  const stripeProductIds = input.onlyPlans.map((planKey) => {
    const plan = activePlan(catalog, planKey);
    if (plan.stripeProductId !== null) return plan.stripeProductId;
    throw new BillingError("invalid", "promotion.invalid", `The plan "${plan.name}" has no price to reduce.`);
  });
  const facts = { currency: catalog.currency, now: ctx.clock.now(), stripeCustomerId, stripeProductIds };
  const request = planPromotion(input, facts);
  if (typeof request === "string") throw new BillingError("invalid", "promotion.invalid", request);
  return { request, tenantId: tenant?.id ?? null };
}

async function keep(
  ctx: BillingContext,
  request: { requestId: string; reason: string },
  decided: Beats["decide"],
): Promise<{ stripePromotionCodeId: string }> {
  const { requestId, reason } = request;
  const now = ctx.clock.now();
  const operation = { tenantId: INSTALLATION, requestId, kind: PROMOTION_OPERATION, reason, now } as const;
  const beats: Beats = {
    decide: decided,
    act: async ({ id, plan }) => {
      const record = await ctx.stripe.createPromotionCode(plan.request, id);
      return { outcome: { stripePromotionCodeId: record.stripePromotionCodeId }, facts: record };
    },
    record: (tx, { plan }, record) => audit(tx, ctx, { record, reason, action: "create", tenantId: plan.tenantId }),
  };
  return (await carryOut(ctx, operation, beats)).outcome;
}

async function audit(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  done: { record: PromotionRecord; reason: string; action: string; tenantId?: string | null },
): Promise<void> {
  const { record, reason, action, tenantId } = done;
  const entry = {
    occurredAt: ctx.clock.now(),
    actor: ctx.actor,
    action: `promotion.${action}`,
    target: `promotion_code:${record.stripePromotionCodeId}`,
    reason,
    details: { code: record.code, worth: worthText(record), stripeCouponId: record.stripeCouponId },
  };
  for (const owner of [INSTALLATION, ...(tenantId ? [tenantId] : [])]) {
    await recordAudit(tx, { ...entry, tenantId: owner });
  }
}
