/** A plan version on its way to Stripe: what Stripe has to know of it, and whether it has it. Pure. */
import type { Plan, PlanVersion } from "./model";
import { isSold, priceMinor } from "./rules";

/** What is asked of Stripe; the gateway's `PlanPush` has this shape. */
export interface StripePlan {
  planVersionId: string;
  planKey: string;
  name: string;
  currency: string;
  monthlyPriceMinor: bigint | null;
  annualPriceMinor: bigint | null;
  monthlySeatPriceMinor: bigint | null;
  annualSeatPriceMinor: bigint | null;
}

/** Ids of a version at Stripe. */
export type StripePlace = Pick<
  PlanVersion,
  | "stripeProductId"
  | "stripeMonthlyPriceId"
  | "stripeAnnualPriceId"
  | "stripeMonthlySeatPriceId"
  | "stripeAnnualSeatPriceId"
>;

/** What Stripe has to know of a version; null when nobody pays for it there. */
export function stripePlan(
  version: Pick<PlanVersion, "id" | "planKey" | "name" | "currency" | "terms">,
): StripePlan | null {
  const { id, planKey, name, currency, terms } = version;
  if (!isSold(terms)) return null;
  const amount = (price: string | null | undefined) => priceMinor(price ?? null, currency);
  return {
    ...{ planVersionId: id, planKey, name, currency },
    monthlyPriceMinor: amount(terms.monthlyPrice),
    annualPriceMinor: amount(terms.annualPrice),
    monthlySeatPriceMinor: amount(terms.seats?.monthlyPrice),
    annualSeatPriceMinor: amount(terms.seats?.annualPrice),
  };
}

/** Whether Stripe has every id that our row has. */
export function samePlace(version: StripePlace, found: StripePlace): boolean {
  return (
    version.stripeProductId === found.stripeProductId &&
    version.stripeMonthlyPriceId === found.stripeMonthlyPriceId &&
    version.stripeAnnualPriceId === found.stripeAnnualPriceId &&
    version.stripeMonthlySeatPriceId === found.stripeMonthlySeatPriceId &&
    version.stripeAnnualSeatPriceId === found.stripeAnnualSeatPriceId
  );
}

/** A version as its row will be, before Stripe has told its ids; one that is known keeps those it has. */
export function versionOf(made: {
  id: string;
  version: number;
  status: PlanVersion["status"];
  plan: Plan;
  rank: number;
  currency: string;
  madeForTenantId: string | null;
  known: StripePlace | null;
}): PlanVersion {
  const { currency, id, known, madeForTenantId, plan, rank, status, version } = made;
  return {
    ...{ id, planKey: plan.key, version, status, name: plan.name, rank, currency, terms: plan, madeForTenantId },
    monthlyPriceMinor: priceMinor(plan.monthlyPrice, currency),
    annualPriceMinor: priceMinor(plan.annualPrice, currency),
    stripeProductId: known?.stripeProductId ?? null,
    stripeMonthlyPriceId: known?.stripeMonthlyPriceId ?? null,
    stripeAnnualPriceId: known?.stripeAnnualPriceId ?? null,
    stripeMonthlySeatPriceId: known?.stripeMonthlySeatPriceId ?? null,
    stripeAnnualSeatPriceId: known?.stripeAnnualSeatPriceId ?? null,
  };
}
