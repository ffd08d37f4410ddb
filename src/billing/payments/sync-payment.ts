/** Converges our rows on what Stripe says of a payment: webhooks and reconciliation come through here. */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { PaymentRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import type { SyncCause } from "../subscriptions";
import { findTenantByCustomer, tenantNotFound } from "../tenants";
import type { PaymentStatus } from "./model";
import { isOutdatedPayment } from "./rules";
import { findPayment, lockMirror, savePayment } from "./store";

/** What a sync did to a payment. */
export interface PaymentSynced {
  /** Null: the payment was new to us. */
  before: PaymentStatus | null;
  after: PaymentStatus;
}

/**
 * Converges the mirror on a fetched record. An older picture never overwrites a newer one. Throws `tenant.not_found` for a
 * payment that belongs to no tenant of ours.
 */
export async function syncPayment(
  ctx: BillingContext,
  record: PaymentRecord,
  cause: SyncCause,
): Promise<PaymentSynced> {
  return inTransaction(ctx.db, (tx) => convergePayment(tx, ctx, record, cause));
}

/** The same inside a transaction of the caller. */
export async function convergePayment(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  record: PaymentRecord,
  cause: Pick<SyncCause, "sourceAt">,
): Promise<PaymentSynced> {
  const { stripePaymentIntentId, stripeCustomerId, status, amountRefundedMinor } = record;
  const tenant = stripeCustomerId === null ? null : await findTenantByCustomer(tx, stripeCustomerId);
  if (!tenant) throw tenantNotFound();
  await lockMirror(tx, `payment:${stripePaymentIntentId}`);
  const known = await findPayment(tx, tenant.id, stripePaymentIntentId);
  const { sourceAt } = cause;
  if (known && isOutdatedPayment(known, { status, amountRefundedMinor, sourceAt })) {
    return { before: known.status, after: known.status };
  }
  const happenedAt = record.chargedAt ?? sourceAt;
  await savePayment(tx, {
    tenantId: tenant.id,
    stripePaymentIntentId,
    stripeInvoiceId: record.stripeInvoiceId ?? known?.stripeInvoiceId ?? null,
    stripeChargeId: record.stripeChargeId,
    status,
    amountMinor: record.amountMinor,
    amountCapturedMinor: record.amountCapturedMinor,
    amountRefundedMinor,
    currency: record.currency,
    description: record.description ?? known?.description ?? "",
    failureCode: record.failureCode,
    declineCode: record.declineCode,
    failureMessage: record.failureMessage,
    createdAt: record.createdAt,
    succeededAt: status === "succeeded" ? happenedAt : null,
    failedAt: status === "failed" ? happenedAt : null,
    sourceAt,
    syncedAt: ctx.clock.now(tenant.stripeTestClockId),
  });
  return { before: known?.status ?? null, after: status };
}
