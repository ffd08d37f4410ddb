/**
 * A Stripe invoice with its lines as our record. Pure; all lines must be present before.
 *
 * Since basil the subscription stands in `parent`, taxes in lists, and the payment in `payments`, which is there only when
 * it was asked for. Line objects inside expanded invoices keep decimals as text, elsewhere the SDK makes objects of them.
 */
import type Stripe from "stripe";
import type { InvoiceStatus } from "@/billing/invoices/model";
import type { TaxPart } from "@/billing/kernel/tax";
import type { InvoiceLineRecord, InvoiceRecord } from "../gateway";
import { EXEMPTIONS, postalAddress, purchaseOrderOf } from "./billing-details";
import { numberOfInvoice } from "./invoice-number";
import { decimalText, idOf, instant, minor, optionalId, optionalInstant, unknownValue, wordOf } from "./values";

const STATUSES: Readonly<Record<InvoiceStatus, true>> = {
  draft: true,
  open: true,
  paid: true,
  void: true,
  uncollectible: true,
};

/** What the rates on an invoice are called, by their ids. */
export type KnownRates = ReadonlyMap<string, Pick<Stripe.TaxRate, RateFields>>;
type RateFields = "display_name" | "jurisdiction" | "percentage" | "effective_percentage";

/** Translates an invoice; a preview has no id of its own. */
export function invoiceRecord(invoice: Stripe.Invoice, rates: KnownRates, lines = invoice.lines.data): InvoiceRecord {
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
    customer: customerOf(invoice),
    purchaseOrder: purchaseOrderOf(invoice.custom_fields),
    taxes: (invoice.total_taxes ?? []).map((tax) => taxPart(tax, rates)),
    discounts: (invoice.total_discount_amounts ?? []).map(discountOf),
    taxLocation: taxLocationOf(invoice.automatic_tax),
    finalizationError: invoice.last_finalization_error?.code ?? invoice.last_finalization_error?.type ?? null,
    lines: lines.map(lineRecord),
    metadata: invoice.metadata ?? {},
    testClockId: optionalId(invoice.test_clock),
  };
}

/** Whether the invoice is only a preview: nothing of it exists at Stripe. */
export function isPreview(invoice: Stripe.Invoice): boolean {
  return invoice.id === undefined || invoice.id === null || invoice.id.startsWith("upcoming_in");
}

/** The ids of the rates an invoice names. */
export function rateIds(invoice: Stripe.Invoice): string[] {
  const ids = (invoice.total_taxes ?? []).flatMap((tax) => tax.tax_rate_details?.tax_rate ?? []);
  return [...new Set(ids)];
}

function customerOf(invoice: Stripe.Invoice): InvoiceRecord["customer"] {
  const taxExempt = invoice.customer_tax_exempt ?? "none";
  return {
    name: invoice.customer_name,
    email: invoice.customer_email,
    phone: invoice.customer_phone,
    address: postalAddress(invoice.customer_address),
    taxExempt: wordOf(EXEMPTIONS, taxExempt, "a customer's exemption"),
    taxIds: (invoice.customer_tax_ids ?? []).flatMap(({ type, value }) => (value ? [{ type, value }] : [])),
  };
}

function taxPart(tax: Stripe.Invoice.TotalTax, rates: KnownRates): TaxPart {
  const rate = rates.get(tax.tax_rate_details?.tax_rate ?? "");
  return {
    name: rate?.display_name ?? "Tax",
    place: rate?.jurisdiction ?? null,
    percentage: decimalText(rate?.effective_percentage ?? rate?.percentage),
    taxableMinor: tax.taxable_amount === null ? null : minor(tax.taxable_amount),
    amountMinor: minor(tax.amount),
    isInclusive: tax.tax_behavior === "inclusive",
    reason: tax.taxability_reason,
  };
}

function discountOf({ amount, discount }: Stripe.Invoice.TotalDiscountAmount): InvoiceRecord["discounts"][number] {
  const coupon = typeof discount === "string" || discount.deleted === true ? null : discount.source.coupon;
  const name = coupon === null || typeof coupon === "string" ? null : (coupon.name ?? null);
  return { stripeDiscountId: idOf(discount), name, amountMinor: minor(amount) };
}

function taxLocationOf(tax: Stripe.Invoice.AutomaticTax): InvoiceRecord["taxLocation"] {
  if (!tax.enabled) return tax.disabled_reason?.includes("location") === true ? "given_up" : null;
  return tax.status === "requires_location_inputs" ? "missing" : "known";
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
