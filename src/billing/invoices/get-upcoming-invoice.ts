/**
 * The next invoice as it would be if nothing more happened: the same overage, the same lines in the same order as the real
 * one, taxed by Stripe. Stores nothing.
 */
import type { InvoiceItemRequest, InvoiceRecord } from "@/stripe/gateway";
import { findPlanVersion, getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { decimal } from "../kernel/decimal";
import { addDays } from "../kernel/period";
import { loadHoldings, overageItem, type Subscription } from "../subscriptions";
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
  return {
    tenant,
    now,
    period,
    overage,
    lineFacts: { currency, planNames, overage: new Map(explained), meterOrder },
    stripeTaxRateId: ctx.settings.taxMode === "rate" ? catalog.tax.stripeTaxRateId : null,
  };
}

async function renewal(ctx: BillingContext, facts: UpcomingFacts, live: Subscription): Promise<UpcomingInvoice> {
  const { stripeSubscriptionId, currentPeriodEndAt: renewsAt } = live;
  const stripeCustomerId = await ensureStripeCustomer(ctx, facts.tenant);
  const items = itemsOf(facts, stripeCustomerId, stripeSubscriptionId);
  const preview = await ctx.stripe.previewRenewal(stripeSubscriptionId, items);
  return {
    tenantId: facts.tenant.id,
    currency: preview.currency,
    renewsAt,
    dueAt: addDays(renewsAt, ctx.settings.invoiceDueDays),
    ...servicePeriod(preview),
    lines: viewsOf(preview.lines, facts),
    subtotalMinor: preview.subtotalMinor,
    taxMinor: preview.taxMinor,
    totalMinor: preview.totalMinor,
    amountDueMinor: preview.amountDueMinor,
    computedAt: facts.now,
  };
}

/** The overage as an invoice of its own, as Stripe would tax it and credit would pay for it; nothing is asked when there is none. */
async function overageAlone(ctx: BillingContext, facts: UpcomingFacts): Promise<UpcomingInvoice> {
  const { startAt: periodStartAt, endAt: renewsAt } = facts.period;
  const preview = facts.overage.length === 0 ? null : await previewOverage(ctx, facts);
  return {
    tenantId: facts.tenant.id,
    currency: facts.lineFacts.currency,
    renewsAt,
    dueAt: addDays(renewsAt, ctx.settings.invoiceDueDays),
    periodStartAt,
    periodEndAt: renewsAt,
    lines: viewsOf(preview?.lines ?? [], facts),
    subtotalMinor: preview?.subtotalMinor ?? 0n,
    taxMinor: preview?.taxMinor ?? 0n,
    totalMinor: preview?.totalMinor ?? 0n,
    amountDueMinor: preview?.amountDueMinor ?? 0n,
    computedAt: facts.now,
  };
}

async function previewOverage(ctx: BillingContext, facts: UpcomingFacts): Promise<InvoiceRecord> {
  const stripeCustomerId = await ensureStripeCustomer(ctx, facts.tenant);
  return ctx.stripe.previewItems(stripeCustomerId, itemsOf(facts, stripeCustomerId, null));
}

function itemsOf(
  { overage, stripeTaxRateId }: UpcomingFacts,
  stripeCustomerId: string,
  stripeSubscriptionId: string | null,
): InvoiceItemRequest[] {
  const target = { stripeCustomerId, stripeSubscriptionId, stripeInvoiceId: null, stripeTaxRateId };
  return overage.map((each) => overageItem(each, target));
}

function viewsOf(lines: InvoiceRecord["lines"], { lineFacts }: UpcomingFacts): InvoiceLineView[] {
  return explainLines(lines, lineFacts).map(({ stripeLineId: _line, ...view }) => view);
}
