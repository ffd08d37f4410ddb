/**
 * What carrying a plan out invoices at once, asked of Stripe at a frozen second with the parameters of the real call; what
 * that is charged to, and what goes back to cards.
 *
 * Owns no decision and stores nothing. Usage goes on while somebody looks at a quote, so a month of usage that ends with a
 * change is an invoice of its own here too: it is told with the quote and is no part of what is promised.
 */
import type { InvoiceItemRequest, InvoiceRecord, StartRequest } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { locationRequired } from "../kernel/tax";
import { ensureStripeCustomer, type Tenant } from "../tenants";
import { findRunningPeriod, type RatedOverage, ratePeriod } from "../usage";
import { refundParts } from "./act/refund-credit";
import type { LoadedFacts } from "./facts";
import type { ChargedMethod, CreditLine } from "./model";
import { overageItem } from "./overage-items";
import { trialLeft } from "./rules/next-invoice";
import { type CancelNowPlan, type StartPlan, type SubscriptionPlan, startsTrial } from "./rules/plan";
import { refundedBy } from "./rules/refund";

/** What is priced: a plan, what it was decided from, and the second it is prorated at. */
export interface PriceInput {
  facts: LoadedFacts;
  plan: SubscriptionPlan;
  prorationAt: Date;
}

/** The money that moves when a plan is carried out. */
export interface PricedNow {
  /** What is invoiced now; null when nothing is. */
  invoice: InvoiceRecord | null;
  dueNowMinor: bigint;
  /** What the end of a subscription gives back, line by line. */
  creditLines: CreditLine[];
}

/** Prices what moves now and nothing beyond. Throws when what is sold has no place to be taxed at. */
export async function priceNow(ctx: BillingContext, tenant: Tenant, input: PriceInput): Promise<PricedNow> {
  const { plan } = input;
  const invoice = await invoiceNow(ctx, tenant, input);
  refuseUnplaced(plan, invoice);
  const creditLines = invoice !== null && plan.do === "cancel_now" && plan.prorate ? creditOf(invoice) : [];
  const dueNowMinor = invoice === null || startsTrial(plan) ? 0n : invoice.amountDueMinor;
  return { invoice, dueNowMinor, creditLines };
}

/**
 * What an amount due is charged to. A running subscription charges the method of its own, or the customer's default; a start
 * is paid by whoever confirms, so null.
 */
export async function chargedMethod(
  ctx: BillingContext,
  { stripeCustomerId }: Tenant,
  { facts, plan }: PriceInput,
): Promise<ChargedMethod | null> {
  const id = facts.live?.stripePaymentMethodId ?? facts.defaultMethodId;
  if (plan.do === "start" || facts.live === null || id === null || stripeCustomerId === null) return null;
  const methods = await ctx.stripe.listPaymentMethods(stripeCustomerId);
  const method = methods.find(({ stripePaymentMethodId }) => stripePaymentMethodId === id);
  if (method === undefined) return null;
  const { stripePaymentMethodId, type, brand, bankName, last4 } = method;
  return { stripePaymentMethodId, type, brand, bankName, last4 };
}

/**
 * What of a credit goes back to cards. Time that an older credit paid for gives no money back, so what is promised is what
 * the payments still hold.
 */
export async function refundOf(
  ctx: BillingContext,
  { facts, plan }: PriceInput,
  invoice: InvoiceRecord | null,
): Promise<bigint> {
  if (plan.do !== "cancel_now" || plan.settlement !== "refund" || invoice === null) return 0n;
  const { totalMinor, currency } = invoice;
  if (totalMinor >= 0n) return 0n;
  const { stripeSubscriptionId } = plan;
  return refundedBy(
    await refundParts(ctx, facts.invoices, { creditMinor: -totalMinor, currency, stripeSubscriptionId }),
  );
}

/** What is sold needs a place to be taxed at; what ends or stops does not wait for one. */
function refuseUnplaced(plan: SubscriptionPlan, invoice: InvoiceRecord | null): void {
  const sells = ["start", "change", "end_trial", "unpause"].includes(plan.do);
  if (sells && invoice?.taxLocation === "missing") throw locationRequired();
}

async function invoiceNow(ctx: BillingContext, tenant: Tenant, input: PriceInput): Promise<InvoiceRecord | null> {
  const { plan, prorationAt } = input;
  switch (plan.do) {
    case "resume_confirmation":
      return waitingInvoice(ctx, input.facts);
    case "start":
      return ctx.stripe.previewStart(await startRequest(ctx, tenant, input.facts, plan));
    case "change": {
      // Then nothing is billed now; a preview would show the renewal instead.
      if (plan.proration === "none" && !plan.restartPeriod) return null;
      const { edits: items, ...change } = plan;
      return ctx.stripe.previewChange({ ...change, items, prorationAt });
    }
    case "cancel_now":
      return plan.invoiceOverage ? finalInvoice(ctx, tenant, input, plan) : null;
    case "end_trial":
      return ctx.stripe.previewEndTrial(plan);
    case "pause":
      return pauseInvoice(ctx, plan, prorationAt);
    case "unpause":
      // What is left of a trial goes on and bills nothing; what a preview would show is the invoice at its end.
      if (trialLeft(input.facts.live, prorationAt) !== null) return null;
      return ctx.stripe.previewUnpause(plan.stripeSubscriptionId, null);
    default:
      return null;
  }
}

