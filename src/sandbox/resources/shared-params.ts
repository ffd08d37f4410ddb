/** Parameters several resources take in the same form. */
import type Stripe from "stripe";
import { hash, string } from "../http/params";

/** A postal address as a parameter. */
export function addressParams() {
  return hash({
    city: string().clearable(),
    country: string().clearable(),
    line1: string().clearable(),
    line2: string().clearable(),
    postal_code: string().clearable(),
    state: string().clearable(),
  });
}

/** An address as given, with null for what was left out. */
export function addressOf(given: { [K in keyof Stripe.Address]?: string | null | undefined }): Stripe.Address {
  return {
    city: given.city ?? null,
    country: given.country ?? null,
    line1: given.line1 ?? null,
    line2: given.line2 ?? null,
    postal_code: given.postal_code ?? null,
    state: given.state ?? null,
  };
}

/** Billing details of a payment method as a parameter. */
export function billingDetailsParams() {
  return hash(
    {
      address: addressParams().clearable(),
      email: string().clearable(),
      name: string().clearable(),
      phone: string().clearable(),
    },
    ["tax_id"],
  );
}

/** A parcel's way as a parameter. */
export function shippingParams() {
  return hash({
    address: addressParams().required(),
    carrier: string(),
    name: string().required(),
    phone: string().clearable(),
    tracking_number: string(),
  });
}

/** Shipping as given, with null for what was left out. */
export function shippingOf(given: {
  address: Parameters<typeof addressOf>[0];
  carrier?: string | undefined;
  name: string;
  phone?: string | null | undefined;
  tracking_number?: string | undefined;
}) {
  return {
    address: addressOf(given.address),
    carrier: given.carrier ?? null,
    name: given.name,
    phone: given.phone ?? null,
    tracking_number: given.tracking_number ?? null,
  };
}

/** Only the fields that are not undefined, for laying over a record. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
