/** What a contract's terms come to: the base plan with what was agreed laid over it. Pure. */
import type { AppliedCatalog, ContractTerms, Plan, PlanVersion } from "./model";
import { canonicalText, isSold } from "./rules";
import { type CatalogProblem, planProblems } from "./rules-problems";

/** The plan a contract makes of its base; allowances are replaced meter by meter, and nothing is tried first. */
export function contractPlan(base: Plan, contract: ContractTerms): Plan {
  const { allowances, name, maxUsers, seats, support, features } = contract;
  const agreed = new Map(allowances.map((allowance) => [allowance.meter, allowance]));
  const kept = base.allowances.filter(({ meter }) => !agreed.has(meter));
  return {
    ...base,
    name: name ?? base.name,
    monthlyPrice: contract.monthlyPrice,
    annualPrice: contract.annualPrice,
    maxUsers: maxUsers === undefined ? base.maxUsers : maxUsers,
    seats: seats === undefined ? base.seats : seats,
    support: support ?? base.support,
    features: features ?? base.features,
    trial: null,
    draft: false,
    allowances: [...kept, ...allowances],
  };
}

/** What is wrong with a contract, by the same rules as a plan of a catalog; paths are those of the input. */
export function contractProblems(catalog: AppliedCatalog, contract: ContractTerms): CatalogProblem[] {
  const base = catalog.plans.find((plan) => plan.planKey === contract.basePlanKey);
  if (base === undefined) return [{ path: "basePlanKey", message: "names no plan that is sold" }];
  if (base.planKey === catalog.freePlan.planKey) {
    return [{ path: "basePlanKey", message: "is the free plan, which nobody pays for" }];
  }
  const plan = contractPlan(base.terms, contract);
  const meterKeys = new Set(catalog.meters.map((meter) => meter.key));
  const around = { currency: catalog.currency, meterKeys, path: [] };
  // The kept allowances are the catalog's own: only what was stated is looked at, so that its places fit the input.
  const problems = planProblems({ ...plan, allowances: contract.allowances }, around);
  return isSold(plan)
    ? problems
    : [...problems, { path: "monthlyPrice", message: "or annualPrice must be a price above 0" }];
}

/** A tenant's contract that says just this already; null when there is none. */
export function sameContract(
  stored: readonly PlanVersion[],
  wanted: { tenantId: string; currency: string; plan: Plan },
): PlanVersion | null {
  const text = (currency: string, plan: Plan) => canonicalText({ currency, plan });
  const own = stored.filter((version) => version.madeForTenantId === wanted.tenantId && version.status === "active");
  return own.find((version) => text(version.currency, version.terms) === text(wanted.currency, wanted.plan)) ?? null;
}
