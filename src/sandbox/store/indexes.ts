/**
 * The secondary indexes of the state: for each collection the named values a record is found by with `listBy`.
 *
 * An index may give several values for one record. Add one where a list would otherwise walk a whole collection.
 */
import type { CollectionName, Collections } from "./transaction";

type IndexValue = string | null | undefined | readonly string[];
type Indexes = { [K in CollectionName]?: Record<string, (record: Collections[K]) => IndexValue> };

/** The id behind a field that Stripe may expand: text as it is, an object's id, null for nothing. */
export function idOf(value: string | { id: string } | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : value.id;
}

/** The customer an event's object is or belongs to. */
function customerOf(object: { object?: string; id?: string; customer?: unknown }): string | null {
  if (object.object === "customer") return object.id ?? null;
  const { customer } = object;
  if (typeof customer === "string") return customer;
  return typeof customer === "object" && customer !== null && "id" in customer ? String(customer.id) : null;
}

/** All declared indexes. */
export const indexes: Indexes = {
  customer: { test_clock: (r) => idOf(r.test_clock), email: (r) => r.email },
  payment_method: { customer: (r) => idOf(r.customer) },
  setup_intent: { customer: (r) => idOf(r.customer) },
  payment_intent: { customer: (r) => idOf(r.customer) },
  charge: { customer: (r) => idOf(r.customer), payment_intent: (r) => idOf(r.payment_intent) },
  refund: { charge: (r) => idOf(r.charge), payment_intent: (r) => idOf(r.payment_intent) },
  dispute: { charge: (r) => idOf(r.charge) },
  balance_transaction: { source: (r) => idOf(r.source) },
  price: { product: (r) => idOf(r.product), lookup_key: (r) => r.lookup_key },
  promotion_code: { code: (r) => r.code },
  discount: { customer: (r) => idOf(r.customer), subscription: (r) => r.subscription, invoice: (r) => r.invoice },
  subscription: { customer: (r) => idOf(r.customer), test_clock: (r) => idOf(r.test_clock) },
  subscription_schedule: { customer: (r) => idOf(r.customer) },
  subscription_item: { subscription: (r) => r.subscription },
  invoice: {
    customer: (r) => idOf(r.customer),
    subscription: (r) => idOf(r.parent?.subscription_details?.subscription),
    number: (r) => r.number,
  },
  invoice_line: { invoice: (r) => r.invoice },
  invoiceitem: { customer: (r) => idOf(r.customer), invoice: (r) => idOf(r.invoice) },
  invoice_payment: { invoice: (r) => idOf(r.invoice), payment_intent: (r) => idOf(r.payment.payment_intent) },
  credit_note: { customer: (r) => idOf(r.customer), invoice: (r) => idOf(r.invoice) },
  customer_balance_transaction: { customer: (r) => idOf(r.customer) },
  tax_id: { customer: (r) => idOf(r.customer) },
  item_debit: { subscription_item: (r) => r.subscriptionItem },
  event: {
    object: (r) => ("id" in r.data.object ? r.data.object.id : null),
    customer: (r) => customerOf(r.data.object),
  },
  delivery: { status: (r) => r.status, endpoint: (r) => r.endpoint, event: (r) => r.event },
  due_moment: { clock: (r) => r.clock, subject: (r) => r.subject },
  setup_attempt: { setup_intent: (r) => idOf(r.setup_intent) },
  checkout_plan: { intent: (r) => r.intent },
  mandate: { payment_method: (r) => idOf(r.payment_method) },
  meter: { event_name: (r) => r.event_name },
  reported_usage: { usage: (r) => `${r.meter}/${r.customer}`, identifier: (r) => r.identifier },
  usage_charge: { usage: (r) => `${r.meter}/${r.customer}` },
};
