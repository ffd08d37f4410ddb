/**
 * Giving money back, in part or in full, never more than came in.
 *
 * The amount is reserved as a row under the payment's lock before Stripe is asked:
 *
 *   read payment and refunds ─► decide ─► promise ─► reserve (lock, sum, insert) ─► ask Stripe ─► record how it stands
 *
 * so that of requests that race, those that together would exceed the payment are refused here. What Stripe refuses gives
 * its reservation free again.
 */
import { inTransaction } from "@/db/transaction";
import type { PaymentRecord, RefundRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { actorName } from "../kernel/actor";
import { BillingError, invariant } from "../kernel/errors";
import { carryOut } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import type { RefundPaymentInput, RefundView } from "./model";
import { paymentNotFound, refundRefusal } from "./refusals";
import { decideRefund } from "./rules-refunds";
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
}

interface RefundFacts {
  refund: RefundRecord;
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

async function decide(ctx: BillingContext, tenant: Tenant, input: RefundPaymentInput): Promise<RefundPlan> {
  const { paymentId } = input;
  if ((await findPayment(ctx.db.prisma, tenant.id, paymentId)) === null) throw paymentNotFound();
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const record = await ctx.stripe.fetchPayment(paymentId);
  if (record === null) throw paymentNotFound();
  await syncPayment(ctx, record, { actor: ctx.actor, reason: input.reason, sourceAt });
  // Refunds made elsewhere count as well, also when their webhook has not come.
  await syncRefunds(ctx, tenant, paymentId);
  const refunds = await findRefunds(ctx.db.prisma, tenant.id, [paymentId]);
  const decision = decideRefund(record, refunds, input.amountMinor);
  if (decision.do === "refuse") throw refundRefusal(decision, record.currency);
  return {
    stripePaymentIntentId: paymentId,
    amountMinor: decision.amountMinor,
    currency: record.currency,
    reason: input.reason,
  };
}

async function perform(
  ctx: BillingContext,
  tenant: Tenant,
  { requestId, reason }: RefundRequest,
  decidePlan: () => Promise<RefundPlan>,
): Promise<RefundView> {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason, kind: REFUND_OPERATION, now };
  const { id } = await carryOut<RefundPlan, null, RefundFacts>(ctx, request, {
    decide: decidePlan,
    act: async ({ id, plan }) => {
      await reserve(ctx, tenant, { id, plan, now });
      return { outcome: null, facts: await ask(ctx, tenant, { id, plan }) };
    },
    record: async (tx, { plan }, { refund, payment, sourceAt }) => {
      const { stripePaymentIntentId, amountMinor } = plan;
      await lockMirror(tx, `payment:${stripePaymentIntentId}`);
      await convergeRefunds(tx, ctx, tenant, stripePaymentIntentId, [refund]);
      await convergePayment(tx, ctx, payment, { sourceAt });
      await recordAudit(tx, {
        ...{ tenantId: tenant.id, occurredAt: now, actor: ctx.actor, action: REFUND_OPERATION, reason },
        target: `payment:${stripePaymentIntentId}`,
        details: { amountMinor: Number(amountMinor), refund: refund.stripeRefundId, status: refund.status },
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

/** Holds the amount before Stripe is asked. A retry finds its own reservation and keeps it. */
async function reserve(ctx: BillingContext, tenant: Tenant, promised: PromisedRefund & { now: Date }): Promise<void> {
  const { id, plan, now } = promised;
  await inTransaction(ctx.db, async (tx) => {
    await lockMirror(tx, `payment:${plan.stripePaymentIntentId}`);
    const payment = await findPayment(tx, tenant.id, plan.stripePaymentIntentId);
    invariant(payment !== null, "a refund is promised for a payment that is known");
    const refunds = await findRefunds(tx, tenant.id, [plan.stripePaymentIntentId]);
    if (refunds.some((row) => row.id === id)) return;
    const decision = decideRefund(payment, refunds, plan.amountMinor);
    if (decision.do === "refuse") throw refundRefusal(decision, plan.currency);
    await insertRefund(tx, {
      ...{ tenantId: tenant.id, id, ...plan, status: "requested", actor: actorName(ctx.actor) },
      ...{ stripeRefundId: null, failureCode: null, createdAt: now, syncedAt: now },
    });
  });
}

async function ask(ctx: BillingContext, tenant: Tenant, { id, plan }: PromisedRefund): Promise<RefundFacts> {
  const { stripePaymentIntentId, amountMinor, reason } = plan;
  try {
    const request = { stripePaymentIntentId, amountMinor, reason, refundId: id };
    const refund = await ctx.stripe.refundPayment(request, `${id}:refund`);
    const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
    const payment = await ctx.stripe.fetchPayment(stripePaymentIntentId);
    if (payment === null) throw paymentNotFound();
    return { refund, payment, sourceAt };
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
