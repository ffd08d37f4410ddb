/**
 * Converges our mirror of who is billed on what Stripe's customer says. Webhooks and `saveBillingDetails` come through here.
 *
 * Owns that a change is told once in the audit log, by the names of the fields and never by their values, and that an older
 * picture does not overwrite a newer one.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { BillingDetailsRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import type { Actor } from "../kernel/actor";
import type { Tenant } from "./model";
import type { BillingField } from "./model-billing-details";
import { changedFields } from "./rules-billing-details";
import { findTenant } from "./store";
import { findDetails, lockDetails, putDetails, putTenantContact } from "./store-billing-details";

/** On whose behalf the picture was taken, and how old it is. */
export interface DetailsCause {
  actor: Actor;
  reason: string;
  sourceAt: Date;
}

/** Fetches the customer and converges on it. Returns what changed; does nothing for a tenant without a customer. */
export async function syncBillingDetails(
  ctx: BillingContext,
  tenant: Tenant,
  cause: DetailsCause,
): Promise<BillingField[]> {
  const { stripeCustomerId } = tenant;
  const record = stripeCustomerId === null ? null : await ctx.stripe.fetchBillingDetails(stripeCustomerId);
  if (record === null) return [];
  return inTransaction(ctx.db, (tx) =>
    convergeDetails(tx, ctx, { tenantId: tenant.id, record, cause, alsoChanged: [] }),
  );
}

/** The same for a fetched record, inside a transaction of the caller's; `alsoChanged` is told in the same entry. */
export async function convergeDetails(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  input: { tenantId: string; record: BillingDetailsRecord; cause: DetailsCause; alsoChanged: BillingField[] },
): Promise<BillingField[]> {
  const { tenantId, record, cause, alsoChanged } = input;
  await lockDetails(tx, tenantId);
  const tenant = await findTenant(tx, tenantId);
  if (tenant === null) return [];
  const known = await findDetails(tx, tenantId);
  const isOld = known !== null && known.sourceAt > cause.sourceAt;
  const changed = isOld ? [] : changesOf(tenant, known, record);
  if (!isOld) {
    const { legalName, phone, address, taxExempt, purchaseOrder, taxIds } = record;
    await putDetails(tx, tenantId, {
      ...{ legalName: legalName ?? tenant.name, phone, address, taxExempt, purchaseOrder, taxIds },
      ...{ sourceAt: cause.sourceAt, syncedAt: ctx.clock.now(tenant.stripeTestClockId) },
    });
    if (record.email !== null && record.email !== tenant.billingEmail) {
      await putTenantContact(tx, tenantId, { billingEmail: record.email });
    }
  }
  const told = [...new Set([...changed, ...alsoChanged])];
  if (told.length === 0) return told;
  await recordAudit(tx, {
    tenantId,
    occurredAt: cause.sourceAt,
    actor: cause.actor,
    action: "billing_details.change",
    target: `tenant:${tenantId}`,
    reason: cause.reason,
    details: { fields: told.join(", ") },
  });
  return told;
}

function changesOf(
  tenant: Tenant,
  known: Awaited<ReturnType<typeof findDetails>>,
  record: BillingDetailsRecord,
): BillingField[] {
  const nothing = { legalName: tenant.name, phone: null, address: null, purchaseOrder: null, taxIds: [] };
  const before = { ...(known ?? nothing), billingEmail: tenant.billingEmail };
  const after = {
    ...{ legalName: record.legalName ?? tenant.name, billingEmail: record.email ?? tenant.billingEmail },
    ...{ phone: record.phone, address: record.address, taxIds: record.taxIds, purchaseOrder: record.purchaseOrder },
  };
  return changedFields(before, after);
}
