/**
 * Bringing a case to what is true of its invoice and subscription. Webhooks, verbs and the worker all come through here.
 *
 * Owns the opening of a case with its first letter, and its ends by payment, by a voided invoice or by the plan's end. Reads
 * the mirrors, which refuse older pictures, inside the case's lock; so news that come twice, late, in another order or not
 * at all lead to the same case and the same letters. Refuses to decide what the clock decides.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import { type AppliedCatalog, getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { syncInvoice } from "../invoices";
import { newId } from "../kernel/ids";
import type { SyncCause } from "../subscriptions";
import { getTenant, type Tenant } from "../tenants";
import { failureOf, NOTHING_FAILED } from "./failure";
import type { DunningCase, DunningEventKind, DunningStage, PaymentFailure } from "./model";
import { noticeOf, type TellTenant } from "./notice";
import { comingStep, graceEnd } from "./rules/timeline";
import { type Turn, turnOf } from "./rules/turn";
import {
  appendEvent,
  findCaseByInvoice,
  findInvoiceFacts,
  findSubscriptionFacts,
  loadInvoicesToFollow,
  lockCase,
  type MirroredInvoice,
  saveCase,
} from "./store";

/** News of an invoice that has been converged on. */
export interface InvoiceNews {
  tenant: Tenant;
  /** As Stripe has it now; its row in our mirror is what decides. */
  record: InvoiceRecord;
}

/** Everything a turn is made from; `failure` was read before the transaction, because Stripe had to be asked. */
interface TurnContext {
  ctx: BillingContext;
  tell: TellTenant;
  tenant: Tenant;
  catalog: AppliedCatalog;
  failure: PaymentFailure;
  now: Date;
}

/** Follows an invoice: opens, recovers, stops or ends its case as the mirrors say. Returns what was done. */
export async function followInvoice(ctx: BillingContext, tell: TellTenant, news: InvoiceNews): Promise<Turn["do"]> {
  const { tenant, record } = news;
  const { stripeInvoiceId } = record;
  if (stripeInvoiceId === null || record.status === "draft") return "nothing";
  const catalog = await getCatalog(ctx);
  const failure = record.status === "open" && record.attempted ? await failureOf(ctx, record) : NOTHING_FAILED;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  return inTransaction(ctx.db, (tx) => takeTurn(tx, { ctx, tell, tenant, catalog, failure, now }, stripeInvoiceId));
}

/**
 * Follows the invoices a subscription is waiting for, after it has changed. They are read from Stripe anew, so that one
 * event of the subscription makes up for lost ones of its invoices.
 */
export async function followSubscription(
  ctx: BillingContext,
  tell: TellTenant,
  of: { tenantId: string; stripeSubscriptionId: string; cause: SyncCause },
): Promise<void> {
  const { tenantId, stripeSubscriptionId, cause } = of;
  const tenant = await getTenant(ctx, tenantId);
  for (const id of await loadInvoicesToFollow(ctx.db.prisma, tenantId, stripeSubscriptionId)) {
    const record = await ctx.stripe.fetchInvoice(id);
    // A draft is billed by its own event; nothing of it can have failed.
    if (record === null || record.status === "draft") continue;
    await syncInvoice(ctx, record, cause);
    await followInvoice(ctx, tell, { tenant, record });
  }
}

async function takeTurn(tx: DatabaseTransaction, turning: TurnContext, stripeInvoiceId: string): Promise<Turn["do"]> {
  const { tenant, failure, now } = turning;
  await lockCase(tx, stripeInvoiceId);
  const invoice = await findInvoiceFacts(tx, tenant.id, stripeInvoiceId);
  if (invoice === null) return "nothing";
  const known = await findCaseByInvoice(tx, tenant.id, stripeInvoiceId);
  const subscription = await findSubscriptionFacts(tx, tenant.id, invoice.stripeSubscriptionId);
  const knownFacts = known && { ...known, isGraceOver: now >= known.graceEndsAt };
  const turn = turnOf(knownFacts, invoice, subscription, failure.isUnderWay);
  if (turn.do === "open") {
    await openCase(tx, turning, { invoice, endsPlan: turn.endsPlan, planKey: subscription?.planKey ?? null });
  } else if (known !== null) {
    await moveCase(tx, turning, known, turn, invoice);
  }
  return turn.do;
}

