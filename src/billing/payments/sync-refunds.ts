/** Converges our rows on the refunds Stripe has of a payment: webhooks and verbs come through here. */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { RefundRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { actorName } from "../kernel/actor";
import { newId } from "../kernel/ids";
import type { Tenant } from "../tenants";
import { laterStatus } from "./rules-refunds";
import { lockMirror } from "./store";
import { findRefunds, insertRefund, moveRefund, type RefundRow } from "./store-refunds";

/** Reads all refunds of a payment from Stripe and writes how they stand; those made elsewhere become rows as well. */
export async function syncRefunds(ctx: BillingContext, tenant: Tenant, stripePaymentIntentId: string): Promise<void> {
  const records = await ctx.stripe.listRefunds(stripePaymentIntentId);
  if (records.length === 0) return;
  await inTransaction(ctx.db, async (tx) => {
    await lockMirror(tx, `payment:${stripePaymentIntentId}`);
    await convergeRefunds(tx, ctx, tenant, stripePaymentIntentId, records);
  });
}

/** The same for records that were just fetched, in a transaction that holds the payment's lock. */
export async function convergeRefunds(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  tenant: Tenant,
  stripePaymentIntentId: string,
  records: readonly RefundRecord[],
): Promise<void> {
  const rows = await findRefunds(tx, tenant.id, [stripePaymentIntentId]);
  const syncedAt = ctx.clock.now(tenant.stripeTestClockId);
  for (const record of records) {
    const known = rows.find((row) => isOf(row, record));
    const { stripeRefundId, failureCode } = record;
    if (known) {
      const status = laterStatus(known.status, record.status);
      await moveRefund(tx, known, { status, stripeRefundId, failureCode: failureCode ?? known.failureCode, syncedAt });
      continue;
    }
    await insertRefund(tx, {
      tenantId: tenant.id,
      id: newId("rfd"),
      ...{ stripePaymentIntentId, stripeRefundId, failureCode, syncedAt },
      ...{ amountMinor: record.amountMinor, currency: record.currency, status: record.status },
      ...{ creditedMinor: null, creditedTaxMinor: null },
      reason: record.reason ?? "Made at Stripe",
      actor: actorName(ctx.actor),
      createdAt: record.createdAt,
    });
  }
}

function isOf(row: RefundRow, record: RefundRecord): boolean {
  return row.stripeRefundId === record.stripeRefundId || row.id === record.refundId;
}
