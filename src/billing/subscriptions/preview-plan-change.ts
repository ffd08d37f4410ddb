/** What a plan change would do and cost, without doing it. */
import { getCatalog, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import { Decimal, decimal } from "../kernel/decimal";
import { roundToMinor } from "../kernel/money";
import { addMonths } from "../kernel/period";
import { resolveTenant } from "../tenants";
import type { BillingInterval, PlanChangePreview } from "./model";
import { type ChangeWish, costOfChange, prorationInstant, readChange } from "./read-change";
import { planNotSold, samePlan } from "./refusals";

/**
 * Previews `changePlan` with the same decision and the same arithmetic. Throws what it would throw, except that a tenant
 * on the free plan sees the price of the first period instead of a question for a card.
 */
export async function previewPlanChange(
  ctx: BillingContext,
  input: { tenantId: string } & ChangeWish,
): Promise<PlanChangePreview> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const reading = await readChange(ctx, tenant, input);
  const now = prorationInstant(ctx, tenant);
  if (reading.subscription === null) return previewStart(ctx, reading, now);
  const { subscription, decision } = reading;
  const { currency } = subscription;
  const nextInvoiceAt = subscription.currentPeriodEndAt;
  if (decision.do === "cancel_at_period_end") {
    const nothing = { lines: [], subtotalMinor: 0n, taxMinor: 0n, dueNowMinor: 0n };
    return { direction: "downgrade", takesEffectAt: nextInvoiceAt, ...nothing, nextInvoiceAt, currency };
  }
  const cost = await costOfChange(ctx, subscription, decision, now);
  const { direction, restartPeriod, interval } = decision;
  const next = restartPeriod ? addMonths(now, monthsOf(interval)) : nextInvoiceAt;
  return { direction, takesEffectAt: now, ...cost, nextInvoiceAt: next, currency };
}

async function previewStart(
  ctx: BillingContext,
  start: { target: PlanVersion; interval: BillingInterval; isFree: boolean },
  now: Date,
): Promise<PlanChangePreview> {
  const { target, interval } = start;
  if (start.isFree) throw samePlan(target.name);
  const priceMinor = interval === "month" ? target.monthlyPriceMinor : target.annualPriceMinor;
  if (priceMinor === null) throw planNotSold(target.name);
  const { tax } = await getCatalog(ctx);
  // Automatic tax depends on an address that only Stripe has; the first invoice states it.
  const percentage = ctx.settings.taxMode === "rate" ? decimal(tax.percentage) : new Decimal(0);
  const taxMinor = roundToMinor(new Decimal(priceMinor.toString()).times(percentage).div(100));
  return {
    direction: "upgrade",
    takesEffectAt: now,
    lines: [{ description: `${target.name} Plan`, amountMinor: priceMinor }],
    subtotalMinor: priceMinor,
    taxMinor,
    dueNowMinor: priceMinor + taxMinor,
    nextInvoiceAt: addMonths(now, monthsOf(interval)),
    currency: target.currency,
  };
}

function monthsOf(interval: BillingInterval): number {
  return interval === "month" ? 1 : 12;
}
