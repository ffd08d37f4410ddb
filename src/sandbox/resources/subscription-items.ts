/** /v1/subscription_items: single items. Every change is a change of the subscription, carried out by the same verb. */
import type Stripe from "stripe";
import { isMetered } from "../billing/charge-parts";
import { recurringPriceData } from "../billing/inline-prices";
import { loadItems } from "../billing/records";
import { discountList, paymentBehavior, prorationBehavior } from "../billing/subscription-params";
import { type UpdateParameters, updateSubscription } from "../billing/update-subscription";
import { markUsage } from "../billing/usage-charges";
import { invalidRequest, notSupported } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { boolean, integer, list, metadata, string, timestamp } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import type { Transaction } from "../store/transaction";

const manner = {
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: timestamp(),
};
const writable = {
  ...manner,
  discounts: discountList,
  metadata: metadata(),
  off_session: boolean(),
  price: string(),
  price_data: recurringPriceData,
  quantity: integer({ minimum: 0, maximum: 999_999_999 }),
  tax_rates: list(string(), { maximum: 5 }),
};
const unsupported = ["billing_thresholds", "current_trial", "plan"];

type ItemEntry = NonNullable<UpdateParameters["items"]>[number];
type Manner = Pick<UpdateParameters, "payment_behavior" | "proration_behavior" | "proration_date" | "off_session">;

function change(tx: Transaction, subscription: string, entry: Partial<ItemEntry>, how: Manner): void {
  const blank = { id: undefined, price: undefined, quantity: undefined, deleted: undefined, tax_rates: undefined };
  // The other parameters of an update are absent: everything the verb reads is optional.
  const params = { ...how, items: [{ ...blank, metadata: undefined, ...entry }] } as UpdateParameters;
  updateSubscription(tx, subscription, params);
}

function itemOf(tx: Transaction, id: string): Stripe.SubscriptionItem {
  return tx.get("subscription_item", id);
}

/** Usage up to now is not billed by what follows. */
function giveUpUsage(tx: Transaction, item: Stripe.SubscriptionItem): void {
  if (!isMetered(item.price)) {
    throw invalidRequest("You can only clear the usage of an item whose price is metered.", { param: "clear_usage" });
  }
  markUsage(tx, tx.get("subscription", item.subscription), item);
}

/** The endpoints of subscription items. */
export const subscriptionItemRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/subscription_items",
    accepts: { ...pageParameters, subscription: string().required() },
    handle(tx, { params }) {
      tx.get("subscription", params.subscription, "subscription");
      return paginate(loadItems(tx, params.subscription).reverse(), params, "/v1/subscription_items");
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscription_items",
    accepts: { ...writable, subscription: string().required() },
    unsupported,
    handle(tx, { params }) {
      const { subscription, payment_behavior, proration_behavior, proration_date, off_session, ...entry } = params;
      tx.get("subscription", subscription, "subscription");
      const known = new Set(loadItems(tx, subscription).map((item) => item.id));
      change(tx, subscription, entry, { payment_behavior, proration_behavior, proration_date, off_session });
      const { pending_update } = tx.get("subscription", subscription);
      const items = [...loadItems(tx, subscription), ...(pending_update?.subscription_items ?? [])];
      const added = items.find((item) => !known.has(item.id));
      if (!added) throw invalidRequest("Missing required param: price.", { code: "parameter_missing", param: "price" });
      return added;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/subscription_items/:id",
    accepts: {},
    handle: (tx, input) => itemOf(tx, pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscription_items/:id",
    accepts: writable,
    unsupported,
    handle(tx, input) {
      const item = itemOf(tx, pathValue(input, "id"));
      const { payment_behavior, proration_behavior, proration_date, off_session, ...entry } = input.params;
      const how = { payment_behavior, proration_behavior, proration_date, off_session };
      change(tx, item.subscription, { id: item.id, ...entry }, how);
      return itemOf(tx, item.id);
    },
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/subscription_items/:id",
    accepts: { ...manner, clear_usage: boolean() },
    handle(tx, input) {
      const item = itemOf(tx, pathValue(input, "id"));
      const { clear_usage: clears, ...how } = input.params;
      if (clears === true) giveUpUsage(tx, item);
      if (input.params.payment_behavior === "pending_if_incomplete") {
        throw notSupported("Parking the removal of an item", "payment_behavior");
      }
      change(tx, item.subscription, { id: item.id, deleted: true }, { ...how, off_session: undefined });
      return { id: item.id, object: "subscription_item", deleted: true };
    },
  }),
];
