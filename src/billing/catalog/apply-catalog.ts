/**
 * Puts a catalog into force.
 *
 * Order: check everything, ask Stripe for products, prices and the tax rate (by lookup key, so asking again returns the
 * same), and only then write, in one transaction. A failure at any step leaves the catalog in force as it was. What Stripe
 * has lost since (another account, an emptied one) is made again.
 */
import { createHash } from "node:crypto";
import { inTransaction } from "@/db/transaction";
import type { TaxRatePush } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { forgetCatalog } from "./get-catalog";
import type { Catalog, PlanVersion } from "./model";

import {
  aggregationProblems,
  type CatalogChanges,
  canonicalText,
  currencyProblems,
  invalidCatalog,
  parseCatalog,
  planCatalogChanges,
} from "./rules";
import { samePlace, stripePlan, versionOf } from "./rules-push";
import {
  archivePlanVersions,
  findCatalogState,
  keepFreeTenants,
  loadAppliedCatalog,
  loadMeters,
  loadPlanVersions,
  lockCatalog,
  putCatalogState,
  putMeters,
  putPlanVersion,
  rankPlanVersion,
} from "./store";

/** What `applyCatalog` did, by plan version id ("professional@2"). */
export interface CatalogApplied {
  created: string[];
  archived: string[];
  unchanged: string[];
  /** Versions whose products or prices Stripe had lost. */
  repaired: string[];
}

/** What has to be done. */
interface Work {
  changes: CatalogChanges;
  /** Versions that stay and are not at Stripe as our rows say. */
  lost: PlanVersion[];
}

const ATTEMPT_LIMIT = 3;

/**
 * Applies a catalog: new terms become new plan versions, plans that vanished are archived, meters are written.
 * Subscriptions, and tenants on the free plan, stay on their version until they are migrated. Applying the same catalog
 * twice does nothing. Throws `catalog.invalid` with every problem; nothing is applied then.
 */
export async function applyCatalog(ctx: BillingContext, input: Catalog): Promise<CatalogApplied> {
  const catalog = parseCatalog(input);
  const termsHash = createHash("sha256").update(canonicalText(catalog)).digest("hex");
  for (let attempt = 1; attempt <= ATTEMPT_LIMIT; attempt += 1) {
    const work = await findWork(ctx, catalog, termsHash);
    if (work === "none") return report(await loadChanges(ctx, catalog), []);
    const applied = await pushAndRecord(ctx, catalog, { termsHash, work });
    if (!applied) continue;
    ctx.log.info({ catalog: catalog.key, ...applied }, "The catalog is in force.");
    return applied;
  }
  const message = "Other processes keep applying catalogs at the same time. Try again when they are done.";
  throw new BillingError("conflict", "operation.in_progress", message, { retryable: true });
}

/** The name under which Stripe keeps a catalog's tax rate. */
export function taxRateOf(catalog: Catalog): TaxRatePush {
  const { displayName, percentage } = catalog.tax;
  return { displayName, percentage, key: `${catalog.key}:${displayName}:${percentage}` };
}

/**
 * What applying a catalog would do to the versions there are. Throws `catalog.invalid` for what cannot change: how a meter
 * counts, and the currency.
 */
export async function loadChanges(ctx: Pick<BillingContext, "db">, catalog: Catalog): Promise<CatalogChanges> {
  const { inForce, retired } = await loadMeters(ctx.db.prisma);
  const state = await findCatalogState(ctx.db.prisma);
  const problems = [
    ...currencyProblems(catalog, state?.currency ?? null),
    ...aggregationProblems(catalog, [...inForce, ...retired]),
  ];
  if (problems.length > 0) throw invalidCatalog(problems);
  return planCatalogChanges(catalog, await loadPlanVersions(ctx.db.prisma));
}

