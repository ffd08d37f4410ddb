/**
 * What a catalog means: its contradictions, its terms in minor units, the hash that decides whether a plan has changed,
 * and what applying it would do to the versions that exist.
 *
 * Pure. Refuses nothing by itself: it names problems, and the verbs refuse.
 */
import { Decimal } from "../kernel/decimal";
import { BillingError } from "../kernel/errors";
import { currencyExponent, fromMajor } from "../kernel/money";
import {
  type Allowance,
  type AppliedCatalog,
  type Catalog,
  catalogSchema,
  type Meter,
  type Plan,
  type PlanVersion,
} from "./model";

/** One thing that is wrong with a catalog, and where: "plans[1].allowances[0].meter". */
export interface CatalogProblem {
  path: string;
  message: string;
}

/** A stored plan version together with the hash of its terms. */
export interface StoredPlanVersion extends PlanVersion {
  termsHash: string;
}

/** What applying a catalog does to the plan versions. */
export interface CatalogChanges {
  /** Versions to write; a version that was archived and is wanted again keeps its id. */
  enter: Array<{
    id: string;
    version: number;
    plan: Plan;
    rank: number;
    termsHash: string;
    known: StoredPlanVersion | null;
  }>;
  archive: StoredPlanVersion[];
  /** Versions that stay, with the rank they have now. */
  keep: Array<{ version: StoredPlanVersion; rank: number }>;
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
  return named ?? { meter: meterKey, included: null, limit: "soft", overageUnitPrice: null };
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

/**
 * Compares a catalog with the versions there are. A plan keeps its version while its terms and currency are the same; it
 * gets the next number otherwise, because subscriptions and periods point at versions and their terms must not move.
 */
export function planCatalogChanges(
  catalog: Catalog,
  stored: readonly StoredPlanVersion[],
  hashOf: (text: string) => string,
): CatalogChanges {
  const changes: CatalogChanges = { enter: [], archive: [], keep: [] };
  const wanted = new Set<string>();
  catalog.plans.forEach((plan, rank) => {
    const termsHash = hashOf(canonicalText({ currency: catalog.currency, plan }));
    const versions = stored.filter((version) => version.planKey === plan.key);
    const same =
      versions.find((version) => version.madeForTenantId === null && version.termsHash === termsHash) ?? null;
    if (same) wanted.add(same.id);
    if (same?.status === "active") {
      changes.keep.push({ version: same, rank });
      return;
    }
    const number = same?.version ?? Math.max(0, ...versions.map((version) => version.version)) + 1;
    const id = same?.id ?? `${plan.key}@${number}`;
    changes.enter.push({ id, version: number, plan, rank, termsHash, known: same });
  });
  changes.archive = stored.filter(
    // A custom contract is ended by the tenant's next change, not by a catalog.
    (version) => version.status === "active" && version.madeForTenantId === null && !wanted.has(version.id),
  );
  return changes;
}

/** Meters that exist with another aggregation: what they have counted so far would change its meaning. */
export function aggregationProblems(catalog: Catalog, stored: readonly Meter[]): CatalogProblem[] {
  return catalog.meters.flatMap((meter, position) => {
    const before = stored.find((known) => known.key === meter.key);
    if (!before || before.aggregation === meter.aggregation) return [];
    const message = `is "${before.aggregation}" already and cannot change; add a meter with another key`;
    return [{ path: pathText(["meters", position, "aggregation"]), message }];
  });
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (joined, part) => (typeof part === "number" ? `${joined}[${part}]` : `${joined}.${String(part)}`),
    "",
  );
  return text.replace(/^\./, "") || "(the whole catalog)";
}

/**
 * References and prices that contradict each other. Looks at whatever is readable, so that a catalog with a misspelt field
 * still hears of its other problems.
 */
function contradictions(input: unknown): CatalogProblem[] {
  const catalog = fields(input);
  const meters = list(catalog.meters).map(fields);
  const plans = list(catalog.plans).map(fields);
  const currency = typeof catalog.currency === "string" ? catalog.currency : "usd";
  const meterKeys = new Set(meters.map((meter) => meter.key));
  const free = plans.find((plan) => plan.key === catalog.freePlan);
  const problems: CatalogProblem[] = [
    ...repeated(meters, "key", ["meters"]),
    ...repeated(plans, "key", ["plans"]),
    ...(free || plans.length === 0 ? [] : [{ path: "freePlan", message: "names no plan of this catalog" }]),
    ...(isTooMuchTax(fields(catalog.tax).percentage) ? [{ path: "tax.percentage", message: "is at most 100" }] : []),
    ...(free && !isZero(free.monthlyPrice) ? [{ path: "freePlan", message: "must cost 0" }] : []),
  ];
  plans.forEach((plan, p) => {
    for (const field of ["monthlyPrice", "annualPrice"] as const) {
      if (hasTooManyDigits(plan[field], currency)) {
        problems.push({ path: pathText(["plans", p, field]), message: `has more digits than ${currency} keeps` });
      }
    }
    problems.push(...seatProblems(plan, currency, ["plans", p, "seats"]));
    const allowances = list(plan.allowances).map(fields);
    problems.push(...repeated(allowances, "meter", ["plans", p, "allowances"]));
    allowances.forEach((allowance, a) => {
      if (!meterKeys.has(allowance.meter)) {
        const path = pathText(["plans", p, "allowances", a, "meter"]);
        problems.push({ path, message: "names no meter of this catalog" });
      }
      if (allowance.limit === "hard" && allowance.overageUnitPrice !== null) {
        const path = pathText(["plans", p, "allowances", a, "overageUnitPrice"]);
        problems.push({ path, message: "a hard limit sells no overage" });
      }
    });
  });
  return problems;
}

function seatProblems(plan: Record<string, unknown>, currency: string, path: readonly PropertyKey[]): CatalogProblem[] {
  if (typeof plan.seats !== "object" || plan.seats === null) return [];
  const seats = fields(plan.seats);
  const problems = (["monthlyPrice", "annualPrice"] as const).flatMap((field) => {
    const at = pathText([...path, field]);
    if (hasTooManyDigits(seats[field], currency))
      return [{ path: at, message: `has more digits than ${currency} keeps` }];
    if ((seats[field] ?? null) === null && isDecimalText(plan[field]))
      return [{ path: at, message: `is missing, although the plan has a ${field}` }];
    return [];
  });
  const { included, max } = seats;
  if (typeof included === "number" && typeof max === "number" && max < included) {
    problems.push({ path: pathText([...path, "max"]), message: "is less than the included seats" });
  }
  return problems;
}

function repeated(rows: Array<Record<string, unknown>>, field: string, path: PropertyKey[]): CatalogProblem[] {
  return rows.flatMap((row, index) =>
    rows.findIndex((other) => other[field] === row[field]) < index
      ? [{ path: pathText([...path, index, field]), message: "is used twice" }]
      : [],
  );
}

function hasTooManyDigits(price: unknown, currency: string): boolean {
  return isDecimalText(price) && new Decimal(price).decimalPlaces() > currencyExponent(currency);
}

function isTooMuchTax(percentage: unknown): boolean {
  return isDecimalText(percentage) && new Decimal(percentage).greaterThan(100);
}

function isZero(price: unknown): boolean {
  return isDecimalText(price) && new Decimal(price).isZero();
}

function isDecimalText(value: unknown): value is string {
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value);
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
