/** What `applyCatalog` would do, without doing it: here, and at Stripe. */
import type { PriceFound } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { loadChanges, taxRateOf } from "./apply-catalog";
import type { Catalog, PlanVersion } from "./model";
import { parseCatalog } from "./rules";
import {
  type FieldDifference,
  type MeterDifference,
  meterDifferences,
  type PlanDifference,
  planDifferences,
  type StripeCreation,
  settingDifferences,
} from "./rules-diff";
import { stripePlan, versionOf } from "./rules-push";
import { loadAppliedCatalog, loadMeters, loadPlanVersions } from "./store";

/** The whole difference. */
export interface CatalogDifference {
  catalogKey: string;
  currency: string;
  /** False when applying would do nothing at all. */
  hasChanges: boolean;
  plans: PlanDifference[];
  meters: MeterDifference[];
  settings: FieldDifference[];
  stripe: StripeCreation[];
}

/** Compares a catalog with what is in force here and with what Stripe has. Throws `catalog.invalid` with every problem. */
export async function diffCatalog(ctx: BillingContext, input: Catalog): Promise<CatalogDifference> {
  const catalog = parseCatalog(input);
  const { prisma } = ctx.db;
  await loadChanges(ctx, catalog);
  const [stored, meters, applied] = await Promise.all([
    loadPlanVersions(prisma),
    loadMeters(prisma),
    loadAppliedCatalog(prisma),
  ]);
  const plans = planDifferences(catalog, stored);
  const difference = {
    plans,
    meters: meterDifferences(catalog, meters),
    settings: settingDifferences(catalog, applied),
    stripe: await stripeCreations(ctx, catalog, stored),
  };
  const { settings, stripe } = difference;
  const hasChanges =
    plans.some(({ change }) => change !== "unchanged") ||
    difference.meters.length + settings.length + stripe.length > 0;
  return { catalogKey: catalog.key, currency: catalog.currency, hasChanges, ...difference };
}

async function stripeCreations(
  ctx: BillingContext,
  catalog: Catalog,
  stored: readonly PlanVersion[],
): Promise<StripeCreation[]> {
  const changes = await loadChanges(ctx, catalog);
  const entering = changes.enter.filter(({ status }) => status === "active");
  const { currency } = catalog;
  const wanted = [
    ...entering.map((entry) => versionOf({ ...entry, currency, madeForTenantId: null })),
    ...changes.keep.map(({ version }) => version).filter(({ status }) => status === "active"),
  ];
  const creations: StripeCreation[] = [];
  for (const version of wanted) {
    const push = stripePlan(version);
    if (push === null) continue;
    const isRepair = stored.some(({ id, stripeProductId }) => id === version.id && stripeProductId !== null);
    const found = await ctx.stripe.findPlan(push);
    if (found.stripeProductId === null) creations.push(product(version, isRepair));
    creations.push(
      ...found.prices.flatMap((one) => (one.stripePriceId === null ? [price(version, one, isRepair)] : [])),
    );
  }
  const rate = taxRateOf(catalog);
  if ((await ctx.stripe.findTaxRate(rate)) === null) {
    const name = `${rate.displayName} ${rate.percentage} %`;
    creations.push({
      what: "tax_rate",
      name,
      ...{ planVersionId: null, amountMinor: null, interval: null, isRepair: false },
    });
  }
  return creations;
}

function product(version: PlanVersion, isRepair: boolean): StripeCreation {
  const { id, name } = version;
  return { what: "product", name, planVersionId: id, amountMinor: null, interval: null, isRepair };
}

function price(version: PlanVersion, found: PriceFound, isRepair: boolean): StripeCreation {
  const { amountMinor, interval, lookupKey: name } = found;
  return { what: "price", name, planVersionId: version.id, amountMinor, interval, isRepair };
}
