/** What a plan's button does for a tenant in its present state; decided on the server so that every page says the same. */
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval, CurrentPlan, Subscription } from "@/billing/subscriptions/model";
import { directionOf, isUpward } from "@/billing/subscriptions/rules/direction";
import { contactHref } from "../../../../../_components/contact";

/** What can be done with a plan, and the words for it. */
export type PlanOffer =
  /** What the tenant has. */
  | { kind: "current"; label: string }
  /** Withdraws a cancellation: one click. */
  | { kind: "resume"; label: string }
  /** Takes back a change that waits: one click. */
  | { kind: "keep"; label: string }
  /** Brings a paused plan back, which is charged: a dialog. */
  | { kind: "unpause"; label: string }
  /** A first payment or a trial: the checkout. */
  | { kind: "checkout"; label: string }
  | { kind: "change"; label: string; direction: "upgrade" | "downgrade" }
  | { kind: "cancel"; label: string }
  /** The price is agreed: asked for at the catalog's address, if it states one. */
  | { kind: "contact"; label: string; href: string | null }
  /** Comes by itself on that day. */
  | { kind: "scheduled"; label: string; at: Date }
  | { kind: "blocked"; label: string; because: string };

const OVERDUE = "First pay the invoice that is overdue.";
const PAUSED = "Resume your plan first, then change it.";

/** Decides. */
export function planOffer(
  catalog: AppliedCatalog,
  current: CurrentPlan,
  plan: PlanVersion,
  interval: BillingInterval,
): PlanOffer {
  const { subscription } = current;
  if (!subscription) return firstPlan(catalog, current, plan, interval);
  const isFree = plan.planKey === catalog.freePlan.planKey;
  if (plan.planKey === subscription.planKey && (subscription.interval === interval || isContract(plan))) {
    return ownPlan(current, subscription, plan);
  }
  if (isFree) return freePlan(current, plan);
  if (isContract(plan)) return contactAbout(catalog, plan);
  if (priceOf(plan, interval) === null) return soldOtherwise(plan, interval);
  if (subscription.status === "past_due" || subscription.status === "unpaid") {
    return { kind: "blocked", label: changeLabel(catalog, subscription, plan, interval).label, because: OVERDUE };
  }
  if (subscription.status === "paused") {
    return { kind: "blocked", label: changeLabel(catalog, subscription, plan, interval).label, because: PAUSED };
  }
  const { scheduled } = current;
  if (scheduled && scheduled.planKey === plan.planKey && scheduled.interval === interval) {
    return { kind: "scheduled", label: "Your next plan", at: scheduled.at };
  }
  // What was agreed with one customer is changed by agreement too.
  const own = catalog.plans.find(({ planKey }) => planKey === subscription.planKey);
  if (own && isContract(own)) return contactAbout(catalog, plan);
  return { kind: "change", ...changeLabel(catalog, subscription, plan, interval) };
}

function firstPlan(
  catalog: AppliedCatalog,
  { pending, trialTaken }: CurrentPlan,
  plan: PlanVersion,
  interval: BillingInterval,
): PlanOffer {
  if (plan.planKey === catalog.freePlan.planKey) return { kind: "current", label: "Your plan" };
  if (isContract(plan)) return contactAbout(catalog, plan);
  if (priceOf(plan, interval) === null) return soldOtherwise(plan, interval);
  if (pending?.planKey === plan.planKey) return { kind: "checkout", label: "Finish the payment" };
  const { trial } = plan.terms;
  if (trial !== null && !trialTaken) return { kind: "checkout", label: `Start ${trial.days}-day trial` };
  return { kind: "checkout", label: `Choose ${plan.name}` };
}

function contactAbout({ contact }: AppliedCatalog, { name }: PlanVersion): PlanOffer {
  return { kind: "contact", label: "Contact us", href: contactHref(contact, name) };
}

function ownPlan(current: CurrentPlan, { status }: Subscription, plan: PlanVersion): PlanOffer {
  if (status === "paused") return { kind: "unpause", label: `Resume ${plan.name}` };
  if (current.cancelAtPeriodEnd) return { kind: "resume", label: `Resume ${plan.name}` };
  if (current.scheduled || current.pendingChange) return { kind: "keep", label: `Keep ${plan.name}` };
  return { kind: "current", label: "Your plan" };
}

function freePlan(current: CurrentPlan, plan: PlanVersion): PlanOffer {
  if (current.cancelAtPeriodEnd) return { kind: "scheduled", label: "Your next plan", at: current.currentPeriodEndAt };
  return { kind: "cancel", label: `Downgrade to ${plan.name}` };
}

function changeLabel(
  catalog: AppliedCatalog,
  subscription: Subscription,
  plan: PlanVersion,
  interval: BillingInterval,
): { label: string; direction: "upgrade" | "downgrade" } {
  const rank = catalog.plans.find(({ planKey }) => planKey === subscription.planKey)?.rank ?? 0;
  const from = { rank, interval: subscription.interval, seats: null };
  const direction = isUpward(directionOf(from, { rank: plan.rank, interval, seats: null })) ? "upgrade" : "downgrade";
  if (plan.planKey === subscription.planKey) {
    return { direction, label: interval === "year" ? "Switch to annual" : "Switch to monthly" };
  }
  return { direction, label: `${direction === "upgrade" ? "Upgrade" : "Downgrade"} to ${plan.name}` };
}

/** Sold in the other interval only. */
function soldOtherwise(plan: PlanVersion, interval: BillingInterval): PlanOffer {
  const because = interval === "year" ? "Sold by the month." : "Sold by the year.";
  return { kind: "blocked", label: `Choose ${plan.name}`, because };
}

function isContract(plan: PlanVersion): boolean {
  return plan.monthlyPriceMinor === null && plan.annualPriceMinor === null;
}

function priceOf(plan: PlanVersion, interval: BillingInterval): bigint | null {
  return interval === "year" ? plan.annualPriceMinor : plan.monthlyPriceMinor;
}
