/** Every query on the tables of subscriptions, their history and the leases of those who change them. */
import type { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { newId } from "../kernel/ids";
import type { Subscription, SubscriptionChangeEnds, SubscriptionChangeKind, SubscriptionChangeView } from "./model";
import { SUBSCRIPTION_CHANGE_KINDS, subscriptionDiscountSchema } from "./model";

type Row = Prisma.SubscriptionGetPayload<object>;

/** How long a lease outlives a process that died with it. */
const LEASE_SECONDS = 60;

/** A subscription together with the age of the picture it was taken from. */
export interface StoredSubscription {
  subscription: Subscription;
  sourceAt: Date;
}

/** Waits until nobody else in the database converges this tenant's subscriptions, until the transaction ends. */
export async function lockSubscriptions(tx: DatabaseTransaction, tenantId: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`subscriptions:${tenantId}`}, 0))`;
}

/** All subscriptions a tenant ever had, newest first. */
export async function loadSubscriptions(tx: DatabaseTransaction, tenantId: string): Promise<StoredSubscription[]> {
  const rows = await tx.subscription.findMany({
    where: { tenantId },
    orderBy: [{ startedAt: "desc" }, { stripeSubscriptionId: "desc" }],
  });
  return rows.map((row) => ({ subscription: toSubscription(row), sourceAt: row.sourceAt }));
}

/** A tenant's subscription by Stripe's id; null when we have none. */
export async function findSubscription(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeSubscriptionId: string,
): Promise<Subscription | null> {
  const where = { tenantId_stripeSubscriptionId: { tenantId, stripeSubscriptionId } };
  const row = await tx.subscription.findUnique({ where });
  return row ? toSubscription(row) : null;
}

/** All subscriptions a tenant ever had, newest first, without their age. */
export async function listSubscriptions(tx: DatabaseTransaction, tenantId: string): Promise<Subscription[]> {
  return (await loadSubscriptions(tx, tenantId)).map(({ subscription }) => subscription);
}

/** Writes a picture over the row of its Stripe subscription, or makes the row. */
export async function saveSubscription(
  tx: DatabaseTransaction,
  subscription: Subscription,
  at: { sourceAt: Date; syncedAt: Date },
): Promise<void> {
  const { tenantId, stripeSubscriptionId } = subscription;
  const { id: _kept, ...changeable } = subscription;
  await tx.subscription.upsert({
    where: { tenantId_stripeSubscriptionId: { tenantId, stripeSubscriptionId } },
    create: { ...subscription, ...at },
    update: { ...changeable, ...at },
  });
}

/** One row of the history; append only. */
export interface NewSubscriptionChange extends SubscriptionChangeEnds {
  tenantId: string;
  occurredAt: Date;
  kind: SubscriptionChangeKind;
  amountMinor: bigint | null;
  currency: string;
  actor: string;
  reason: string;
  stripeSubscriptionId: string;
}

/** Adds to the history. */
export async function appendChanges(tx: DatabaseTransaction, changes: NewSubscriptionChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.subscriptionChange.createMany({ data: changes.map((change) => ({ ...change, id: newId("sch") })) });
}

/**
 * Tells what a change cost when somebody else, a webhook, has told the change itself already. `kinds` are the names it can
 * have, in the order in which they are told; of the newest change with such names, the first one carries the amount.
 */
export async function tellAmount(
  tx: DatabaseTransaction,
  told: {
    tenantId: string;
    stripeSubscriptionId: string;
    since: Date;
    kinds: readonly SubscriptionChangeKind[];
    amountMinor: bigint;
  },
): Promise<void> {
  const { tenantId, stripeSubscriptionId, since, kinds, amountMinor } = told;
  const where = { tenantId, stripeSubscriptionId, occurredAt: { gte: since }, kind: { in: [...kinds] } };
  const rows = await tx.subscriptionChange.findMany({ where, orderBy: { position: "desc" }, take: kinds.length });
  const names: readonly string[] = kinds;
  const rank = (row: { kind: string }) => names.indexOf(row.kind);
  let first = rows[0];
  for (const row of rows.slice(1)) {
    // An earlier change of the same second begins where the order does, or has its amount.
    if (first === undefined || rank(row) >= rank(first) || row.amountMinor !== null) break;
    first = row;
  }
  if (first === undefined || first.amountMinor !== null) return;
  await tx.subscriptionChange.update({ where: { tenantId_id: { tenantId, id: first.id } }, data: { amountMinor } });
}

/** Where a change stands in the history. */
export interface ChangePlace {
  occurredAt: Date;
  position: bigint;
}

/** The place of a change of the tenant's; null when it has no such change. */
export function findChangePlace(tx: DatabaseTransaction, tenantId: string, id: string): Promise<ChangePlace | null> {
  const select = { occurredAt: true, position: true };
  return tx.subscriptionChange.findUnique({ where: { tenantId_id: { tenantId, id } }, select });
}

/** The history of a tenant, newest first, from behind a place on. */
export async function findChanges(
  tx: DatabaseTransaction,
  tenantId: string,
  limit: number,
  after: ChangePlace | null = null,
): Promise<SubscriptionChangeView[]> {
  const earlier = after && [
    { occurredAt: { lt: after.occurredAt } },
    { occurredAt: after.occurredAt, position: { lt: after.position } },
  ];
  const rows = await tx.subscriptionChange.findMany({
    where: { tenantId, ...(earlier && { OR: earlier }) },
    orderBy: [{ occurredAt: "desc" }, { position: "desc" }],
    take: limit,
  });
  return rows.map(({ tenantId: _tenant, stripeSubscriptionId: _subscription, position: _position, ...row }) => ({
    ...row,
    kind: changeKind(row.kind),
  }));
}

/** Who holds a tenant's lease, and what for. */
export interface Lease {
  tenantId: string;
  requestId: string;
  actor: string;
  reason: string;
}

/** Takes the lease if it is free, run out, or this request's own. False when another request holds it. */
export async function holdLease(tx: DatabaseTransaction, lease: Lease): Promise<boolean> {
  const taken = await tx.$executeRaw`
    insert into subscription_leases (tenant_id, request_id, actor, reason, held_until)
    values (${lease.tenantId}, ${lease.requestId}, ${lease.actor}, ${lease.reason},
            now() + make_interval(secs => ${LEASE_SECONDS}))
    on conflict (tenant_id) do update
      set request_id = excluded.request_id, actor = excluded.actor, reason = excluded.reason,
          held_until = excluded.held_until
      where subscription_leases.held_until < now() or subscription_leases.request_id = excluded.request_id`;
  return taken > 0;
}

/** Gives the lease back, unless somebody else has it by now. */
export async function releaseLease(tx: DatabaseTransaction, lease: Lease): Promise<void> {
  await tx.subscriptionLease.deleteMany({ where: { tenantId: lease.tenantId, requestId: lease.requestId } });
}

/** The lease that is held at this moment, or null. */
export async function findLease(tx: DatabaseTransaction, tenantId: string): Promise<Lease | null> {
  const [lease] = await tx.$queryRaw<Lease[]>`
    select tenant_id as "tenantId", request_id as "requestId", actor, reason
    from subscription_leases where tenant_id = ${tenantId} and held_until >= now()`;
  return lease ?? null;
}

/** Whether the tenant has had its trial. */
export async function hasTakenTrial(tx: DatabaseTransaction, tenantId: string): Promise<boolean> {
  return (await tx.trialTaken.count({ where: { tenantId } })) > 0;
}

/** Uses the tenant's trial up. False when another operation has; the same one may have it again. */
export async function takeTrial(
  tx: DatabaseTransaction,
  trial: { tenantId: string; planKey: string; operationId: string; takenAt: Date },
): Promise<boolean> {
  await tx.trialTaken.createMany({ data: trial, skipDuplicates: true });
  const taken = await tx.trialTaken.findUnique({ where: { tenantId: trial.tenantId } });
  return taken?.operationId === trial.operationId;
}

function toSubscription(row: Row): Subscription {
  const { sourceAt: _sourceAt, syncedAt: _syncedAt, discounts, ...subscription } = row;
  return { ...subscription, discounts: subscriptionDiscountSchema.array().parse(discounts) };
}

function changeKind(text: string): SubscriptionChangeKind {
  const kind = SUBSCRIPTION_CHANGE_KINDS.find((known) => known === text);
  if (kind === undefined) throw new RangeError(`Unknown kind of subscription change: ${text}`);
  return kind;
}
