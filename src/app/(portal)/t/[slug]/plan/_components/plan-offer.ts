/** What a plan's button does for a tenant in its present state; decided on the server so that every page says the same. */
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval, CurrentPlan } from "@/billing/subscriptions/model";
import { directionOf, isUpward } from "@/billing/subscriptions/rules/direction";

/** What can be done with a plan, and the words for it. */
export type PlanOffer =
  | { kind: "current"; label: string }
  | { kind: "resume"; label: string }
  | { kind: "checkout"; label: string }
  | { kind: "change"; label: string; direction: "upgrade" | "downgrade" }
  | { kind: "cancel"; label: string }
  | { kind: "contact"; label: string }
  | { kind: "blocked"; label: string; because: string };

/** Decides. */
export function planOffer(
  catalog: AppliedCatalog,
  current: CurrentPlan,
  plan: PlanVersion,
  interval: BillingInterval,
): PlanOffer {
  const isFree = plan.planKey === catalog.freePlan.planKey;
  const price = interval === "year" ? plan.annualPriceMinor : plan.monthlyPriceMinor;
  if (price === null) return { kind: "contact", label: "Contact us" };
  const { subscription } = current;
  if (!subscription) {
    if (isFree) return { kind: "current", label: "Your plan" };
    if (current.pending?.planKey === plan.planKey) return { kind: "checkout", label: "Finish the payment" };
    return { kind: "checkout", label: `Choose ${plan.name}` };
  }
  if (plan.planKey === subscription.planKey && subscription.interval === interval) {
    if (current.cancelAtPeriodEnd) return { kind: "resume", label: `Resume ${plan.name}` };
    return { kind: "current", label: "Your plan" };
  }
  if (isFree) {
    if (current.cancelAtPeriodEnd) {
      return { kind: "blocked", label: "Follows your plan", because: "Starts by itself when your plan ends." };
    }
    return { kind: "cancel", label: `Downgrade to ${plan.name}` };
  }
  if (subscription.status === "past_due" || subscription.status === "unpaid") {
    return { kind: "blocked", label: "Change plan", because: "First pay the invoice that is overdue." };
  }
  const currentRank = catalog.plans.find((candidate) => candidate.planKey === subscription.planKey)?.rank ?? 0;
  const from = { rank: currentRank, interval: subscription.interval, seats: null };
  const direction = isUpward(directionOf(from, { rank: plan.rank, interval, seats: null })) ? "upgrade" : "downgrade";
  if (plan.planKey === subscription.planKey) {
    return { kind: "change", direction, label: interval === "year" ? "Switch to annual" : "Switch to monthly" };
  }
  return { kind: "change", direction, label: `${direction === "upgrade" ? "Upgrade" : "Downgrade"} to ${plan.name}` };
}
