/**
 * What a catalog means: its contradictions, its terms in minor units, the hash that decides whether a plan has changed,
 * and what applying it would do to the versions that exist.
 *
 * Pure. Refuses nothing by itself: it names problems, and the verbs refuse.
 */
import { Decimal } from "../kernel/decimal";
import { BillingError } from "../kernel/errors";
import { fromMajor } from "../kernel/money";
import {
  type Allowance,
  type AppliedCatalog,
  type Catalog,
  catalogSchema,
  type Meter,
  type Plan,
  type PlanVersion,
} from "./model";
import { type CatalogProblem, contradictions, pathText } from "./rules-problems";

export type { CatalogProblem };

/** What applying a catalog does to the plan versions. */
export interface CatalogChanges {
  /** Versions to write; a version that was archived and is wanted again keeps its id. */
  enter: Array<{
    id: string;
    version: number;
    status: "draft" | "active";
    plan: Plan;
    rank: number;
    known: PlanVersion | null;
  }>;
  archive: PlanVersion[];
  /** Versions that stay, with the rank they have now. */
  keep: Array<{ version: PlanVersion; rank: number }>;
}

/** Checks a catalog as a whole and names every problem; an empty list is a catalog that can be applied. */
export function catalogProblems(input: unknown): CatalogProblem[] {
  const shape = catalogSchema.safeParse(input);
  const issues = shape.success ? [] : shape.error.issues;
  const problems = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: "is not a word of a catalog" }))
      : [{ path: pathText(issue.path), message: issue.message }],
  );
  for (const found of contradictions(input)) {
    if (!problems.some((problem) => problem.path === found.path)) problems.push(found);
  }
  return problems;
}

/** The catalog, or the refusal that lists everything that is wrong with it. */
export function parseCatalog(input: unknown): Catalog {
  const problems = catalogProblems(input);
  if (problems.length > 0) throw invalidCatalog(problems);
  return catalogSchema.parse(input);
}

/** The refusal of a catalog with these problems. */
export function invalidCatalog(problems: readonly CatalogProblem[]): BillingError {
  const lines = problems.map((problem) => `${problem.path}: ${problem.message}`);
  return new BillingError("invalid", "catalog.invalid", `The catalog is not applied.\n${lines.join("\n")}`, {
    details: Object.fromEntries(problems.map((problem) => [problem.path, problem.message])),
  });
}

/** What a plan allows of a meter. A meter the plan does not name is counted, without limit and without charge. */
export function allowanceOf(plan: Plan, meterKey: string): Allowance {
  const named = plan.allowances.find((allowance) => allowance.meter === meterKey);
  return named ?? { meter: meterKey, included: null, limit: "soft", overage: null };
}

/** The active version of a plan. Throws `catalog.unknown_plan`. */
export function activePlan(catalog: AppliedCatalog, planKey: string): PlanVersion {
  const version = catalog.plans.find((plan) => plan.planKey === planKey);
  if (version) return version;
  const known = catalog.plans.map((plan) => plan.planKey).join(", ");
  throw new BillingError("invalid", "catalog.unknown_plan", `There is no plan "${planKey}". Plans: ${known}.`);
}

/** A price of the catalog in minor units; null stays "agreed with the customer". */
export function priceMinor(price: string | null, currency: string): bigint | null {
  return price === null ? null : fromMajor(price, currency);
}

/** Whether Stripe has to know the plan: it has a price that is not zero. */
export function isSold(plan: Pick<Plan, "monthlyPrice" | "annualPrice">): boolean {
  return [plan.monthlyPrice, plan.annualPrice].some((price) => price !== null && !new Decimal(price).isZero());
}

/** The same text for the same value, whatever the order of its keys. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The text by which terms are the same or not; whether they are a draft is no term. */
function termsText(currency: string, { draft: _draft, ...terms }: Plan): string {
  return canonicalText({ currency, terms });
}

/**
 * Compares a catalog with the versions there are. A plan keeps its version while its terms and currency are the same; it
 * gets the next number otherwise, because subscriptions and periods point at versions and their terms must not move.
 *
 * A draft is a version beside the one that is sold, which stays on sale until the draft is published.
 */
export function planCatalogChanges(catalog: Catalog, stored: readonly PlanVersion[]): CatalogChanges {
  const changes: CatalogChanges = { enter: [], archive: [], keep: [] };
  const wanted = new Set<string>();
  catalog.plans.forEach((plan, rank) => {
    const status = plan.draft ? "draft" : "active";
    const text = termsText(catalog.currency, plan);
    const versions = stored.filter((version) => version.planKey === plan.key);
    const same =
      versions.find((one) => one.madeForTenantId === null && termsText(one.currency, one.terms) === text) ?? null;
    const sold = versions.find((version) => version.status === "active" && version.madeForTenantId === null);
    if (same) wanted.add(same.id);
    if (plan.draft && sold && sold.id !== same?.id) {
      wanted.add(sold.id);
      changes.keep.push({ version: sold, rank });
    }
    for (const contract of versions) {
      if (contract.madeForTenantId !== null) changes.keep.push({ version: contract, rank });
    }
    if (same?.status === status) {
      changes.keep.push({ version: same, rank });
      return;
    }
    const number = same?.version ?? Math.max(0, ...versions.map((version) => version.version)) + 1;
    changes.enter.push({ id: same?.id ?? `${plan.key}@${number}`, version: number, status, plan, rank, known: same });
  });
  changes.archive = stored.filter(
    // A custom contract is ended by the tenant's next change, not by a catalog.
    (version) => version.status !== "archived" && version.madeForTenantId === null && !wanted.has(version.id),
  );
  return changes;
}

/** An installation keeps the currency of its first catalog: Stripe bills a customer in one, and so are our books. */
export function currencyProblems(catalog: Catalog, inForce: string | null): CatalogProblem[] {
  if (inForce === null || inForce === catalog.currency) return [];
  const message = `is ${inForce} here and stays so: balances, invoices and revenue are in it. Start another installation for ${catalog.currency}`;
  return [{ path: "currency", message }];
}

/** Meters that exist with another aggregation: what they have counted so far would change its meaning. */
export function aggregationProblems(catalog: Catalog, stored: readonly Meter[]): CatalogProblem[] {
  return catalog.meters.flatMap((meter, position) => {
    const before = stored.find((known) => known.key === meter.key);
    const field = (["aggregation", "uniqueProperty"] as const).find((name) => before && before[name] !== meter[name]);
    if (!before || field === undefined) return [];
    const message = `is "${before[field]}" already and cannot change; add a meter with another key`;
    return [{ path: pathText(["meters", position, field]), message }];
  });
}
