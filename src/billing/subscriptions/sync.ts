/**
 * Converges our rows on what Stripe says of a subscription. Webhooks, verbs and reconciliation all come through here.
 *
 * Owns the mirror, its history, and the moment at which a tenant's usage falls under other terms. An older picture never
 * overwrites a newer one, a repeated one changes nothing. Refuses a subscription whose tenant or price is not ours.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { SubscriptionRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import { findPlanVersionByPrice, getCatalog, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import { actorName } from "../kernel/actor";
import { BillingError } from "../kernel/errors";
import { newId } from "../kernel/ids";
import { findLatestDone } from "../operations";
import { findTenant, findTenantByCustomer, type Tenant } from "../tenants";
import { enterTerms } from "../usage";
import type { ChangeOutcome } from "./answer";
import type { Subscription, SubscriptionChangeKind, SubscriptionSynced, SyncCause } from "./model";
import { SUBSCRIPTION_OPERATION, type SubscriptionPromise } from "./promise";
import { isOutdated } from "./rules/freshness";
import { changeEnds, describeChanges, sameTerms, servedTerms } from "./rules/history";
import { isPending, servesPlan } from "./rules/status";
import {
  appendChanges,
  findLease,
  loadSubscriptions,
  lockSubscriptions,
  type StoredSubscription,
  saveSubscription,
} from "./store";

/**
 * Converges the mirror on a fetched record and says what changed.
 *
 * Throws `tenant.not_found` for a customer that is not ours and `catalog.unknown_plan` for a price we do not sell.
 */
export async function syncSubscription(
  ctx: BillingContext,
  record: SubscriptionRecord,
  cause: SyncCause,
): Promise<SubscriptionSynced> {
  const { freePlan } = await getCatalog(ctx);
  return inTransaction(ctx.db, (tx) => convergeSubscription(tx, ctx, { record, freePlan }, cause));
}

/**
 * The same inside a transaction of the caller's. The free plan is read before the transaction: a second connection taken
 * while holding one could wait for itself.
 */
export async function convergeSubscription(
  tx: DatabaseTransaction,
  ctx: Pick<BillingContext, "clock">,
  { record, freePlan }: { record: SubscriptionRecord; freePlan: PlanVersion },
  cause: SyncCause,
): Promise<SubscriptionSynced> {
  const tenant = await tenantOf(tx, record);
  await lockSubscriptions(tx, tenant.id);
  const known = await loadSubscriptions(tx, tenant.id);
  const row = known.find((stored) => stored.subscription.stripeSubscriptionId === record.stripeSubscriptionId);
  const after = await pictureOf(tx, record, tenant, row?.subscription ?? null);
  const before = row?.subscription ?? null;
  if (
    row &&
    isOutdated({ picture: row.subscription, sourceAt: row.sourceAt }, { picture: after, sourceAt: cause.sourceAt })
  ) {
    return { before: row.subscription, after: row.subscription, changes: [] };
  }
  const now = ctx.clock.now(tenant.stripeTestClockId);
  await saveSubscription(tx, after, { sourceAt: cause.sourceAt, syncedAt: now });
  const changes = describeChanges(before, after);
  const story = { before, after, changes, freePlanKey: freePlan.planKey, cause };
  await writeHistory(tx, story);
  await moveTerms(tx, {
    before: serving(known),
    after: serving(withPicture(known, after)),
    freePlan,
    story,
  });
  return { before, after, changes };
}

interface Story {
  before: Subscription | null;
  after: Subscription;
  changes: SubscriptionChangeKind[];
  freePlanKey: string;
  cause: SyncCause;
}

async function tenantOf(tx: DatabaseTransaction, record: SubscriptionRecord): Promise<Tenant> {
  const tenant =
    (await findTenantByCustomer(tx, record.stripeCustomerId)) ??
    (record.tenantId === null ? null : await findTenant(tx, record.tenantId));
  if (tenant) return tenant;
  throw new BillingError("not_found", "tenant.not_found", "The subscription belongs to no tenant of ours.", {
    details: { stripeSubscriptionId: record.stripeSubscriptionId },
  });
}

