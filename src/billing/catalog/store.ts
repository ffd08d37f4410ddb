/** Every query of the catalog's tables: plan versions, meters, and the state of the catalog as a whole. */
import type { DatabaseTransaction } from "@/db/transaction";
import { decimal } from "../kernel/decimal";
import {
  type AppliedCatalog,
  type Catalog,
  changePolicySchema,
  dunningTermsSchema,
  type Meter,
  meterSchema,
  type PlanVersion,
  planSchema,
} from "./model";

const CURRENT = "current";
/** Any number will do, as long as every process of ours takes the same. */
const APPLY_LOCK = 7_270_319_119;

/** Lets one process at a time change the catalog, until the transaction ends. */
export async function lockCatalog(tx: DatabaseTransaction): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${APPLY_LOCK}::bigint)`;
}

/** Every plan version there ever was. */
export async function loadPlanVersions(tx: DatabaseTransaction): Promise<PlanVersion[]> {
  const rows = await tx.planVersion.findMany({ orderBy: [{ planKey: "asc" }, { version: "asc" }] });
  return rows.map(toPlanVersion);
}

/** One plan version; null when there is none with that id. */
export async function findStoredPlanVersion(tx: DatabaseTransaction, id: string): Promise<PlanVersion | null> {
  const row = await tx.planVersion.findUnique({ where: { id } });
  return row ? toPlanVersion(row) : null;
}

/** The plan version that a price at Stripe sells, archived ones too; null when the price is none of ours. */
export async function findPlanVersionByPrice(
  tx: DatabaseTransaction,
  stripePriceId: string,
): Promise<PlanVersion | null> {
  const row = await tx.planVersion.findFirst({
    where: { OR: [{ stripeMonthlyPriceId: stripePriceId }, { stripeAnnualPriceId: stripePriceId }] },
    orderBy: { version: "desc" },
  });
  return row ? toPlanVersion(row) : null;
}

/** The newest version that sells more seats at a Stripe price, null when the price is not a seat's of ours. */
export async function findPlanVersionBySeatPrice(
  tx: DatabaseTransaction,
  stripePriceId: string,
): Promise<PlanVersion | null> {
  const row = await tx.planVersion.findFirst({
    where: { OR: [{ stripeMonthlySeatPriceId: stripePriceId }, { stripeAnnualSeatPriceId: stripePriceId }] },
    orderBy: { version: "desc" },
  });
  return row ? toPlanVersion(row) : null;
}

/** Every meter there ever was, in catalog order. */
export async function loadMeters(tx: DatabaseTransaction): Promise<{ inForce: Meter[]; retired: Meter[] }> {
  const rows = await tx.meter.findMany({ orderBy: [{ position: "asc" }, { key: "asc" }] });
  const terms = (retired: boolean) =>
    rows.filter((row) => (row.retiredAt !== null) === retired).map((row) => meterSchema.parse(row.terms));
  return { inForce: terms(false), retired: terms(true) };
}

/** The catalog in force, null before the first `catalog apply`. */
export async function loadAppliedCatalog(tx: DatabaseTransaction): Promise<AppliedCatalog | null> {
  const state = await tx.catalogState.findUnique({ where: { id: CURRENT } });
  if (!state) return null;
  const versions = (
    await tx.planVersion.findMany({ where: { status: "active", madeForTenantId: null }, orderBy: { rank: "asc" } })
  ).map(toPlanVersion);
  const freePlan = versions.find((version) => version.planKey === state.freePlanKey);
  if (!freePlan) return null;
  const meters = await loadMeters(tx);
  return {
    key: state.catalogKey,
    productName: state.productName,
    currency: state.currency,
    tax: {
      displayName: state.taxDisplayName,
      percentage: decimal(state.taxPercentage).toFixed(),
      stripeTaxRateId: state.stripeTaxRateId,
    },
    changePolicy: changePolicySchema.parse(state.changePolicy),
    dunning: dunningTermsSchema.parse(state.dunning),
    contact: state.contact,
    freePlan,
    plans: versions,
    meters: meters.inForce,
    retiredMeters: meters.retired,
  };
}

/** What is kept of the catalog in force as a whole: the hash of its text and its tax rate at Stripe; null before the first. */
export async function findCatalogState(
  tx: DatabaseTransaction,
): Promise<{ termsHash: string; stripeTaxRateId: string | null; currency: string } | null> {
  const select = { termsHash: true, stripeTaxRateId: true, currency: true };
  return tx.catalogState.findUnique({ where: { id: CURRENT }, select });
}

/** The tax rate in force, and the one that every running subscription has taken over; null before a catalog is applied. */
export async function findTaxRates(
  tx: DatabaseTransaction,
): Promise<{ stripeTaxRateId: string | null; adoptedTaxRateId: string | null } | null> {
  const select = { stripeTaxRateId: true, adoptedTaxRateId: true };
  return tx.catalogState.findUnique({ where: { id: CURRENT }, select });
}

/** Notes that every running subscription has a tax rate, unless another one has come into force meanwhile. */
export async function markTaxRateAdopted(tx: DatabaseTransaction, stripeTaxRateId: string): Promise<void> {
  const where = { id: CURRENT, stripeTaxRateId };
  await tx.catalogState.updateMany({ where, data: { adoptedTaxRateId: stripeTaxRateId } });
}

/** What the product is called; null before a catalog is applied. */
export async function findProductName(tx: DatabaseTransaction): Promise<string | null> {
  const row = await tx.catalogState.findUnique({ where: { id: CURRENT }, select: { productName: true } });
  return row?.productName ?? null;
}

/** Writes a version, or puts an archived one back into force. Its terms are never overwritten. */
export async function putPlanVersion(tx: DatabaseTransaction, version: PlanVersion, appliedAt: Date): Promise<void> {
  const mutable = {
    status: version.status,
    rank: version.rank,
    stripeProductId: version.stripeProductId,
    stripeMonthlyPriceId: version.stripeMonthlyPriceId,
    stripeAnnualPriceId: version.stripeAnnualPriceId,
    stripeMonthlySeatPriceId: version.stripeMonthlySeatPriceId,
    stripeAnnualSeatPriceId: version.stripeAnnualSeatPriceId,
  };
  await tx.planVersion.upsert({
    where: { id: version.id },
    update: mutable,
    create: {
      ...mutable,
      id: version.id,
      planKey: version.planKey,
      version: version.version,
      name: version.name,
      currency: version.currency,
      monthlyPriceMinor: version.monthlyPriceMinor,
      annualPriceMinor: version.annualPriceMinor,
      madeForTenantId: version.madeForTenantId,
      terms: version.terms,
      appliedAt,
    },
  });
}

/** Takes versions off sale; tenants on them stay served. */
export async function archivePlanVersions(tx: DatabaseTransaction, ids: readonly string[]): Promise<void> {
  await tx.planVersion.updateMany({ where: { id: { in: [...ids] } }, data: { status: "archived" } });
}

/**
 * Keeps tenants on the free plan's version that is about to be replaced: whoever has entered no terms enters its. Beginning
 * and anchor are those of `freeTerms` in the usage slice, whose table this is; it is written here because it must happen in
 * the transaction that replaces the version, or a report between the two would count under the new one.
 */
export async function keepFreeTenants(tx: DatabaseTransaction, freePlanVersionId: string): Promise<void> {
  await tx.$executeRaw`
    insert into usage_terms (tenant_id, plan_version_id, subscription_id, anchor_at, effective_at, closed_by)
    select id, ${freePlanVersionId}, null, timestamptz '2000-01-01T00:00:00Z', date_trunc('month', created_at, 'UTC'), 'clock'
    from tenants where not exists (select 1 from usage_terms where tenant_id = tenants.id)
    on conflict do nothing`;
}

/** Moves a version to another place on the pricing page. */
export async function rankPlanVersion(tx: DatabaseTransaction, id: string, rank: number): Promise<void> {
  await tx.planVersion.update({ where: { id }, data: { rank } });
}

/** Writes the meters of a catalog and retires those it no longer names. */
export async function putMeters(tx: DatabaseTransaction, meters: readonly Meter[], now: Date): Promise<void> {
  for (const [position, meter] of meters.entries()) {
    const data = { terms: meter, aggregation: meter.aggregation, position, retiredAt: null, appliedAt: now };
    await tx.meter.upsert({ where: { key: meter.key }, update: data, create: { key: meter.key, ...data } });
  }
  const named = meters.map((meter) => meter.key);
  await tx.meter.updateMany({ where: { key: { notIn: named }, retiredAt: null }, data: { retiredAt: now } });
}

/** Writes what is true of the catalog as a whole. */
export async function putCatalogState(
  tx: DatabaseTransaction,
  catalog: Catalog,
  state: { termsHash: string; stripeTaxRateId: string; appliedAt: Date },
): Promise<void> {
  const data = {
    ...state,
    catalogKey: catalog.key,
    productName: catalog.productName,
    freePlanKey: catalog.freePlan,
    currency: catalog.currency,
    taxPercentage: catalog.tax.percentage,
    taxDisplayName: catalog.tax.displayName,
    changePolicy: catalog.changePolicy,
    dunning: catalog.dunning,
    contact: catalog.contact,
  };
  await tx.catalogState.upsert({ where: { id: CURRENT }, update: data, create: { id: CURRENT, ...data } });
}

type PlanVersionRow = Awaited<ReturnType<DatabaseTransaction["planVersion"]["findMany"]>>[number];

function toPlanVersion(row: PlanVersionRow): PlanVersion {
  const { appliedAt: _appliedAt, terms, ...version }: PlanVersionRow & Omit<PlanVersion, "terms"> = row;
  return { ...version, terms: planSchema.parse(terms) };
}
