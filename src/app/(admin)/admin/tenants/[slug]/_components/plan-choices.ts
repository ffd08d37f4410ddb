/** The plans an operator can choose for a tenant: what is sold, the free plan, and the contracts made for it. */
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { PlanVersionsView } from "@/billing/revenue/model";
import { moneyText } from "@/ui/money";
import type { PlanChoice } from "./wishes";

/** In the order of the pricing page, contracts first: whoever has one was made an offer. */
export function planChoices(catalog: AppliedCatalog, { versions }: PlanVersionsView, tenantId: string): PlanChoice[] {
  const contracts = versions
    .map(({ version }) => version)
    .filter(({ madeForTenantId, status }) => madeForTenantId === tenantId && status !== "archived");
  const sold = catalog.plans.filter((plan) => isSold(plan) || plan.planKey === catalog.freePlan.planKey);
  return [
    ...contracts.map((version) => choiceOf(version, { exact: true, isFree: false })),
    ...sold.map((version) => choiceOf(version, { exact: false, isFree: version.id === catalog.freePlan.id })),
  ];
}

function isSold(plan: PlanVersion): boolean {
  return plan.stripeMonthlyPriceId !== null || plan.stripeAnnualPriceId !== null;
}

function choiceOf(version: PlanVersion, { exact, isFree }: { exact: boolean; isFree: boolean }): PlanChoice {
  const { currency, terms } = version;
  const price = (minor: bigint | null, interval: string) =>
    minor === null || isFree ? null : `${moneyText(minor, currency)} a ${interval}`;
  return {
    value: exact ? version.id : version.planKey,
    planKey: version.planKey,
    planVersionId: exact ? version.id : null,
    name: exact ? `${version.name} (contract)` : version.name,
    isFree,
    monthly: price(version.monthlyPriceMinor, "month"),
    annual: price(version.annualPriceMinor, "year"),
    seats: terms.seats && { included: terms.seats.included, max: terms.seats.max },
    trialDays: terms.trial?.days ?? null,
  };
}
