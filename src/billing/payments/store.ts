/** Every query on the mirrors of payment methods and payments. */
import type { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import type { ListPaymentsInput, PaymentMethodView } from "./model";

/** A payment as the mirror has it. */
export type PaymentRow = Prisma.PaymentGetPayload<object>;

/** Waits until nobody else converges this thing, until the transaction ends. */
export async function lockMirror(tx: DatabaseTransaction, what: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`;
}

/** A tenant's payment methods, the default first, then the newest. */
export async function findPaymentMethods(tx: DatabaseTransaction, tenantId: string): Promise<PaymentMethodView[]> {
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
  methods: readonly PaymentMethodView[],
  syncedAt: Date,
): Promise<void> {
  await tx.paymentMethod.deleteMany({ where: { tenantId } });
  await tx.paymentMethod.createMany({ data: methods.map((method) => ({ ...method, tenantId, syncedAt })) });
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
