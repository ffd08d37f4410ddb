/** The names of all collections at run time; the record type makes a forgotten one a compile error. */
import type { CollectionName } from "./transaction";

const names: Record<CollectionName, true> = {
  customer: true,
  payment_method: true,
  setup_intent: true,
  payment_intent: true,
  confirmation_token: true,
  charge: true,
  refund: true,
  balance_transaction: true,
  dispute: true,
  product: true,
  price: true,
  tax_rate: true,
  coupon: true,
  promotion_code: true,
  discount: true,
  subscription: true,
  subscription_item: true,
  invoice: true,
  invoice_line: true,
  invoiceitem: true,
  invoice_payment: true,
  customer_balance_transaction: true,
  credit_note: true,
  tax_id: true,
  event: true,
  webhook_endpoint: true,
  test_clock: true,
  payment_scenario: true,
  stored_reply: true,
  delivery: true,
  due_moment: true,
  default_clock: true,
  item_debit: true,
  mandate: true,
  tombstone: true,
  webhook_secret: true,
  endpoint_chaos: true,
  next_payment: true,
  intent_secret: true,
  token_method: true,
  token: true,
  token_card: true,
  resumption: true,
  checkout_session: true,
  checkout_plan: true,
  portal_configuration: true,
  portal_session: true,
  account_settings: true,
  subscription_schedule: true,
  pending_change: true,
};

/** Every collection, in the order of snapshots. */
export const collectionNames = Object.keys(names) as CollectionName[];

/** Whether the sandbox keeps objects under this name. */
export function isCollectionName(name: string): name is CollectionName {
  return Object.hasOwn(names, name);
}
