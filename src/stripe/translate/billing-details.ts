/** Who a Stripe customer says is billed, and their tax ids, as our records. Pure. */
import type Stripe from "stripe";
import type { PostalAddress, TaxExemption, TaxIdStatus } from "@/billing/tenants/model-billing-details";
import type { BillingDetailsRecord, TaxIdRecord } from "../gateway";
import { instant, wordOf } from "./values";

/** The custom field of a customer's invoices that carries its own reference. */
export const PURCHASE_ORDER = "Purchase order";

/** Whether a customer is taxed, as Stripe says it. */
export const EXEMPTIONS: Readonly<Record<TaxExemption, true>> = { none: true, exempt: true, reverse: true };
const STATUSES: Readonly<Record<TaxIdStatus, true>> = {
  ...{ pending: true, verified: true, unverified: true, unavailable: true },
};

/** Translates a customer with its tax ids expanded. */
export function billingDetailsRecord(customer: Stripe.Customer, taxIds: readonly Stripe.TaxId[]): BillingDetailsRecord {
  return {
    stripeCustomerId: customer.id,
    legalName: customer.name ?? null,
    email: customer.email,
    phone: orNull(customer.phone),
    address: postalAddress(customer.address),
    taxExempt: wordOf(EXEMPTIONS, customer.tax_exempt ?? "none", "a customer's exemption"),
    purchaseOrder: purchaseOrderOf(customer.invoice_settings.custom_fields),
    taxIds: taxIds.map(taxIdRecord),
  };
}

/** Translates a tax id. */
export function taxIdRecord(taxId: Stripe.TaxId): TaxIdRecord {
  return {
    stripeTaxId: taxId.id,
    type: taxId.type,
    value: taxId.value,
    country: taxId.country,
    status: wordOf(STATUSES, taxId.verification?.status ?? "unavailable", "a tax id's status"),
    verifiedName: taxId.verification?.verified_name ?? null,
    createdAt: instant(taxId.created),
  };
}

/** An address, null when no part of it says anything. */
export function postalAddress(address: Stripe.Address | null | undefined): PostalAddress | null {
  if (!address) return null;
  const parts = {
    line1: orNull(address.line1),
    line2: orNull(address.line2),
    city: orNull(address.city),
    state: orNull(address.state),
    postalCode: orNull(address.postal_code),
    country: orNull(address.country),
  };
  return Object.values(parts).every((part) => part === null) ? null : parts;
}

/** The reference among custom fields; null when there is none. */
export function purchaseOrderOf(fields: ReadonlyArray<{ name: string; value: string }> | null): string | null {
  return fields?.find((field) => field.name === PURCHASE_ORDER)?.value ?? null;
}

function orNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === "" ? null : text;
}
