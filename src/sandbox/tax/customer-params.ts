/** `tax` of a customer as a parameter, and what a change of a customer does to its tax location. */
import type Stripe from "stripe";
import { hash, type Kind, oneOf, string } from "../http/params";
import type { Transaction } from "../store/transaction";
import { requireLocation, saveIpAddress } from "./customer-location";

const ipAddress = string({ maxLength: 45 }).clearable();

/** `tax` of a new customer. */
export const newCustomerTax = hash({ ip_address: ipAddress, validate_location: oneOf("deferred", "immediately") });

/** `tax` of a customer that exists. */
export const changedCustomerTax = hash({
  ip_address: ipAddress,
  validate_location: oneOf("auto", "deferred", "immediately"),
});

type CustomerTax = typeof changedCustomerTax extends Kind<infer T> ? T | undefined : never;

/** Remembers what was said of a new customer's taxes, and checks its location when that is asked for. */
export function applyNewTax(tx: Transaction, customer: Stripe.Customer, tax: CustomerTax): void {
  if (tax?.ip_address !== undefined) saveIpAddress(tx, customer.id, tax.ip_address);
  if (tax?.validate_location === "immediately") requireLocation(tx, customer, "tax[validate_location]");
}

/**
 * The same for a customer that exists. Unless told otherwise, a location that a subscription's automatic tax depends on is
 * checked when the change concerns it.
 */
export function applyChangedTax(
  tx: Transaction,
  before: Stripe.Customer,
  after: Stripe.Customer,
  tax: CustomerTax,
): void {
  if (tax?.ip_address !== undefined) saveIpAddress(tx, after.id, tax.ip_address);
  const when = tax?.validate_location ?? "auto";
  const concerns = tax?.ip_address !== undefined || locationInputs(before) !== locationInputs(after);
  if (when === "immediately" || (when === "auto" && concerns && isTaxed(tx, after.id))) {
    requireLocation(tx, after, "tax[validate_location]");
  }
}

/** Whether two states of a customer could lie at different places. */
export function hasMoved(before: Stripe.Customer, after: Stripe.Customer): boolean {
  return locationInputs(before) !== locationInputs(after) || before.tax_exempt !== after.tax_exempt;
}

function locationInputs({ address, shipping, invoice_settings: settings }: Stripe.Customer): string {
  return JSON.stringify([address, shipping?.address, settings.default_payment_method]);
}

function isTaxed(tx: Transaction, customer: string): boolean {
  return tx
    .listBy("subscription", "customer", customer)
    .some(({ status, automatic_tax: tax }) => tax.enabled && status !== "canceled" && status !== "incomplete_expired");
}