async function openCase(
  tx: DatabaseTransaction,
  turning: TurnContext,
  from: { invoice: MirroredInvoice; endsPlan: boolean; planKey: string | null },
): Promise<void> {
  const { ctx, tenant, catalog, now } = turning;
  const { invoice } = from;
  // Whole seconds: the clock that is walked from step to step knows no others.
  const firstFailedAt = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const terms = catalog.dunning;
  const opened: DunningCase = {
    id: newId("dun"),
    tenantId: tenant.id,
    stripeInvoiceId: invoice.stripeInvoiceId,
    invoiceNumber: invoice.number,
    stripeSubscriptionId: invoice.stripeSubscriptionId,
    planName: from.planKey === null ? null : invoice.planName,
    planKey: from.planKey,
    endsPlan: from.endsPlan,
    stage: "first_notice",
    amountDueMinor: invoice.amountDueMinor,
    currency: invoice.currency,
    terms,
    firstFailedAt,
    graceEndsAt: graceEnd(terms, firstFailedAt),
    stepsDone: 0,
    nextStepAt: null,
    attempts: invoice.attempts,
    lapsedAt: null,
    closedAt: null,
  };
  const withStep = { ...opened, nextStepAt: comingStep(opened)?.at ?? null };
  await saveCase(tx, withStep);
  const reason = `The payment of ${invoice.number} failed`;
  await note(tx, turning, withStep, "first_notice", reason);
  await turning.tell(
    tx,
    noticeOf(ctx, { ...turning, of: withStep, kind: "first_notice", key: "first_notice", invoice }),
  );
}

async function moveCase(
  tx: DatabaseTransaction,
  turning: TurnContext,
  known: DunningCase,
  turn: Turn,
  invoice: MirroredInvoice,
): Promise<void> {
  const { ctx, now } = turning;
  const number = known.invoiceNumber;
  const close = (stage: DunningStage) => ({ ...known, stage, nextStepAt: null, closedAt: now });
  switch (turn.do) {
    case "recover": {
      await saveCase(tx, close("recovered"));
      await note(tx, turning, known, "recovered", `${number} was paid`);
      // Whoever was told that this is over hears no more of it.
      if (known.stage === "stopped") return;
      await turning.tell(tx, noticeOf(ctx, { ...turning, of: known, kind: "recovered", key: "recovered", invoice }));
      return;
    }
    case "stop":
      await saveCase(tx, close("stopped"));
      await note(tx, turning, known, "stopped", `${number} was ${because(turn.because)} at Stripe`);
      return;
    case "lapse":
      await saveCase(tx, { ...known, stage: "lapsed", nextStepAt: null, lapsedAt: now });
      await note(tx, turning, known, "lapsed", `The subscription ended while ${number} was unpaid`);
      await turning.tell(
        tx,
        noticeOf(ctx, { ...turning, of: known, kind: "lapsed", key: "lapsed", invoice, planEnded: true }),
      );
      return;
    case "count":
      await saveCase(tx, { ...known, attempts: turn.attempts });
      await note(tx, turning, known, "attempt_failed", `Try ${turn.attempts} to collect ${number} failed`);
  }
}

function because(cause: "voided" | "uncollectible"): string {
  return cause === "voided" ? "voided" : "marked as uncollectible";
}

/** Writes what happened into the case's history and into the audit log. */
async function note(
  tx: DatabaseTransaction,
  { ctx, tenant, now }: Pick<TurnContext, "ctx" | "tenant" | "now">,
  { id: caseId }: Pick<DunningCase, "id">,
  kind: DunningEventKind,
  reason: string,
): Promise<void> {
  const { actor } = ctx;
  await appendEvent(tx, { tenantId: tenant.id, caseId, occurredAt: now, kind, actor, reason });
  const entry = { action: `dunning.${kind}`, target: `dunning:${caseId}`, reason, details: {} };
  await recordAudit(tx, { tenantId: tenant.id, occurredAt: now, actor, ...entry });
}
