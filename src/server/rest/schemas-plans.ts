/** The body of a plan: the seed's fields, and beside them all that its price page knows. */
import { z } from "@hono/zod-openapi";
import { amount } from "./schemas";

const quantity = z.number().openapi({ description: "In the meter's unit" });
const unitPrice = z.number().openapi({ description: "Major units of the currency for one unit", example: 0.001 });
const tiers = z.array(
  z.object({
    up_to: quantity
      .nullable()
      .openapi({ description: "The last unit beyond the included ones at this price; null: no end" }),
    unit_price: unitPrice,
  }),
);

const overageSchema = z.discriminatedUnion("model", [
  z.object({ model: z.literal("per_unit"), unit_price: unitPrice }),
  z.object({ model: z.literal("graduated"), tiers }).openapi({ description: "Each unit costs what its own tier says" }),
  z
    .object({ model: z.literal("volume"), tiers })
    .openapi({ description: "All units cost what the tier of the last one says" }),
  z.object({
    model: z.literal("package"),
    size: quantity.openapi({ description: "Units in one package" }),
    price: amount.openapi({ description: "Of one package, in major units" }),
    rounding: z.enum(["up", "down"]).openapi({ description: "up: a package that was begun is charged" }),
  }),
]);

const planUsageSchema = z.object({
  usage_type: z.string(),
  unit: z.string().openapi({ example: "GB" }),
  included: quantity.nullable().openapi({ description: "In each month, in the unit; null: without limit" }),
  limit: z
    .enum(["hard", "soft"])
    .openapi({ description: "hard: more is refused; soft: more is charged as `overage` says" }),
  overage: overageSchema
    .nullable()
    .openapi({ description: "What more costs, rounded once per invoice line; null: nothing" }),
});

export const planBodySchema = z
  .object({
    id: z.string().openapi({ example: "professional" }),
    name: z.string(),
    price_monthly: amount.nullable().openapi({ description: "null: the price is agreed with the customer" }),
    price_annual: amount.nullable(),
    max_users: z.number().nullable().openapi({ description: "null: without limit" }),
    currency: z.string().openapi({ description: "Of every price of the plan, ISO 4217 in lower case", example: "usd" }),
    trial: z
      .object({
        days: z.number().openapi({ description: "Days before the first payment" }),
        payment_method: z
          .enum(["required", "optional"])
          .openapi({ description: "optional: without one the trial ends in the free plan" }),
      })
      .nullable()
      .openapi({ description: "null: paid from the first day" }),
    seats: z
      .object({
        included: z.number().openapi({ description: "Seats in the plan's own price" }),
        price_monthly: amount.nullable().openapi({ description: "One more seat for a month; null: not sold so" }),
        price_annual: amount.nullable().openapi({ description: "One more seat for a year; null: not sold so" }),
        max: z.number().nullable().openapi({ description: "Seats in all; null: without limit" }),
      })
      .nullable()
      .openapi({ description: "null: the plan is not sold by the seat" }),
    usage: z.array(planUsageSchema).openapi({ description: "What is included of each meter, and the price of more" }),
    features: z
      .array(z.object({ label: z.string(), included: z.boolean() }))
      .openapi({ description: "Facts for a page of prices, in order", example: [{ label: "HIPAA", included: true }] }),
  })
  .catchall(z.unknown())
  .openapi("Plan");
