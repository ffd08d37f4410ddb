/** Telling a tenant that an invoice could not be collected, once per try. */
import type { InvoiceRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import type { InvoiceSummary } from "../invoices";
import { authenticationRequiredLetter, paymentFailedLetter, queueMail } from "../notifications";
import { declineAdvice } from "../payments";
import type { Tenant } from "../tenants";

/** The invoice as Stripe has it and as we show it, and whose it is. */
export interface UnpaidNotice {
  tenant: Tenant;
  record: InvoiceRecord;
  invoice: InvoiceSummary;
}

/**
 * Queues the letter about the newest failed try of an invoice that is still open. Returns whether there was one to tell of;
 * the same try is never told twice.
 *
 * A first invoice is paid by somebody who sits before the checkout and has just read why the card failed.
 */
export async function noticeUnpaid(ctx: BillingContext, notice: UnpaidNotice): Promise<boolean> {
  const { tenant, record, invoice } = notice;
  if (record.status !== "open" || !record.attempted || record.billingReason === "subscription_create") return false;
  const { stripePaymentIntentId } = record;
  const payment = stripePaymentIntentId === null ? null : await ctx.stripe.fetchPayment(stripePaymentIntentId);
  if (payment?.status === "processing" || payment?.status === "succeeded") return false;
  const wantsPerson =
    payment?.status === "requires_action" ||
    [payment?.failureCode, payment?.declineCode].includes("authentication_required");
  const portal = `${ctx.settings.publicUrl}/t/${tenant.slug}`;
  const facts = {
    tenantName: tenant.name,
    invoiceNumber: invoice.number,
    amountDueMinor: record.amountDueMinor,
    currency: record.currency,
    advice: payment === null ? null : declineAdvice(payment.failureCode, payment.declineCode),
    nextAttemptAt: record.nextPaymentAttemptAt,
    timeZone: tenant.timeZone,
    link: wantsPerson ? `${portal}/invoices/${invoice.number}` : `${portal}/payment-methods`,
  };
  return queueMail(ctx.db.prisma, {
    kind: wantsPerson ? "authentication_required" : "payment_failed",
    recipient: tenant.billingEmail,
    recipientTenantId: tenant.id,
    dedupeKey: `unpaid:${record.stripeInvoiceId}:${record.attemptCount}`,
    ...(wantsPerson ? authenticationRequiredLetter(facts) : paymentFailedLetter(facts)),
  });
}
