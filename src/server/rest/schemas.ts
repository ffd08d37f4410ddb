/**
 * Bodies of the REST API, field for field those of the first seed: snake_case, money as decimal numbers, `null` for
 * unlimited, times in RFC 3339 UTC. The same schemas make the OpenAPI document.
 */
import { z } from "@hono/zod-openapi";

const time = z.string().openapi({ format: "date-time", example: "2024-11-19T00:00:00Z" });
const amount = z.number().openapi({ description: "Money in major units, as a decimal number", example: 299 });

/** The cycles of the flat fee. */
export const billingCycleSchema = z.enum(["monthly", "annual"]);

export const planBodySchema = z
  .object({
    id: z.string().openapi({ example: "professional" }),
    name: z.string(),
    price_monthly: amount.nullable().openapi({ description: "null: the price is agreed with the customer" }),
    price_annual: amount.nullable(),
    max_users: z.number().nullable().openapi({ description: "null: without limit" }),
  })
  .catchall(z.unknown())
  .openapi("Plan");

export const createSubscriptionBodySchema = z
  .strictObject({
    tenant_id: z.string().min(1).openapi({ description: "The tenant's id or slug" }),
    plan: z.string().min(1),
    billing_cycle: billingCycleSchema.default("monthly"),
    payment_method_id: z
      .string()
      .min(1)
      .nullish()
      .openapi({ description: "Required for a paid plan unless one is saved" }),
  })
  .openapi("CreateSubscription");

export const updateSubscriptionBodySchema = z
  .strictObject({ plan: z.string().min(1), billing_cycle: billingCycleSchema.optional() })
  .openapi("UpdateSubscription");

export const subscriptionBodySchema = z
  .object({
    subscription_id: z.string().nullable().openapi({ description: "null on the free plan", example: "sub_1234" }),
    tenant_id: z.string(),
    plan: z.string(),
    billing_cycle: billingCycleSchema.nullable(),
    status: z.string().openapi({ example: "active" }),
    current_period_start: time,
    current_period_end: time,
    cancel_at_period_end: z.boolean(),
  })
  .openapi("Subscription");

export const changedSubscriptionBodySchema = subscriptionBodySchema
  .extend({
    next_billing_date: time.nullable(),
    prorated_charge: amount.openapi({ description: "Charged at once for the change, tax included" }),
    credit_amount: amount.openapi({ description: "Credited for the change, used by the next invoices" }),
  })
  .openapi("ChangedSubscription");

export const recordUsageBodySchema = z
  .strictObject({
    usage_type: z.string().min(1).openapi({ example: "quantum_job" }),
    quantity: z.number().openapi({ example: 1 }),
    unit: z.string().max(60).nullish().openapi({ example: "jobs" }),
    metadata: z
      .record(z.string(), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
      .optional()
      .openapi({ example: { backend: "ibm_torino", shots: 4000 } }),
  })
  .openapi("RecordUsage");

export const recordedUsageBodySchema = z
  .object({
    id: z.string().openapi({ description: "The Idempotency-Key, or one that was made" }),
    usage_type: z.string(),
    quantity: z.number(),
    total_quantity: z.number().openapi({ description: "The period's quantity, this report included" }),
    limit: z.number().nullable().openapi({ description: "Included in the plan; null: without limit" }),
    recorded_at: time,
    period_end: time,
  })
  .openapi("RecordedUsage");

export const currentUsageBodySchema = z
  .object({
    month: z.number(),
    year: z.number(),
    usage: z.array(
      z.object({
        usage_type: z.string(),
        total_quantity: z.number(),
        total_cost: amount.openapi({ description: "The quantity at the meter's unit price, included units too" }),
      }),
    ),
    limits: z
      .record(z.string(), z.number().nullable())
      .openapi({ example: { quantum_jobs: 100, storage_gb: 50, users: 10 } }),
  })
  .openapi("CurrentUsage");

export const quotaBodySchema = z
  .object({
    usage_type: z.string(),
    allowed: z.boolean().openapi({ description: "false only beyond a hard limit; paid plans pass into overage" }),
    used: z.number(),
    limit: z.number().nullable().openapi({ description: "Included in the plan; null: without limit" }),
    remaining: z.number().nullable(),
    resets_at: time,
  })
  .openapi("Quota");

export const invoiceBodySchema = z
  .object({
    id: z.string(),
    invoice_number: z.string().openapi({ example: "INV-2024-11-demo" }),
    subtotal: amount,
    tax: amount,
    total: amount,
    status: z.enum(["pending", "paid", "failed", "void", "uncollectible"]),
    due_at: time,
  })
  .openapi("Invoice");

export const invoiceLineBodySchema = z
  .object({
    description: z.string(),
    quantity: z.number(),
    unit_price: z.number().nullable(),
    amount,
    period_start: time,
    period_end: time,
  })
  .openapi("InvoiceLine");

export const listedInvoiceBodySchema = invoiceBodySchema
  .extend({ issued_at: time.nullable(), paid_at: time.nullable(), currency: z.string() })
  .openapi("ListedInvoice");

export const upcomingInvoiceBodySchema = z
  .object({
    lines: z.array(invoiceLineBodySchema),
    subtotal: amount,
    tax: amount,
    total: amount,
    amount_due: amount,
    currency: z.string(),
    renews_at: time,
    due_at: time,
    period_start: time,
    period_end: time,
    computed_at: time,
  })
  .openapi("UpcomingInvoice");

export const problemBodySchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string().openapi({ example: "usage.quota_exhausted" }),
    instance: z.string(),
    request_id: z.string(),
  })
  .catchall(z.unknown())
  .openapi("Problem");

/** The path parameter of every route about one tenant. */
export const tenantPathSchema = z.object({
  tenant_id: z
    .string()
    .min(1)
    .openapi({ param: { name: "tenant_id", in: "path" }, description: "The tenant's id or slug" }),
});
