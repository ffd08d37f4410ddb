/**
 * Converges our rows on what Stripe says of an invoice. Webhooks, verbs and reconciliation all come through here.
 *
 * Owns the mirror of the legal document, the number it has with us, and the link from each overage line to the charge behind
 * it. An older picture never overwrites a newer one. Refuses an invoice whose customer is no tenant of ours.
 */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { findPlanVersionByPrice, findPlanVersionBySeatPrice, findStoredPlanVersion, loadMeters } from "../catalog";
import type { BillingContext } from "../context";
import { decimal } from "../kernel/decimal";
import { invariant } from "../kernel/errors";
import { addDays } from "../kernel/period";
import { findSubscription, OVERAGE_CHARGE_ID, type SyncCause } from "../subscriptions";
import { findPurchaseOrder, findTenantByCustomer, type Tenant, tenantNotFound } from "../tenants";
import { attachCharge, findCharges, type OverageCharge } from "../usage";
import type { InvoiceSynced } from "./model";
import type { InvoiceStatement } from "./model-statement";
import { type ExplainedLine, explainLines } from "./rules/lines";
import { hasFailed, isOutdatedInvoice, servicePeriod } from "./rules/state";
import { freezeStatement } from "./rules/statement";
import { sellerOf } from "./seller";
import { findByStripeId, isReserved, lockInvoice, reserveNumber, type StoredInvoice, saveInvoice } from "./store";

/**
 * Converges the mirror on a fetched record and says what changed. Throws `tenant.not_found` for a customer that is not ours.
 */
export async function syncInvoice(
  ctx: BillingContext,
  record: InvoiceRecord,
  cause: SyncCause,
): Promise<InvoiceSynced> {
  return inTransaction(ctx.db, (tx) => convergeInvoice(tx, ctx, record, cause));
}

/** The same inside a transaction of the caller's. */
export async function convergeInvoice(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  record: InvoiceRecord,
  cause: SyncCause,
): Promise<InvoiceSynced> {
  const { stripeInvoiceId } = record;
  invariant(stripeInvoiceId !== null, "a preview is never stored");
  const tenant = await findTenantByCustomer(tx, record.stripeCustomerId);
  if (!tenant) throw tenantNotFound();
  await lockInvoice(tx, stripeInvoiceId);
  const known = await findByStripeId(tx, tenant.id, stripeInvoiceId);
  const { status, attemptCount } = record;
  if (known) {
    const before = { status: known.summary.status, attemptCount: known.attemptCount, sourceAt: known.sourceAt };
    if (isOutdatedInvoice(before, { status, attemptCount, sourceAt: cause.sourceAt })) {
      return { before: known.summary, after: known.summary, newlyFailed: false };
    }
  }
  const { lines, soldPlan } = await explain(tx, tenant, record);
  // Later events of an old invoice find the tenant on another plan.
  const planName = soldPlan ?? known?.summary.planName ?? (await subscribedPlan(tx, tenant, record));
  const paymentFailedAt = failedAt(record, known, cause.sourceAt);
  const number = known?.summary.number ?? (await numberOf(tx, tenant, record, stripeInvoiceId));
  const syncedAt = ctx.clock.now(tenant.stripeTestClockId);
  const dueAt = addDays(record.finalizedAt ?? record.createdAt, ctx.settings.invoiceDueDays);
  const columns = { ...columnsOf(record), tenantId: tenant.id, stripeInvoiceId, number, planName, dueAt };
  const at = { paymentFailedAt, sourceAt: cause.sourceAt, syncedAt };
  const statement = await statementOf(tx, ctx, { tenant, record, known });
  const after = await saveInvoice(tx, { ...columns, ...at, statement }, lines);
  const newlyFailed = paymentFailedAt !== null && paymentFailedAt.getTime() !== known?.paymentFailedAt?.getTime();
  return { before: known?.summary ?? null, after, newlyFailed };
}

function columnsOf(record: InvoiceRecord) {
  return {
    status: record.status,
    billingReason: record.billingReason,
    stripeSubscriptionId: record.stripeSubscriptionId,
    currency: record.currency,
    subtotalMinor: record.subtotalMinor,
    discountMinor: record.discountMinor,
    taxMinor: record.taxMinor,
    totalMinor: record.totalMinor,
    amountDueMinor: record.amountDueMinor,
    amountPaidMinor: record.amountPaidMinor,
    // What the invoice took from the balance (negative: credit), which Stripe tells only once it is issued.
    balanceAppliedMinor:
      record.endingBalanceMinor === null ? 0n : record.startingBalanceMinor - record.endingBalanceMinor,
    ...servicePeriod(record),
    createdAt: record.createdAt,
    issuedAt: record.finalizedAt,
    paidAt: record.paidAt,
    voidedAt: record.voidedAt,
    attemptCount: record.attemptCount,
    nextPaymentAttemptAt: record.nextPaymentAttemptAt,
  };
}

