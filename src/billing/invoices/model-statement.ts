/**
 * What an invoice says besides its lines: who sold to whom, the taxes by rate, the discounts by name, and what is in the way
 * of its taxes. Kept with the invoice, because a tenant who moves does not move what was billed before.
 */
import { z } from "zod";
import type { TaxPart } from "../kernel/tax";

const amount = z.coerce.bigint();
const optional = z.string().nullable();

/** Who sells, as it stands on paper. */
export const sellerSchema = z.object({
  name: z.string(),
  /** Line by line. */
  address: z.array(z.string()),
  taxId: optional,
});
/** Who sells. */
export type Seller = z.infer<typeof sellerSchema>;

const addressSchema = z.object({
  ...{ line1: optional, line2: optional, city: optional, state: optional, postalCode: optional, country: optional },
});

const taxPartSchema = z.object({
  name: z.string(),
  place: optional,
  percentage: optional,
  taxableMinor: amount.nullable(),
  amountMinor: amount,
  isInclusive: z.boolean(),
  reason: z.string(),
});

/** A statement as it is stored; amounts are text there. */
export const invoiceStatementSchema = z.object({
  seller: sellerSchema,
  customer: z.object({
    name: optional,
    email: optional,
    phone: optional,
    address: addressSchema.nullable(),
    taxExempt: z.enum(["none", "exempt", "reverse"]),
    taxIds: z.array(z.object({ type: z.string(), value: z.string() })),
  }),
  /** The tenant's own reference. */
  purchaseOrder: optional,
  taxes: z.array(taxPartSchema),
  discounts: z.array(z.object({ name: optional, amountMinor: amount })),
  taxLocation: z.enum(["known", "missing", "given_up"]).nullable(),
  /** Stripe's code of why it could not be issued. */
  finalizationError: optional,
});

/** A statement. */
export interface InvoiceStatement extends Omit<z.infer<typeof invoiceStatementSchema>, "taxes"> {
  taxes: TaxPart[];
}

/**
 * What is wrong with an invoice that no card can put right: `needs_address`, it cannot be issued before somebody says where
 * the tenant is; `not_issued`, Stripe could not issue it for another reason; `untaxed`, it was issued without taxes because
 * nobody had said.
 */
export type InvoiceProblem = "needs_address" | "not_issued" | "untaxed";
