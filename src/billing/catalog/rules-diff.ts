/** What applying a catalog would change, said in words that people can check: plan by plan, field by field. Pure. */
import type { AppliedCatalog, Catalog, Meter, Plan, PlanVersion } from "./model";
import { type CatalogChanges, planCatalogChanges } from "./rules";

/** One field that says something else; null: not there. */
export interface FieldDifference {
  path: string;
  before: string | null;
  after: string | null;
}

/**
 * What becomes of a plan. `changed`: a new version takes the place of the one that is sold. `draft`: a version only operators
 * see. `published`: the draft goes on sale. `withdrawn`: what was sold is a draft again. `restored`: archived terms are sold
 * again. `moved`: only its place among the plans changes.
 */
export type PlanChangeKind =
  | "new"
  | "changed"
  | "draft"
  | "published"
  | "withdrawn"
  | "restored"
  | "archived"
  | "moved"
  | "unchanged";

/** One plan of the difference. */
export interface PlanDifference {
  planKey: string;
  name: string;
  change: PlanChangeKind;
  /** The version that will be in force (or archived, when the plan goes). */
  versionId: string;
  /** The version that is archived for it; null when none is. */
  replaces: string | null;
  fields: FieldDifference[];
}

/** One meter of the difference. */
export interface MeterDifference {
  key: string;
  change: "new" | "changed" | "retired" | "revived";
  fields: FieldDifference[];
}

/** Something that applying would make at Stripe; nothing there is ever deleted or changed. */
export interface StripeCreation {
  what: "product" | "price" | "tax_rate";
  /** A price's lookup key, a product's plan version, a tax rate's name. */
  name: string;
  planVersionId: string | null;
  /** A price's; null for the others. */
  amountMinor: bigint | null;
  interval: "month" | "year" | null;
  /** Whether it should be there already: our rows name it and Stripe does not have it. */
  isRepair: boolean;
}

/** The plans in the catalog's order, then those that go. */
export function planDifferences(catalog: Catalog, stored: readonly PlanVersion[]): PlanDifference[] {
  const changes = planCatalogChanges(catalog, stored);
  const stated = catalog.plans.map((plan, rank) => planDifference({ plan, rank, changes, stored }));
  const replaced = new Set(stated.map(({ replaces }) => replaces));
  const gone = changes.archive
    .filter(({ id }) => !replaced.has(id))
    .map(({ id, name, planKey }) => {
      return { planKey, name, change: "archived" as const, versionId: id, replaces: null, fields: [] };
    });
  return [...stated, ...gone];
}

function planDifference(facts: {
  plan: Plan;
  rank: number;
  changes: CatalogChanges;
  stored: readonly PlanVersion[];
}): PlanDifference {
  const { changes, plan, rank, stored } = facts;
  const { key: planKey, name } = plan;
  const sold = stored.find(
    (version) => version.planKey === planKey && version.status === "active" && version.madeForTenantId === null,
  );
  const entering = changes.enter.find((entry) => entry.plan === plan);
  if (entering === undefined) {
    const kept = changes.keep.filter(({ version }) => version.planKey === planKey && version.madeForTenantId === null);
    const own = kept.find(({ version }) => version.status === (plan.draft ? "draft" : "active"));
    const change = kept.some(({ version }) => version.rank !== rank) ? ("moved" as const) : ("unchanged" as const);
    return { planKey, name, change, versionId: own?.version.id ?? "", replaces: null, fields: [] };
  }
  const isReplaced = sold !== undefined && changes.archive.some(({ id }) => id === sold.id);
  return {
    planKey,
    name,
    change: changeOf(entering, isReplaced),
    versionId: entering.id,
    replaces: isReplaced ? sold.id : null,
    fields: sold && sold.id !== entering.id ? fieldDifferences(withoutDraft(sold.terms), withoutDraft(plan)) : [],
  };
}

function changeOf(entering: CatalogChanges["enter"][number], isReplaced: boolean): PlanChangeKind {
  const before = entering.known?.status;
  if (entering.status === "draft") return before === "active" ? "withdrawn" : "draft";
  if (before === "draft") return "published";
  if (before === "archived") return "restored";
  return isReplaced ? "changed" : "new";
}

function withoutDraft({ draft: _draft, ...terms }: Plan): unknown {
  return terms;
}

/** Meters that are new, say something else, or are metered no longer. */
export function meterDifferences(
  catalog: Catalog,
  known: { inForce: readonly Meter[]; retired: readonly Meter[] },
): MeterDifference[] {
  const stated = catalog.meters.flatMap((meter): MeterDifference[] => {
    const before = known.inForce.find(({ key }) => key === meter.key);
    if (before === undefined) {
      const change = known.retired.some(({ key }) => key === meter.key) ? ("revived" as const) : ("new" as const);
      return [{ key: meter.key, change, fields: [] }];
    }
    const fields = fieldDifferences(before, meter);
    return fields.length === 0 ? [] : [{ key: meter.key, change: "changed", fields }];
  });
  const retired = known.inForce.filter(({ key }) => !catalog.meters.some((meter) => meter.key === key));
  return [...stated, ...retired.map(({ key }) => ({ key, change: "retired" as const, fields: [] }))];
}

/** What differs of the catalog as a whole: names, currency, tax, policy, dunning. */
export function settingDifferences(catalog: Catalog, applied: AppliedCatalog | null): FieldDifference[] {
  const settings = ({ key, productName, currency, contact, changePolicy, dunning }: Catalog | AppliedCatalog) => {
    return { key, productName, currency, contact, changePolicy, dunning };
  };
  const stated = ({ displayName, percentage }: Catalog["tax"]) => ({ displayName, percentage });
  const after = { ...settings(catalog), freePlan: catalog.freePlan, tax: stated(catalog.tax) };
  if (applied === null) return fieldDifferences({}, after);
  const before = { ...settings(applied), freePlan: applied.freePlan.planKey, tax: stated(applied.tax) };
  return fieldDifferences(before, after);
}

/** Leaf by leaf, in the order in which they are stated; what a list's rows are about stands in place of their number. */
export function fieldDifferences(before: unknown, after: unknown): FieldDifference[] {
  const old = new Map(leavesOf(before, ""));
  const now = new Map(leavesOf(after, ""));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const difference = { path, before: old.get(path) ?? null, after: now.get(path) ?? null };
    return difference.before === difference.after ? [] : [difference];
  });
}

function leavesOf(value: unknown, path: string): Array<[string, string | null]> {
  if (value === null || value === undefined) return [[path, null]];
  if (Array.isArray(value)) {
    return value.flatMap((row: unknown, index) => {
      const { name, rest } = namedRow(row);
      return leavesOf(rest, `${path}[${name ?? index}]`);
    });
  }
  if (typeof value !== "object") return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === "" ? key : `${path}.${key}`));
}

/** What a row is about, and what it says of that. */
function namedRow(row: unknown): { name: string | null; rest: unknown } {
  if (typeof row !== "object" || row === null) return { name: null, rest: row };
  const { meter, label, ...rest } = row as Record<string, unknown>;
  const name = meter ?? label;
  return name === undefined ? { name: null, rest: row } : { name: String(name), rest };
}
