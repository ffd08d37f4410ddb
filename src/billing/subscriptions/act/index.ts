/** The act beat of every promise of this slice: one entry per thing that can be done to a subscription. */
import type { SubscriptionReceipt } from "@/stripe/gateway";
import type { BillingContext } from "../../context";
import type { Tenant } from "../../tenants";
import type { Acted, Step } from "../promise";
import { fetchNow } from "../refresh";
import type { SubscriptionPlan } from "../rules/plan";
import { changeAtStripe, scheduleAtStripe } from "./change";
import { abandonAtStripe, endNowAtStripe } from "./end-now";
import { startAtStripe } from "./start";

const NOTHING: Acted = {
  outcome: { stripeSubscriptionId: null, chargedNowMinor: 0n, confirmation: null },
  facts: null,
};

/** Keeps a promise at Stripe; may run again after a crash at any call. Declines are thrown and final. */
export async function act(ctx: BillingContext, tenant: Tenant, step: Step<SubscriptionPlan>): Promise<Acted> {
  const { id, plan } = step;
  switch (plan.do) {
    case "keep_free_plan":
      return NOTHING;
    case "resume_confirmation": {
      const confirmation = await ctx.stripe.fetchConfirmation(plan.stripeSubscriptionId);
      const acted = await afterwards(ctx, tenant, plan.stripeSubscriptionId, 0n);
      return { ...acted, outcome: { ...acted.outcome, confirmation } };
    }
    case "start":
      return startAtStripe(ctx, tenant, { ...step, plan });
    case "change":
      return changeAtStripe(ctx, tenant, { ...step, plan });
    case "schedule":
      return scheduleAtStripe(ctx, tenant, { ...step, plan });
    case "cancel_now":
      return endNowAtStripe(ctx, tenant, { ...step, plan });
    case "abandon":
      return abandonAtStripe(ctx, tenant, { ...step, plan });
    case "cancel_scheduled":
      if (plan.abandonPending) await ctx.stripe.abandonPendingUpdate(plan.stripeSubscriptionId, `${id}:abandon`);
      if (plan.stripeScheduleId !== null) await ctx.stripe.releaseSchedule(plan.stripeScheduleId, `${id}:release`);
      return afterwards(ctx, tenant, plan.stripeSubscriptionId, 0n);
    case "cancel_at_period_end":
      if (plan.releaseSchedule !== null) await ctx.stripe.releaseSchedule(plan.releaseSchedule, `${id}:release`);
      await ctx.stripe.cancelSubscriptionAtPeriodEnd(plan.stripeSubscriptionId, `${id}:cancel`);
      return afterwards(ctx, tenant, plan.stripeSubscriptionId, 0n);
    case "discount":
      await ctx.stripe.setDiscounts(plan.stripeSubscriptionId, plan.discounts, `${id}:discount`);
      return afterwards(ctx, tenant, plan.stripeSubscriptionId, 0n);
    case "resume":
      await ctx.stripe.resumeSubscription(plan.stripeSubscriptionId, `${id}:resume`);
      return afterwards(ctx, tenant, plan.stripeSubscriptionId, 0n);
    case "pause":
      if (plan.releaseSchedule !== null) await ctx.stripe.releaseSchedule(plan.releaseSchedule, `${id}:release`);
      if (plan.withdrawCancellation) await ctx.stripe.resumeSubscription(plan.stripeSubscriptionId, `${id}:resume`);
      await ctx.stripe.pauseSubscription(plan.stripeSubscriptionId, `${id}:pause`);
      return afterwards(ctx, tenant, plan.stripeSubscriptionId, 0n);
    case "unpause": {
      const receipt = await ctx.stripe.unpauseSubscription(plan.stripeSubscriptionId, `${id}:unpause`);
      return afterwards(ctx, tenant, plan.stripeSubscriptionId, paidBy(receipt));
    }
    case "end_trial": {
      const receipt = await ctx.stripe.endTrial(plan, `${id}:end-trial`);
      return afterwards(ctx, tenant, plan.stripeSubscriptionId, paidBy(receipt));
    }
  }
}

/** Positive: charged; negative: an older credit was larger than what began. */
function paidBy({ invoice }: SubscriptionReceipt): bigint {
  if (invoice === null) return 0n;
  return invoice.totalMinor < 0n ? invoice.totalMinor : invoice.amountPaidMinor;
}

async function afterwards(
  ctx: BillingContext,
  tenant: Tenant,
  stripeSubscriptionId: string,
  chargedNowMinor: bigint,
): Promise<Acted> {
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor, confirmation: null }, facts };
}
