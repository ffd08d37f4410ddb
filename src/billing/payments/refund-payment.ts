/**
 * Giving money back, in part or in full, never more than came in.
 *
 * The amount is reserved as a row under the payment's lock before Stripe is asked:
 *
 *   read payment and refunds ─► decide ─► promise ─► reserve (lock, sum, insert) ─► ask Stripe ─► credit note ─► record
 *
 * so that of requests that race, those that together would exceed the payment are refused here. What Stripe refuses gives
 * its reservation free again. What went back of an invoice is taken back from it by a credit note with its share of the
 * tax, so that invoice, ledger and revenue agree; its amount is reserved with the refund's.
 */
import { inTransaction } from "@/db/transaction";
import type { CreditNoteRecord, PaymentRecord, RefundRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { convergeCreditNote } from "../invoices";
import { actorName } from "../kernel/actor";
import { BillingError, invariant } from "../kernel/errors";
import { carryOut } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import { type CreditableInvoice, creditableInvoice, creditRefund } from "./credit-refund";
import type { PreviewRefundInput, RefundPaymentInput, RefundPreview, RefundView } from "./model";
import { paymentNotFound, refundRefusal } from "./refusals";
import { creditForRefund, decideRefund } from "./rules-refunds";
import { findPayment, lockMirror } from "./store";
import { findRefund, findRefunds, insertRefund, moveRefund, type RefundRow } from "./store-refunds";
import { convergePayment, syncPayment } from "./sync-payment";
import { convergeRefunds, syncRefunds } from "./sync-refunds";

/** The kind of this verb's operations. */
export const REFUND_OPERATION = "payment.refund";

interface RefundPlan {
  stripePaymentIntentId: string;
  amountMinor: bigint;
  currency: string;
  /** In the plan because Stripe is told it, and a retry must say the same. */
  reason: string;
  /** What the payment had paid, as it stood; null for no invoice, and for one that cannot be credited. */
  invoice: CreditableInvoice | null;
}

interface RefundFacts {
  refund: RefundRecord;
  creditNote: CreditNoteRecord | null;
  payment: PaymentRecord;
  sourceAt: Date;
}

interface RefundRequest {
  requestId: string;
  reason: string;
}

/**
 * Refunds a payment. Throws `payment.not_found`, also for a payment of another tenant, `payment.refund_exceeds` with what is
 * left, and `payment.not_refundable`. A refund may be `pending` for days and may fail after it succeeded; webhooks tell.
 */
export async function refundPayment(ctx: BillingContext, input: RefundPaymentInput): Promise<RefundView> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  return perform(ctx, tenant, input, () => decide(ctx, tenant, input));
}

/** What `refundPayment` would do now; throws what it would throw. */
export async function previewRefund(ctx: BillingContext, input: PreviewRefundInput): Promise<RefundPreview> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const plan = await decide(ctx, tenant, { ...input, reason: "A refund was looked at" });
  const { amountMinor, currency, invoice } = plan;
  const refunds = await findRefunds(ctx.db.prisma, tenant.id, [plan.stripePaymentIntentId]);
  const credit = invoice === null ? null : creditForRefund(invoice, refunds, plan);
  const isCredited = credit !== null && credit.totalMinor > 0n;
  return { amountMinor, currency, invoiceNumber: invoice?.number ?? null, credit: isCredited ? credit : null };
}

/** Finishes a refund that a crash interrupted; the plan stored first is the one carried out. */
export async function keepPromisedRefund(
  ctx: BillingContext,
  promise: RefundRequest & { tenantId: string },
): Promise<void> {
  const tenant = await resolveTenant(ctx, promise.tenantId);
  await perform(ctx, tenant, promise, () => {
    invariant(false, "an interrupted refund has a stored plan");
  });
}

/** A refund as it is shown. */
export function refundView(row: RefundRow): RefundView {
  const { tenantId: _tenant, actor: _actor, syncedAt: _syncedAt, ...view } = row;
  return view;
}

async function decide(
  ctx: BillingContext,
  tenant: Tenant,
  input: Pick<RefundPaymentInput, "paymentId" | "amountMinor" | "reason">,
): Promise<RefundPlan> {
  const { paymentId, reason } = input;
  if ((await findPayment(ctx.db.prisma, tenant.id, paymentId)) === null) throw paymentNotFound();
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const record = await ctx.stripe.fetchPayment(paymentId);
  if (record === null) throw paymentNotFound();
  await syncPayment(ctx, record, { actor: ctx.actor, reason, sourceAt });
  // Refunds made elsewhere count as well, also when their webhook has not come.
  await syncRefunds(ctx, tenant, paymentId);
  const refunds = await findRefunds(ctx.db.prisma, tenant.id, [paymentId]);
  const decision = decideRefund(record, refunds, input.amountMinor);
  if (decision.do === "refuse") throw refundRefusal(decision, record.currency);
  const { amountMinor } = decision;
  const invoice = await creditableInvoice(ctx, tenant, record.stripeInvoiceId, refunds);
  return { stripePaymentIntentId: paymentId, amountMinor, currency: record.currency, reason, invoice };
}

