/** Bodies about quotes and about the history of a subscription; the first seed has none of these, its style holds. */
import { z } from "@hono/zod-openapi";
import { amount, billingCycleSchema, time } from "./schemas";

const side = z.object({ plan: z.string(), billing_cycle: billingCycleSchema.nullable(), seats: z.number().nullable() });

export const quoteBodySchema = z
  .object({
    quote_id: z.string(),
    action: z.string().openapi({ example: "upgrade" }),
    from: side,
    to: side,
    immediate: z.boolean().openapi({ description: "Whether it takes effect now, and not at the end of a period" }),
    takes_effect_at: time,
    lines: z.array(
      z.object({
        kind: z.enum(["unused_time", "remaining_time", "new_period", "usage", "other"]),
        description: z.string(),
        amount,
        period_start: time,
        period_end: time,
      }),
    ),
    subtotal: amount,
    discount: amount.openapi({ description: "Taken off; positive" }),
    tax: z.object({ name: z.string(), percentage: z.number().nullable(), amount }),
    total: amount,
    balance_applied: amount.openapi({
      description: "Credit there is already that pays for a part; negative: what was left over from earlier invoices",
    }),
    carried: amount.openapi({ description: "Too small to be charged by itself: it moves to the next invoice" }),
    due_now: amount.openapi({ description: "Charged when the quote is kept" }),
    usage_invoice: amount.nullable().openapi({
      description:
        "A new period ends the month of usage: its overage so far with tax, billed on an invoice of its own; null without",
    }),
    credit: amount.openapi({ description: "Becomes credit for later invoices; positive" }),
    refund: amount.openapi({ description: "Goes back to the cards that paid; positive" }),
    next_invoice: z.object({ date: time, total: amount }).nullable(),
    usage: z.array(
      z.object({
        usage_type: z.string(),
        used: z.number(),
        included_before: z.number().nullable(),
        included_after: z.number().nullable(),
        overage_before: amount,
        overage_after: amount,
      }),
    ),
    gained: z.array(z.string()),
    lost: z.array(z.string()),
    limits_exceeded: z.array(
      z.object({
        what: z.string(),
        used: z.string(),
        allowed: z.string(),
        unit: z.string().nullable(),
        refuses: z.boolean(),
      }),
    ),
    promotion: z.string().nullable(),
    currency: z.string(),
    proration_date: time.openapi({ description: "Frozen: everything is prorated at this second" }),
    expires_at: time,
  })
  .openapi("Quote");

export const subscriptionChangeBodySchema = z
  .object({
    id: z.string(),
    occurred_at: time,
    kind: z.string().openapi({ example: "plan_changed" }),
    from_plan: z.string(),
    to_plan: z.string(),
    from_billing_cycle: billingCycleSchema.nullable(),
    to_billing_cycle: billingCycleSchema
      .nullable()
      .openapi({ description: "Of a change that is put off, what it will be; null: the free plan" }),
    from_seats: z
      .number()
      .nullable()
      .openapi({ description: "Seats in all, the plan's own included; null: not sold by the seat" }),
    to_seats: z.number().nullable().openapi({ description: "The same after the change, or when it takes effect" }),
    amount: amount.nullable().openapi({ description: "Charged at once; negative: credited; null: unknown" }),
    currency: z.string(),
    actor: z.string().openapi({ example: "user:usr_1" }),
    reason: z.string(),
  })
  .openapi("SubscriptionChange");
