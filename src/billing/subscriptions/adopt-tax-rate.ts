/**
 * Hands a tax rate that has changed to the subscriptions that run already.
 *
 * What a plan costs is part of its version and stays; what the state takes is not. Without this a renewal would be taxed at
 * the old rate and the overage on it at the new one. Owns that a run which was interrupted, or could not reach one of them,
 * is finished by the next: the rate counts as adopted only when all have it. Charges nothing: it is the next invoice's.
 */
import { inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import { findTaxRates, getCatalog, markTaxRateAdopted } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { resolveTenant } from "../tenants";
import { loadUnended } from "./store-versions";

/** What became of it: how many subscriptions have the rate now that had another, and those that could not be given it. */
export interface TaxRateAdopted {
  adopted: number;
  failed: Array<{ tenantId: string; message: string }>;
}

/** Gives every running subscription the catalog's fixed rate. Asks Stripe nothing when all have it already. */
export async function adoptTaxRate(ctx: BillingContext): Promise<TaxRateAdopted> {
  const result: TaxRateAdopted = { adopted: 0, failed: [] };
  const rates = await findTaxRates(ctx.db.prisma);
  const stripeTaxRateId = rates?.stripeTaxRateId ?? null;
  if (ctx.settings.taxMode !== "rate" || stripeTaxRateId === null) return result;
  if (rates?.adoptedTaxRateId === stripeTaxRateId) return result;
  for (const taxed of await loadUnended(ctx.db.prisma)) {
    const { stripeSubscriptionId } = taxed;
    try {
      const key = `tax:${stripeTaxRateId}:${stripeSubscriptionId}`;
      if (!(await ctx.stripe.adoptTaxRate(stripeSubscriptionId, stripeTaxRateId, key))) continue;
      await tell(ctx, taxed, stripeTaxRateId);
      result.adopted += 1;
    } catch (error) {
      if (!(error instanceof BillingError) || error.kind === "invariant") throw error;
      ctx.log.warn(
        { err: error, ...taxed },
        "A subscription keeps its old tax rate until the catalog is applied again",
      );
      result.failed.push({ tenantId: taxed.tenantId, message: error.message });
    }
  }
  if (result.failed.length === 0) await markTaxRateAdopted(ctx.db.prisma, stripeTaxRateId);
  return result;
}

async function tell(
  ctx: BillingContext,
  { stripeSubscriptionId, tenantId }: { stripeSubscriptionId: string; tenantId: string },
  stripeTaxRateId: string,
): Promise<void> {
  const { tax } = await getCatalog(ctx);
  const { id, stripeTestClockId } = await resolveTenant(ctx, tenantId);
  const target = `subscription:${stripeSubscriptionId}`;
  const details = { stripeTaxRateId, displayName: tax.displayName, percentage: tax.percentage };
  const entry = { actor: ctx.actor, action: "subscription.tax_rate", target, details };
  const reason = "The catalog's tax rate has changed";
  await inTransaction(ctx.db, (tx) =>
    recordAudit(tx, { tenantId: id, occurredAt: ctx.clock.now(stripeTestClockId), reason, ...entry }),
  );
}
