/** The ledger of a tenant: payments and refunds in one order, by whole days of the tenant's zone, page by page. */
import type { BillingContext } from "../context";
import { findInvoiceNumbers } from "../invoices";
import { BillingError } from "../kernel/errors";
import { resolveTenant } from "../tenants";
import { paymentText } from "./list-payments";
import type { ListTransactionsInput, Transaction, TransactionPage } from "./model";
import { paymentAdvice } from "./refusals";
import { daySpan } from "./rules-days";
import { refundableMinor } from "./rules-refunds";
import { findLedger, findPaymentsById, type LedgerPlace, type LedgerRow, type PaymentRow } from "./store";
import { findRefunds, type RefundRow } from "./store-refunds";

/** A page of the ledger, newest first. Throws `request.invalid` for a cursor that no page gave. */
export async function listTransactions(ctx: BillingContext, input: ListTransactionsInput): Promise<TransactionPage> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const db = ctx.db.prisma;
  const after = input.cursor === undefined ? null : readCursor(input.cursor);
  const span = daySpan({ from: input.from, to: input.to }, tenant.timeZone);
  const rows = await findLedger(db, { tenantId: tenant.id, ...span, after, limit: input.limit + 1 });
  const page = rows.slice(0, input.limit);
  const ids = [...new Set(page.map((row) => row.stripePaymentIntentId))];
  const payments = await findPaymentsById(db, tenant.id, ids);
  const facts: LedgerFacts = {
    payments: new Map(payments.map((payment) => [payment.stripePaymentIntentId, payment])),
    refunds: await findRefunds(db, tenant.id, ids),
    invoiceNumbers: await findInvoiceNumbers(
      db,
      tenant.id,
      payments.flatMap((payment) => payment.stripeInvoiceId ?? []),
    ),
  };
  const last = page.at(-1);
  return {
    transactions: page.map((row) => transactionOf(row, facts)),
    nextCursor: rows.length > page.length && last ? cursorOf(last) : null,
  };
}

interface LedgerFacts {
  payments: ReadonlyMap<string, PaymentRow>;
  refunds: readonly RefundRow[];
  invoiceNumbers: ReadonlyMap<string, string>;
}

function transactionOf(row: LedgerRow, facts: LedgerFacts): Transaction {
  const payment = facts.payments.get(row.stripePaymentIntentId);
  const invoiceNumber = facts.invoiceNumbers.get(payment?.stripeInvoiceId ?? "") ?? null;
  const text = payment ? paymentText(payment, invoiceNumber) : "Payment";
  const own = facts.refunds.filter((refund) => refund.stripePaymentIntentId === row.stripePaymentIntentId);
  const shared = {
    ...row,
    // A refund under way has left already: it is no longer the house's.
    movedMinor:
      row.status === "succeeded" || (row.kind === "refund" && row.status === "pending") ? row.amountMinor : 0n,
    invoiceNumber,
  };
  if (row.kind === "refund") {
    const refund = own.find(({ id }) => id === row.id);
    const advice = row.status === "failed" ? "The money came back. Refund it another way, or try again." : null;
    const description = `Refund of ${text}`;
    return { ...shared, description, refundableMinor: 0n, reason: refund?.reason ?? null, advice };
  }
  const failed = payment?.status === "failed";
  return {
    ...shared,
    description: text,
    refundableMinor: payment ? refundableMinor(payment, own) : 0n,
    reason: null,
    advice: failed ? paymentAdvice(payment) : null,
  };
}

function cursorOf({ at, id }: LedgerRow): string {
  return Buffer.from(`${at.getTime()}:${id}`).toString("base64url");
}

function readCursor(cursor: string): LedgerPlace {
  const [, time, id] = /^(\d{1,15}):([\w-]{1,255})$/.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (time !== undefined && id !== undefined) return { at: new Date(Number(time)), id };
  throw new BillingError("invalid", "request.invalid", "The cursor is not one that a page ended with.", {
    details: { param: "cursor" },
  });
}
