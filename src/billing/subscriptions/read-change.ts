/**
 * What a plan change means and costs, at one frozen instant: the beats that preview and change share, so that what was
 * shown is what is charged.
 */
import type { InvoiceRecord, Proration } from "@/stripe/gateway";
import { activePlan, findPlanVersion, getCatalog, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import type { Tenant } from "../tenants";
import { loadHoldings } from "./get-subscription";
import type { BillingInterval, Subscription } from "./model";
import { planNotSold, samePlan } from "./refusals";
import { decidePlanChange, type PlanChangeDecision } from "./rules/plan-change";

/** A wish for another plan. */
export interface ChangeWish {
  planKey: string;
  /** Null keeps the interval. */
  interval: BillingInterval | null;
}

/** What is known and decided about it. `subscription` is null for a tenant on the free plan, who starts one. */
export type ChangeReading =
  | { subscription: null; target: PlanVersion; interval: BillingInterval; isFree: boolean }
  | { subscription: Subscription; target: PlanVersion; decision: Exclude<PlanChangeDecision, { do: "refuse" }> };

/** Reads our rows and decides. Throws `subscription.same_plan`, `subscription.payment_pending`, `catalog.plan_not_sold`. */
export async function readChange(ctx: BillingContext, tenant: Tenant, wish: ChangeWish): Promise<ChangeReading> {
  const catalog = await getCatalog(ctx);
  const target = activePlan(catalog, wish.planKey);
  const freePlanKey = catalog.freePlan.planKey;
  const { live: subscription } = await loadHoldings(ctx, tenant.id);
  if (subscription === null) {
    const isFree = target.planKey === freePlanKey;
    return { subscription, target, interval: wish.interval ?? "month", isFree };
  }
  const current = await findPlanVersion(ctx, subscription.planVersionId);
  const facts = { subscription, currentRank: current.rank, target, freePlanKey, interval: wish.interval };
  const decision = decidePlanChange(facts);
  if (decision.do === "refuse") throw changeRefusal(decision.because, target.name);
  return { subscription, target, decision };
}

/** The tenant's time in whole seconds: Stripe prorates to the second. */
export function prorationInstant(ctx: BillingContext, tenant: Tenant): Date {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  return new Date(Math.floor(now.getTime() / 1000) * 1000);
}

/** What Stripe would bill for the change. For credit that waits, the lines of the change alone, without the next period. */
export interface ChangeCost {
  lines: Array<{ description: string; amountMinor: bigint }>;
  subtotalMinor: bigint;
  taxMinor: bigint;
  /** After credit the tenant has already; never negative. */
  dueNowMinor: bigint;
}

/** Asks Stripe for the lines of a decided change at a frozen instant. */
export async function costOfChange(
  ctx: BillingContext,
  subscription: Subscription,
  decision: PlanChangeDecision & { do: "change" },
  prorationAt: Date,
): Promise<ChangeCost> {
  const { stripeSubscriptionId, stripeItemId, quantity } = subscription;
  const proration: Proration = decision.settlement;
  const { stripePriceId, restartPeriod } = decision;
  const preview = await ctx.stripe.previewPlanChange({
    stripeSubscriptionId,
    stripeItemId,
    stripePriceId,
    quantity,
    proration,
    prorationAt,
    restartPeriod,
  });
  return decision.settlement === "now" ? dueNow(preview) : creditLater(preview);
}

function dueNow(preview: InvoiceRecord): ChangeCost {
  return {
    lines: preview.lines.map(({ description, amountMinor }) => ({ description, amountMinor })),
    subtotalMinor: preview.subtotalMinor,
    taxMinor: preview.taxMinor,
    dueNowMinor: preview.amountDueMinor,
  };
}

function creditLater(preview: InvoiceRecord): ChangeCost {
  const lines = preview.lines.filter((line) => line.proration);
  return {
    lines: lines.map(({ description, amountMinor }) => ({ description, amountMinor })),
    subtotalMinor: lines.reduce((total, line) => total + line.amountMinor, 0n),
    taxMinor: lines.reduce((total, line) => total + line.taxMinor, 0n),
    dueNowMinor: 0n,
  };
}

function changeRefusal(because: (PlanChangeDecision & { do: "refuse" })["because"], planName: string): BillingError {
  switch (because) {
    case "same_plan":
      return samePlan(planName);
    case "payment_pending":
      return new BillingError(
        "precondition",
        "subscription.payment_pending",
        "An invoice is waiting to be paid. Pay it first, then change the plan.",
      );
    case "not_sold":
      return planNotSold(planName);
  }
}
