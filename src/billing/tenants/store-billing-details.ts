/** Every query on the mirror of billing details and tax ids. */
import type { DatabaseTransaction } from "@/db/transaction";
import type { PostalAddress, TaxExemption, TaxIdStatus, TaxIdView } from "./model-billing-details";

/** A mirrored picture. */
export interface StoredDetails {
  legalName: string;
  phone: string | null;
  address: PostalAddress | null;
  taxExempt: TaxExemption;
  purchaseOrder: string | null;
  taxIds: TaxIdView[];
  sourceAt: Date;
}

/** Waits until nobody else converges the details of this tenant, until the transaction ends. */
export async function lockDetails(tx: DatabaseTransaction, tenantId: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`billing-details:${tenantId}`}, 0))`;
}

/** The mirrored details; null before the first picture. */
export async function findDetails(tx: DatabaseTransaction, tenantId: string): Promise<StoredDetails | null> {
  const row = await tx.billingDetails.findUnique({ where: { tenantId } });
  if (!row) return null;
  const taxIds = await tx.taxId.findMany({
    where: { tenantId },
    orderBy: [{ createdAt: "asc" }, { stripeTaxId: "asc" }],
    select: { stripeTaxId: true, type: true, value: true, country: true, status: true, verifiedName: true },
  });
  const { line1, line2, city, state, postalCode, country } = row;
  const address = { line1, line2, city, state, postalCode, country };
  return {
    legalName: row.legalName,
    phone: row.phone,
    address: Object.values(address).every((part) => part === null) ? null : address,
    taxExempt: exemptionOf(row.taxExempt),
    purchaseOrder: row.purchaseOrder,
    taxIds: taxIds.map((taxId) => ({ ...taxId, status: statusOf(taxId.status) })),
    sourceAt: row.sourceAt,
  };
}

/** The reference that the tenant wants on its invoices; null when it has none. */
export async function findPurchaseOrder(tx: DatabaseTransaction, tenantId: string): Promise<string | null> {
  const row = await tx.billingDetails.findUnique({ where: { tenantId }, select: { purchaseOrder: true } });
  return row?.purchaseOrder ?? null;
}

/** Replaces the picture of a tenant. */
export async function putDetails(
  tx: DatabaseTransaction,
  tenantId: string,
  details: Omit<StoredDetails, "taxIds"> & { taxIds: Array<TaxIdView & { createdAt: Date }>; syncedAt: Date },
): Promise<void> {
  const { address, taxIds, ...columns } = details;
  const nowhere = { line1: null, line2: null, city: null, state: null, postalCode: null, country: null };
  const data = { ...columns, ...(address ?? nowhere) };
  await tx.billingDetails.upsert({ where: { tenantId }, create: { ...data, tenantId }, update: data });
  await tx.taxId.deleteMany({ where: { tenantId } });
  await tx.taxId.createMany({ data: taxIds.map((taxId) => ({ ...taxId, tenantId })) });
}

/** Writes what lives beside the tenant itself. */
export async function putTenantContact(
  tx: DatabaseTransaction,
  id: string,
  contact: { billingEmail?: string; timeZone?: string },
): Promise<void> {
  await tx.tenant.update({ where: { id }, data: contact });
}

function exemptionOf(text: string): TaxExemption {
  return text === "exempt" || text === "reverse" ? text : "none";
}

function statusOf(text: string): TaxIdStatus {
  return text === "pending" || text === "verified" || text === "unverified" ? text : "unavailable";
}
