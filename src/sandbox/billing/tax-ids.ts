/**
 * Tax ids of customers and of the account: making and removing them, and their verification in time.
 *
 * A verifiable id is pending for a few seconds of virtual time, as a register's answer takes time at Stripe too.
 */
import type Stripe from "stripe";
import { registerDue } from "../clock/due";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockNameOf } from "./records";
import { countryOfTaxId, isWellFormed, verificationOf } from "./tax-id-formats";

const VERIFICATION_KIND = "tax_id_verification";
const VERIFIED_AFTER_SECONDS = 5;

/** Stores a tax id of a customer, or of the account when there is none. */
export function createTaxId(
  tx: Transaction,
  customer: Stripe.Customer | null,
  given: { type: string; value: string },
  param = "value",
): Stripe.TaxId {
  const value = given.value.trim().toUpperCase();
  if (!isWellFormed(given.type, value)) {
    throw invalidRequest(`Invalid value for ${given.type}.`, { code: "tax_id_invalid", param });
  }
  const outcome = verificationOf(given.type, value);
  const now = tx.now(idOf(customer?.test_clock));
  const taxId = tx.put("tax_id", {
    id: tx.newId("txi"),
    object: "tax_id",
    country: countryOfTaxId(given.type, value),
    created: now,
    customer: customer?.id ?? null,
    customer_account: null,
    livemode: false,
    owner:
      customer === null
        ? { customer_account: null, type: "self" }
        : { customer: customer.id, customer_account: null, type: "customer" },
    type: given.type,
    value: given.value.trim(),
    verification:
      customer === null
        ? null
        : {
            status: outcome === "unavailable" ? "unavailable" : "pending",
            verified_address: null,
            verified_name: null,
          },
  });
  if (customer !== null) {
    tx.emit("customer.tax_id.created", taxId);
    if (outcome === "verified" || outcome === "unverified") {
      const at = now + VERIFIED_AFTER_SECONDS;
      tx.schedule({ clock: clockNameOf(customer), at, kind: VERIFICATION_KIND, subject: taxId.id });
    }
  }
  return taxId;
}

/** Removes a tax id for good. */
export function deleteTaxId(tx: Transaction, taxId: Stripe.TaxId): Stripe.DeletedTaxId {
  tx.unschedule(VERIFICATION_KIND, taxId.id);
  tx.remove("tax_id", taxId.id);
  if (taxId.customer !== null) tx.emit("customer.tax_id.deleted", taxId);
  return { id: taxId.id, object: "tax_id", deleted: true };
}

/** A customer's tax ids, newest first. */
export function taxIdsOf(tx: Transaction, customer: string): Stripe.TaxId[] {
  return tx.listBy("tax_id", "customer", customer);
}

registerDue(VERIFICATION_KIND, (tx, { subject }) => {
  const taxId = tx.find("tax_id", subject);
  if (taxId?.verification?.status !== "pending") return;
  const status = verificationOf(taxId.type, taxId.value.toUpperCase());
  const isVerified = status === "verified";
  const before = taxId.verification;
  const after = tx.put("tax_id", {
    ...taxId,
    verification: {
      status,
      verified_address: isVerified ? "123 TEST STREET" : null,
      verified_name: isVerified ? "TEST" : null,
    },
  });
  tx.emit("customer.tax_id.updated", after, { verification: before });
});
