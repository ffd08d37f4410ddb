/**
 * Every query on the tables of invoices, their lines and their numbers. Reads the mirrors of payments and
 * subscriptions, never writes them.
 */
import type { Prisma } from "@/db/generated/client";
import type { DatabaseTransaction } from "@/db/transaction";
import { decimal } from "../kernel/decimal";
import { declineAdvice } from "../kernel/declines";
import { BillingError } from "../kernel/errors";
import { newId } from "../kernel/ids";
import { overageDetailSchema } from "../pricing";
import type { InvoiceDetail, InvoiceLineKind, InvoiceLineView, InvoiceSummary, ListInvoicesInput } from "./model";
import { type InvoiceStatement, invoiceStatementSchema } from "./model-statement";
import { invoiceMonth, invoiceNumber } from "./rules/number";
import { problemOf } from "./rules/statement";

type Row = Prisma.InvoiceGetPayload<object>;
type LineRow = Prisma.InvoiceLineGetPayload<object>;

/** An invoice together with what only the sync needs. */
export interface StoredInvoice {
  summary: InvoiceSummary;
  stripeInvoiceId: string;
  attemptCount: number;
  paymentFailedAt: Date | null;
  /** Null for invoices mirrored before statements were kept. */
  statement: InvoiceStatement | null;
  sourceAt: Date;
}

/** What a sync writes, apart from the lines. */
export type InvoiceWrite = Omit<Row, "id" | "statement"> & { statement: InvoiceStatement };