async function statementOf(
  tx: DatabaseTransaction,
  ctx: BillingContext,
  { tenant, record, known }: { tenant: Tenant; record: InvoiceRecord; known: StoredInvoice | null },
): Promise<InvoiceStatement> {
  const seller = await sellerOf(tx, ctx);
  const purchaseOrder = await findPurchaseOrder(tx, tenant.id);
  const before = { statement: known?.statement ?? null, wasIssued: known !== null && known.summary.issuedAt !== null };
  return freezeStatement(record, { seller, purchaseOrder }, before);
}

/** The instant of the newest failure; a repeated picture of the same failure keeps the instant it was first seen at. */
function failedAt(record: InvoiceRecord, known: StoredInvoice | null, sourceAt: Date): Date | null {
  if (!hasFailed(record)) return null;
  const seen = known?.attemptCount === record.attemptCount ? known.paymentFailedAt : null;
  return seen ?? sourceAt;
}

/** A draft of a renewal and an invoice of ours carry a number we gave away; any other invoice gets one here. */
async function numberOf(
  tx: DatabaseTransaction,
  tenant: Tenant,
  record: InvoiceRecord,
  stripeInvoiceId: string,
): Promise<string> {
  if (record.number !== null && (await isReserved(tx, tenant.id, record.number))) return record.number;
  const { createdAt } = record;
  return reserveNumber(tx, { tenantId: tenant.id, slug: tenant.slug, createdAt, owner: stripeInvoiceId });
}

interface Explained {
  lines: ExplainedLine[];
  /** The plan that its lines sell; null where they only sell what a plan has beside it. */
  soldPlan: string | null;
}

async function explain(tx: DatabaseTransaction, tenant: Tenant, record: InvoiceRecord): Promise<Explained> {
  const charges = await chargesOf(tx, tenant, record);
  await attachCharges(tx, tenant, record, charges);
  const planNames = await planNamesOf(tx, record);
  const { inForce, retired } = await loadMeters(tx);
  const overage = new Map(charges.map((charge) => [charge.id, explanation(charge)]));
  const meterOrder = [...inForce, ...retired].map((meter) => meter.key);
  const lines = explainLines(record.lines, { currency: record.currency, planNames, overage, meterOrder });
  return { lines, soldPlan: await soldPlanOf(tx, record, planNames) };
}

/** An overage charge as a line's explanation. */
function explanation(charge: OverageCharge) {
  return {
    meterKey: charge.meterKey,
    quantity: decimal(charge.quantity).toFixed(),
    unitPrice: charge.unitPrice === null ? null : decimal(charge.unitPrice).toFixed(),
    details: charge.details,
    overageChargeId: charge.id,
  };
}

async function chargesOf(tx: DatabaseTransaction, tenant: Tenant, record: InvoiceRecord): Promise<OverageCharge[]> {
  const ids = record.lines.flatMap((line) => line.metadata[OVERAGE_CHARGE_ID] ?? []);
  return ids.length === 0 ? [] : findCharges(tx, tenant.id, ids);
}

async function attachCharges(
  tx: DatabaseTransaction,
  tenant: Tenant,
  record: InvoiceRecord,
  charges: readonly OverageCharge[],
): Promise<void> {
  const { stripeInvoiceId } = record;
  for (const charge of charges) {
    if (charge.stripeInvoiceId === stripeInvoiceId && charge.stripeInvoiceItemId !== null) continue;
    const line = record.lines.find(({ metadata }) => metadata[OVERAGE_CHARGE_ID] === charge.id);
    const stripeInvoiceItemId = line?.stripeInvoiceItemId ?? charge.stripeInvoiceItemId;
    await attachCharge(tx, { tenantId: tenant.id, chargeId: charge.id, stripeInvoiceItemId, stripeInvoiceId });
  }
}

async function planNamesOf(tx: DatabaseTransaction, record: InvoiceRecord): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const priceIds = new Set(record.lines.flatMap((line) => line.stripePriceId ?? []));
  for (const priceId of priceIds) {
    const version = await findPlanVersionByPrice(tx, priceId);
    if (version) names.set(priceId, version.name);
  }
  return names;
}

/** The plan of a new period, or that a change went to; additional seats tell it too. */
async function soldPlanOf(
  tx: DatabaseTransaction,
  record: InvoiceRecord,
  planNames: ReadonlyMap<string, string>,
): Promise<string | null> {
  const flat = record.lines.filter((line) => line.source === "subscription" && !line.proration);
  const sold = [...flat, ...record.lines.filter(({ amountMinor }) => amountMinor > 0n)];
  for (const { stripePriceId } of sold) {
    const name = planNames.get(stripePriceId ?? "");
    if (name !== undefined) return name;
  }
  for (const { stripePriceId } of sold) {
    const version = stripePriceId === null ? null : await findPlanVersionBySeatPrice(tx, stripePriceId);
    if (version) return version.name;
  }
  return null;
}

async function subscribedPlan(tx: DatabaseTransaction, tenant: Tenant, record: InvoiceRecord): Promise<string | null> {
  if (record.stripeSubscriptionId === null) return null;
  const subscription = await findSubscription(tx, tenant.id, record.stripeSubscriptionId);
  const version = subscription ? await findStoredPlanVersion(tx, subscription.planVersionId) : null;
  return version?.name ?? null;
}
