/**
 * What a decided plan costs, asked of Stripe at a frozen second with the parameters of the real call.
 *
 * The `basis` is a hash of every amount and of what it was computed from. Two prices of one wish with the same basis charge
 * the same, so a quote is kept by computing it again and comparing.
 */
import { createHash } from "node:crypto";
import type { InvoiceItemRequest, InvoiceLineRecord, InvoiceRecord, StartRequest } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { locationRequired } from "../kernel/tax";
import { ensureStripeCustomer, type Tenant } from "../tenants";
import { findRunningPeriod, type RatedOverage, ratePeriod } from "../usage";
import { refundablePayments } from "./act/refund-credit";
import type { LoadedFacts } from "./facts";
import type { ChargedMethod, CreditLine, DiscountChoice, ItemEdit } from "./model";
import { overageItem } from "./overage-items";
import { editsOf, presentItems } from "./rules/items";
import { discountsOfNext, nextInvoiceAt } from "./rules/next-invoice";
import type { CancelNowPlan, StartPlan, SubscriptionPlan } from "./rules/plan";
import { allocateRefund } from "./rules/refund";

/** The money of a plan. */
export interface PricedPlan {
  /** What is invoiced now; null when nothing is. */
  invoice: InvoiceRecord | null;
  dueNowMinor: bigint;
  /** What that is charged to; null when nothing is due, or the payer is still to say. */
  chargedTo: ChargedMethod | null;
  /** What the end of a subscription gives back, line by line. */
  creditLines: CreditLine[];
  /** What of that goes back to cards, as far as cards paid; the rest becomes credit. */
  refundMinor: bigint;
  /** What the next invoice comes to; null when there is none. */
  recurringMinor: bigint | null;
  /** What an invoice of its own bills for the month of usage that ends; no part of the promise, because usage goes on. */
  usageInvoiceMinor: bigint | null;
  basis: string;
}

interface PriceInput {
  facts: LoadedFacts;
  plan: SubscriptionPlan;
  prorationAt: Date;
}

/** Prices a plan. Stores nothing, except that a tenant who asks for a price for the first time becomes a customer. */
export async function pricePlan(ctx: BillingContext, tenant: Tenant, input: PriceInput): Promise<PricedPlan> {
  const invoice = await invoiceNow(ctx, tenant, input);
  refuseUnplaced(input.plan, invoice);
  const creditLines = invoice !== null && input.plan.do === "cancel_now" && input.plan.prorate ? creditOf(invoice) : [];
  const refundMinor = await refundOf(ctx, tenant, input.plan, invoice);
  const recurringMinor = await recurringOf(ctx, tenant, input, invoice);
  const usageInvoiceMinor = await usageInvoiceOf(ctx, tenant, input);
  const dueNowMinor = invoice === null || startsTrial(input.plan) ? 0n : invoice.amountDueMinor;
  const chargedTo = dueNowMinor > 0n ? await chargedMethod(ctx, tenant, input) : null;
  const basis = basisOf(input, { invoice, recurringMinor, chargedTo });
  return { usageInvoiceMinor, chargedTo, invoice, dueNowMinor, creditLines, refundMinor, recurringMinor, basis };
}

