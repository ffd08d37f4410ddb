/** Every query on the mirrors of payment methods and payments, and on the ledger of both directions. */
import { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";

import type { ListPaymentsInput, PaymentMethodView, Transaction } from "./model";

/** A payment as the mirror has it. */
export type PaymentRow = Prisma.PaymentGetPayload<object>;

/** A payment method as the mirror has it. */
export type StoredMethod = Omit<PaymentMethodView, "expiry">;

/** A bank account that is not verified, as the mirror has it. */
export type VerificationRow = Prisma.BankVerificationGetPayload<object>;

/** Waits until nobody else converges this thing, until the transaction ends. */
export async function lockMirror(tx: DatabaseTransaction, what: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`;
}

/** A tenant's payment methods, the default first, then the newest. */
export async function findPaymentMethods(tx: DatabaseTransaction, tenantId: string): Promise<StoredMethod[]> {
  const rows = await tx.paymentMethod.findMany({
    where: { tenantId },
    orderBy: [{ isDefault: "desc" }, { createdAt: "desc" }, { stripePaymentMethodId: "asc" }],
  });
  return rows.map(({ tenantId: _tenant, syncedAt: _syncedAt, ...view }) => view);
}

/** Replaces a tenant's payment methods by what Stripe has. */
export async function replacePaymentMethods(
  tx: DatabaseTransaction,
  tenantId: string,
  methods: readonly StoredMethod[],
  syncedAt: Date,
): Promise<void> {
  await tx.paymentMethod.deleteMany({ where: { tenantId } });
  await tx.paymentMethod.createMany({ data: methods.map((method) => ({ ...method, tenantId, syncedAt })) });
}

/** The bank accounts of a tenant that are not verified, the newest first. */
export function findVerifications(tx: DatabaseTransaction, tenantId: string): Promise<VerificationRow[]> {
  return tx.bankVerification.findMany({ where: { tenantId }, orderBy: [{ createdAt: "desc" }] });
}

/** Replaces them by what Stripe has. A failed set-up no longer names its account, so what was known of it is kept. */
export async function replaceVerifications(
  tx: DatabaseTransaction,
  tenantId: string,
  records: ReadonlyArray<Omit<VerificationRow, "tenantId" | "syncedAt">>,
  syncedAt: Date,
): Promise<void> {
  const known = new Map((await findVerifications(tx, tenantId)).map((row) => [row.stripeSetupIntentId, row]));
  await tx.bankVerification.deleteMany({ where: { tenantId } });
  await tx.bankVerification.createMany({
    data: records.map((record) => {
      const before = known.get(record.stripeSetupIntentId);
      const bankName = record.bankName ?? before?.bankName ?? null;
      return { ...record, bankName, last4: record.last4 ?? before?.last4 ?? null, tenantId, syncedAt };
    }),
  });
}

/** A payment; null when we have none. */
export function findPayment(
  tx: DatabaseTransaction,
  tenantId: string,
  stripePaymentIntentId: string,
): Promise<PaymentRow | null> {
  const where = { tenantId_stripePaymentIntentId: { tenantId, stripePaymentIntentId } };
  return tx.payment.findUnique({ where });
}

/** Writes a payment. */
export async function savePayment(tx: DatabaseTransaction, row: PaymentRow): Promise<void> {
  const { tenantId, stripePaymentIntentId } = row;
  const where = { tenantId_stripePaymentIntentId: { tenantId, stripePaymentIntentId } };
  await tx.payment.upsert({ where, create: row, update: row });
}

/** A tenant's payments in a span, newest first. */
export function findPayments(tx: DatabaseTransaction, input: ListPaymentsInput): Promise<PaymentRow[]> {
  const { tenantId, from, to, limit } = input;
  return tx.payment.findMany({
    where: { tenantId, createdAt: { gte: from, lt: to } },
    orderBy: [{ createdAt: "desc" }, { stripePaymentIntentId: "desc" }],
    take: limit,
  });
}

/** Where a page of the ledger ended. */
export interface LedgerPlace {
  at: Date;
  id: string;
}

/** A line of the ledger as the rows have it. */
export interface LedgerRow {
  kind: Transaction["kind"];
  id: string;
  at: Date;
  status: Transaction["status"];
  amountMinor: bigint;
  currency: string;
  stripePaymentIntentId: string;
}

/** Payments and refunds of a tenant as one list, newest first; ids decide between things of one instant. */
export function findLedger(
  tx: DatabaseTransaction,
  input: { tenantId: string; from?: Date; to?: Date; after: LedgerPlace | null; limit: number },
): Promise<LedgerRow[]> {
  const { tenantId, from, to, after, limit } = input;
  const within = Prisma.sql`tenant_id = ${tenantId}
    ${from ? Prisma.sql`and created_at >= ${from}` : Prisma.empty}
    ${to ? Prisma.sql`and created_at < ${to}` : Prisma.empty}
    ${after ? Prisma.sql`and created_at <= ${after.at}` : Prisma.empty}`;
  return tx.$queryRaw<LedgerRow[]>`
    select kind, id, at, status, amount_minor as "amountMinor", currency, intent as "stripePaymentIntentId" from (
      select 'payment' as kind, stripe_payment_intent_id as id, created_at as at, status::text as status, amount_minor,
        currency, stripe_payment_intent_id as intent from payments where ${within}
      union all
      select 'refund', id, created_at, status::text, -amount_minor, currency, stripe_payment_intent_id
        from refunds where ${within}
    ) ledger
    ${after ? Prisma.sql`where (at, id) < (${after.at}, ${after.id})` : Prisma.empty}
    order by at desc, id desc limit ${limit}`;
}

/** The payments with these ids. */
export function findPaymentsById(
  tx: DatabaseTransaction,
  tenantId: string,
  ids: readonly string[],
): Promise<PaymentRow[]> {
  return tx.payment.findMany({ where: { tenantId, stripePaymentIntentId: { in: [...ids] } } });
}
