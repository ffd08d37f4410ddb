/**
 * Quotes: what a wish would do and cost, stored as a promise that is kept to the cent or refused.
 *
 * The first two beats of the verb and nothing else, at a second that is frozen with the answer.
 */
import { findPlanVersion, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import { newId } from "../kernel/ids";
import { memberCount, resolveTenant, type Tenant } from "../tenants";
import { getUsage } from "../usage";
import type { UsageView } from "../usage/model";
import { type LoadedFacts, loadFacts, prorationInstant } from "./facts";
import { type PriceInput, usageInvoiceOf } from "./invoice-now";
import type { Quote, SubscriptionWish } from "./model";
import { type PricedPlan, pricePlan } from "./price";
import { refreshSubscriptions } from "./refresh";
import { quoteNotFound, refusal } from "./refusals";
import { decideWish } from "./rules/decide";
import { compareTerms } from "./rules/difference";
import { nextInvoiceAt } from "./rules/next-invoice";
import type { SubscriptionPlan } from "./rules/plan";
import { actionOf, effectOf, moneyOf, promotionText } from "./rules/quote";
import { findQuote, insertQuote } from "./store-quotes";

/** How long a quote is a promise. */
const QUOTE_MINUTES = 15;

/** Quotes a wish. Throws what carrying it out would refuse, except that no payment method is asked for yet. */
export async function quoteSubscription(
  ctx: BillingContext,
  input: { tenantId: string; wish: SubscriptionWish },
): Promise<Quote> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  // A promise about a picture that is outdated would be refused as stale by the verb, which looks again.
  await refreshSubscriptions(ctx, tenant);
  return makeQuote(ctx, tenant, input.wish);
}

/** The same for a tenant that is known. */
export async function makeQuote(ctx: BillingContext, tenant: Tenant, wish: SubscriptionWish): Promise<Quote> {
  const prorationAt = prorationInstant(ctx, tenant);
  // Who asks for a price may still have to say how it is paid; an operator cannot do that for the tenant.
  const canConfirm = ctx.actor.kind !== "operator";
  const facts = await loadFacts(ctx, tenant, wish, { paymentMethodId: null, canConfirm });
  const plan = decideWish(facts, wish);
  if (plan.do === "refuse") throw refusal(plan.because, facts);
  const input = { facts, plan, prorationAt };
  const [priced, surroundings] = await Promise.all([
    pricePlan(ctx, tenant, input),
    loadSurroundings(ctx, tenant, input),
  ]);
  const quote = composeQuote(ctx, tenant, { ...input, wish, priced, surroundings });
  await insertQuote(ctx.db.prisma, { quote, basis: priced.basis, actor: ctx.actor });
  return quote;
}

/**
 * A quote as it was told, so that whoever was refused with the id of a fresh one can look before committing it. Throws
 * `quote.not_found` for one that is not this tenant's.
 */
export async function getQuote(ctx: BillingContext, input: { tenantId: string; quoteId: string }): Promise<Quote> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const stored = await findQuote(ctx.db.prisma, tenant.id, input.quoteId);
  if (stored === null) throw quoteNotFound();
  return stored.quote;
}

/** What a quote tells beside what it promises. */
interface Surroundings {
  /** The plan that serves afterwards. */
  target: PlanVersion;
  usage: UsageView;
  members: number;
  /** What was scheduled and gives way. */
  dropped: string[];
  /** What an invoice of its own bills for the month of usage that ends; no part of the promise, because usage goes on. */
  usageInvoiceMinor: bigint | null;
}

async function loadSurroundings(ctx: BillingContext, tenant: Tenant, input: PriceInput): Promise<Surroundings> {
  const { facts, plan } = input;
  const [target, usage, members, dropped, usageInvoiceMinor] = await Promise.all([
    targetOf(ctx, facts, plan),
    getUsage(ctx, tenant.id),
    memberCount(ctx.db.prisma, tenant.id),
    droppedSchedule(ctx, facts, plan),
    usageInvoiceOf(ctx, tenant, input),
  ]);
  return { target, usage, members, dropped, usageInvoiceMinor };
}

function composeQuote(
  ctx: BillingContext,
  tenant: Tenant,
  of: PriceInput & { wish: SubscriptionWish; priced: PricedPlan; surroundings: Surroundings },
): Quote {
  const { wish, facts, plan, prorationAt, priced } = of;
  const { target, usage, members, dropped, usageInvoiceMinor } = of.surroundings;
  const effect = effectOf({ facts, plan, target, now: prorationAt });
  const difference = compareTerms({ from: facts.current, to: target, usage, members, seats: effect.to.seats });
  const { invoice, recurringMinor } = priced;
  const nextAt = nextInvoiceAt(plan, facts, prorationAt, invoice);
  const { tax } = facts.catalog;
  const seats = [facts.current, target].flatMap((of) => [of.stripeMonthlySeatPriceId, of.stripeAnnualSeatPriceId]);
  const seatPriceIds = new Set(seats.filter((id) => id !== null));
  const money = moneyOf(plan, priced, { tax, taxMode: ctx.settings.taxMode, seatPriceIds });
  return {
    id: newId("quo"),
    tenantId: tenant.id,
    wish,
    action: actionOf(plan),
    ...effect,
    ...money,
    chargedTo: priced.chargedTo,
    usageInvoiceMinor,
    ...difference,
    lost: [...dropped, ...difference.lost],
    nextInvoice: nextAt === null || recurringMinor === null ? null : { at: nextAt, totalMinor: recurringMinor },
    promotion: promotionText(facts.promotion ?? facts.gift),
    currency: invoice?.currency ?? facts.live?.currency ?? facts.catalog.currency,
    prorationAt,
    expiresAt: expiryOf(facts, prorationAt),
    computedAt: prorationAt,
  };
}

/** What was scheduled and gives way: a change now replaces it, a pause has no period at whose end it could come. */
async function droppedSchedule(ctx: BillingContext, { live }: LoadedFacts, plan: SubscriptionPlan): Promise<string[]> {
  if ((plan.do !== "change" && plan.do !== "pause") || live === null || live.scheduledPlanVersionId === null) return [];
  const { name } = await findPlanVersion(ctx, live.scheduledPlanVersionId);
  return [name === "" ? "The scheduled change" : `The scheduled change to ${name}`];
}

/** The plan that serves afterwards. */
async function targetOf(ctx: BillingContext, facts: LoadedFacts, plan: SubscriptionPlan): Promise<PlanVersion> {
  if ("planVersionId" in plan) return findPlanVersion(ctx, plan.planVersionId);
  if (plan.do === "resume_confirmation") return facts.target;
  const ends = ["cancel_now", "cancel_at_period_end", "abandon", "pause", "keep_free_plan"].includes(plan.do);
  return ends ? facts.catalog.freePlan : facts.current;
}

/** A quote does not outlive the period it prorates. */
function expiryOf(facts: LoadedFacts, now: Date): Date {
  const at = now.getTime() + QUOTE_MINUTES * 60_000;
  const periodEnd = facts.live?.currentPeriodEndAt.getTime() ?? at;
  return new Date(periodEnd > now.getTime() ? Math.min(at, periodEnd) : at);
}
