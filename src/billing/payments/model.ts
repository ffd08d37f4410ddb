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
  /** "card", "us_bank_account", "sepa_debit", … */
  type: string;
  /** A card's; null for bank accounts. */
  brand: string | null;
  /** Of an account that is debited; null for cards. */
  bankName: string | null;
  last4: string | null;
  expiryMonth: number | null;
  expiryYear: number | null;
  isDefault: boolean;
  createdAt: Date;
  /** Whether a card is over or soon will be; null for others and for bank accounts. */
  expiry: CardExpiry | null;
}

/** How soon a card ends, counted to the last day of its month. */
export type CardExpiry = "expired" | "within_30_days" | "within_60_days";

/** A bank account that is no payment method yet: two small deposits, or one with a code, have to be told back. */
export interface BankVerificationView {
  stripeSetupIntentId: string;
  state: "pending" | "failed";
  bankName: string | null;
  last4: string | null;
  /** What to read off the statement; null once it failed. */
  depositType: "amounts" | "descriptor_code" | null;
  /** When the deposits are there; null once it failed. */
  arrivesAt: Date | null;
  /** When the chance to verify it ends. */
  expiresAt: Date;
  /** What to do about a failure; null while pending. */
  advice: string | null;
  createdAt: Date;
}

/** What the portal points out about how a tenant pays. */
export interface PaymentAttention {
  /** The default card, when it is over or ends within 60 days. */
  expiring: PaymentMethodView | null;
  /** Bank accounts that wait for their deposits to be told back. */
  unverifiedCount: number;
}

/** A payment in the list of transactions. */
export interface PaymentView {
  stripePaymentIntentId: string;
  stripeInvoiceId: string | null;
  invoiceNumber: string | null;
  status: PaymentStatus;
  amountMinor: bigint;
  amountCapturedMinor: bigint;
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

/** Input of `verifyBankAccount`: the two amounts, or the code, from the bank statement. */
export const verifyBankAccountSchema = z.strictObject({
  tenantId: z.string().min(1),
  setupIntentId: z.string().min(1).max(255),
  answer: z.union([
    z.strictObject({ amountsMinor: z.tuple([z.int().min(1).max(99), z.int().min(1).max(99)]) }),
    z.strictObject({
      descriptorCode: z
        .string()
        .trim()
        .toUpperCase()
        .regex(/^SM[0-9A-Z]{4}$/, "Six characters that begin with SM"),
    }),
  ]),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type VerifyBankAccountInput = z.infer<typeof verifyBankAccountSchema>;

/** Input of `abandonBankAccount`. */
export const abandonBankAccountSchema = verifyBankAccountSchema.omit({ answer: true });
export type AbandonBankAccountInput = z.infer<typeof abandonBankAccountSchema>;

const amountMinor = z.bigint().positive().max(99_999_999n);

/** Input of `processPayment`. */
export const processPaymentSchema = z.strictObject({
  tenantId: z.string().min(1),
  amountMinor,
  /** ISO 4217 in lower case. */
  currency: z.string().regex(/^[a-z]{3}$/, "Three lower case letters"),
  description: z.string().trim().min(1).max(500),
  /** A saved method; null: the default one. */
  paymentMethodId: z.string().min(1).max(255).nullable(),
  /** Whether somebody sits before a browser and can answer the bank. */
  onSession: z.boolean(),
  requestId: z.string().min(1).max(255),
  reason: z.string().trim().min(1).max(500),
});
export type ProcessPaymentInput = z.infer<typeof processPaymentSchema>;

/** A payment that was made or begun, and what the browser has to do for it. */
export interface PaymentProcessed {
  payment: PaymentView;
  confirmation: { clientSecret: string; intent: "payment" | "setup" } | null;
}

/** Input of `refundPayment`. */
export const refundPaymentSchema = z.strictObject({
  tenantId: z.string().min(1),
  /** Stripe's id of the payment. */
  paymentId: z.string().min(1).max(255),
  /** Null: all that is left. */
  amountMinor: amountMinor.nullable(),
  requestId: z.string().min(1).max(255),
  reason: z.string().trim().min(1).max(500),
});
export type RefundPaymentInput = z.infer<typeof refundPaymentSchema>;

/** `requested`: asked for here, Stripe has not answered; `pending`: on its way to the card or bank. */
export const REFUND_STATUSES = ["requested", "pending", "succeeded", "failed", "canceled"] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Money given back. */
export interface RefundView {
  id: string;
  /** Null until Stripe has answered. */
  stripeRefundId: string | null;
  stripePaymentIntentId: string;
  amountMinor: bigint;
  currency: string;
  status: RefundStatus;
  reason: string;
  /** What a credit note takes back of the invoice it had paid; null where there is none. */
  creditedMinor: bigint | null;
  /** The tax in it. */
  creditedTaxMinor: bigint | null;
  /** Stripe's word for why it failed; null otherwise. */
  failureCode: string | null;
  createdAt: Date;
}

/** Input of `previewRefund`. */
export const previewRefundSchema = refundPaymentSchema.omit({ requestId: true, reason: true });
export type PreviewRefundInput = z.infer<typeof previewRefundSchema>;

/** What a refund would do. */
export interface RefundPreview {
  amountMinor: bigint;
  currency: string;
  /** Null for a payment of no invoice. */
  invoiceNumber: string | null;
  /** What a credit note would take back of the invoice, and the tax in it; null where none would be made. */
  credit: { totalMinor: bigint; taxMinor: bigint } | null;
}

const day = z.iso.date();

/** Which transactions to list: whole days of the tenant's zone, both included, newest first. */
export const listTransactionsSchema = z.strictObject({
  tenantId: z.string().min(1),
  from: day.optional(),
  to: day.optional(),
  limit: z.int().min(1).max(200),
  /** Where the page before ended; what `nextCursor` said. */
  cursor: z.string().max(400).optional(),
});
export type ListTransactionsInput = z.infer<typeof listTransactionsSchema>;

/** A line of the ledger: a payment, or money given back. */
export interface Transaction {
  kind: "payment" | "refund";
  id: string;
  at: Date;
  status: PaymentStatus | RefundStatus;
  /** Positive for payments, negative for refunds, whatever came of them. */
  amountMinor: bigint;
  /** What moved: the amount when it came in or went out, zero while it waits and when it failed. */
  movedMinor: bigint;
  currency: string;
  description: string;
  stripePaymentIntentId: string;
  invoiceNumber: string | null;
  /** What may still be given back; zero for refunds. */
  refundableMinor: bigint;
  /** Why a refund was made; null for payments. */
  reason: string | null;
  /** What to do about a failure; null when there is none. */
  advice: string | null;
}

/** A page of the ledger. */
export interface TransactionPage {
  transactions: Transaction[];
  /** Null at the end. */
  nextCursor: string | null;
}

/** Which payments to list, newest first; `from` belongs to the span, `to` does not. */
export interface ListPaymentsInput {
  tenantId: string;
  from?: Date;
  to?: Date;
  limit: number;
}
