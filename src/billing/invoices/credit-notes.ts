/** The mirror of credit notes: webhooks and the refund that makes one come through here. */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { CreditNoteRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import { saveCreditNote } from "./store-credit-notes";

/** Converges the mirror on a fetched credit note. Only its status ever changes, and only to void, so order does not matter. */
export async function syncCreditNote(ctx: BillingContext, tenant: Tenant, record: CreditNoteRecord): Promise<void> {
  await inTransaction(ctx.db, (tx) => convergeCreditNote(tx, ctx, tenant, record));
}

/** The same inside a transaction of the caller's. */
export async function convergeCreditNote(
  tx: DatabaseTransaction,
  ctx: Pick<BillingContext, "clock">,
  tenant: Tenant,
  record: CreditNoteRecord,
): Promise<void> {
  await saveCreditNote(tx, { ...record, tenantId: tenant.id, syncedAt: ctx.clock.now(tenant.stripeTestClockId) });
}
