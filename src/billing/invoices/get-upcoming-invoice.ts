/**
 * The next invoice as it would be if nothing more happened: the same overage, the same lines in the same order as the real
 * one, taxed by Stripe. Stores nothing.
 */
import type { InvoiceRecord } from "@/stripe/gateway";
import { findPlanVersion, getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { Decimal, decimal } from "../kernel/decimal";
import { roundToCharge } from "../kernel/money";
import { addDays } from "../kernel/period";
import { loadHoldings, OVERAGE_CHARGE_ID, overageItem, type Subscription } from "../subscriptions";
import { servesPlan } from "../subscriptions/rules/status";
import { ensureStripeCustomer, resolveTenant, type Tenant } from "../tenants";
import { findRunningPeriod, loadOpenPeriods, type RatedOverage, ratePeriod, type UsagePeriod } from "../usage";
import type { InvoiceLineView, UpcomingInvoice } from "./model";
import { explainLines, type LineFacts } from "./rules/lines";
import { servicePeriod } from "./rules/state";

/** Overage that is not charged yet, under a name of its own in place of a charge's id. */
interface PendingOverage extends RatedOverage {
  chargeId: string;
  periodStartAt: Date;
  periodEndAt: Date;
}

/** What is known before the preview. */
interface UpcomingFacts {
  tenant: Tenant;
  now: Date;
  period: UsagePeriod;
  overage: PendingOverage[];
  lineFacts: LineFacts;
  stripeTaxRateId: string | null;
  taxPercentage: string;
}

/**
 * The tenant's next invoice. On the free plan there is none to come, and the answer is an empty one at the month's end.
 *
 * A monthly plan's is the renewal with the overage so far. Where the next thing to happen is only the end of a month of
 * usage (an annual plan, or a subscription that ends then), it is the overage alone.
 */
export async function getUpcomingInvoice(ctx: BillingContext, tenantId: string): Promise<UpcomingInvoice> {
  const tenant = await resolveTenant(ctx, tenantId);
  const { live } = await loadHoldings(ctx, tenant.id);
  const facts = await readFacts(ctx, tenant, live);
  const isRenewing = live !== null && servesPlan(live.status) && !live.cancelAtPeriodEnd;
  if (!isRenewing || facts.period.endAt < live.currentPeriodEndAt) return overageAlone(ctx, facts);
  return renewal(ctx, facts, live);
}

async function readFacts(ctx: BillingContext, tenant: Tenant, live: Subscription | null): Promise<UpcomingFacts> {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const catalog = await getCatalog(ctx);
  const period = await findRunningPeriod(ctx, tenant, now);
  const ended = (await loadOpenPeriods(ctx.db.prisma, { tenantId: tenant.id, endedBy: now })).filter(
    (open) => open.subscriptionId !== null && open.subscriptionId === live?.stripeSubscriptionId,
  );
  const overage: PendingOverage[] = [];
  for (const { startAt, endAt } of live === null ? [] : [...ended, period]) {
    for (const rated of await ratePeriod(ctx.db.prisma, tenant.id, startAt)) {
      const chargeId = `preview:${startAt.getTime()}:${rated.meterKey}`;
      const quantity = decimal(rated.quantity).toFixed();
      const unitPrice = rated.unitPrice === null ? null : decimal(rated.unitPrice).toFixed();
      overage.push({ ...rated, quantity, unitPrice, chargeId, periodStartAt: startAt, periodEndAt: endAt });
    }
  }
  const plan = live ? await findPlanVersion(ctx, live.planVersionId) : null;
  const prices = plan ? [plan.stripeMonthlyPriceId, plan.stripeAnnualPriceId] : [];
  const planNames = new Map(prices.flatMap((id) => (id && plan ? [[id, plan.name] as const] : [])));
  const explained = overage.map(
    ({ chargeId, meterKey, quantity, unitPrice, details }) =>
      [chargeId, { meterKey, quantity, unitPrice, details, overageChargeId: null }] as const,
  );
  const meterOrder = [...catalog.meters, ...catalog.retiredMeters].map((meter) => meter.key);
  const currency = live?.currency ?? catalog.currency;
  const isRate = ctx.settings.taxMode === "rate";
  return {
    tenant,
    now,
    period,
    overage,
    lineFacts: { currency, planNames, overage: new Map(explained), meterOrder },
    stripeTaxRateId: isRate ? catalog.tax.stripeTaxRateId : null,
    taxPercentage: isRate ? catalog.tax.percentage : "0",
  };
}

async function renewal(ctx: BillingContext, facts: UpcomingFacts, live: Subscription): Promise<UpcomingInvoice> {
  const { stripeSubscriptionId, currentPeriodEndAt: renewsAt } = live;
  const stripeCustomerId = await ensureStripeCustomer(ctx, facts.tenant);
  const { stripeTaxRateId } = facts;
  const target = { stripeCustomerId, stripeSubscriptionId, stripeInvoiceId: null, stripeTaxRateId };
  const items = facts.overage.map((overage) => overageItem(overage, target));
  const preview: InvoiceRecord = await ctx.stripe.previewRenewal(stripeSubscriptionId, items);
  return {
    tenantId: facts.tenant.id,
    currency: preview.currency,
    renewsAt,
    dueAt: addDays(renewsAt, ctx.settings.invoiceDueDays),
    ...servicePeriod(preview),
    lines: explainLines(preview.lines, facts.lineFacts).map(({ stripeLineId: _line, ...view }) => view),
    subtotalMinor: preview.subtotalMinor,
    taxMinor: preview.taxMinor,
    totalMinor: preview.totalMinor,
    amountDueMinor: preview.amountDueMinor,
    computedAt: facts.now,
  };
}

/** Taxes by place are Stripe's to calculate; by line, in the order of the overage. A rate is ours: see below. */
async function placedTaxes(ctx: BillingContext, { tenant, overage }: UpcomingFacts): Promise<Map<string, bigint>> {
  if (ctx.settings.taxMode !== "stripe_tax" || overage.length === 0) return new Map();
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const target = { stripeCustomerId, stripeSubscriptionId: null, stripeInvoiceId: null, stripeTaxRateId: null };
  const items = overage.map((each) => overageItem(each, target));
  const { lines } = await ctx.stripe.previewItems(stripeCustomerId, items);
  return new Map(lines.map((line) => [line.metadata[OVERAGE_CHARGE_ID] ?? "", line.taxMinor]));
}

/** A sum of ours: with a rate, tax per line, rounded as Stripe rounds it. */
async function overageAlone(ctx: BillingContext, facts: UpcomingFacts): Promise<UpcomingInvoice> {
  const rate = decimal(facts.taxPercentage).div(100);
  const placed = await placedTaxes(ctx, facts);
  const lines: InvoiceLineView[] = facts.overage.map((overage) => ({
    kind: "overage",
    description: overage.description,
    quantity: overage.quantity,
    unitPrice: overage.unitPrice,
    amountMinor: overage.amountMinor,
    taxMinor:
      placed.get(overage.chargeId) ??
      roundToCharge(new Decimal(overage.amountMinor.toString()).times(rate), facts.lineFacts.currency),
    meterKey: overage.meterKey,
    overageChargeId: null,
    details: overage.details,
    periodStartAt: overage.periodStartAt,
    periodEndAt: overage.periodEndAt,
  }));
  const subtotalMinor = lines.reduce((total, line) => total + line.amountMinor, 0n);
  const taxMinor = lines.reduce((total, line) => total + line.taxMinor, 0n);
  const { startAt: periodStartAt, endAt: renewsAt } = facts.period;
  return {
    tenantId: facts.tenant.id,
    currency: facts.lineFacts.currency,
    renewsAt,
    dueAt: addDays(renewsAt, ctx.settings.invoiceDueDays),
    periodStartAt,
    periodEndAt: renewsAt,
    lines,
    subtotalMinor,
    taxMinor,
    totalMinor: subtotalMinor + taxMinor,
    amountDueMinor: subtotalMinor + taxMinor,
    computedAt: facts.now,
  };
}
