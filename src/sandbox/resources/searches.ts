/** /v1/…/search: by which fields each resource can be searched. The language is in http/search.ts. */
import type Stripe from "stripe";
import type { Route } from "../http/route";
import { defineRoute } from "../http/route";
import { number, type Searchable, search, searchParameters, text, token } from "../http/search";
import { idOf } from "../store/indexes";
import type { CollectionName, Collections } from "../store/transaction";

const charges: Searchable<Stripe.Charge> = {
  url: "/v1/charges/search",
  fields: {
    amount: number((charge) => charge.amount),
    "billing_details.address.postal_code": token((charge) => charge.billing_details.address?.postal_code),
    created: number((charge) => charge.created),
    currency: token((charge) => charge.currency),
    customer: token((charge) => idOf(charge.customer)),
    disputed: token((charge) => charge.disputed),
    "payment_method_details.card.brand": token((charge) => charge.payment_method_details?.card?.brand),
    "payment_method_details.card.exp_month": number((charge) => charge.payment_method_details?.card?.exp_month),
    "payment_method_details.card.exp_year": number((charge) => charge.payment_method_details?.card?.exp_year),
    "payment_method_details.card.fingerprint": token((charge) => charge.payment_method_details?.card?.fingerprint),
    "payment_method_details.card.last4": token((charge) => charge.payment_method_details?.card?.last4),
    "payment_method_details.sepa_debit.last4": token((charge) => charge.payment_method_details?.sepa_debit?.last4),
    "payment_method_details.us_bank_account.last4": token(
      (charge) => charge.payment_method_details?.us_bank_account?.last4,
    ),
    refunded: token((charge) => charge.refunded),
    status: token((charge) => charge.status),
  },
  metadata: (charge) => charge.metadata,
};

const customers: Searchable<Stripe.Customer> = {
  url: "/v1/customers/search",
  fields: {
    created: number((customer) => customer.created),
    email: text((customer) => customer.email),
    name: text((customer) => customer.name),
    phone: text((customer) => customer.phone),
  },
  metadata: (customer) => customer.metadata,
};

const invoices: Searchable<Stripe.Invoice> = {
  url: "/v1/invoices/search",
  fields: {
    created: number((invoice) => invoice.created),
    currency: token((invoice) => invoice.currency),
    customer: token((invoice) => idOf(invoice.customer)),
    last_finalization_error_code: token((invoice) => invoice.last_finalization_error?.code),
    last_finalization_error_type: token((invoice) => invoice.last_finalization_error?.type),
    number: token((invoice) => invoice.number),
    receipt_number: token((invoice) => invoice.receipt_number),
    status: token((invoice) => invoice.status),
    subscription: token((invoice) => idOf(invoice.parent?.subscription_details?.subscription)),
    total: number((invoice) => invoice.total),
  },
  metadata: (invoice) => invoice.metadata,
};

const paymentIntents: Searchable<Stripe.PaymentIntent> = {
  url: "/v1/payment_intents/search",
  fields: {
    amount: number((intent) => intent.amount),
    created: number((intent) => intent.created),
    currency: token((intent) => intent.currency),
    customer: token((intent) => idOf(intent.customer)),
    status: token((intent) => intent.status),
  },
  metadata: (intent) => intent.metadata,
};

const prices: Searchable<Stripe.Price> = {
  url: "/v1/prices/search",
  fields: {
    active: token((price) => price.active),
    billing_scheme: token((price) => price.billing_scheme),
    created: number((price) => price.created),
    currency: token((price) => price.currency),
    lookup_key: token((price) => price.lookup_key),
    product: token((price) => idOf(price.product)),
    type: token((price) => price.type),
  },
  metadata: (price) => price.metadata,
};

const products: Searchable<Stripe.Product> = {
  url: "/v1/products/search",
  fields: {
    active: token((product) => product.active),
    created: number((product) => product.created),
    description: text((product) => product.description),
    name: text((product) => product.name),
    shippable: token((product) => product.shippable),
    url: text((product) => product.url),
  },
  metadata: (product) => product.metadata,
};

const subscriptions: Searchable<Stripe.Subscription> = {
  url: "/v1/subscriptions/search",
  fields: {
    canceled_at: number((subscription) => subscription.canceled_at),
    created: number((subscription) => subscription.created),
    status: token((subscription) => subscription.status),
  },
  metadata: (subscription) => subscription.metadata,
};

function searchRoute<K extends CollectionName>(kind: K, by: Searchable<Collections[K]>): Route {
  return defineRoute({
    method: "GET",
    pattern: by.url,
    accepts: searchParameters,
    handle: (tx, { params }) => search(tx.list(kind), params, by),
  });
}

/** The search endpoints. */
export const searchRoutes: readonly Route[] = [
  searchRoute("charge", charges),
  searchRoute("customer", customers),
  searchRoute("invoice", invoices),
  searchRoute("payment_intent", paymentIntents),
  searchRoute("price", prices),
  searchRoute("product", products),
  searchRoute("subscription", subscriptions),
];
