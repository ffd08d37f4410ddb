/** What a tenant has right now, and how it came to that: reads only, from our rows. */

import { findPlanVersion, getCatalog, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { calendarMonth } from "../kernel/period";
import { resolveTenant, type Tenant } from "../tenants";
import { currentTerms } from "../usage";
import type { CurrentPlan, Subscription, SubscriptionChangeView } from "./model";
import { isLive, isPending } from "./rules/status";
import { findChangePlace, findChanges, hasTakenTrial, loadSubscriptions } from "./store";

/** A tenant's subscriptions by what they are to it now. */
export interface Holdings {
  /** Occupies the tenant's one place; null on the free plan. */
  live: Subscription | null;
  /** Waits for its first payment. */
  pending: Subscription | null;
}

/** The tenant's current plan, paid or free. Throws `tenant.not_found`. */
export async function getSubscription(ctx: BillingContext, tenantId: string): Promise<CurrentPlan> {
  const tenant = await resolveTenant(ctx, tenantId);
  return currentPlan(ctx, tenant, await loadHoldings(ctx, tenant.id));
}

/**
 * The history of a tenant's plan, newest first; a page may go on after the last change of another. Throws `request.invalid`
 * where the tenant has no change of that id.
 */
export async function listSubscriptionChanges(
  ctx: BillingContext,
  tenantId: string,
  limit: number,
  startingAfter?: string,
): Promise<SubscriptionChangeView[]> {
  const { id } = await resolveTenant(ctx, tenantId);
  if (startingAfter === undefined) return findChanges(ctx.db.prisma, id, limit);
  const after = await findChangePlace(ctx.db.prisma, id, startingAfter);
  if (after) return findChanges(ctx.db.prisma, id, limit, after);
  throw new BillingError("invalid", "request.invalid", `There is no change "${startingAfter}" to go on from.`, {
    details: { param: "starting_after" },
  });
}

/** What the mirror knows of a tenant's subscriptions. */
export async function loadHoldings(ctx: Pick<BillingContext, "db">, tenantId: string): Promise<Holdings> {
  const stored = await loadSubscriptions(ctx.db.prisma, tenantId);
  const all = stored.map(({ subscription }) => subscription);
  return {
    live: all.find(({ status }) => isLive(status)) ?? null,
    pending: all.find(({ status }) => isPending(status)) ?? null,
  };
}

/** The answer of `getSubscription`, from holdings that are known already. */
export async function currentPlan(ctx: BillingContext, tenant: Tenant, holdings: Holdings): Promise<CurrentPlan> {
  const catalog = await getCatalog(ctx);
  const { live, pending } = holdings;
  const plan = await heldVersion(ctx, tenant, live);
  const month = calendarMonth(ctx.clock.now(tenant.stripeTestClockId));
  const waiting = pending ? await findPlanVersion(ctx, pending.planVersionId) : null;
  return {
    tenantId: tenant.id,
    planVersionId: plan.id,
    planKey: plan.planKey,
    planName: plan.name,
    status: live?.status ?? "active",
    subscription: live,
    interval: live?.interval ?? null,
    priceMinor: live?.priceMinor ?? 0n,
    currency: live?.currency ?? catalog.currency,
    currentPeriodStartAt: live?.currentPeriodStartAt ?? month.startAt,
    currentPeriodEndAt: live?.currentPeriodEndAt ?? month.endAt,
    cancelAtPeriodEnd: live?.cancelAtPeriodEnd ?? false,
    scheduled: await scheduledOf(ctx, live),
    trialEndAt: live?.status === "trialing" ? live.trialEndAt : null,
    trialTaken: await hasTakenTrial(ctx.db.prisma, tenant.id),
    pendingChange: live?.pendingUpdateExpiresAt == null ? null : { expiresAt: live.pendingUpdateExpiresAt },
    pending:
      pending && waiting
        ? { planKey: waiting.planKey, planName: waiting.name, stripeSubscriptionId: pending.stripeSubscriptionId }
        : null,
  };
}

/** The version a tenant is on: its subscription's, or the one of the free plan that it entered or was made under. */
export async function heldVersion(
  ctx: Pick<BillingContext, "db">,
  tenant: Tenant,
  live: Subscription | null,
): Promise<PlanVersion> {
  if (live !== null) return findPlanVersion(ctx, live.planVersionId);
  const terms = await currentTerms(ctx, tenant);
  // Terms of a subscription whose end is not in all rows yet: it leads to the free plan as it is now.
  return terms.subscriptionId === null ? findPlanVersion(ctx, terms.planVersionId) : (await getCatalog(ctx)).freePlan;
}

async function scheduledOf(ctx: BillingContext, live: Subscription | null): Promise<CurrentPlan["scheduled"]> {
  if (!live?.scheduledPlanVersionId || !live.scheduledInterval || !live.scheduledAt) return null;
  const plan = await findPlanVersion(ctx, live.scheduledPlanVersionId);
  const { scheduledInterval: interval, scheduledSeats: seats, scheduledAt: at } = live;
  return { planKey: plan.planKey, planName: plan.name, interval, seats, at };
}
