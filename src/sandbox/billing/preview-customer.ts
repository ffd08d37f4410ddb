/**
 * Whom a preview is for: a customer, a customer with other details than it has, or nobody yet.
 *
 * Owns: laying `customer_details` and the preview's own `automatic_tax` over the records before anything is rehearsed, so
 * that the rehearsal itself needs to know of neither.
 */
import type Stripe from "stripe";
import { hash, type Infer, list, oneOf, string } from "../http/params";
import { openCustomer } from "../resources/customers";
import { addressOf, addressParams } from "../resources/shared-params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { saveIpAddress } from "../tax/customer-location";
import { type AutomaticTaxParameters, subscriptionTax } from "./automatic-tax";
import { saveSubscription } from "./records";
import { rehearse } from "./rehearsal";
import { taxIdTypes } from "./tax-id-formats";
import { createTaxId, taxIdsOf } from "./tax-ids";

const detailsSchema = {
  address: addressParams().clearable(),
  shipping: hash({
    address: addressParams().required(),
    name: string().required(),
    phone: string().clearable(),
  }).clearable(),
  tax: hash({ ip_address: string().clearable() }),
  tax_exempt: oneOf("exempt", "none", "reverse").clearable(),
  tax_ids: list(hash({ type: oneOf(...taxIdTypes).required(), value: string().required() }), { maximum: 5 }),
};

/** `customer_details` of a preview. */
export const customerDetails = hash(detailsSchema);

/** What of a preview's parameters says whom it is for. */
export interface AudienceParameters {
  automatic_tax?: AutomaticTaxParameters;
  customer?: string | undefined;
  customer_details?: Infer<typeof detailsSchema> | undefined;
  subscription?: string | undefined;
}

/** A stage on which the customer is as the preview says, and the subscription's taxes too. */
export interface Audience {
  stage: Transaction;
  /** The customer's id on the stage; undefined when the preview names none and gives no details. */
  customer: string | undefined;
  /** Nobody real: the preview was asked for with details alone. */
  isInvented: boolean;
}

/** Lays what the preview says about its customer over the records. */
export function audienceOf(tx: Transaction, params: AudienceParameters): Audience {
  const stage = rehearse(tx);
  const { customer_details: details, automatic_tax: tax } = params;
  const subscription =
    params.subscription === undefined ? undefined : stage.get("subscription", params.subscription, "subscription");
  if (subscription && tax !== undefined) {
    saveSubscription(stage, { ...subscription, automatic_tax: subscriptionTax(tax) });
  }
  const known = params.customer ?? idOf(subscription?.customer) ?? undefined;
  if (details === undefined) return { stage, customer: params.customer, isInvented: false };
  const customer =
    known === undefined ? openCustomer(stage, { email: "", name: null }) : stage.get("customer", known, "customer");
  dress(stage, customer, details);
  return { stage, customer: customer.id, isInvented: known === undefined };
}

function dress(stage: Transaction, customer: Stripe.Customer, details: Infer<typeof detailsSchema>): void {
  const { address, shipping, tax, tax_exempt: exempt, tax_ids: taxIds } = details;
  stage.put("customer", {
    ...customer,
    ...(address === undefined ? {} : { address: address === null ? null : addressOf(address) }),
    ...(shipping === undefined
      ? {}
      : {
          shipping:
            shipping === null
              ? null
              : { ...shipping, address: addressOf(shipping.address), phone: shipping.phone ?? null },
        }),
    ...(exempt === undefined ? {} : { tax_exempt: exempt ?? "none" }),
  });
  if (tax?.ip_address !== undefined) saveIpAddress(stage, customer.id, tax.ip_address);
  if (taxIds === undefined) return;
  for (const old of taxIdsOf(stage, customer.id)) stage.remove("tax_id", old.id);
  for (const [index, taxId] of taxIds.entries()) {
    createTaxId(stage, customer, taxId, `customer_details[tax_ids][${index}][value]`);
  }
}
