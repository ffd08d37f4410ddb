/**
 * Where a customer is, for taxes.
 *
 * Owns: the order of sources: the shipping address, then the customer's own, then the default payment method, then the
 * network address. The first that says anything decides, even when it is not precise enough. Also `customer.tax`, which
 * shows what came of it.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { registerIncludable } from "../http/present";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { Buyer, Seller } from "./calculation";
import { type TaxPlace, taxesOf } from "./jurisdictions";
import { placeOfAddress, placeOfIp, saysSomething, type TaxAddress } from "./location";
import { collectsWith, registrationsAt } from "./registrations";
import { sellerCountry } from "./settings";

const exemptions = ["exempt", "reverse"] as const;

/** A place, and what it was taken from. */
export interface CustomerPlace extends TaxPlace {
  source: "billing_address" | "ip_address" | "payment_method" | "shipping_destination";
}

/** The customer's place of taxation, or null when nothing known of the customer gives one. */
export function placeOf(tx: Transaction, customer: Stripe.Customer): CustomerPlace | null {
  const shipping = customer.shipping?.address;
  if (saysSomething(shipping)) return from("shipping_destination", shipping);
  if (saysSomething(customer.address)) return from("billing_address", customer.address);
  const method = addressOfMethod(tx, customer);
  const byMethod = method === null ? null : from("payment_method", method);
  if (byMethod !== null) return byMethod;
  const ip = ipAddressOf(tx, customer.id);
  const byIp = ip === null ? null : placeOfIp(ip);
  return byIp === null ? null : { ...byIp, source: "ip_address" };
}

/** The customer as a buyer at a place. Ids found to be wrong, and those of the seller's own country, count for nothing. */
export function buyerAt(tx: Transaction, customer: Stripe.Customer, place: TaxPlace): Buyer {
  const home = sellerCountry(tx);
  const ids = tx.listBy("tax_id", "customer", customer.id).filter((id) => {
    return id.verification?.status !== "unverified" && id.country !== home;
  });
  return {
    place,
    exempt: exemptions.find((one) => one === customer.tax_exempt) ?? "none",
    taxIds: ids.map(({ type }) => type),
  };
}

/** The account as a seller at a moment. */
export function sellerAt(tx: Transaction, now: number): Seller {
  return { country: sellerCountry(tx), collects: collectsWith(registrationsAt(tx, now)) };
}

/** Stripe's refusal of a customer whom taxes cannot be calculated for. */
export function unknownLocation(param?: string): Error {
  return invalidRequest(
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
    { code: "customer_tax_location_invalid", ...(param === undefined ? {} : { param }) },
  );
}

/** Throws Stripe's refusal unless the customer's location is recognised. */
export function requireLocation(tx: Transaction, customer: Stripe.Customer, param?: string): void {
  if (placeOf(tx, customer) === null) throw unknownLocation(param);
}

/** The network address last said of a customer. */
export function ipAddressOf(tx: Transaction, customer: string): string | null {
  return tx.find("customer_ip_address", customer)?.ipAddress ?? null;
}

/** Remembers a customer's network address; null forgets it. */
export function saveIpAddress(tx: Transaction, customer: string, ipAddress: string | null): void {
  if (ipAddress !== null) tx.put("customer_ip_address", { id: customer, ipAddress });
  else if (tx.find("customer_ip_address", customer)) tx.remove("customer_ip_address", customer);
}

/** What `customer.tax` shows. */
export function taxOf(tx: Transaction, customer: Stripe.Customer): Stripe.Customer.Tax {
  const place = placeOf(tx, customer);
  const ip = ipAddressOf(tx, customer.id);
  if (place === null) {
    return { automatic_tax: "unrecognized_location", ip_address: ip, location: null, provider: "stripe" };
  }
  const { collects } = sellerAt(tx, tx.now(idOf(customer.test_clock)));
  return {
    automatic_tax: (taxesOf(place) ?? []).some(collects) ? "supported" : "not_collecting",
    ip_address: ip,
    location: { country: place.country, source: place.source, state: place.state },
    provider: "stripe",
  };
}

registerIncludable("customer", "tax", (tx, owner) => taxOf(tx, tx.get("customer", String(owner.id))));

function from(source: CustomerPlace["source"], address: TaxAddress): CustomerPlace | null {
  const place = placeOfAddress(address);
  return place === null ? null : { ...place, source };
}

/** The billing address of the default payment method, its country completed by the card's own. */
function addressOfMethod(tx: Transaction, customer: Stripe.Customer): TaxAddress | null {
  const id = idOf(customer.invoice_settings.default_payment_method);
  const method = id === null ? undefined : tx.find("payment_method", id);
  if (!method) return null;
  const { address } = method.billing_details;
  return { ...address, country: address?.country ?? method.card?.country ?? null };
}