/** The first invoice of a start that waits for its payment: it is made already, so it is its own preview. */
async function waitingInvoice(ctx: BillingContext, { pending }: LoadedFacts): Promise<InvoiceRecord | null> {
  const latest = pending?.latestStripeInvoiceId ?? null;
  return latest === null ? null : ctx.stripe.fetchInvoice(latest);
}

/** What is scheduled is dropped before the pause, but stands in the way of its preview; an end credits the same time. */
async function pauseInvoice(
  ctx: BillingContext,
  { stripeSubscriptionId, releaseSchedule }: { stripeSubscriptionId: string; releaseSchedule: string | null },
  at: Date,
): Promise<InvoiceRecord | null> {
  if (releaseSchedule === null) return ctx.stripe.previewPause(stripeSubscriptionId);
  return ctx.stripe.previewCancelNow({ stripeSubscriptionId, at, prorate: true, items: [] });
}

/** A start as Stripe is asked to preview it. */
export async function startRequest(
  ctx: BillingContext,
  tenant: Tenant,
  { catalog }: LoadedFacts,
  plan: Pick<StartPlan, "items" | "discount" | "trialDays">,
): Promise<StartRequest> {
  const { items, discount, trialDays } = plan;
  return {
    stripeCustomerId: await ensureStripeCustomer(ctx, tenant),
    ...{ items, discount, trialDays },
    stripeTaxRateId: ctx.settings.taxMode === "rate" ? catalog.tax.stripeTaxRateId : null,
    automaticTax: ctx.settings.taxMode === "stripe_tax",
  };
}

/** The final invoice with the overage so far; null when it would be empty. */
async function finalInvoice(
  ctx: BillingContext,
  tenant: Tenant,
  { facts, prorationAt }: PriceInput,
  plan: CancelNowPlan,
): Promise<InvoiceRecord | null> {
  const { stripeSubscriptionId, prorate } = plan;
  const items = await overageItems(ctx, tenant, { facts, prorationAt, stripeSubscriptionId });
  if (items.length === 0 && !prorate && !plan.settlesPause) return null;
  return ctx.stripe.previewCancelNow({ stripeSubscriptionId, at: prorationAt, prorate, items });
}

/** The overage of a month of usage that ends with the change, in a trial or not, with tax; null when there is none. */
export async function usageInvoiceOf(
  ctx: BillingContext,
  tenant: Tenant,
  { facts, plan, prorationAt }: PriceInput,
): Promise<bigint | null> {
  const endsMonth = (plan.do === "change" && plan.restartPeriod) || plan.do === "end_trial" || plan.do === "pause";
  if (!endsMonth || tenant.stripeCustomerId === null) return null;
  const items = await overageItems(ctx, tenant, { facts, prorationAt, stripeSubscriptionId: null });
  if (items.length === 0) return null;
  return (await ctx.stripe.previewItems(tenant.stripeCustomerId, items)).totalMinor;
}

async function overageItems(
  ctx: BillingContext,
  tenant: Tenant,
  of: Pick<PriceInput, "facts" | "prorationAt"> & { stripeSubscriptionId: string | null },
): Promise<InvoiceItemRequest[]> {
  const { facts, prorationAt: periodEndAt, stripeSubscriptionId } = of;
  const overage = await overageSoFar(ctx, tenant, periodEndAt);
  if (overage.length === 0) return [];
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const stripeTaxRateId = ctx.settings.taxMode === "rate" ? facts.catalog.tax.stripeTaxRateId : null;
  const target = { stripeCustomerId, stripeSubscriptionId, stripeInvoiceId: null, stripeTaxRateId };
  return overage.map((rated) => overageItem({ ...rated, chargeId: `preview:${rated.meterKey}`, periodEndAt }, target));
}

/** Overage of the running month that no invoice has billed, as ending now would bill it. */
async function overageSoFar(
  ctx: BillingContext,
  tenant: Tenant,
  at: Date,
): Promise<Array<RatedOverage & { periodStartAt: Date }>> {
  const { startAt } = await findRunningPeriod(ctx, tenant, at);
  const rated = await ratePeriod(ctx.db.prisma, tenant.id, startAt);
  return rated.filter(({ amountMinor }) => amountMinor > 0n).map((overage) => ({ ...overage, periodStartAt: startAt }));
}

function creditOf(invoice: InvoiceRecord): CreditLine[] {
  return invoice.lines
    .filter((line) => line.proration && line.amountMinor < 0n)
    .map(({ description, amountMinor, periodStartAt, periodEndAt }) => ({
      ...{ description, amountMinor, periodStartAt, periodEndAt },
    }));
}
