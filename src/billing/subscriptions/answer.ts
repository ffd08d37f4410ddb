/** What the verbs of this slice answer: the tenant's plan as the synced rows have it, and what is left for the browser. */
import type { Confirmation } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import { currentPlan, loadHoldings } from "./get-subscription";
import type { Subscription, SubscriptionChanged } from "./model";
import { isPending } from "./rules/status";
import { loadSubscriptions } from "./store";

/** What came of a verb; stored with its operation, so that a repetition is answered the same. */
export interface ChangeOutcome {
  /** Null when there was nothing to do at Stripe. */
  stripeSubscriptionId: string | null;
  /** After tax; negative: credited or refunded. */
  chargedNowMinor: bigint;
  confirmation: Confirmation | null;
}

/** The answer for an outcome. The status is the row's, never the verb's own guess. */
export async function answer(
  ctx: BillingContext,
  tenant: Tenant,
  outcome: ChangeOutcome,
): Promise<SubscriptionChanged> {
  const current = await currentPlan(ctx, tenant, await loadHoldings(ctx, tenant.id));
  const stored = await loadSubscriptions(ctx.db.prisma, tenant.id);
  const acted = stored.find((row) => row.subscription.stripeSubscriptionId === outcome.stripeSubscriptionId);
  const subject = acted?.subscription ?? current;
  const waits =
    isPending(subject.status) || current.pendingChange !== null || isTrialWithoutMethod(acted?.subscription);
  return {
    current,
    stripeSubscriptionId: outcome.stripeSubscriptionId,
    status: subject.status,
    currentPeriodStartAt: subject.currentPeriodStartAt,
    currentPeriodEndAt: subject.currentPeriodEndAt,
    confirmation: waits ? outcome.confirmation : null,
    chargedNowMinor: outcome.chargedNowMinor,
    currency: subject.currency,
  };
}

/** A trial that asked for a card starts before the card is saved: the browser still has to confirm that. */
function isTrialWithoutMethod(subscription: Subscription | undefined): boolean {
  return subscription?.status === "trialing" && subscription.stripePaymentMethodId === null;
}
