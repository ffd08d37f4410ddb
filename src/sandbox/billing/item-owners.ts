/** Whom and what an invoice item belongs to: a customer, and perhaps a draft or a subscription of that customer. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";

/** The owners as a caller names them. */
export interface OwnerParameters {
  customer?: string | undefined;
  invoice?: string | undefined;
  subscription?: string | undefined;
}

/** The owners of a new item; they must belong together. `at` spells the names in errors. */
export function ownersOf(tx: Transaction, params: OwnerParameters, at: (name: string) => string) {
  const draft = params.invoice === undefined ? null : draftFor(tx, params.invoice, at("invoice"));
  const subscription =
    params.subscription === undefined ? null : tx.get("subscription", params.subscription, at("subscription"));
  const customerId = params.customer ?? idOf(draft?.customer) ?? idOf(subscription?.customer);
  if (customerId === null) {
    throw invalidRequest(`Missing required param: ${at("customer")}.`, {
      code: "parameter_missing",
      param: at("customer"),
    });
  }
  const customer = tx.get("customer", customerId, at("customer"));
  for (const [owner, name] of [
    [draft, "invoice"],
    [subscription, "subscription"],
  ] as const) {
    if (owner && idOf(owner.customer) !== customer.id) {
      throw invalidRequest(`The ${name} ${owner.id} does not belong to the customer ${customer.id}.`, {
        param: at(name),
      });
    }
  }
  return { customer, draft, subscription };
}

/** An invoice that can still be changed, or Stripe's refusal. */
export function draftFor(tx: Transaction, id: string, param: string): Stripe.Invoice {
  const invoice = tx.get("invoice", id, param);
  if (invoice.status !== "draft") {
    throw invalidRequest("This invoice is no longer editable, because it is not a draft.", {
      code: "invoice_not_editable",
      param,
    });
  }
  return invoice;
}