async function findWork(ctx: BillingContext, catalog: Catalog, termsHash: string): Promise<Work | "none"> {
  const changes = await loadChanges(ctx, catalog);
  const state = await findCatalogState(ctx.db.prisma);
  const isSame = state?.termsHash === termsHash && changes.enter.length + changes.archive.length === 0;
  try {
    const lost = await findLost(ctx, changes);
    const rateId = state === null ? null : await ctx.stripe.findTaxRate(taxRateOf(catalog));
    const hasTaxRate = rateId !== null && rateId === state?.stripeTaxRateId;
    return isSame && lost.length === 0 && hasTaxRate ? "none" : { changes, lost };
  } catch (error) {
    // A start must not fail for a check that would most likely find nothing.
    if (!isSame || !(error instanceof BillingError) || error.code !== "stripe.unavailable") throw error;
    ctx.log.warn({ err: error }, "Stripe cannot be asked whether it still has the catalog's prices");
    return "none";
  }
}

/** Versions that stay and that Stripe does not have as our rows say; contracts too. */
export async function findLost(ctx: BillingContext, changes: CatalogChanges): Promise<PlanVersion[]> {
  const lost: PlanVersion[] = [];
  for (const { version } of changes.keep) {
    const push = version.status === "active" ? stripePlan(version) : null;
    if (push !== null && !samePlace(version, await ctx.stripe.findPlan(push))) lost.push(version);
  }
  return lost;
}

/** Null when another process applied a catalog while Stripe answered, so that what was pushed no longer fits. */
async function pushAndRecord(
  ctx: BillingContext,
  catalog: Catalog,
  { termsHash, work }: { termsHash: string; work: Work },
): Promise<CatalogApplied | null> {
  const { changes, lost } = work;
  const stripeTaxRateId = await ctx.stripe.pushTaxRate(taxRateOf(catalog));
  const pushed: PlanVersion[] = [];
  for (const entering of changes.enter) pushed.push(await pushEntering(ctx, catalog, entering));
  for (const version of lost) pushed.push(await pushVersion(ctx, version));

  const applied = await inTransaction(ctx.db.prisma, async (tx) => {
    await lockCatalog(tx);
    const now = ctx.clock.now();
    const current = planCatalogChanges(catalog, await loadPlanVersions(tx));
    if (!sameVersions(current, changes)) return null;
    const before = await loadAppliedCatalog(tx);
    for (const version of pushed) await putPlanVersion(tx, version, now);
    await archivePlanVersions(
      tx,
      current.archive.map((version) => version.id),
    );
    for (const { version, rank } of current.keep) {
      if (version.rank !== rank) await rankPlanVersion(tx, version.id, rank);
    }
    await putMeters(tx, catalog.meters, now);
    await putCatalogState(tx, catalog, { termsHash, stripeTaxRateId, appliedAt: now });
    const after = await loadAppliedCatalog(tx);
    if (before !== null && before.freePlan.id !== after?.freePlan.id) await keepFreeTenants(tx, before.freePlan.id);
    return report(current, lost);
  });
  forgetCatalog(ctx.db);
  return applied;
}

function sameVersions(a: CatalogChanges, b: CatalogChanges): boolean {
  const ids = (changes: CatalogChanges) => changes.enter.map(({ id, status }) => `${id}:${status}`).join();
  return ids(a) === ids(b);
}

function pushEntering(
  ctx: BillingContext,
  catalog: Catalog,
  entering: CatalogChanges["enter"][number],
): Promise<PlanVersion> {
  const { id, known, plan, rank, status, version } = entering;
  const { currency } = catalog;
  // A draft is not at Stripe; one that was on sale keeps its prices for those who pay them.
  const made = { id, version, status, plan, rank, currency, madeForTenantId: null, known };
  const next = versionOf(made);
  return status === "active" ? pushVersion(ctx, next) : Promise.resolve(next);
}

/** The version with the ids Stripe has for it now. */
async function pushVersion(ctx: BillingContext, version: PlanVersion): Promise<PlanVersion> {
  const push = stripePlan(version);
  return push === null ? version : { ...version, ...(await ctx.stripe.pushPlan(push)) };
}

function report(changes: CatalogChanges, lost: readonly PlanVersion[]): CatalogApplied {
  return {
    created: changes.enter.map((entering) => entering.id),
    archived: changes.archive.map((version) => version.id),
    unchanged: changes.keep.map(({ version }) => version.id),
    repaired: lost.map((version) => version.id),
  };
}
