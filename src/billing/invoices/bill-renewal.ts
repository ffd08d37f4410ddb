/**
 * Putting the ended month on the renewal.
 *
 * When Stripe opens the draft of a renewal, the month before it has ended and its usage is frozen, rated and added while the
 * draft still waits (about an hour). Owns that this happens once per draft, whatever is delivered twice or crashes between
 * two calls. Refuses to touch an issued invoice: what missed its draft is billed by an invoice of its own that says so.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { carryOut, type Promised } from "../operations";
import { OVERAGE_CHARGE_ID, overageItem, type SyncCause } from "../subscriptions";
import { findTenantByCustomer, type Tenant, tenantNotFound } from "../tenants";
import { closePeriod, loadOpenPeriods, type OverageCharge } from "../usage";
import { issueCharges } from "./issue-charges";
import { reserveNumber } from "./store";
import { convergeInvoice, syncInvoice } from "./sync";

interface RenewalPlan {
  stripeInvoiceId: string;
  stripeSubscriptionId: string;
  stripeTaxRateId: string | null;
  number: string;
  periods: Array<{ startAt: Date; endAt: Date }>;
  now: Date;
}

interface RenewalOutcome {
  charges: number;
  /** True when the draft had been issued before the overage could be added. */
  isLate: boolean;
}

interface RenewalFacts {
  renewal: InvoiceRecord;
  /** The invoice of its own that late overage went on. */
  late: InvoiceRecord | null;
  sourceAt: Date;
}

type EndedCharge = OverageCharge & { periodEndAt: Date };

/**
 * Numbers a renewal's draft and adds the overage of the subscription's ended months. Any other invoice is only converged on.
 * Safe to call again; throws `tenant.not_found` for a customer that is not ours.
 */
export async function billRenewalDraft(ctx: BillingContext, stripeInvoiceId: string, cause: SyncCause): Promise<void> {
  const record = await ctx.stripe.fetchInvoice(stripeInvoiceId);
  if (record === null) return;
  const { stripeSubscriptionId } = record;
  if (record.billingReason !== "subscription_cycle" || stripeSubscriptionId === null) {
    await syncInvoice(ctx, record, cause);
    return;
  }
  const tenant = await findTenantByCustomer(ctx.db.prisma, record.stripeCustomerId);
  if (!tenant) throw tenantNotFound();
  const { reason } = cause;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const requestId = `renewal:${stripeInvoiceId}`;
  const request = { tenantId: tenant.id, requestId, reason, kind: "invoice.renewal", now } as const;
  await carryOut<RenewalPlan, RenewalOutcome, RenewalFacts>(ctx, request, {
    decide: () => decide(ctx, tenant, { record, stripeInvoiceId, stripeSubscriptionId, now }),
    act: (operation) => act(ctx, tenant, operation),
    record: (tx, operation, facts, outcome) => recordRenewal(tx, ctx, { tenant, operation, facts, outcome, cause }),
  });
}

async function decide(
  ctx: BillingContext,
  tenant: Tenant,
  draft: { record: InvoiceRecord; stripeInvoiceId: string; stripeSubscriptionId: string; now: Date },
): Promise<RenewalPlan> {
  const { record, stripeInvoiceId, stripeSubscriptionId, now } = draft;
  const { tax } = await getCatalog(ctx);
  const { createdAt } = record;
  const stripeTaxRateId = ctx.settings.taxMode === "rate" ? tax.stripeTaxRateId : null;
  return inTransaction(ctx.db, async (tx) => {
    const ended = await loadOpenPeriods(tx, { tenantId: tenant.id, endedBy: createdAt });
    const periods = ended
      .filter((period) => period.subscriptionId === stripeSubscriptionId)
      .map(({ startAt, endAt }) => ({ startAt, endAt }));
    const owner = { tenantId: tenant.id, slug: tenant.slug, createdAt, owner: stripeInvoiceId };
    return {
      stripeInvoiceId,
      stripeSubscriptionId,
      stripeTaxRateId,
      number: await reserveNumber(tx, owner),
      periods,
      now,
    };
  });
}

async function act(
  ctx: BillingContext,
  tenant: Tenant,
  operation: Promised<RenewalPlan>,
): Promise<{ outcome: RenewalOutcome; facts: RenewalFacts }> {
  const { id, plan } = operation;
  const charges = await closeAndCharge(ctx, tenant, operation);
  const missed = await addToDraft(ctx, operation, charges);
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const late = missed.length === 0 ? null : await issueLate(ctx, tenant, operation, missed);
  const renewal = await ctx.stripe.fetchInvoice(plan.stripeInvoiceId);
  if (renewal === null) throw renewalGone(plan.stripeInvoiceId, id);
  return { outcome: { charges: charges.length, isLate: late !== null }, facts: { renewal, late, sourceAt } };
}

