/** Why an invoice could not be collected, asked of its payment at Stripe: events about the payment may not have come yet. */
import type { InvoiceRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { declineAdvice } from "../payments";
import type { PaymentFailure } from "./model";

/** What there is to say when nothing has failed. */
export const NOTHING_FAILED: PaymentFailure = { advice: null, wantsPerson: false, isUnderWay: false };

/** Why the newest try failed; `isUnderWay` when it has not failed but is still being decided. */
export async function failureOf(ctx: BillingContext, record: InvoiceRecord): Promise<PaymentFailure> {
  const { stripePaymentIntentId } = record;
  const payment = stripePaymentIntentId === null ? null : await ctx.stripe.fetchPayment(stripePaymentIntentId);
  if (payment === null) return NOTHING_FAILED;
  const { status, failureCode, declineCode } = payment;
  return {
    advice: declineAdvice(failureCode, declineCode),
    wantsPerson: status === "requires_action" || [failureCode, declineCode].includes("authentication_required"),
    isUnderWay: status === "processing" || status === "succeeded",
  };
}