/** A running subscription charges the method of its own, or the customer's default; a start is paid by whoever confirms. */
async function chargedMethod(
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

/** Time that an older credit paid for gives no money back, so what is promised is what the payments still hold. */
async function refundOf(
  ctx: BillingContext,
  tenant: Tenant,
  plan: SubscriptionPlan,
  invoice: InvoiceRecord | null,
): Promise<bigint> {
  if (plan.do !== "cancel_now" || plan.settlement !== "refund" || invoice === null) return 0n;
  if (invoice.totalMinor >= 0n || tenant.stripeCustomerId === null) return 0n;
  const payments = await refundablePayments(ctx, tenant.stripeCustomerId, plan.stripeSubscriptionId);
  return allocateRefund(-invoice.totalMinor, payments, invoice.currency).reduce(
    (sum, part) => sum + part.amountMinor,
    0n,
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

async function startRequest(
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

/** The overage of a month of usage that ends with the change, in a trial or not; null when there is none. */
async function usageInvoiceOf(
  ctx: BillingContext,
  tenant: Tenant,
  { facts, plan, prorationAt }: PriceInput,
): Promise<bigint | null> {
  const endsMonth = (plan.do === "change" && plan.restartPeriod) || plan.do === "end_trial";
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

/** What the next invoice after this comes to, with the discounts that it still has. */
async function recurringOf(
  ctx: BillingContext,
  tenant: Tenant,
  { plan, facts, prorationAt }: PriceInput,
  invoice: InvoiceRecord | null,
): Promise<bigint | null> {
  const { stripe } = ctx;
  const discounts = discountsOfNext(discountsThere(plan, facts), {
    discount: plan.do === "start" || plan.do === "schedule" ? plan.discount : addedBy(plan),
    beginsAt: plan.do === "schedule" ? plan.takesEffectAt : prorationAt,
    nextAt: nextInvoiceAt(plan, facts, prorationAt, invoice),
    now: startsTrial(plan) ? [] : (invoice?.discounts ?? []),
  });
  const goesOn = async (items: ItemEdit[], restartPeriod: boolean, id: string) =>
    (await stripe.previewRecurring(id, { items, restartPeriod, discounts })).totalMinor;
  switch (plan.do) {
    case "resume_confirmation":
      return invoice?.totalMinor ?? null;
    case "start": {
      // A start bills its first period in full, so its own invoice says what the next ones cost.
      const discount = discounts.added;
      if (discount === plan.discount) return invoice?.totalMinor ?? null;
      return (await stripe.previewStart(await startRequest(ctx, tenant, facts, { ...plan, discount }))).totalMinor;
    }
    case "change":
    case "schedule":
      return goesOn(plan.edits, plan.restartPeriod, plan.stripeSubscriptionId);
    case "resume":
    case "cancel_scheduled":
    case "discount":
      return goesOn(keptItems(facts), false, plan.stripeSubscriptionId);
    case "end_trial":
      return goesOn(keptItems(facts), true, plan.stripeSubscriptionId);
    case "unpause":
      return (await stripe.previewUnpause(plan.stripeSubscriptionId, discounts))?.totalMinor ?? null;
    default:
      return null;
  }
}

function addedBy(plan: SubscriptionPlan): DiscountChoice | null {
  return plan.do === "change" || plan.do === "discount" ? (plan.discounts?.added ?? null) : null;
}

/** Without the discount that is taken off; one that is given begins now, as a code does. */
function discountsThere(plan: SubscriptionPlan, { live, promotion, gift }: LoadedFacts) {
  const kept = plan.do === "discount" ? new Set(plan.discounts.kept) : null;
  const discounts = (live?.discounts ?? []).filter((one) => kept?.has(one.stripeDiscountId) ?? true);
  return { live: { discounts }, promotion: promotion ?? gift };
}

/** The items as they are; said in full, because a schedule that waits would otherwise be previewed. */
function keptItems({ live, current }: LoadedFacts): ItemEdit[] {
  return live === null ? [] : editsOf(live, presentItems(current, live));
}

function startsTrial(plan: SubscriptionPlan): boolean {
  return plan.do === "start" && plan.trialDays !== null;
}

/** What is put off or not yet paid for says nothing of seconds, so amounts and states are enough. */
function basisOf(
  { facts, plan }: PriceInput,
  { invoice, recurringMinor, chargedTo }: Pick<PricedPlan, "invoice" | "recurringMinor" | "chargedTo">,
): string {
  // An end now is prorated to Stripe's present, which moves on: its credit was frozen with the quote. A pause charges
  // nothing, and its credit is counted to the second at which it begins.
  const isCounted = plan.do === "pause" || (plan.do === "cancel_now" && plan.prorate);
  const lines = isCounted ? (invoice?.lines.filter((line) => !line.proration) ?? []) : invoice?.lines;
  const live = facts.live;
  const isChange = plan.do === "change";
  const basis = {
    plan: {
      ...plan,
      paymentMethodId: null,
      attachFirst: null,
      whenUnpaid: null,
      ...(isChange && { latestStripeInvoiceId: null }),
    },
    lines: (lines ?? []).map(amountsOf),
    totals: invoice && !isCounted ? [invoice.totalMinor, invoice.amountDueMinor] : [],
    recurring: recurringMinor,
    chargedTo: chargedTo?.stripePaymentMethodId ?? null,
    live: live && [live.stripeSubscriptionId, live.status, live.priceMinor, live.currentPeriodEndAt, live.seats],
  };
  const text = JSON.stringify(basis, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  return createHash("sha256").update(text).digest("hex");
}

function amountsOf(line: InvoiceLineRecord) {
  return [line.amountMinor, line.taxMinor, line.quantity, line.stripePriceId, line.metadata.meter ?? null];
}
