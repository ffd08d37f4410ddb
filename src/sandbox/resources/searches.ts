/** /v1/…/search of customers, subscriptions and invoices: by which fields each can be searched. */
import type Stripe from "stripe";
import { defineRoute } from "../http/route";
import { type Searchable, search, searchParameters } from "../http/search";
import { idOf } from "../store/indexes";

const customers: Searchable<Stripe.Customer> = {
  url: "/v1/customers/search",
  fields: {
    created: (customer) => customer.created,
    email: (customer) => customer.email,
    name: (customer) => customer.name,
    phone: (customer) => customer.phone,
  },
  metadata: (customer) => customer.metadata,
};

const subscriptions: Searchable<Stripe.Subscription> = {
  url: "/v1/subscriptions/search",
  fields: {
    canceled_at: (subscription) => subscription.canceled_at,
    created: (subscription) => subscription.created,
    status: (subscription) => subscription.status,
  },
  metadata: (subscription) => subscription.metadata,
};

const invoices: Searchable<Stripe.Invoice> = {
  url: "/v1/invoices/search",
  fields: {
    created: (invoice) => invoice.created,
    currency: (invoice) => invoice.currency,
    customer: (invoice) => idOf(invoice.customer),
    number: (invoice) => invoice.number,
    receipt_number: (invoice) => invoice.receipt_number,
    status: (invoice) => invoice.status,
    subscription: (invoice) => idOf(invoice.parent?.subscription_details?.subscription),
    total: (invoice) => invoice.total,
  },
  metadata: (invoice) => invoice.metadata,
};

/** The search endpoints. */
export const searchRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/search",
    accepts: searchParameters,
    handle: (tx, { params }) => search(tx.list("customer"), params, customers),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/subscriptions/search",
    accepts: searchParameters,
    handle: (tx, { params }) => search(tx.list("subscription"), params, subscriptions),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/invoices/search",
    accepts: searchParameters,
    handle: (tx, { params }) => search(tx.list("invoice"), params, invoices),
  }),
];