async function planOf(
  tx: DatabaseTransaction,
  stripeSubscriptionId: string,
  stripePriceId: string,
): Promise<PlanVersion> {
  const plan = await findPlanVersionByPrice(tx, stripePriceId);
  if (plan) return plan;
  throw new BillingError("not_found", "catalog.unknown_plan", "The subscription's price belongs to no plan of ours.", {
    details: { stripeSubscriptionId, stripePriceId },
  });
}

async function pictureOf(
  tx: DatabaseTransaction,
  record: SubscriptionRecord,
  tenant: Tenant,
  known: Subscription | null,
): Promise<Subscription> {
  const plan = await planOf(tx, record.stripeSubscriptionId, record.stripePriceId);
  const next = record.schedule?.next ?? null;
  const nextPrice = next?.items[0]?.stripePriceId;
  const scheduled = nextPrice === undefined ? null : await planOf(tx, record.stripeSubscriptionId, nextPrice);
  return toSubscription(record, { tenant, plan, scheduled, known });
}

function toSubscription(
  record: SubscriptionRecord,
  known: { tenant: Tenant; plan: PlanVersion; scheduled: PlanVersion | null; known: Subscription | null },
): Subscription {
  const { plan, tenant, scheduled } = known;
  const { seatItem, schedule } = record;
  const additionalSeats = seatItem?.quantity ?? 0;
  return {
    id: known.known?.id ?? newId("sbn"),
    tenantId: tenant.id,
    stripeSubscriptionId: record.stripeSubscriptionId,
    stripeItemId: record.stripeItemId,
    planVersionId: plan.id,
    planKey: plan.planKey,
    interval: record.interval,
    seats: seatsIn(plan, additionalSeats),
    additionalSeats,
    stripeSeatItemId: seatItem?.stripeItemId ?? null,
    status: record.status,
    currency: record.currency,
    priceMinor: record.unitAmountMinor * BigInt(record.quantity) + seatFeeMinor(record),
    discounts: record.discounts.map(({ stripeDiscountId, name, percentOff, amountOffMinor, duration, endsAt }) => ({
      ...{ stripeDiscountId, name, percentOff, duration },
      amountOffMinor: amountOffMinor?.toString() ?? null,
      endsAt: endsAt?.toISOString() ?? null,
    })),
    stripeScheduleId: schedule?.stripeScheduleId ?? null,
    scheduledPlanVersionId: scheduled?.id ?? null,
    scheduledInterval: scheduled === null ? null : intervalIn(scheduled, schedule),
    scheduledSeats: scheduled === null ? null : seatsIn(scheduled, schedule?.next?.items[1]?.quantity ?? 0),
    scheduledAt: schedule?.next?.startsAt ?? null,
    pendingUpdateExpiresAt: record.pendingUpdateExpiresAt,
    anchorAt: record.anchorAt,
    currentPeriodStartAt: record.currentPeriodStartAt,
    currentPeriodEndAt: record.currentPeriodEndAt,
    cancelAtPeriodEnd: record.cancelAtPeriodEnd,
    cancelAt: record.cancelAt,
    canceledAt: record.canceledAt,
    endedAt: record.endedAt,
    trialEndAt: record.trialEndAt,
    startedAt: record.startedAt,
    latestStripeInvoiceId: record.latestStripeInvoiceId,
    stripePaymentMethodId: record.defaultPaymentMethodId,
  };
}

function seatsIn(plan: PlanVersion, additional: number): number | null {
  return plan.terms.seats === null ? null : plan.terms.seats.included + additional;
}

function seatFeeMinor({ seatItem }: SubscriptionRecord): bigint {
  return seatItem === null ? 0n : seatItem.unitAmountMinor * BigInt(seatItem.quantity);
}

function intervalIn(plan: PlanVersion, schedule: SubscriptionRecord["schedule"]): "month" | "year" {
  return schedule?.next?.items[0]?.stripePriceId === plan.stripeAnnualPriceId ? "year" : "month";
}

interface Author {
  actor: string;
  reason: string;
  /** What was charged, where the author's promise says it. */
  amountMinor: bigint | null;
}

/**
 * What the browser confirmed was asked for by whoever left it to the browser. Otherwise webhooks often report a change
 * before its verb has: while a lease is held, the change is the leaseholder's.
 */