async function closeAndCharge(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan }: Promised<RenewalPlan>,
): Promise<EndedCharge[]> {
  const charges: EndedCharge[] = [];
  for (const { startAt, endAt } of plan.periods) {
    const close = { tenantId: tenant.id, periodStartAt: startAt, operationId: id, now: plan.now };
    const closed = await inTransaction(ctx.db, (tx) => closePeriod(tx, close));
    charges.push(...closed.map((charge) => ({ ...charge, periodEndAt: endAt })));
  }
  return charges;
}

/** Adds the charges and the number to the draft. Returns the charges that came too late because it has been issued. */
async function addToDraft(
  ctx: BillingContext,
  { id, plan }: Promised<RenewalPlan>,
  charges: readonly EndedCharge[],
): Promise<EndedCharge[]> {
  const { stripeInvoiceId, stripeSubscriptionId, stripeTaxRateId } = plan;
  const current = await ctx.stripe.fetchInvoice(stripeInvoiceId);
  if (current === null) throw renewalGone(stripeInvoiceId, id);
  const onIt = new Set(current.lines.map((line) => line.metadata[OVERAGE_CHARGE_ID]));
  const waiting = charges.filter((charge) => !onIt.has(charge.id));
  const isDraft = async () => (await ctx.stripe.fetchInvoice(stripeInvoiceId))?.status === "draft";
  if (current.status !== "draft") return waiting;
  const target = { stripeCustomerId: current.stripeCustomerId, stripeInvoiceId, stripeSubscriptionId, stripeTaxRateId };
  for (const [index, charge] of waiting.entries()) {
    const item = overageItem({ ...charge, chargeId: charge.id }, target);
    const added = await unlessIssued(isDraft, () => ctx.stripe.addInvoiceItem(item, `${id}:item:${charge.id}`));
    if (added === null) return waiting.slice(index);
  }
  await unlessIssued(isDraft, () => ctx.stripe.numberDraft(stripeInvoiceId, plan.number, `${id}:number`));
  return [];
}

/** Runs a call that only a draft allows; null when Stripe refused it because the invoice has been issued meanwhile. */
async function unlessIssued<T>(isDraft: () => Promise<boolean>, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof BillingError && error.code === "stripe.refused" && !(await isDraft())) return null;
    throw error;
  }
}

/** The charges' months are named on the lines: their reader would look for them on the renewal. */
function issueLate(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan }: Promised<RenewalPlan>,
  charges: readonly EndedCharge[],
): Promise<InvoiceRecord> {
  const from = charges[0]?.periodStartAt.toISOString().slice(0, 10) ?? "";
  const to = charges.at(-1)?.periodEndAt.toISOString().slice(0, 10) ?? "";
  const { stripeSubscriptionId, now } = plan;
  const note = `${from} to ${to}, after the renewal was issued`;
  return issueCharges(ctx, tenant, { key: `${id}:late`, stripeSubscriptionId, charges, now, note });
}

function renewalGone(stripeInvoiceId: string, operationId: string): BillingError {
  return new BillingError("upstream", "stripe.refused", "Stripe no longer has the renewal that was to be billed.", {
    details: { stripeInvoiceId, operationId },
  });
}

async function recordRenewal(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  done: {
    tenant: Tenant;
    operation: Promised<RenewalPlan>;
    facts: RenewalFacts;
    outcome: RenewalOutcome;
    cause: SyncCause;
  },
): Promise<void> {
  const { facts, outcome, tenant } = done;
  const { sourceAt } = facts;
  const cause = { ...done.cause, sourceAt };
  await convergeInvoice(tx, ctx, facts.renewal, cause);
  if (facts.late) await convergeInvoice(tx, ctx, facts.late, cause);
  await recordAudit(tx, {
    tenantId: tenant.id,
    occurredAt: sourceAt,
    actor: ctx.actor,
    action: "invoice.bill_renewal",
    target: `invoice:${done.operation.plan.stripeInvoiceId}`,
    reason: cause.reason,
    details: { number: done.operation.plan.number, charges: outcome.charges, isLate: outcome.isLate },
  });
}
