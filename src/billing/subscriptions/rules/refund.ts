/**
 * How the credit of an ended subscription goes back to the cards that paid for it.
 *
 * Worked example: 299.00 + 8 % = 322.92 was paid for a month and the subscription ends half-way: Stripe credits 161.46 on
 * the final invoice, and 161.46 of the 322.92 payment is refunded. What no card paid (an older credit did) stays credit.
 */
import { wholeSteps } from "../../kernel/money";

/** A payment of the subscription that money can be taken back from. */
export interface RefundablePayment {
  stripePaymentIntentId: string;
  capturedMinor: bigint;
  refundedMinor: bigint;
}

/** A part of a credit, and the payment it goes back through. */
export interface RefundPart {
  stripePaymentIntentId: string;
  amountMinor: bigint;
}

/**
 * Splits a credit over payments in the given order: never more than asked, nor than a payment still holds, and each part in
 * the steps its currency moves in. What is left over a step stays credit.
 */
export function allocateRefund(
  creditMinor: bigint,
  payments: readonly RefundablePayment[],
  currency: string,
): RefundPart[] {
  const parts: RefundPart[] = [];
  let leftMinor = creditMinor;
  for (const payment of payments) {
    let amountMinor = payment.capturedMinor - payment.refundedMinor;
    if (amountMinor > leftMinor) amountMinor = leftMinor;
    amountMinor = wholeSteps(amountMinor, currency);
    if (amountMinor <= 0n) continue;
    parts.push({ stripePaymentIntentId: payment.stripePaymentIntentId, amountMinor });
    leftMinor -= amountMinor;
  }
  return parts;
}

/** What goes back in all. */
export function refundedBy(parts: readonly RefundPart[]): bigint {
  return parts.reduce((sum, part) => sum + part.amountMinor, 0n);
}
