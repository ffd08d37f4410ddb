/** Words of billing details: who is billed, where, under which tax ids. Stripe holds the truth; we mirror what pages show. */
import { z } from "zod";

/** A postal address. Empty parts are null, so that two ways of saying nothing are one. */
export interface PostalAddress {
  line1: string | null;
  line2: string | null;
  city: string | null;
  /** State, province or region; a code where the country has codes. */
  state: string | null;
  postalCode: string | null;
  /** ISO 3166-1, two letters. */
  country: string | null;
}

/** What became of holding a tax id against a government's register. */
export type TaxIdStatus = "pending" | "verified" | "unverified" | "unavailable";

/** A tax id as it is shown. */
export interface TaxIdView {
  stripeTaxId: string;
  /** Stripe's word for the kind: "eu_vat", "gb_vat", … */
  type: string;
  value: string;
  country: string | null;
  status: TaxIdStatus;
  /** The name the register has for it; null unless verified. */
  verifiedName: string | null;
}

/** Whether the tenant is taxed at all; set by operators at Stripe. */
export type TaxExemption = "none" | "exempt" | "reverse";

/** The billing details of a tenant, from our mirror. */
export interface BillingDetails {
  tenantId: string;
  legalName: string;
  billingEmail: string;
  phone: string | null;
  address: PostalAddress | null;
  taxIds: TaxIdView[];
  taxExempt: TaxExemption;
  /** A text of the tenant's that stands on each invoice: an order number, a cost centre. */
  purchaseOrder: string | null;
  timeZone: string;
  /** Whether an address is needed before anything can be charged. */
  needsAddress: boolean;
}

/** The names of what can change, for forms and for the audit log. */
export const BILLING_FIELDS = [
  "legalName",
  "billingEmail",
  "phone",
  "address",
  "taxIds",
  "purchaseOrder",
  "timeZone",
] as const;
/** One of them. */
export type BillingField = (typeof BILLING_FIELDS)[number];

const text = (max: number) => z.string().trim().max(max).default("");

/**
 * Input of `saveBillingDetails`: the whole of them, as a form has them. Empty text means nothing. The shape is all that is
 * checked here; what is wrong with a value is told field by field by the verb.
 */
export const saveBillingDetailsSchema = z.strictObject({
  tenantId: z.string().min(1),
  legalName: text(120),
  billingEmail: text(254),
  phone: text(30),
  line1: text(200),
  line2: text(200),
  city: text(120),
  state: text(120),
  postalCode: text(20),
  country: text(2),
  purchaseOrder: text(60),
  timeZone: text(60),
  taxIds: z
    .array(z.strictObject({ type: z.string().max(30), value: text(50) }))
    .max(5)
    .default([]),
  requestId: z.string().min(1).max(120),
  reason: z.string().min(1).max(500),
});
export type SaveBillingDetailsInput = z.input<typeof saveBillingDetailsSchema>;
