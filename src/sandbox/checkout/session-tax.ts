/**
 * Automatic tax of checkout sessions.
 *
 * Owns: what a session says of it, which parameters it excludes, and where a payer without a customer counts as being.
 * The amounts come out of the rehearsed invoice like all others (quote.ts).
 */
import type Stripe from "stripe";
import { type AutomaticTaxParameters, invoiceTax } from "../billing/automatic-tax";
import { createTaxId } from "../billing/tax-ids";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { placeOf, unknownLocation } from "../tax/customer-location";
import type { CreateSessionParameters } from "./params";

type Session = Stripe.Checkout.Session;

/** `automatic_tax` of a session; its status follows from each count. */
export function sessionTax(given: AutomaticTaxParameters): Session["automatic_tax"] {
  const { enabled, liability, provider } = invoiceTax(given);
  return { enabled, liability, provider, status: null };
}

/** Throws when a session with automatic tax brings rates of its own, or could never learn where its customer is. */
export function checkSessionTax(
  tx: Transaction,
  params: CreateSessionParameters,
  customer: Stripe.Customer | null,
): void {
  if (params.automatic_tax?.enabled !== true) return;
  const index = (params.line_items ?? []).findIndex((item) => (item.tax_rates ?? []).length > 0);
  const byLine = index < 0 ? undefined : `line_items[${index}][tax_rates]`;
  const rates = (params.subscription_data?.default_tax_rates ?? []).length > 0;
  const param = byLine ?? (rates ? "subscription_data[default_tax_rates]" : undefined);
  if (param !== undefined) {
    throw invalidRequest("You cannot set tax rates on a Checkout Session with automatic tax enabled.", { param });
  }
  if (customer === null || params.customer_update?.address === "auto" || placeOf(tx, customer) !== null) return;
  throw invalidRequest(
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set `customer_update[address]` to 'auto' to save the address entered in Checkout to the Customer.",
    { code: "customer_tax_location_invalid" },
  );
}

/** Gives a customer who exists on a stage only what the session knows of its payer's taxes. */
export function dressPayer(stage: Transaction, id: string, session: Session): void {
  const details = session.customer_details;
  const customer = stage.get("customer", id);
  stage.put("customer", { ...customer, address: details?.address ?? null });
  for (const { type, value } of details?.tax_ids ?? []) {
    if (value !== null) createTaxId(stage, customer, { type, value });
  }
}

/** Throws when a payment would begin before its taxes are known. */
export function requireTaxes(session: Session): void {
  const { enabled, status } = session.automatic_tax;
  if (enabled && status !== "complete") throw unknownLocation("address");
}
