/** From a wish or a quote to the promise that is stored: the decision, its price where money moves, and nothing done yet. */
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import { type LoadedFacts, loadFacts, prorationInstant } from "./facts";
import { type PricedNow, priceNow } from "./invoice-now";
import type { CommitInput, SubscriptionWish } from "./model";
import { pricePlan } from "./price";
import type { SubscriptionPromise } from "./promise";
import { makeQuote } from "./quote";
import { quoteKept, quoteNotFound, quoteStale, refusal } from "./refusals";
import { decideWish } from "./rules/decide";
import type { SubscriptionPlan } from "./rules/plan";
import { findQuote } from "./store-quotes";

type Payer = Pick<CommitInput, "paymentMethodId" | "canConfirm">;

/** Decides a wish that nobody was quoted, at this second. Throws the refusals of the wish. */
export async function decidePromise(
  ctx: BillingContext,
  tenant: Tenant,
  wish: SubscriptionWish,
  payer: Payer,
): Promise<SubscriptionPromise> {
  const facts = await loadFacts(ctx, tenant, wish, payer);
  const plan = decideWish(facts, wish);
  if (plan.do === "refuse") throw refusal(plan.because, facts);
  const prorationAt = prorationInstant(ctx, tenant);
  // A start states its price on its first invoice; what is prorated has to be frozen before it is charged. Nobody was told
  // of anything beyond that.
  const isPriced = plan.do === "change" || plan.do === "cancel_now";
  const priced = isPriced ? await priceNow(ctx, tenant, { facts, plan, prorationAt }) : null;
  return promiseOf(ctx, tenant, { wish, facts, plan, prorationAt, quoteId: null, priced });
}

/**
 * Keeps a quote: decides the same wish at the quote's second and compares. Throws `quote.not_found`, `quote.kept`, and `quote.stale` with
 * the id of a fresh quote when anything it was computed from has changed or its time is over.
 */
export async function keepQuote(
  ctx: BillingContext,
  tenant: Tenant,
  input: Payer & { quoteId: string },
): Promise<SubscriptionPromise> {
  const stored = await findQuote(ctx.db.prisma, tenant.id, input.quoteId);
  if (stored === null) throw quoteNotFound();
  if (stored.operationId !== null) throw quoteKept();
  const { quote } = stored;
  const { wish, prorationAt } = quote;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const refresh = async (because: string) => quoteStale(because, (await makeQuote(ctx, tenant, wish)).id);
  if (now >= quote.expiresAt) throw await refresh("The quote has expired.");
  const facts = await loadFacts(ctx, tenant, wish, input);
  const plan = decideWish(facts, wish);
  if (plan.do === "refuse") throw refusal(plan.because, facts);
  const priced = await pricePlan(ctx, tenant, { facts, plan, prorationAt });
  if (priced.basis !== stored.basis) throw await refresh("Something has changed since the amounts were computed.");
  return promiseOf(ctx, tenant, { wish, facts, plan, prorationAt, quoteId: quote.id, priced });
}

async function promiseOf(
  ctx: BillingContext,
  tenant: Tenant,
  decided: {
    wish: SubscriptionWish;
    facts: LoadedFacts;
    plan: SubscriptionPlan;
    prorationAt: Date;
    quoteId: string | null;
    priced: Pick<PricedNow, "dueNowMinor" | "creditLines"> | null;
  },
): Promise<SubscriptionPromise> {
  const { wish, facts, plan, prorationAt, quoteId, priced } = decided;
  const { tax } = facts.catalog;
  return {
    wish,
    plan,
    prorationAt,
    stripeTaxRateId: ctx.settings.taxMode === "rate" ? tax.stripeTaxRateId : null,
    automaticTax: ctx.settings.taxMode === "stripe_tax",
    attachFirst: plan.do === "start" && (await isNewMethod(ctx, tenant, plan.paymentMethodId)),
    quoteId,
    dueNowMinor: priced?.dueNowMinor ?? null,
    creditLines: priced?.creditLines ?? [],
  };
}

async function isNewMethod(ctx: BillingContext, tenant: Tenant, methodId: string | null): Promise<boolean> {
  if (methodId === null) return false;
  const saved = tenant.stripeCustomerId === null ? [] : await ctx.stripe.listPaymentMethods(tenant.stripeCustomerId);
  return !saved.some((method) => method.stripePaymentMethodId === methodId);
}