async function perform(
  ctx: BillingContext,
  tenant: Tenant,
  { requestId, reason }: RefundRequest,
  decidePlan: () => Promise<RefundPlan>,
): Promise<RefundView> {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason, kind: REFUND_OPERATION, now } as const;
  const { id } = await carryOut<RefundPlan, null, RefundFacts>(ctx, request, {
    decide: decidePlan,
    act: async ({ id, plan }) => {
      const reserved = await reserve(ctx, tenant, { id, plan, now });
      return { outcome: null, facts: await ask(ctx, tenant, { id, plan }, reserved) };
    },
    record: async (tx, { plan }, { refund, creditNote, payment, sourceAt }) => {
      const { stripePaymentIntentId, amountMinor } = plan;
      await lockMirror(tx, `payment:${stripePaymentIntentId}`);
      await convergeRefunds(tx, ctx, tenant, stripePaymentIntentId, [refund]);
      await convergePayment(tx, ctx, payment, { sourceAt });
      if (creditNote !== null) await convergeCreditNote(tx, ctx, tenant, creditNote);
      const taken = creditNote && { creditNote: creditNote.number, creditedTaxMinor: Number(creditNote.taxMinor) };
      await recordAudit(tx, {
        ...{ tenantId: tenant.id, occurredAt: now, actor: ctx.actor, action: REFUND_OPERATION, reason },
        target: `payment:${stripePaymentIntentId}`,
        details: { amountMinor: Number(amountMinor), refund: refund.stripeRefundId, status: refund.status, ...taken },
      });
    },
  });
  const row = await findRefund(ctx.db.prisma, tenant.id, id);
  invariant(row !== null, "a recorded refund has a row");
  return refundView(row);
}

interface PromisedRefund {
  id: string;
  plan: RefundPlan;
}

/** What was reserved, and whether an earlier try had: then Stripe may know of it. */
interface Reserved {
  row: RefundRow;
  isRetry: boolean;
}

/** Holds the amount, and its credit note's, before Stripe is asked. A retry finds its own reservation and keeps it. */
async function reserve(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan, now }: PromisedRefund & { now: Date },
): Promise<Reserved> {
  const { stripePaymentIntentId, amountMinor, currency, reason } = plan;
  return inTransaction(ctx.db, async (tx) => {
    await lockMirror(tx, `payment:${stripePaymentIntentId}`);
    const payment = await findPayment(tx, tenant.id, stripePaymentIntentId);
    invariant(payment !== null, "a refund is promised for a payment that is known");
    const refunds = await findRefunds(tx, tenant.id, [stripePaymentIntentId]);
    const known = refunds.find((row) => row.id === id);
    if (known) return { row: known, isRetry: true };
    const decision = decideRefund(payment, refunds, amountMinor);
    if (decision.do === "refuse") throw refundRefusal(decision, currency);
    const credit = plan.invoice ? creditForRefund(plan.invoice, refunds, plan) : null;
    const row: RefundRow = {
      ...{ tenantId: tenant.id, id, stripePaymentIntentId, amountMinor, currency, reason, status: "requested" },
      ...{ creditedMinor: credit?.totalMinor ?? null, creditedTaxMinor: credit?.taxMinor ?? null },
      ...{ actor: actorName(ctx.actor), stripeRefundId: null, failureCode: null, createdAt: now, syncedAt: now },
    };
    await insertRefund(tx, row);
    return { row, isRetry: false };
  });
}

async function ask(
  ctx: BillingContext,
  tenant: Tenant,
  promised: PromisedRefund,
  { row, isRetry }: Reserved,
): Promise<RefundFacts> {
  const { id, plan } = promised;
  const { stripePaymentIntentId } = plan;
  const refund = (isRetry ? await madeBefore(ctx, promised) : null) ?? (await make(ctx, tenant, promised));
  const { creditedMinor, creditedTaxMinor } = row;
  const credit = { totalMinor: creditedMinor ?? 0n, taxMinor: creditedTaxMinor ?? 0n };
  const creditNote = plan.invoice ? await creditRefund(ctx, plan.invoice, { id, refund, credit, isRetry }) : null;
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const payment = await ctx.stripe.fetchPayment(stripePaymentIntentId);
  if (payment === null) throw paymentNotFound();
  return { refund, creditNote, payment, sourceAt };
}

/** What an earlier try made. Asked by our name for it, because Stripe forgets keys after a day. */
async function madeBefore(ctx: BillingContext, { id, plan }: PromisedRefund): Promise<RefundRecord | null> {
  const refunds = await ctx.stripe.listRefunds(plan.stripePaymentIntentId);
  return refunds.find(({ refundId }) => refundId === id) ?? null;
}

async function make(ctx: BillingContext, tenant: Tenant, { id, plan }: PromisedRefund): Promise<RefundRecord> {
  const { stripePaymentIntentId, amountMinor, reason } = plan;
  try {
    const request = { stripePaymentIntentId, amountMinor, reason, refundId: id };
    return await ctx.stripe.refundPayment(request, `${id}:refund`);
  } catch (error) {
    if (error instanceof BillingError && error.code === "payment.not_refundable") await release(ctx, tenant, id, error);
    throw error;
  }
}

async function release(ctx: BillingContext, tenant: Tenant, id: string, error: BillingError): Promise<void> {
  const failureCode = String(error.details.stripeCode ?? error.code);
  const syncedAt = ctx.clock.now(tenant.stripeTestClockId);
  await inTransaction(ctx.db, (tx) =>
    moveRefund(tx, { tenantId: tenant.id, id }, { status: "failed", stripeRefundId: null, failureCode, syncedAt }),
  );
}