/** Waits until nobody else converges this invoice, until the transaction ends. */
export async function lockInvoice(tx: DatabaseTransaction, stripeInvoiceId: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`invoice:${stripeInvoiceId}`}, 0))`;
}

/** The invoice by Stripe's id; null when we have none. */
export async function findByStripeId(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeInvoiceId: string,
): Promise<StoredInvoice | null> {
  const where = { tenantId_stripeInvoiceId: { tenantId, stripeInvoiceId } };
  const row = await tx.invoice.findUnique({ where });
  return row ? toStored(row) : null;
}

/** An invoice in short by Stripe's id; null when we have none. */
export async function findInvoiceByStripeId(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeInvoiceId: string,
): Promise<InvoiceSummary | null> {
  return (await findByStripeId(tx, tenantId, stripeInvoiceId))?.summary ?? null;
}

/** Numbers of a tenant's invoices by Stripe's ids. */
export async function findInvoiceNumbers(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeInvoiceIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.invoice.findMany({
    where: { tenantId, stripeInvoiceId: { in: [...stripeInvoiceIds] } },
    select: { stripeInvoiceId: true, number: true },
  });
  return new Map(rows.map((row) => [row.stripeInvoiceId, row.number]));
}

/** Writes an invoice and replaces its lines. Returns it as it then is. */
export async function saveInvoice(
  tx: DatabaseTransaction,
  write: InvoiceWrite,
  lines: ReadonlyArray<InvoiceLineView & { stripeLineId: string }>,
): Promise<InvoiceSummary> {
  const { tenantId, stripeInvoiceId } = write;
  const data = { ...write, statement: storedStatement(write.statement) };
  const row = await tx.invoice.upsert({
    where: { tenantId_stripeInvoiceId: { tenantId, stripeInvoiceId } },
    create: { ...data, id: newId("inv") },
    update: data,
  });
  await tx.invoiceLine.deleteMany({ where: { tenantId, invoiceId: row.id } });
  await tx.invoiceLine.createMany({
    data: lines.map((line, position) => ({ ...line, tenantId, invoiceId: row.id, position })),
  });
  return toStored(row).summary;
}

/**
 * Gives away the next number of the month, or the one that the owner was given before. Calls that race get different
 * numbers without waiting for each other: the loser of a number tries the next.
 */
export async function reserveNumber(
  tx: DatabaseTransaction,
  request: { tenantId: string; slug: string; createdAt: Date; owner: string },
): Promise<string> {
  const { tenantId, slug, owner } = request;
  const month = invoiceMonth(request.createdAt);
  for (;;) {
    const owned = await tx.invoiceNumber.findUnique({ where: { tenantId_owner: { tenantId, owner } } });
    if (owned) return owned.number;
    const given = await tx.invoiceNumber.aggregate({ where: { tenantId, month }, _max: { sequence: true } });
    const sequence = (given._max.sequence ?? 0) + 1;
    const data = { tenantId, number: invoiceNumber(month, slug, sequence), month, sequence, owner };
    await tx.invoiceNumber.createMany({ data, skipDuplicates: true });
  }
}

/** Whether we gave that number away. */
export async function isReserved(tx: DatabaseTransaction, tenantId: string, number: string): Promise<boolean> {
  return (await tx.invoiceNumber.findUnique({ where: { tenantId_number: { tenantId, number } } })) !== null;
}

/**
 * Invoices of a tenant, newest first. Drafts (unless they wait for an address) and abandoned first invoices
 * are listed only when asked for by status.
 */
export async function findInvoices(tx: DatabaseTransaction, input: ListInvoicesInput): Promise<InvoiceSummary[]> {
  const { tenantId, status, after, limit } = input;
  const issued: Prisma.InvoiceWhereInput = {
    OR: [
      { status: { not: "draft" } },
      // A draft that waits for an address is news to its reader.
      { statement: { path: ["finalizationError"], equals: "customer_tax_location_invalid" } },
    ],
    NOT: { status: "void", billingReason: "subscription_create" },
  };
  const rows = await tx.invoice.findMany({
    where: { tenantId, ...(status ? { status } : issued) },
    // Two invoices of one second: the one numbered later is the newer one.
    orderBy: [{ createdAt: "desc" }, { number: "desc" }],
    take: limit,
    ...(after ? { cursor: { tenantId_id: { tenantId, id: after } }, skip: 1 } : {}),
  });
  const parked = await findParked(tx, tenantId);
  return rows.map((row) => read(row, parked).summary);
}

/** An invoice by our id or its number, with Stripe's id. Throws `invoice.not_found`. */
export async function getInvoiceRow(
  tx: DatabaseTransaction,
  tenantId: string,
  idOrNumber: string,
): Promise<StoredInvoice> {
  const row = await tx.invoice.findFirst({ where: { tenantId, OR: [{ id: idOrNumber }, { number: idOrNumber }] } });
  if (row) return read(row, await findParked(tx, tenantId));
  throw new BillingError("not_found", "invoice.not_found", "There is no such invoice.");
}

/** The lines of an invoice in order. */
export async function loadLines(
  tx: DatabaseTransaction,
  tenantId: string,
  invoiceId: string,
): Promise<InvoiceLineView[]> {
  const rows = await tx.invoiceLine.findMany({ where: { tenantId, invoiceId }, orderBy: { position: "asc" } });
  return rows.map(toLine);
}

/** The payments made or tried for an invoice, newest first. */
export async function loadInvoicePayments(
  tx: DatabaseTransaction,
  tenantId: string,
  stripeInvoiceId: string,
): Promise<InvoiceDetail["payments"]> {
  const rows = await tx.payment.findMany({
    where: { tenantId, stripeInvoiceId },
    orderBy: { createdAt: "desc" },
    select: { createdAt: true, status: true, amountMinor: true, failureCode: true, declineCode: true },
  });
  return rows.map(({ failureCode, declineCode, ...payment }) => ({
    ...payment,
    advice: payment.status === "failed" ? declineAdvice(failureCode, declineCode) : null,
  }));
}

function toLine(row: LineRow): InvoiceLineView {
  const { tenantId: _tenant, invoiceId: _invoice, position: _position, stripeLineId: _line, ...line } = row;
  return {
    ...line,
    kind: lineKind(row.kind),
    quantity: decimal(row.quantity).toFixed(),
    unitPrice: row.unitPrice === null ? null : decimal(row.unitPrice).toFixed(),
    details: overageDetailSchema.array().parse(row.details),
  };
}

/** Amounts become text, which JSON keeps exactly. */
function storedStatement(statement: InvoiceStatement): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(statement, (_key, value) => (typeof value === "bigint" ? value.toString() : value)));
}

function lineKind(text: string): InvoiceLineKind {
  switch (text) {
    case "plan":
    case "overage":
    case "proration":
    case "other":
      return text;
    default:
      throw new RangeError(`Unknown kind of invoice line: ${text}`);
  }
}

/** Subscriptions with an upgrade that waits for its bank. */
async function findParked(tx: DatabaseTransaction, tenantId: string): Promise<ReadonlySet<string>> {
  const where = { tenantId, pendingUpdateExpiresAt: { not: null } };
  const rows = await tx.subscription.findMany({ where, select: { stripeSubscriptionId: true } });
  return new Set(rows.map((row) => row.stripeSubscriptionId));
}

/** An invoice for people: Stripe has tried that of a parked upgrade, and what it waits for is the cardholder. */
function read(row: Row, parked: ReadonlySet<string>): StoredInvoice {
  const stored = toStored(row);
  const waits = row.billingReason === "subscription_update" && parked.has(row.stripeSubscriptionId ?? "");
  return waits ? { ...stored, summary: { ...stored.summary, paymentFailed: false } } : stored;
}

function toStored(row: Row): StoredInvoice {
  const {
    stripeInvoiceId,
    attemptCount,
    paymentFailedAt,
    sourceAt,
    syncedAt,
    stripeSubscriptionId,
    voidedAt,
    statement: stored,
    ...rest
  } = row;
  const statement = stored === null ? null : invoiceStatementSchema.parse(stored);
  return {
    summary: { ...rest, paymentFailed: paymentFailedAt !== null, problem: problemOf(row.status, statement) },
    stripeInvoiceId,
    attemptCount,
    paymentFailedAt,
    statement,
    sourceAt,
  };
}
