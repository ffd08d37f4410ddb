/**
 * Moves tenants from older versions of a plan to the one that is sold, by the same wishes, quotes and promises as any change.
 *
 * Owns who is to be moved and in which words that is told. Each tenant is moved for itself: one that cannot be moved now is
 * named with the reason and does not stop the others, and a run that was interrupted is simply run again, because who has
 * arrived is not on an older version any more. Contracts are no older version of anything; they are left alone.
 */
import { inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import { getCatalog, loadPlanVersions, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { getTenant, resolveTenant, type Tenant } from "../tenants";
import { enterTerms, loadFreeTenantIds } from "../usage";
import { currentPlan, loadHoldings } from "./get-subscription";
import type { Quote, Subscription, SubscriptionWish } from "./model";
import { perform } from "./perform";
import { quoteSubscription } from "./quote";
import { findChanges, findSubscription } from "./store";
import { loadSubscribersOf } from "./store-versions";

/** Which subscriptions are meant, and when they move. */
export interface MigrationInput {
  /** Left out: every plan. */
  planKey?: string;
  /** Left out: every older version. */
  fromVersionId?: string;
  /** A tenant's id or slug; left out: every tenant. */
  tenantId?: string;
  timing: "now" | "at_period_end";
}

/**
 * What becomes, or became, of one tenant. `ready` in a preview; `waits`: the move is scheduled for the period's end;
 * `refused`: with the reason; `not_sold`: there is no newer version.
 */
export type MigrationState = "ready" | "moved" | "waits" | "refused" | "not_sold";

/** One tenant of a migration. */
export interface MigrationStep {
  tenant: { id: string; slug: string; name: string };
  /** Stripe's id; null on the free plan. */
  stripeSubscriptionId: string | null;
  from: string;
  /** The version that is sold now; null when the plan is sold no longer. */
  to: string | null;
  state: MigrationState;
  /** Of a preview of a paid plan: what is due now, what the next invoice comes to, what is gained and lost. */
  quote: Quote | null;
  refusal: { code: string; message: string } | null;
}

interface Move {
  tenant: Tenant;
  /** Null: the tenant is on the free plan. */
  live: Subscription | null;
  from: PlanVersion;
  to: PlanVersion | null;
}

/** Who is on versions that a catalog archives or has archived, with names; for `catalog diff`. */
export async function listTenantsOn(
  ctx: BillingContext,
  planVersionIds: readonly string[],
): Promise<Array<{ planVersionId: string; tenants: Array<{ slug: string; name: string; status: string }> }>> {
  const live = await loadSubscribersOf(ctx.db.prisma, { planVersionIds, tenantId: null });
  const found = new Map(planVersionIds.map((id) => [id, [] as Array<{ slug: string; name: string; status: string }>]));
  for (const { planVersionId, status, tenantId } of live) {
    const { slug, name } = await getTenant(ctx, tenantId);
    found.get(planVersionId)?.push({ slug, name, status });
  }
  const { freePlan } = await getCatalog(ctx);
  for (const planVersionId of planVersionIds) {
    for (const tenantId of await loadFreeTenantIds(ctx.db.prisma, planVersionId, freePlan.id)) {
      const { slug, name } = await getTenant(ctx, tenantId);
      found.get(planVersionId)?.push({ slug, name, status: "free" });
    }
  }
  return [...found].map(([planVersionId, tenants]) => ({ planVersionId, tenants }));
}

/** What migrating would do, tenant by tenant, with a quote for each that pays. Changes nothing but that quotes are stored. */
export async function previewMigration(ctx: BillingContext, input: MigrationInput): Promise<MigrationStep[]> {
  const steps: MigrationStep[] = [];
  for (const move of await findMoves(ctx, input)) steps.push(await previewStep(ctx, move, input));
  return steps;
}

/**
 * Migrates, one tenant after the other, and tells of each as it is done. Safe to run again at any time: nobody is moved or
 * charged twice.
 */
export async function migrateVersions(
  ctx: BillingContext,
  input: MigrationInput & { reason: string },
  tell: (step: MigrationStep) => void = () => {},
): Promise<MigrationStep[]> {
  const steps: MigrationStep[] = [];
  for (const move of await findMoves(ctx, input)) {
    const step = await carryOutStep(ctx, move, input);
    steps.push(step);
    tell(step);
  }
  return steps;
}

async function findMoves(ctx: BillingContext, input: MigrationInput): Promise<Move[]> {
  const { freePlan, plans } = await getCatalog(ctx);
  const only = input.tenantId === undefined ? null : (await resolveTenant(ctx, input.tenantId)).id;
  const sold = new Map(plans.map((plan) => [plan.planKey, plan]));
  const older = (await loadPlanVersions(ctx.db.prisma)).filter(
    (version) =>
      version.madeForTenantId === null &&
      version.id !== sold.get(version.planKey)?.id &&
      (input.planKey === undefined || version.planKey === input.planKey) &&
      (input.fromVersionId === undefined || version.id === input.fromVersionId),
  );
  const moves: Move[] = [];
  for (const from of older) {
    const to = sold.get(from.planKey) ?? null;
    const where = { planVersionIds: [from.id], tenantId: only };
    for (const { stripeSubscriptionId, tenantId } of await loadSubscribersOf(ctx.db.prisma, where)) {
      const live = await findSubscription(ctx.db.prisma, tenantId, stripeSubscriptionId);
      moves.push({ tenant: await getTenant(ctx, tenantId), live, from, to });
    }
    for (const tenantId of await loadFreeTenantIds(ctx.db.prisma, from.id, freePlan.id)) {
      if (only !== null && tenantId !== only) continue;
      moves.push({ tenant: await getTenant(ctx, tenantId), live: null, from, to: freePlan });
    }
  }
  return moves;
}

function stepOf(move: Move, state: MigrationState, more: Partial<MigrationStep> = {}): MigrationStep {
  const { from, live, tenant, to } = move;
  const { id, name, slug } = tenant;
  return {
    ...{ tenant: { id, slug, name }, stripeSubscriptionId: live?.stripeSubscriptionId ?? null },
    ...{ from: from.id, to: to?.id ?? null, state, quote: null, refusal: null },
    ...more,
  };
}

/** A move that needs no deciding: nothing to move to, or on its way already. */
function settledStep(move: Move): MigrationStep | null {
  if (move.to === null) return stepOf(move, "not_sold");
  return move.live !== null && move.live.scheduledPlanVersionId === move.to.id ? stepOf(move, "waits") : null;
}

async function previewStep(ctx: BillingContext, move: Move, input: MigrationInput): Promise<MigrationStep> {
  const settled = settledStep(move);
  if (settled !== null || move.live === null || move.to === null) return settled ?? stepOf(move, "ready");
  const wish = wishOf(move.to, input);
  return unlessRefused(move, async () => {
    const quote = await quoteSubscription(ctx, { tenantId: move.tenant.id, wish });
    return stepOf(move, "ready", { quote });
  });
}

async function carryOutStep(
  ctx: BillingContext,
  move: Move,
  input: MigrationInput & { reason: string },
): Promise<MigrationStep> {
  const settled = settledStep(move);
  if (settled !== null || move.to === null) return settled ?? stepOf(move, "not_sold");
  const { live, tenant, to } = move;
  const { reason } = input;
  if (live === null) return unlessRefused(move, () => enterFreePlan(ctx, move, to, reason));
  return unlessRefused(move, async () => {
    const requestId = await requestIdOf(ctx, live, to, input);
    // Quoted, and only then looked at again: whatever happens to the tenant after that makes the quote stale.
    const { id: quoteId } = await quoteSubscription(ctx, { tenantId: tenant.id, wish: wishOf(to, input) });
    const isAsFound = (await loadHoldings(ctx, tenant.id)).live?.planVersionId === live.planVersionId;
    if (!isAsFound) return stepOf(move, "refused", { refusal: changedMeanwhile() });
    const commit = { tenantId: tenant.id, requestId, reason, quoteId, paymentMethodId: null, canConfirm: false };
    await perform(ctx, null, commit);
    const now = await currentPlan(ctx, tenant, await loadHoldings(ctx, tenant.id));
    return stepOf(move, now.planVersionId === to.id ? "moved" : "waits");
  });
}

function changedMeanwhile(): MigrationStep["refusal"] {
  return { code: "quote.stale", message: "The subscription has been changed meanwhile. Run the migration again." };
}

function wishOf(to: PlanVersion, { timing }: MigrationInput): SubscriptionWish {
  const kept = { planKey: null, interval: null, seats: null, promotionCode: null };
  return {
    ...{ verb: "change", ...kept, planVersionId: to.id },
    timing: timing === "now" ? "now_prorated" : "at_period_end",
  };
}

/** The same request as long as nothing has happened to the subscription, so that a run after a crash keeps its promise. */
async function requestIdOf(
  ctx: BillingContext,
  live: Subscription,
  to: PlanVersion,
  { timing }: MigrationInput,
): Promise<string> {
  const [latest] = await findChanges(ctx.db.prisma, live.tenantId, 1);
  return `migrate:${to.id}:${timing}:${live.stripeSubscriptionId}:${latest?.id ?? "first"}`;
}

/** No money moves on the free plan, so its usage falls under the new terms at once. */
async function enterFreePlan(ctx: BillingContext, move: Move, to: PlanVersion, reason: string): Promise<MigrationStep> {
  const { from, tenant } = move;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const terms = { tenantId: tenant.id, planVersionId: to.id, subscriptionId: null, anchorAt: now, interval: null };
  await inTransaction(ctx.db, async (tx) => {
    await enterTerms(tx, { ...terms, effectiveAt: now });
    await recordAudit(tx, {
      ...{ tenantId: tenant.id, occurredAt: now, actor: ctx.actor, action: "subscription.migrate", reason },
      target: `plan_version:${to.id}`,
      details: { from: from.id, to: to.id },
    });
  });
  return stepOf(move, "moved");
}

async function unlessRefused(move: Move, work: () => Promise<MigrationStep>): Promise<MigrationStep> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BillingError) || error.kind === "invariant") throw error;
    return stepOf(move, "refused", { refusal: { code: error.code, message: error.message } });
  }
}
