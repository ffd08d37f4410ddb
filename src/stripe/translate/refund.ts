/** A Stripe refund as our record. Pure. */
import type Stripe from "stripe";
import type { RefundRecord } from "../gateway";
import { instant, minor, optionalId, unknownValue } from "./values";

/** Translates a refund. */
export function refundRecord(refund: Stripe.Refund): RefundRecord {
  return {
    stripeRefundId: refund.id,
    stripePaymentIntentId: optionalId(refund.payment_intent),
    refundId: refund.metadata?.refund_id ?? null,
    amountMinor: minor(refund.amount),
    currency: refund.currency,
    status: refundStatus(refund.status),
    reason: refund.metadata?.reason ?? null,
    failureCode: refund.failure_reason ?? null,
    createdAt: instant(refund.created),
  };
}

/** A refund that waits for its receiver's bank details is on its way as well. */
function refundStatus(status: string | null): RefundRecord["status"] {
  switch (status) {
    case "pending":
    case "requires_action":
      return "pending";
    case "succeeded":
    case "failed":
    case "canceled":
      return status;
    default:
      throw unknownValue("a refund's status", String(status));
  }
}
