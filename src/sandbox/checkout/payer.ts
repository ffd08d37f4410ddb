/**
 * Who pays in a checkout session: what its form asks for, and the customer this becomes.
 *
 * Owns: holding the form against what the session collects, and writing it to the session and, where the session allows,
 * to the customer.
 */
import type Stripe from "stripe";
import { createTaxId, taxIdsOf } from "../billing/tax-ids";
import { invalidRequest } from "../http/errors";
import { openCustomer, updateCustomer } from "../resources/customers";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { blankDetails } from "./blank-session";

type Session = Stripe.Checkout.Session;

/** Who pays, as typed into the page; empty text for what was left out. */
export interface Payer {
  email: string;
  name: string;
  phone: string;
  businessName: string;
  taxId: { type: string; value: string } | null;
  address: { line1: string; line2: string; city: string; state: string; postalCode: string; country: string };
}

/** The session with its payer's details, and with a customer wherever one is needed. */
export function ownedSession(tx: Transaction, session: Session, payer: Payer): Session {
  checkPayer(session, payer);
  const before = session.customer_details;
  const address = addressOf(payer) ?? before?.address ?? null;
  const name = payer.businessName || payer.name || before?.name || null;
  const details = {
    ...blankDetails,
    ...before,
    address,
    business_name: payer.businessName || null,
    email: payer.email,
    individual_name: payer.name || null,
    name,
    phone: payer.phone || before?.phone || null,
    tax_exempt: before?.tax_exempt ?? "none",
  };
  const customer = ownerOf(tx, { ...session, customer_details: details });
  const setup = tx.find("setup_intent", idOf(session.setup_intent) ?? "");
  if (setup && setup.customer === null && customer !== null) tx.put("setup_intent", { ...setup, customer });
  return tx.put("checkout_session", {
    ...session,
    collected_information:
      session.tax_id_collection?.enabled === true
        ? { business_name: payer.businessName || null, individual_name: payer.name || null, shipping_details: null }
        : session.collected_information,
    customer,
    customer_details: { ...details, tax_ids: taxIdsFor(tx, customer, payer) },
  });
}

function checkPayer(session: Session, payer: Payer): void {
  if (!/^[^\s@]+@[^\s@]+$/.test(payer.email)) {
    throw invalidRequest("Enter an email address.", { code: "email_invalid", param: "email" });
  }
  const { country, line1, postalCode, city } = payer.address;
  const needsAddress = session.billing_address_collection === "required";
  if (needsAddress && [country, line1, city, postalCode].some((part) => part === "")) {
    throw invalidRequest("Enter your whole billing address.", { param: "address" });
  }
  if (country !== "" && !/^[A-Z]{2}$/.test(country)) {
    throw invalidRequest("Enter the country as two capital letters, for example US.", { param: "country" });
  }
  if (session.phone_number_collection?.enabled === true && payer.phone.replace(/\D/g, "").length < 7) {
    throw invalidRequest("Enter a phone number.", { param: "phone" });
  }
}

function addressOf({ address }: Payer): Stripe.Address | null {
  const parts = {
    city: address.city || null,
    country: address.country || null,
    line1: address.line1 || null,
    line2: address.line2 || null,
    postal_code: address.postalCode || null,
    state: address.state || null,
  };
  return Object.values(parts).some((part) => part !== null) ? parts : null;
}

/** The customer who pays: the session's own, brought up to date as it allows, or a new one where one is needed. */
function ownerOf(tx: Transaction, session: Session): string | null {
  const { params } = tx.get("checkout_plan", session.id);
  const details = session.customer_details;
  const contact = {
    ...(details?.address ? { address: details.address } : {}),
    ...(details?.name ? { name: details.name } : {}),
    ...(details?.phone ? { phone: details.phone } : {}),
  };
  const known = idOf(session.customer);
  if (known === null) {
    const isNeeded =
      session.mode !== "payment" ||
      session.customer_creation === "always" ||
      session.invoice_creation?.enabled === true ||
      params.payment_intent_data?.setup_future_usage !== undefined;
    if (!isNeeded) return null;
    const opened = openCustomer(tx, { email: details?.email ?? "", name: details?.name ?? null });
    return updateCustomer(tx, opened, { ...opened, ...contact }).id;
  }
  const customer = tx.get("customer", known);
  // A customer that this session made follows what its form says; another one only what its caller allowed.
  const isOwn = params.customer === undefined;
  const { address, name, phone } = contact;
  const next = {
    ...customer,
    ...(customer.email === null || isOwn ? { email: details?.email ?? customer.email } : {}),
    ...(address !== undefined && (isOwn || params.customer_update?.address === "auto") ? { address } : {}),
    ...(name !== undefined && (isOwn || params.customer_update?.name === "auto") ? { name } : {}),
    ...(phone !== undefined && (isOwn || params.phone_number_collection?.enabled === true) ? { phone } : {}),
  };
  return updateCustomer(tx, customer, next).id;
}

function taxIdsFor(tx: Transaction, customer: string | null, payer: Payer) {
  const typed = payer.taxId;
  if (customer === null) return typed === null ? null : [{ type: typed.type, value: typed.value }];
  const known = taxIdsOf(tx, customer);
  const isNew = typed !== null && !known.some((one) => one.type === typed.type && one.value === typed.value);
  if (isNew) createTaxId(tx, tx.get("customer", customer), typed, "tax_id");
  return taxIdsOf(tx, customer).map(({ type, value }) => ({ type, value }));
}
