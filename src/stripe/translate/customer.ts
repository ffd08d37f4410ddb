/** A Stripe customer as our record. Pure; a deleted customer is the caller's to handle. */
import type Stripe from "stripe";
import type { CustomerRecord } from "../gateway";
import { minor, optionalId } from "./values";

/** Translates a customer. */
export function customerRecord(customer: Stripe.Customer): CustomerRecord {
  return {
    stripeCustomerId: customer.id,
    email: customer.email,
    name: customer.name ?? null,
    defaultPaymentMethodId: optionalId(customer.invoice_settings.default_payment_method),
    tenantId: customer.metadata.tenant_id ?? null,
    testClockId: optionalId(customer.test_clock),
    balanceMinor: minor(customer.balance),
  };
}
