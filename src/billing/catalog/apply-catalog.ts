/**
 * Puts a catalog into force.
 *
 * Order: check everything, ask Stripe for products, prices and the tax rate (by lookup key, so asking again returns the
 * same), and only then write, in one transaction. A failure at any step leaves the catalog in force as it was.
 */
import { createHash } from "node:crypto";
import { inTransaction } from "@/db/transaction";
import type { PlanPush } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { forgetCatalog } from "./get-catalog";
import type { Catalog, Plan } from "./model";
import {
  aggregationProblems,
  type CatalogChanges,
  canonicalText,
  invalidCatalog,
  isSold,
  parseCatalog,
  planCatalogChanges,
  priceMinor,
  type StoredPlanVersion,
} from "./rules";
import {
  archivePlanVersions,
  findCatalogHash,
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
}

const ATTEMPT_LIMIT = 3;

/**
 * Applies a catalog: new terms become new plan versions, plans that vanished are archived, meters are written. Applying
 * the same catalog twice does nothing. Throws `catalog.invalid` with every problem; nothing is applied then.
 */
export async function applyCatalog(ctx: BillingContext, input: Catalog): Promise<CatalogApplied> {
  const catalog = parseCatalog(input);
  const termsHash = sha256(canonicalText(catalog));
  for (let attempt = 1; attempt <= ATTEMPT_LIMIT; attempt += 1) {
    const applied = (await whenUnchanged(ctx, catalog, termsHash)) ?? (await pushAndRecord(ctx, catalog, termsHash));
    if (!applied) continue;
    ctx.log.info({ catalog: catalog.key, ...applied }, "The catalog is in force.");
    return applied;
  }
  const message = "Other processes keep applying catalogs at the same time. Try again when they are done.";
  throw new BillingError("conflict", "operation.in_progress", message, { retryable: true });
}

/** Null when another process applied a catalog while Stripe answered, so that what was pushed no longer fits. */
async function pushAndRecord(ctx: BillingContext, catalog: Catalog, termsHash: string): Promise<CatalogApplied | null> {
  const changes = await loadChanges(ctx, catalog);
  const { displayName, percentage } = catalog.tax;
  const key = `${catalog.key}:${displayName}:${percentage}`;
  const stripeTaxRateId = await ctx.stripe.pushTaxRate({ displayName, percentage, key });
  const pushed: StoredPlanVersion[] = [];
  for (const entering of changes.enter) pushed.push(await pushVersion(ctx, catalog, entering));

  const applied = await inTransaction(ctx.db.prisma, async (tx) => {
    await lockCatalog(tx);
    const now = ctx.clock.now();
    const current = planCatalogChanges(catalog, await loadPlanVersions(tx), sha256);
    if (!sameVersions(current, changes)) return null;
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
    return report(current);
  });
  forgetCatalog(ctx.db);
  return applied;
}

function sameVersions(a: CatalogChanges, b: CatalogChanges): boolean {
  const ids = (changes: CatalogChanges) => changes.enter.map((entering) => entering.id).join();
  return ids(a) === ids(b);
}

async function whenUnchanged(ctx: BillingContext, catalog: Catalog, termsHash: string): Promise<CatalogApplied | null> {
  if ((await findCatalogHash(ctx.db.prisma)) !== termsHash) return null;
  const changes = planCatalogChanges(catalog, await loadPlanVersions(ctx.db.prisma), sha256);
  return changes.enter.length + changes.archive.length === 0 ? report(changes) : null;
}

async function loadChanges(ctx: BillingContext, catalog: Catalog): Promise<CatalogChanges> {
  const { inForce, retired } = await loadMeters(ctx.db.prisma);
  const problems = aggregationProblems(catalog, [...inForce, ...retired]);
  if (problems.length > 0) throw invalidCatalog(problems);
  return planCatalogChanges(catalog, await loadPlanVersions(ctx.db.prisma), sha256);
}

async function pushVersion(
  ctx: BillingContext,
  catalog: Catalog,
  entering: CatalogChanges["enter"][number],
): Promise<StoredPlanVersion> {
  const { id, plan, rank, version, termsHash } = entering;
  const push = planPush(id, plan, catalog.currency);
  const place = isSold(plan) ? await ctx.stripe.pushPlan(push) : null;
  return {
    id,
    planKey: plan.key,
    version,
    status: "active",
    name: plan.name,
    rank,
    currency: catalog.currency,
    monthlyPriceMinor: push.monthlyPriceMinor,
    annualPriceMinor: push.annualPriceMinor,
    terms: plan,
    termsHash,
    stripeProductId: place?.stripeProductId ?? null,
    stripeMonthlyPriceId: place?.stripeMonthlyPriceId ?? null,
    stripeAnnualPriceId: place?.stripeAnnualPriceId ?? null,
    stripeMonthlySeatPriceId: place?.stripeMonthlySeatPriceId ?? null,
    stripeAnnualSeatPriceId: place?.stripeAnnualSeatPriceId ?? null,
    madeForTenantId: null,
  };
}

/** What Stripe has to know of a plan. */
export function planPush(planVersionId: string, plan: Plan, currency: string): PlanPush {
  const amount = (price: string | null | undefined) => priceMinor(price ?? null, currency);
  return {
    planVersionId,
    planKey: plan.key,
    name: plan.name,
    currency,
    monthlyPriceMinor: amount(plan.monthlyPrice),
    annualPriceMinor: amount(plan.annualPrice),
    monthlySeatPriceMinor: amount(plan.seats?.monthlyPrice),
    annualSeatPriceMinor: amount(plan.seats?.annualPrice),
  };
}

function report(changes: CatalogChanges): CatalogApplied {
  return {
    created: changes.enter.map((entering) => entering.id),
    archived: changes.archive.map((version) => version.id),
    unchanged: changes.keep.map(({ version }) => version.id),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
