/** Bodies about payment methods, payments, refunds and the ledger of both. */
import { z } from "@hono/zod-openapi";
import { amount, time } from "./schemas";

export const paymentMethodBodySchema = z
  .object({
    id: z.string().openapi({ example: "pm_1234" }),
    type: z.string().openapi({ example: "card" }),
    brand: z.string().nullable().openapi({ description: "Of a card" }),
    bank_name: z.string().nullable().openapi({ description: "Of a bank account" }),
    last4: z.string().nullable(),
    exp_month: z.number().nullable(),
    exp_year: z.number().nullable(),
    expiry: z.enum(["expired", "within_30_days", "within_60_days"]).nullable(),
    is_default: z.boolean(),
    created_at: time,
  })
  .openapi("PaymentMethod");

export const addPaymentMethodBodySchema = z
  .strictObject({ payment_method_id: z.string().min(1).max(255), make_default: z.boolean().default(false) })
  .openapi("AddPaymentMethod");

export const setDefaultBodySchema = z.strictObject({ default: z.literal(true) }).openapi("SetDefaultPaymentMethod");

const tenantId = z
  .string()
  .min(1)
  .openapi({ description: "The tenant's id or slug; may be left out with a key of that tenant" });
const positiveAmount = z.number().positive().openapi({ description: "Money in major units", example: 25 });

export const createPaymentBodySchema = z
  .strictObject({
    tenant_id: tenantId.optional(),
    amount: positiveAmount,
    currency: z
      .string()
      .regex(/^[A-Za-z]{3}$/, "three letters")
      .optional()
      .openapi({ description: "The catalog's currency, which is the only one charged; may be left out" }),
    description: z.string().trim().min(1).max(500),
    payment_method_id: z
      .string()
      .min(1)
      .max(255)
      .nullish()
      .openapi({ description: "Saved; left out: the default one" }),
    on_session: z
      .boolean()
      .default(false)
      .openapi({ description: "true: a bank that asks gives a client_secret for the browser instead of a refusal" }),
  })
  .openapi("CreatePayment");

export const paymentBodySchema = z
  .object({
    id: z.string().openapi({ example: "pi_1234" }),
    status: z.enum(["processing", "requires_action", "requires_payment_method", "succeeded", "failed", "canceled"]),
    amount,
    amount_captured: amount,
    amount_refunded: amount,
    currency: z.string(),
    description: z.string(),
    invoice_number: z.string().nullable(),
    created_at: time,
    client_secret: z.string().nullable().openapi({ description: "For Stripe.js, while the bank asks; else null" }),
  })
  .openapi("Payment");

export const createRefundBodySchema = z
  .strictObject({
    tenant_id: tenantId.optional(),
    amount: positiveAmount.optional().openapi({ description: "Left out: all that is left" }),
    reason: z.string().trim().min(1).max(500),
  })
  .openapi("CreateRefund");

export const refundBodySchema = z
  .object({
    id: z.string(),
    payment_id: z.string(),
    amount,
    currency: z.string(),
    status: z.enum(["requested", "pending", "succeeded", "failed", "canceled"]),
    reason: z.string(),
    failure_code: z.string().nullable(),
    created_at: time,
  })
  .openapi("Refund");

export const transactionBodySchema = z
  .object({
    id: z.string(),
    kind: z.enum(["payment", "refund"]),
    date: time,
    status: z.string(),
    amount: amount.openapi({ description: "Positive for payments, negative for refunds" }),
    moved: amount.openapi({ description: "What really moved; 0 while it waits and when it failed" }),
    currency: z.string(),
    description: z.string(),
    payment_id: z.string(),
    invoice_number: z.string().nullable(),
    reason: z.string().nullable(),
    advice: z.string().nullable(),
  })
  .openapi("Transaction");

export const transactionPageBodySchema = z
  .object({ transactions: z.array(transactionBodySchema), next_cursor: z.string().nullable() })
  .openapi("TransactionPage");

const day = z.iso.date().openapi({ example: "2026-01-31" });

export const transactionQuerySchema = z
  .strictObject({
    tenant_id: tenantId.optional(),
    from: day.optional().openapi({ description: "First day, in the tenant's zone" }),
    to: day.optional().openapi({ description: "Last day, included" }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().min(1).max(400).optional(),
  })
  .superRefine(({ from, to }, context) => {
    if (from === undefined || to === undefined || from <= to) return;
    context.addIssue({ code: "custom", path: ["to"], message: "it lies before `from`" });
  });

export const paymentQuerySchema = z.strictObject({ tenant_id: tenantId.optional() });
