/** Everything a wish is decided from, read once: our rows, the catalog, and what Stripe knows of codes and methods. */
import type { InvoiceRecord } from "@/stripe/gateway";
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
  /** The tenant's invoices; only read for an end now. */
  invoices: InvoiceRecord[];
}

/** Reads them. Throws `catalog.unknown_plan` for a plan that is not sold to this tenant. */
export async function loadFacts(
  ctx: BillingContext,
  tenant: Tenant,
  wish: SubscriptionWish,
  payer: Pick<CommitInput, "paymentMethodId" | "canConfirm">,
): Promise<LoadedFacts> {
  if (wish.verb === "discount") requireOperator(ctx.actor);
  const [catalog, { live, pending }, trialTaken, customer] = await Promise.all([
    getCatalog(ctx),
    loadHoldings(ctx, tenant.id),
    hasTakenTrial(ctx.db.prisma, tenant.id),
    tenant.stripeCustomerId === null ? null : ctx.stripe.fetchCustomer(tenant.stripeCustomerId),
  ]);
  const current = await heldVersion(ctx, tenant, live);
  const code = wish.verb === "start" || wish.verb === "change" ? wish.promotionCode : null;
  const [target, promotion, gift, invoices] = await Promise.all([
    targetOf(ctx, tenant, { catalog, current }, wish),
    code === null ? null : redeemable(ctx, tenant, code),
    wish.verb === "discount" && wish.give !== null ? makeGift(ctx, wish.give, live) : null,
    wish.verb === "cancel" && endsNow(wish, live) ? invoicesOf(ctx, tenant) : [],
  ]);
  return {
    ...{ catalog, invoices, live, pending, current, target, trialTaken, promotion, gift },
    freePlanKey: catalog.freePlan.planKey,
    policy: catalog.changePolicy,
    isRenewalOpen: isRenewalOpen(invoices, live),
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

/** A paused plan has no period whose end could be waited for. */
function endsNow({ when }: { when: "at_period_end" | "now" }, live: Subscription | null): boolean {
  return live !== null && (when === "now" || live.status === "paused");
}

async function invoicesOf(ctx: BillingContext, { stripeCustomerId }: Tenant): Promise<InvoiceRecord[]> {
  return stripeCustomerId === null ? [] : ctx.stripe.listInvoices(stripeCustomerId);
}

/** For an hour Stripe lets a renewal be completed before it is issued and charged. */
function isRenewalOpen(invoices: readonly InvoiceRecord[], live: Subscription | null): boolean {
  if (live === null) return false;
  const { stripeSubscriptionId, currentPeriodStartAt } = live;
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
