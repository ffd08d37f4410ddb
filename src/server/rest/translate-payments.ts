/** Payment methods, payments and refunds as bodies of the REST API. Pure. */
import type { z } from "zod";
import { decimal } from "@/billing/kernel/decimal";
import { currencyExponent, fromMajor, toMajorNumber } from "@/billing/kernel/money";
import type { PaymentMethodView, PaymentProcessed, RefundView, Transaction } from "@/billing/payments/model";
import type * as schemas from "./schemas-payments";
import { timeText } from "./translate";

/** A payment method. */
export function paymentMethodBody(method: PaymentMethodView): z.output<typeof schemas.paymentMethodBodySchema> {
  return {
    id: method.stripePaymentMethodId,
    type: method.type,
    brand: method.brand,
    bank_name: method.bankName,
    last4: method.last4,
    exp_month: method.expiryMonth,
    exp_year: method.expiryYear,
    expiry: method.expiry,
    is_default: method.isDefault,
    created_at: timeText(method.createdAt),
  };
}

/** A payment and what the browser needs to go on with it. */
export function paymentBody({ payment, confirmation }: PaymentProcessed): z.output<typeof schemas.paymentBodySchema> {
  const money = (minor: bigint) => toMajorNumber(minor, payment.currency);
  return {
    id: payment.stripePaymentIntentId,
    status: payment.status,
    amount: money(payment.amountMinor),
    amount_captured: money(payment.amountCapturedMinor),
    amount_refunded: money(payment.amountRefundedMinor),
    currency: payment.currency,
    description: payment.description,
    invoice_number: payment.invoiceNumber,
    created_at: timeText(payment.createdAt),
    client_secret: confirmation?.clientSecret ?? null,
  };
}

/** A refund. */
export function refundBody(refund: RefundView): z.output<typeof schemas.refundBodySchema> {
  return {
    id: refund.id,
    payment_id: refund.stripePaymentIntentId,
    amount: toMajorNumber(refund.amountMinor, refund.currency),
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    failure_code: refund.failureCode,
    created_at: timeText(refund.createdAt),
  };
}

/** A line of the ledger. */
export function transactionBody(line: Transaction): z.output<typeof schemas.transactionBodySchema> {
  return {
    id: line.id,
    kind: line.kind,
    date: timeText(line.at),
    status: line.status,
    amount: toMajorNumber(line.amountMinor, line.currency),
    moved: toMajorNumber(line.movedMinor, line.currency),
    currency: line.currency,
    description: line.description,
    payment_id: line.stripePaymentIntentId,
    invoice_number: line.invoiceNumber,
    reason: line.reason,
    advice: line.advice,
  };
}

/** Minor units of an amount; null when it has more digits than the currency keeps. */
export function minorOf(amount: number, currency: string): bigint | null {
  return decimal(amount).decimalPlaces() > currencyExponent(currency) ? null : fromMajor(amount, currency);
}
