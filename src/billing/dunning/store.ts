/** Every query of dunning_cases and dunning_events. Reads the mirrors of invoices and subscriptions, never writes them. */
import type { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { dunningTermsSchema } from "../catalog/model";
import { type Actor, actorName } from "../kernel/actor";
import { newId } from "../kernel/ids";
import {
  DUNNING_EVENT_KINDS,
  DUNNING_STAGES,
  type DunningCase,
  type DunningCaseView,
  type DunningEventKind,
  type DunningEventView,
  type DunningStage,
  type ListCasesInput,
} from "./model";
import { comingStep, isMoving } from "./rules/timeline";
import type { InvoiceFacts, SubscriptionFacts } from "./rules/turn";

type Row = Prisma.DunningCaseGetPayload<object>;

const MOVING: DunningStage[] = DUNNING_STAGES.filter(isMoving);

/** An invoice as its mirror has it, with what a case keeps of it. */
export interface MirroredInvoice extends InvoiceFacts {
  number: string;
  currency: string;
  amountDueMinor: bigint;
  stripeSubscriptionId: string | null;
  planName: string | null;
  nextPaymentAttemptAt: Date | null;
}

/** A subscription as its mirror has it. */
export interface MirroredSubscription extends SubscriptionFacts {
  planKey: string;
}

/** Waits until nobody else moves the case of this invoice, until the transaction ends. */
export async function lockCase(tx: DatabaseTransaction, stripeInvoiceId: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`dunning:${stripeInvoiceId}`}, 0))`;
}

/** The case of an invoice; null when there is none. */
export async function findCaseByInvoice(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeInvoiceId: string,
): Promise<DunningCase | null> {
  const where = { tenantId_stripeInvoiceId: { tenantId, stripeInvoiceId } };
  const row = await tx.dunningCase.findUnique({ where });
  return row ? toCase(row) : null;
}

/** A case by its id; null when there is none. */
export async function findCase(tx: DatabaseTransaction, tenantId: string, id: string): Promise<DunningCase | null> {
  const row = await tx.dunningCase.findUnique({ where: { tenantId_id: { tenantId, id } } });
  return row ? toCase(row) : null;
}

/** Writes a case, new or changed. */
export async function saveCase(tx: DatabaseTransaction, changed: DunningCase): Promise<void> {
  const { tenantId, id } = changed;
  await tx.dunningCase.upsert({ where: { tenantId_id: { tenantId, id } }, create: changed, update: changed });
}

/** Adds a line to the history of a case; its caller holds the case's lock. */
export async function appendEvent(
  tx: DatabaseTransaction,
  event: {
    tenantId: string;
    caseId: string;
    occurredAt: Date;
    kind: DunningEventKind;
    actor: Actor;
    reason: string;
  },
): Promise<void> {
  const { tenantId, caseId } = event;
  const { _max } = await tx.dunningEvent.aggregate({ where: { tenantId, caseId }, _max: { sequence: true } });
  const sequence = (_max.sequence ?? 0) + 1;
  await tx.dunningEvent.create({ data: { ...event, id: newId("dev"), actor: actorName(event.actor), sequence } });
}

/** The history of a case, newest first. */
export async function loadEvents(
  tx: DatabaseTransaction,
  tenantId: string,
  caseId: string,
): Promise<DunningEventView[]> {
  const rows = await tx.dunningEvent.findMany({ where: { tenantId, caseId }, orderBy: { sequence: "desc" } });
  return rows.map(({ id, occurredAt, kind, actor, reason }) => ({
    id,
    occurredAt,
    kind: eventKind(kind),
    actor,
    reason,
  }));
}

/** How often something happened in a case since an instant. */
export function countEvents(
  tx: DatabaseTransaction,
  query: { tenantId: string; caseId: string; kind: DunningEventKind; since: Date },
): Promise<number> {
  const { tenantId, caseId, kind, since } = query;
  return tx.dunningEvent.count({ where: { tenantId, caseId, kind, occurredAt: { gte: since } } });
}

/** Cases whose next step is due by an instant, the longest waiting first. */
export async function loadDueCases(tx: DatabaseTransaction, by: Date, limit: number): Promise<DunningCase[]> {
  const rows = await tx.dunningCase.findMany({
    where: { nextStepAt: { lte: by } },
    orderBy: { nextStepAt: "asc" },
    take: limit,
  });
  return rows.map(toCase);
}

/** The earliest next step after an instant among some tenants. */
export async function findEarliestStep(
  tx: DatabaseTransaction,
  tenantId: { in: string[] } | { notIn: string[] },
  after: Date,
): Promise<Date | null> {
  const where = { tenantId, nextStepAt: { gt: after } };
  return (await tx.dunningCase.aggregate({ where, _min: { nextStepAt: true } }))._min.nextStepAt;
}

/** Invoices of a subscription that news of it concern: those with a case that moves, and the one it is overdue with. */
export async function loadInvoicesToFollow(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeSubscriptionId: string,
): Promise<string[]> {
  const [cases, subscription] = await Promise.all([
    tx.dunningCase.findMany({
      where: { tenantId, stripeSubscriptionId, stage: { in: MOVING } },
      select: { stripeInvoiceId: true },
    }),
    findSubscriptionFacts(tx, tenantId, stripeSubscriptionId),
  ]);
  const isOverdue = subscription?.status === "past_due" || subscription?.status === "unpaid";
  const latest = isOverdue ? subscription.latestStripeInvoiceId : null;
  return [...new Set([...cases.map((row) => row.stripeInvoiceId), ...(latest === null ? [] : [latest])])];
}

/** A tenant's cases whose invoice nobody has paid yet, the oldest first. */
export async function loadUnpaidCases(
  tx: DatabaseTransaction,
  tenantId: string,
): Promise<Array<DunningCase & { nextPaymentAttemptAt: Date | null }>> {
  const rows = await tx.dunningCase.findMany({
    where: { tenantId, stage: { notIn: ["recovered"] } },
    orderBy: { firstFailedAt: "asc" },
  });
  const invoices = await loadInvoices(tx, rows);
  return rows.flatMap((row) => {
    const invoice = invoices.get(row.stripeInvoiceId);
    if (invoice?.status !== "open" && invoice?.status !== "uncollectible") return [];
    return [{ ...toCase(row), nextPaymentAttemptAt: invoice.nextPaymentAttemptAt }];
  });
}

/** Cases for the operator's list, the newest first. */
export async function loadCases(tx: DatabaseTransaction, input: ListCasesInput): Promise<DunningCaseView[]> {
  const rows = await tx.dunningCase.findMany({
    where: input.show === "open" ? { stage: { in: MOVING } } : {},
    orderBy: [{ firstFailedAt: "desc" }, { id: "desc" }],
    take: input.limit,
  });
  return withTenants(tx, rows);
}

/** One case for its page; null when there is none. */
export async function loadCaseView(
  tx: DatabaseTransaction,
  tenantId: string,
  id: string,
): Promise<DunningCaseView | null> {
  const row = await tx.dunningCase.findUnique({ where: { tenantId_id: { tenantId, id } } });
  return row ? ((await withTenants(tx, [row]))[0] ?? null) : null;
}

/** The invoice of a case, from the mirror; null when we have none. */
export async function findInvoiceFacts(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeInvoiceId: string,
): Promise<MirroredInvoice | null> {
  const row = await tx.invoice.findUnique({ where: { tenantId_stripeInvoiceId: { tenantId, stripeInvoiceId } } });
  if (!row) return null;
  const { status, billingReason, number, currency, amountDueMinor, stripeSubscriptionId, planName } = row;
  return {
    ...{ status, billingReason, stripeInvoiceId, number, currency, amountDueMinor, stripeSubscriptionId, planName },
    hasFailed: row.paymentFailedAt !== null,
    attempts: row.attemptCount,
    nextPaymentAttemptAt: row.nextPaymentAttemptAt,
  };
}

/** The subscription of a case, from the mirror; null when we have none. */
export async function findSubscriptionFacts(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeSubscriptionId: string | null,
): Promise<MirroredSubscription | null> {
  if (stripeSubscriptionId === null) return null;
  return tx.subscription.findUnique({
    where: { tenantId_stripeSubscriptionId: { tenantId, stripeSubscriptionId } },
    select: { status: true, latestStripeInvoiceId: true, planKey: true },
  });
}

async function withTenants(tx: DatabaseTransaction, rows: Row[]): Promise<DunningCaseView[]> {
  const [tenants, invoices] = await Promise.all([
    tx.tenant.findMany({
      where: { id: { in: rows.map((row) => row.tenantId) } },
      select: { id: true, name: true, slug: true, timeZone: true },
    }),
    loadInvoices(tx, rows),
  ]);
  const known = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  return rows.map((row) => {
    const tenant = known.get(row.tenantId);
    const found = toCase(row);
    return {
      ...found,
      tenantName: tenant?.name ?? row.tenantId,
      tenantSlug: tenant?.slug ?? row.tenantId,
      timeZone: tenant?.timeZone ?? "UTC",
      nextStep: comingStep(found)?.kind ?? null,
      nextPaymentAttemptAt: invoices.get(row.stripeInvoiceId)?.nextPaymentAttemptAt ?? null,
    };
  });
}

async function loadInvoices(tx: DatabaseTransaction, rows: Row[]) {
  const invoices = await tx.invoice.findMany({
    where: {
      tenantId: { in: rows.map((row) => row.tenantId) },
      stripeInvoiceId: { in: rows.map((row) => row.stripeInvoiceId) },
    },
    select: { stripeInvoiceId: true, status: true, nextPaymentAttemptAt: true },
  });
  return new Map(invoices.map((invoice) => [invoice.stripeInvoiceId, invoice]));
}

function toCase(row: Row): DunningCase {
  return { ...row, terms: dunningTermsSchema.parse(row.terms) };
}

function eventKind(text: string): DunningEventKind {
  const kind = DUNNING_EVENT_KINDS.find((known) => known === text);
  if (kind) return kind;
  throw new RangeError(`Unknown kind of dunning event: ${text}`);
}
