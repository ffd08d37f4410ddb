/**
 * Bodies of the REST API, field for field those of the first seed: snake_case, money as decimal numbers, `null` for
 * unlimited, times in RFC 3339 UTC. The same schemas make the OpenAPI document.
 */
import { z } from "@hono/zod-openapi";

/** An instant. */
export const time = z.string().openapi({ format: "date-time", example: "2024-11-19T00:00:00Z" });
/** Money. */
export const amount = z.number().openapi({ description: "Money in major units, as a decimal number", example: 299 });

/** The cycles of the flat fee. */
export const billingCycleSchema = z.enum(["monthly", "annual"]);

const seats = z.int().min(1).max(1_000_000).openapi({ description: "Seats in all, the plan's own included" });
const promotionCode = z.string().trim().min(1).max(100);
const quoteId = z
  .string()
  .min(1)
  .max(100)
  .openapi({ description: "A quote to keep, to the cent; it says all the rest" });

/** What a wish says of a plan, where a quote has said it already. */
const saidByQuote = ["plan", "billing_cycle", "seats", "promotion_code", "trial", "timing"] as const;

/** Either a quote or the wish itself: with both, one of the two would be ignored. */
function eitherQuoteOrWish(body: object, context: z.core.$RefinementCtx): void {
  if (!("quote_id" in body)) return;
  for (const field of saidByQuote) {
    if (field in body) context.addIssue({ code: "custom", path: [field], message: "the quote says this already" });
  }
}

export const createSubscriptionBodySchema = z
  .strictObject({
    tenant_id: z.string().min(1).openapi({ description: "The tenant's id or slug" }),
    plan: z.string().min(1).optional().openapi({ description: "Required unless a quote is kept" }),
    billing_cycle: billingCycleSchema.optional().openapi({ default: "monthly" }),
    seats: seats.optional(),
    promotion_code: promotionCode.optional(),
    trial: z
      .boolean()
      .optional()
      .openapi({ description: "false pays from the first day although the plan has a trial" }),
    quote_id: quoteId.optional(),
    payment_method_id: z
      .string()
      .min(1)
      .nullish()
      .openapi({ description: "Required for a paid plan unless one is saved" }),
  })
  .superRefine((body, context) => {
    eitherQuoteOrWish(body, context);
    if (body.plan === undefined && body.quote_id === undefined) {
      context.addIssue({ code: "custom", path: ["plan"], message: "name a plan, or a quote to keep" });
    }
  })
  .openapi("CreateSubscription");

const changeFields = {
  plan: z.string().min(1).optional(),
  billing_cycle: billingCycleSchema.optional(),
  seats: seats.optional(),
  timing: z
    .enum(["policy", "now_prorated", "now_full", "at_period_end"])
    .optional()
    .openapi({ description: "When it takes effect; policy: as the catalog says for such a change", default: "policy" }),
  promotion_code: promotionCode.optional(),
};

/** A change that says nothing would be kept as one that was not wished for. */
function sayWhat(body: object, context: z.core.$RefinementCtx): void {
  const wishes = ["plan", "billing_cycle", "seats", "promotion_code", "quote_id"];
  if (wishes.some((field) => field in body)) return;
  context.addIssue({ code: "custom", path: ["plan"], message: "say what is to change, or name a quote to keep" });
}

/** What becomes of unused time is a question of an end now alone. */
export const SETTLEMENT_FAULT = "it is for an end now: add immediate=true, or leave it out";

export const updateSubscriptionBodySchema = z
  .strictObject({ ...changeFields, quote_id: quoteId.optional() })
  .superRefine((body, context) => {
    eitherQuoteOrWish(body, context);
    sayWhat(body, context);
  })
  .openapi("UpdateSubscription");

/** The wishes there are, each with the fields it takes; a body without a verb wishes for a change. */
export const wishBodySchemas = {
  start: z
    .strictObject({
      verb: z.literal("start"),
      plan: z.string().min(1),
      billing_cycle: billingCycleSchema.default("monthly"),
      seats: seats.optional(),
      promotion_code: promotionCode.optional(),
      trial: z.boolean().default(true),
    })
    .openapi("StartWish"),
  change: z
    .strictObject({ verb: z.literal("change").default("change"), ...changeFields })
    .superRefine(sayWhat)
    .openapi("ChangeWish"),
  cancel: z
    .strictObject({
      verb: z.literal("cancel"),
      immediate: z.boolean().default(false),
      settlement: z
        .enum(["refund", "credit", "none"])
        .optional()
        .openapi({ description: "What happens to paid time that is not used, with immediate; refund if left out" }),
    })
    .superRefine(({ immediate, settlement }, context) => {
      if (immediate || settlement === undefined) return;
      context.addIssue({ code: "custom", path: ["settlement"], message: SETTLEMENT_FAULT });
    })
    .openapi("CancelWish"),
  plain: z
    .strictObject({ verb: z.enum(["resume", "cancel_scheduled", "end_trial", "pause", "unpause"]) })
    .openapi("PlainWish"),
} as const;

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
    seats: z.number().nullable().openapi({ description: "Seats in all; null where the plan is not sold by the seat" }),
    trial_end: time.nullable().openapi({ description: "null: no trial is running" }),
    next_billing_date: time.nullable().openapi({ description: "null: nothing renews" }),
    scheduled_change: z
      .object({ plan: z.string(), billing_cycle: billingCycleSchema, seats: z.number().nullable(), date: time })
      .nullable()
      .openapi({ description: "What the plan becomes by itself; an end is told by cancel_at_period_end" }),
  })
  .openapi("Subscription");

export const changedSubscriptionBodySchema = subscriptionBodySchema
  .extend({
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
    error: z
      .enum([
        "BillingError",
        "PaymentError",
        "InsufficientFundsError",
        "CardDeclinedError",
        "AuthenticationRequiredError",
        "SubscriptionError",
      ])
      .optional()
      .openapi({ description: "The class of the refusal; absent for faults of the call itself" }),
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
