/**
 * A Stripe invoice with its lines as our record. Pure; all lines must be present before.
 *
 * Since basil the subscription stands in `parent`, taxes in lists, and the payment in `payments`, which is there only when
 * it was asked for. Line objects inside expanded invoices keep decimals as text, elsewhere the SDK makes objects of them.
 */
import type Stripe from "stripe";
import type { InvoiceStatus } from "@/billing/invoices/model";
import type { InvoiceLineRecord, InvoiceRecord } from "../gateway";
import { numberOfInvoice } from "./invoice-number";
import { decimalText, instant, minor, optionalId, optionalInstant, unknownValue, wordOf } from "./values";

const STATUSES: Readonly<Record<InvoiceStatus, true>> = {
  draft: true,
  open: true,
  paid: true,
  void: true,
  uncollectible: true,
};

/** Translates an invoice; a preview has no id of its own. */
export function invoiceRecord(invoice: Stripe.Invoice, lines = invoice.lines.data): InvoiceRecord {
  const customer = optionalId(invoice.customer);
  if (customer === null) throw unknownValue("an invoice's customer", invoice.id);
  const preview = isPreview(invoice);
  return {
    stripeInvoiceId: preview ? null : invoice.id,
    stripeCustomerId: customer,
    stripeSubscriptionId: optionalId(invoice.parent?.subscription_details?.subscription),
    status: wordOf(STATUSES, invoice.status ?? "draft", "an invoice's status"),
    billingReason: invoice.billing_reason ?? "manual",
    number: numberOfInvoice(invoice),
    currency: invoice.currency,
    subtotalMinor: minor(invoice.subtotal),
    discountMinor: sum(invoice.total_discount_amounts),
    taxMinor: sum(invoice.total_taxes),
    totalMinor: minor(invoice.total),
    amountDueMinor: minor(invoice.amount_due),
    amountPaidMinor: minor(invoice.amount_paid),
    startingBalanceMinor: minor(invoice.starting_balance),
    endingBalanceMinor: invoice.ending_balance === null ? null : minor(invoice.ending_balance),
    createdAt: instant(invoice.created),
    periodStartAt: instant(invoice.period_start),
    periodEndAt: instant(invoice.period_end),
    finalizedAt: optionalInstant(invoice.status_transitions.finalized_at),
    paidAt: optionalInstant(invoice.status_transitions.paid_at),
    voidedAt: optionalInstant(invoice.status_transitions.voided_at),
    attemptCount: invoice.attempt_count,
    attempted: invoice.attempted,
    nextPaymentAttemptAt: optionalInstant(invoice.next_payment_attempt),
    stripePaymentIntentId: paymentIntentOf(invoice),
    lines: lines.map(lineRecord),
    metadata: invoice.metadata ?? {},
    testClockId: optionalId(invoice.test_clock),
  };
}

/** Whether the invoice is only a preview: nothing of it exists at Stripe. */
export function isPreview(invoice: Stripe.Invoice): boolean {
  return invoice.id === undefined || invoice.id === null || invoice.id.startsWith("upcoming_in");
}

function lineRecord(line: Stripe.InvoiceLineItem): InvoiceLineRecord {
  const ofSubscription = line.parent?.subscription_item_details ?? null;
  const ofItem = line.parent?.invoice_item_details ?? null;
  return {
    stripeLineId: line.id,
    description: line.description ?? "",
    amountMinor: minor(line.amount),
    taxMinor: sum(line.taxes),
    quantity: decimalText(line.quantity_decimal ?? line.quantity) ?? "1",
    unitAmountMinor: decimalText(line.pricing?.unit_amount_decimal),
    periodStartAt: instant(line.period.start),
    periodEndAt: instant(line.period.end),
    proration: ofSubscription?.proration ?? ofItem?.proration ?? false,
    source: line.parent?.type === "subscription_item_details" ? "subscription" : "item",
    stripePriceId: optionalId(line.pricing?.price_details?.price),
    stripeInvoiceItemId: ofItem?.invoice_item ?? ofSubscription?.invoice_item ?? null,
    metadata: line.metadata,
  };
}

/** The default payment's intent, or the newest other one; null before finalisation or when nothing was due. */
function paymentIntentOf(invoice: Stripe.Invoice): string | null {
  const payments = (invoice.payments?.data ?? []).filter((payment) => payment.payment.type === "payment_intent");
  const chosen =
    payments.find((payment) => payment.status === "paid") ??
    payments.find((payment) => payment.is_default) ??
    payments[0];
  return optionalId(chosen?.payment.payment_intent);
}

function sum(parts: ReadonlyArray<{ amount: number }> | null): bigint {
  return (parts ?? []).reduce((total, part) => total + minor(part.amount), 0n);
}
