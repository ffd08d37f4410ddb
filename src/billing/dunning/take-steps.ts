/**
 * What the clock does in cases: reminders, the last notice, the end of the plan.
 *
 * Owns that every step is taken once and on the present truth: the invoice is read anew from Stripe first, so a webhook that
 * was lost cannot make us dun somebody who has paid. Refuses to end a plan while money is under way, and one that is not
 * overdue. A crash anywhere is harmless: the step stays due, and its letter and its cancellation have keys of their own.
 */
import type { Database } from "@/db/client";
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import { type AppliedCatalog, getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { syncInvoice } from "../invoices";
import { BillingError } from "../kernel/errors";
import { cancelUnpaidSubscription } from "../subscriptions";
import { isOver } from "../subscriptions/rules/status";
import { getTenant, loadTestClockTenants, type Tenant } from "../tenants";
import { failureOf, NOTHING_FAILED } from "./failure";
import { followInvoice } from "./follow-invoice";
import type { DunningCase, DunningStepKind, PaymentFailure } from "./model";
import { noticeOf, type TellTenant } from "./notice";
import { comingStep, type NextStep, nextStep, stageAfter } from "./rules/timeline";
import {
  appendEvent,
  findCase,
  findEarliestStep,
  findInvoiceFacts,
  findSubscriptionFacts,
  loadDueCases,
  lockCase,
  saveCase,
} from "./store";

const BATCH = 500;

/**
 * Takes every step that is due; `by` is the furthest of all clocks, each tenant's own decides. One case's failure is logged
 * and holds up no other; the next run tries it again. Returns how many steps were taken.
 */
export async function takeDueSteps(ctx: BillingContext, tell: TellTenant, by: Date): Promise<number> {
  let taken = 0;
  for (const due of await loadDueCases(ctx.db.prisma, by, BATCH)) {
    try {
      if (await takeStep(ctx, tell, due)) taken += 1;
    } catch (error) {
      ctx.log.error({ err: error, tenantId: due.tenantId, caseId: due.id }, "A dunning step could not be taken");
    }
  }
  return taken;
}

/**
 * The next step after an instant among the tenants that live by the given test clock, or by the default clock for null.
 * Null when there is none: whoever walks the clock need not stop.
 */
export async function nextDunningStepAt(db: Database, clockId: string | null, after: Date): Promise<Date | null> {
  const tenants = await loadTestClockTenants(db.prisma);
  if (clockId === null) {
    return findEarliestStep(db.prisma, { notIn: tenants.map((tenant) => tenant.tenantId) }, after);
  }
  const own = tenants.filter((tenant) => tenant.clockId === clockId).map((tenant) => tenant.tenantId);
  return findEarliestStep(db.prisma, { in: own }, after);
}

async function takeStep(ctx: BillingContext, tell: TellTenant, due: DunningCase): Promise<boolean> {
  const tenant = await getTenant(ctx, due.tenantId);
  const now = ctx.clock.now(tenant.stripeTestClockId);
  if (nextStep(due, now).do !== "take") return false;
  const failure = await readAnew(ctx, tell, { tenant, due, now });
  const known = await findCase(ctx.db.prisma, due.tenantId, due.id);
  const next: NextStep = known === null ? { do: "rest" } : nextStep(known, now);
  if (known === null || next.do !== "take" || failure.isUnderWay) return false;
  const planEnded = next.step.kind === "lapse" && (await endPlan(ctx, tenant, known));
  const catalog = await getCatalog(ctx);
  const step = { tenant, catalog, failure, now, planEnded, key: next.step.key };
  const isTaken = await inTransaction(ctx.db, (tx) => record(tx, ctx, tell, { ...step, caseId: known.id, known }));
  if (planEnded) await settleInvoice(ctx, tenant, known);
  return isTaken;
}

/** The invoice as Stripe has it at this moment, and why it is unpaid. */
async function readAnew(
  ctx: BillingContext,
  tell: TellTenant,
  { tenant, due, now }: { tenant: Tenant; due: DunningCase; now: Date },
): Promise<PaymentFailure> {
  const record: InvoiceRecord | null = await ctx.stripe.fetchInvoice(due.stripeInvoiceId);
  if (record === null) return NOTHING_FAILED;
  await syncInvoice(ctx, record, { actor: ctx.actor, reason: "Read before a dunning step", sourceAt: now });
  await followInvoice(ctx, tell, { tenant, record });
  return record.status === "open" ? failureOf(ctx, record) : NOTHING_FAILED;
}

/**
 * Ends the subscription that waits for this invoice; the tenant falls to the free plan by the ordinary sync. Returns whether
 * the plan has ended: one that is not overdue any more, or was never at stake, goes on.
 */
async function endPlan(ctx: BillingContext, tenant: Tenant, of: DunningCase): Promise<boolean> {
  const { stripeSubscriptionId, invoiceNumber } = of;
  if (!of.endsPlan || stripeSubscriptionId === null) return false;
  const reason = `payment_failed: ${invoiceNumber} was still unpaid when its grace of ${of.terms.graceDays} days ended`;
  const request = { tenantId: tenant.id, stripeSubscriptionId, requestId: `dunning:${of.id}:lapse`, reason };
  try {
    await cancelUnpaidSubscription(ctx, request);
  } catch (error) {
    if (!(error instanceof BillingError) || !NOT_AT_STAKE.includes(error.code)) throw error;
  }
  const subscription = await findSubscriptionFacts(ctx.db.prisma, tenant.id, stripeSubscriptionId);
  return subscription !== null && isOver(subscription.status);
}

/** Refusals that say there is nothing to end: it has ended already, or it is paid for. */
const NOT_AT_STAKE: readonly string[] = ["subscription.none", "subscription.not_cancelable"];

/** Writes the step with its letter, unless the case has moved since it was read. */
async function record(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  tell: TellTenant,
  taking: {
    caseId: string;
    known: DunningCase;
    tenant: Tenant;
    catalog: AppliedCatalog;
    failure: PaymentFailure;
    now: Date;
    planEnded: boolean;
    /** The step that was prepared. */
    key: string;
  },
): Promise<boolean> {
  const { tenant, now, caseId, planEnded } = taking;
  await lockCase(tx, taking.known.stripeInvoiceId);
  const known = await findCase(tx, tenant.id, caseId);
  const invoice = await findInvoiceFacts(tx, tenant.id, taking.known.stripeInvoiceId);
  if (known === null || invoice === null) return false;
  const next = nextStep(known, now);
  if (next.do !== "take" || next.step.key !== taking.key) return false;
  const { kind } = next.step;
  const isLapse = kind === "lapse";
  const moved = { ...known, stage: stageAfter(kind), stepsDone: next.stepsDone, lapsedAt: isLapse ? now : null };
  const after = { ...moved, nextStepAt: comingStep(moved)?.at ?? null };
  await saveCase(tx, after);
  const reason = reasonOf(kind, known, planEnded);
  const eventKind = isLapse ? "lapsed" : kind;
  const { actor } = ctx;
  await appendEvent(tx, { tenantId: tenant.id, caseId, occurredAt: now, kind: eventKind, actor, reason });
  const entry = { action: `dunning.${eventKind}`, target: `dunning:${caseId}`, reason, details: { planEnded } };
  await recordAudit(tx, { tenantId: tenant.id, occurredAt: now, actor, ...entry });
  const key = isLapse ? "lapsed" : next.step.key;
  await tell(tx, noticeOf(ctx, { ...taking, of: after, kind: eventKind, key, invoice }));
  return true;
}

function reasonOf(kind: DunningStepKind, { invoiceNumber }: DunningCase, planEnded: boolean): string {
  if (kind !== "lapse") return `${invoiceNumber} is still unpaid`;
  return planEnded
    ? `The grace ended with ${invoiceNumber} unpaid: the free plan`
    : `The grace ended with ${invoiceNumber} unpaid; no plan was at stake`;
}

/** What becomes of the invoice itself, as the catalog says. It can be paid either way. */
async function settleInvoice(ctx: BillingContext, tenant: Tenant, of: DunningCase): Promise<void> {
  if (of.terms.unpaidInvoice !== "mark_uncollectible") return;
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const record = await ctx.stripe.markUncollectible(of.stripeInvoiceId, `dunning:${of.id}:uncollectible`);
  await syncInvoice(ctx, record, { actor: ctx.actor, reason: "Unpaid at the end of its grace", sourceAt });
}
