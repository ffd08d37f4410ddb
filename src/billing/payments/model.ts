/** Words of the payments slice. */
import { z } from "zod";

/** How a payment stands. */
export const PAYMENT_STATUSES = [
  "processing",
  "requires_action",
  "requires_payment_method",
  "succeeded",
  "failed",
  "canceled",
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** A payment method as it may be shown. */
export interface PaymentMethodView {
  stripePaymentMethodId: string;
  type: string;
  brand: string | null;
  last4: string | null;
  expiryMonth: number | null;
  expiryYear: number | null;
  isDefault: boolean;
  createdAt: Date;
}

/** A payment in the list of transactions. */
export interface PaymentView {
  stripePaymentIntentId: string;
  stripeInvoiceId: string | null;
  invoiceNumber: string | null;
  status: PaymentStatus;
  amountMinor: bigint;
  amountRefundedMinor: bigint;
  currency: string;
  description: string;
  failureCode: string | null;
  declineCode: string | null;
  /** Advice a person can follow, made from the decline code. */
  failureAdvice: string | null;
  createdAt: Date;
}

/** Input of the verbs that act on one payment method. */
export const paymentMethodInputSchema = z.strictObject({
  tenantId: z.string().min(1),
  paymentMethodId: z.string().min(1),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type PaymentMethodInput = z.infer<typeof paymentMethodInputSchema>;

/** Input of `addPaymentMethod`. */
export const addPaymentMethodSchema = paymentMethodInputSchema.extend({ makeDefault: z.boolean() });
export type AddPaymentMethodInput = z.infer<typeof addPaymentMethodSchema>;

/** Which payments to list, newest first; `from` belongs to the span, `to` does not. */
export interface ListPaymentsInput {
  tenantId: string;
  from?: Date;
  to?: Date;
  limit: number;
}
