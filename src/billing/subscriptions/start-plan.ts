/**
 * The first beats of starting a plan, shared by `createSubscription` and by a plan change of a tenant that has none yet:
 * what the wish means for this tenant, and carrying that out.
 */
import { activePlan, getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import type { Promised } from "../operations";
import type { Tenant } from "../tenants";
import type { ChangeOutcome } from "./answer";
import { loadHoldings } from "./get-subscription";
import type { CreateSubscriptionInput } from "./model";
import { type Fetched, fetchNow } from "./refresh";
import { methodRequired, planNotSold } from "./refusals";
import { decideStart, type StartDecision } from "./rules/start";
import { type StartCalls, startAtStripe } from "./start-at-stripe";

/** What is promised, including that nothing is to be started. */
export type StartPlan =
  | { do: "keep_free_plan" }
  | { do: "resume_confirmation"; stripeSubscriptionId: string }
  | ({ do: "start" } & StartCalls);

/** A wish to start a plan. */
export type StartWish = Pick<CreateSubscriptionInput, "planKey" | "interval" | "paymentMethodId" | "canConfirm">;

const NOTHING: ChangeOutcome = { stripeSubscriptionId: null, chargedNowMinor: 0n, confirmation: null };

/** Decides from fresh rows. Throws the refusals of `createSubscription`. */
export async function planStart(ctx: BillingContext, tenant: Tenant, wish: StartWish): Promise<StartPlan> {
  const catalog = await getCatalog(ctx);
  const target = activePlan(catalog, wish.planKey);
  const holdings = await loadHoldings(ctx, tenant.id);
  const { interval, paymentMethodId, canConfirm } = wish;
  const freePlanKey = catalog.freePlan.planKey;
  const decision = decideStart({ ...holdings, target, freePlanKey, interval, paymentMethodId, canConfirm });
  if (decision.do === "refuse") throw startRefusal(decision.because, target.name);
  if (decision.do !== "start") return decision;
  const customerId = tenant.stripeCustomerId;
  const saved = paymentMethodId && customerId ? await ctx.stripe.listPaymentMethods(customerId) : [];
  return {
    ...decision,
    paymentMethodId,
    attachFirst: !saved.some((method) => method.stripePaymentMethodId === paymentMethodId),
    stripeTaxRateId: ctx.settings.taxMode === "rate" ? catalog.tax.stripeTaxRateId : null,
    automaticTax: ctx.settings.taxMode === "stripe_tax",
  };
}

/** Carries a start out. */
export async function actOnStart(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan }: Promised<StartPlan>,
): Promise<{ outcome: ChangeOutcome; facts: Fetched | null }> {
  if (plan.do === "keep_free_plan") return { outcome: NOTHING, facts: null };
  if (plan.do === "start") return startAtStripe(ctx, tenant, { id, plan });
  const { stripeSubscriptionId } = plan;
  const confirmation = await ctx.stripe.fetchConfirmation(stripeSubscriptionId);
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  return { outcome: { stripeSubscriptionId, chargedNowMinor: 0n, confirmation }, facts };
}

function startRefusal(because: (StartDecision & { do: "refuse" })["because"], planName: string): BillingError {
  switch (because) {
    case "already_active":
      return new BillingError(
        "conflict",
        "subscription.already_active",
        "There is a subscription already. Change its plan instead of starting another one.",
      );
    case "not_sold":
      return planNotSold(planName);
    case "method_required":
      return methodRequired(planName);
  }
}
