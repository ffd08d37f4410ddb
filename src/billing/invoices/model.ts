/** Words of the invoices slice: statuses as Stripe has them, views for pages, PDF and REST. */
import { z } from "zod";
import type { OverageDetail } from "../pricing";
import type { InvoiceProblem, InvoiceStatement } from "./model-statement";

/** Stripe's invoice statuses. */
export const INVOICE_STATUSES = ["draft", "open", "paid", "void", "uncollectible"] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** What a line pays for. */
export type InvoiceLineKind = "plan" | "overage" | "proration" | "other";

/** A line, with the facts that explain it. */
export interface InvoiceLineView {
  kind: InvoiceLineKind;
  description: string;
  /** Exact decimal text. */
  quantity: string;
  /** Exact decimal text in major units; null where a line has no unit price. */
  unitPrice: string | null;
  amountMinor: bigint;
  taxMinor: bigint;
  meterKey: string | null;
  overageChargeId: string | null;
  /** How an overage line's amount came to be: its rows add up to it before it is rounded, once. Empty for other lines. */
  details: OverageDetail[];
  periodStartAt: Date;
  periodEndAt: Date;
}

/** An invoice in a list. */
export interface InvoiceSummary {
  id: string;
  tenantId: string;
  number: string;
  status: InvoiceStatus;
  /** Open, and the newest attempt to collect it failed; not while the upgrade it is for waits for the cardholder. */
  paymentFailed: boolean;
  billingReason: string;
  planName: string | null;
  currency: string;
  subtotalMinor: bigint;
  discountMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  amountDueMinor: bigint;
  amountPaidMinor: bigint;
  balanceAppliedMinor: bigint;
  periodStartAt: Date;
  periodEndAt: Date;
  createdAt: Date;
  issuedAt: Date | null;
  dueAt: Date;
  paidAt: Date | null;
  nextPaymentAttemptAt: Date | null;
  /** What is in the way of its taxes or of issuing it; null when nothing is. */
  problem: InvoiceProblem | null;
}

/** An invoice with everything a person needs to check it. */
export interface InvoiceDetail
  extends InvoiceSummary,
    Pick<InvoiceStatement, "seller" | "customer" | "purchaseOrder" | "taxes" | "discounts"> {
  lines: InvoiceLineView[];
  tenantName: string;
  tenantSlug: string;
  billingEmail: string;
  taxName: string;
  /** Payments made or tried for it, newest first; with what to do about one that failed. */
  payments: Array<{ createdAt: Date; status: string; amountMinor: bigint; advice: string | null }>;
  /** What went back of it, newest first. */
  givenBack: GivenBack[];
}

/** Money that went back of an invoice, and the document that says so. */
export interface GivenBack {
  id: string;
  createdAt: Date;
  amountMinor: bigint;
  /** How the refund stands; null where the money did not go to a card or bank. */
  refundStatus: "requested" | "pending" | "succeeded" | "failed" | "canceled" | null;
  /** Null where another document says it: the final invoice of a plan that ended. */
  creditNote: { number: string; totalMinor: bigint; taxMinor: bigint } | null;
}

/** The next renewal as it would be now; the same numbers the invoice will have if nothing more happens. */
export interface UpcomingInvoice {
  tenantId: string;
  currency: string;
  /** When it will be made. */
  renewsAt: Date;
  dueAt: Date;
  periodStartAt: Date;
  periodEndAt: Date;
  lines: InvoiceLineView[];
  subtotalMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  amountDueMinor: bigint;
  computedAt: Date;
}

/** Input of `generateInvoice`: bills the unbilled overage of the running period now. */
export const generateInvoiceSchema = z.strictObject({
  tenantId: z.string().min(1),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type GenerateInvoiceInput = z.infer<typeof generateInvoiceSchema>;

/** Input of `payInvoice`: another try to collect an open invoice. */
export const payInvoiceSchema = z.strictObject({
  tenantId: z.string().min(1),
  /** Our id or the number. */
  invoiceId: z.string().min(1),
  /** Null charges the default. */
  paymentMethodId: z.string().min(1).nullable(),
  requestId: z.string().min(1).max(255),
  reason: z.string().min(1).max(500),
});
export type PayInvoiceInput = z.infer<typeof payInvoiceSchema>;

/** Which invoices to list: newest first. */
export interface ListInvoicesInput {
  tenantId: string;
  limit: number;
  /** Left out: every invoice that was issued. */
  status?: InvoiceStatus;
  /** Our id of the last invoice of the page before. */
  after?: string;
}

/** What a sync did to an invoice. */
export interface InvoiceSynced {
  before: InvoiceSummary | null;
  after: InvoiceSummary;
  /** A try to collect it failed that we had not seen fail before. */
  newlyFailed: boolean;
}
