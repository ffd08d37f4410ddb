/** Everything a wish is decided from, read once: our rows, the catalog, and what Stripe knows of codes and methods. */
import { type AppliedCatalog, activePlan, findPlanVersion, getCatalog, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import type { Tenant } from "../tenants";
import { heldVersion, loadHoldings } from "./get-subscription";
import { makeGift, requireOperator } from "./gift";
import type { CommitInput, Subscription, SubscriptionWish } from "./model";
import type { PromotionRecord } from "./model-promotions";
import type { WishFacts } from "./rules/decide";
import { promotionState } from "./rules/promotions";
import { hasTakenTrial } from "./store";

/** Facts of a wish, and the catalog they were read with. */
export interface LoadedFacts extends WishFacts {
  catalog: AppliedCatalog;
}

/** Reads them. Throws `catalog.unknown_plan` for a plan that is not sold to this tenant. */
export async function loadFacts(
  ctx: BillingContext,
  tenant: Tenant,
  wish: SubscriptionWish,
  payer: Pick<CommitInput, "paymentMethodId" | "canConfirm">,
): Promise<LoadedFacts> {
  const catalog = await getCatalog(ctx);
  const { live, pending } = await loadHoldings(ctx, tenant.id);
  const current = await heldVersion(ctx, tenant, live);
  const customer = tenant.stripeCustomerId === null ? null : await ctx.stripe.fetchCustomer(tenant.stripeCustomerId);
  if (wish.verb === "discount") requireOperator(ctx.actor);
  const code = wish.verb === "start" || wish.verb === "change" ? wish.promotionCode : null;
  return {
    catalog,
    live,
    pending,
    current,
    target: await targetOf(ctx, tenant, { catalog, current }, wish),
    freePlanKey: catalog.freePlan.planKey,
    policy: catalog.changePolicy,
    trialTaken: await hasTakenTrial(ctx.db.prisma, tenant.id),
    promotion: code === null ? null : await redeemable(ctx, tenant, code),
    gift: wish.verb === "discount" && wish.give !== null ? await makeGift(ctx, wish.give, live) : null,
    isRenewalOpen: wish.verb === "cancel" && wish.when === "now" && (await isRenewalOpen(ctx, tenant, live)),
    paymentMethodId: payer.paymentMethodId,
    defaultMethodId: customer?.defaultPaymentMethodId ?? null,
    canConfirm: payer.canConfirm,
  };
}

/** A code that can still be redeemed: one that is used up or over is like one that never was. */
async function redeemable(ctx: BillingContext, tenant: Tenant, code: string): Promise<PromotionRecord | null> {
  const found = await ctx.stripe.findPromotionCode(code, tenant.stripeCustomerId);
  if (found === null) return null;
  return promotionState(found, ctx.clock.now(tenant.stripeTestClockId)) === "active" ? found : null;
}

/** For an hour Stripe lets a renewal be completed before it is issued and charged. */
async function isRenewalOpen(ctx: BillingContext, tenant: Tenant, live: Subscription | null): Promise<boolean> {
  if (live === null || tenant.stripeCustomerId === null) return false;
  const { stripeSubscriptionId, currentPeriodStartAt } = live;
  const invoices = await ctx.stripe.listInvoices(tenant.stripeCustomerId);
  return invoices.some(
    (invoice) =>
      invoice.status === "draft" &&
      invoice.billingReason === "subscription_cycle" &&
      invoice.stripeSubscriptionId === stripeSubscriptionId &&
      invoice.createdAt >= currentPeriodStartAt,
  );
}

/** A version made for another tenant does not exist for this one. */
async function targetOf(
  ctx: BillingContext,
  tenant: Tenant,
  known: { catalog: AppliedCatalog; current: PlanVersion },
  wish: SubscriptionWish,
): Promise<PlanVersion> {
  if (wish.planVersionId !== undefined) {
    const version = await findPlanVersion(ctx, wish.planVersionId);
    if (version.madeForTenantId === null || version.madeForTenantId === tenant.id) return version;
    throw new BillingError("not_found", "catalog.unknown_plan", `There is no plan version "${wish.planVersionId}".`);
  }
  const planKey = wish.verb === "start" || wish.verb === "change" ? wish.planKey : null;
  // Who keeps the plan keeps its version, also one that is sold no longer.
  if (planKey === null || planKey === known.current.planKey) return known.current;
  return activePlan(known.catalog, planKey);
}

/** The tenant's time in whole seconds: Stripe prorates to the second. */
export function prorationInstant(ctx: BillingContext, tenant: Tenant): Date {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  return new Date(Math.floor(now.getTime() / 1000) * 1000);
}