async function authorOf(tx: DatabaseTransaction, { after, before, cause, changes }: Story): Promise<Author> {
  const amountMinor = cause.amountMinor ?? null;
  if (cause.askedBy) return { ...cause.askedBy, amountMinor };
  const waited = isPending(before?.status ?? after.status) || (before?.pendingUpdateExpiresAt ?? null) !== null;
  const isConfirmed = waited && changes.some((kind) => CONFIRMED.has(kind));
  const asked = isConfirmed ? await findConfirmed(tx, after) : null;
  if (asked) return { actor: asked.actor, reason: asked.reason, amountMinor: amountMinor ?? asked.plan.dueNowMinor };
  const lease = cause.actor.kind === "webhook" ? await findLease(tx, after.tenantId) : null;
  return { actor: lease?.actor ?? actorName(cause.actor), reason: lease?.reason ?? cause.reason, amountMinor };
}

/** What a payment in the browser can bring about. */
const CONFIRMED = new Set<SubscriptionChangeKind>(["activated", "plan_changed", "interval_changed", "seats_changed"]);

/** The verb whose payment was left to the browser: no other can have been carried out since, or that would have given it up. */
async function findConfirmed(tx: DatabaseTransaction, { stripeSubscriptionId, tenantId }: Subscription) {
  const latest = await findLatestDone<SubscriptionPromise, ChangeOutcome>(tx, tenantId, SUBSCRIPTION_OPERATION);
  const { confirmation, stripeSubscriptionId: acted } = latest?.outcome ?? {};
  return confirmation && acted === stripeSubscriptionId ? latest : null;
}

async function writeHistory(tx: DatabaseTransaction, story: Story): Promise<void> {
  const { after, cause, changes } = story;
  if (changes.length === 0) return;
  const { amountMinor, ...author } = await authorOf(tx, story);
  await appendChanges(
    tx,
    changes.map((kind, index) => ({
      tenantId: after.tenantId,
      occurredAt: cause.sourceAt,
      kind,
      ...changeEnds(kind, story),
      // One change can have two names (plan and interval); its money is told once.
      amountMinor: index === 0 ? amountMinor : null,
      currency: after.currency,
      ...author,
      stripeSubscriptionId: after.stripeSubscriptionId,
    })),
  );
  await recordAudit(tx, {
    tenantId: after.tenantId,
    occurredAt: cause.sourceAt,
    actor: cause.actor,
    action: "subscription.sync",
    target: `subscription:${after.stripeSubscriptionId}`,
    reason: cause.reason,
    details: { changes: changes.join(","), status: after.status, planKey: after.planKey },
  });
}

function serving(known: readonly StoredSubscription[]): Subscription | null {
  return known.find(({ subscription }) => servesPlan(subscription.status))?.subscription ?? null;
}

function withPicture(known: readonly StoredSubscription[], picture: Subscription): StoredSubscription[] {
  const others = known.filter(({ subscription }) => subscription.stripeSubscriptionId !== picture.stripeSubscriptionId);
  return [{ subscription: picture, sourceAt: picture.startedAt }, ...others].sort(
    (a, b) => b.subscription.startedAt.getTime() - a.subscription.startedAt.getTime(),
  );
}

async function moveTerms(
  tx: DatabaseTransaction,
  move: { before: Subscription | null; after: Subscription | null; freePlan: PlanVersion; story: Story },
): Promise<void> {
  const { before, after, story } = move;
  if (sameTerms(servedTerms(before), servedTerms(after))) return;
  const tenantId = story.after.tenantId;
  if (after === null) {
    const endedAt = story.after.endedAt ?? story.cause.sourceAt;
    const free = {
      planVersionId: move.freePlan.id,
      subscriptionId: null,
      anchorAt: endedAt,
      effectiveAt: endedAt,
      interval: null,
    };
    await enterTerms(tx, { tenantId, ...free });
    return;
  }
  const sameSubscription = before?.stripeSubscriptionId === after.stripeSubscriptionId;
  const sameAnchor = before?.anchorAt.getTime() === after.anchorAt.getTime();
  await enterTerms(tx, {
    tenantId,
    planVersionId: after.planVersionId,
    subscriptionId: after.stripeSubscriptionId,
    anchorAt: after.anchorAt,
    interval: after.interval,
    // A plan that begins, or whose month begins anew, does so with its period; another plan inside a month, now.
    effectiveAt: sameSubscription && sameAnchor ? story.cause.sourceAt : after.currentPeriodStartAt,
  });
}
