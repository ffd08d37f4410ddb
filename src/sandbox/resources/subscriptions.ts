/** /v1/subscriptions: parameters and answers. What a subscription does is in billing/. */
import "../billing/due-moments";
import type Stripe from "stripe";
import { migrateSubscription, migrationMode } from "../billing/billing-mode";
import { cancelSubscription } from "../billing/cancel-subscription";
import { createSubscription } from "../billing/create-subscription";
import { deleteSubscriptionDiscount } from "../billing/end-discount";
import { pauseSchema, pauseSubscription } from "../billing/pause-subscription";
import { resumeSchema, resumeSubscription } from "../billing/resume-subscription";
import {
  cancellationDetails,
  createSchema,
  unsupportedOnCreate,
  unsupportedOnUpdate,
  updateSchema,
} from "../billing/subscription-params";
import { updateSubscription } from "../billing/update-subscription";
import { pageParameters, paginate } from "../http/pages";
import { boolean, hash, inTimeRange, oneOf, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { isListed } from "./test-clocks";

const listedStatus = oneOf(
  "active",
  "all",
  "canceled",
  "ended",
  "incomplete",
  "incomplete_expired",
  "past_due",
  "paused",
  "trialing",
  "unpaid",
);

/** Without a filter everything but canceled ones is listed; "ended" means canceled or expired. */
function hasStatus(subscription: Stripe.Subscription, wanted: string | undefined): boolean {
  if (wanted === undefined) return subscription.status !== "canceled";
  if (wanted === "all") return true;
  if (wanted === "ended") return subscription.status === "canceled" || subscription.status === "incomplete_expired";
  return subscription.status === wanted;
}

/** The endpoints of subscriptions. */
export const subscriptionRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/subscriptions",
    accepts: createSchema,
    unsupported: unsupportedOnCreate,
    handle: (tx, { params }) => createSubscription(tx, params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/subscriptions",
    accepts: {
      ...pageParameters,
      automatic_tax: hash({ enabled: boolean().required() }),
      collection_method: oneOf("charge_automatically", "send_invoice"),
      created: timeRange(),
      current_period_end: timeRange(),
      current_period_start: timeRange(),
      customer: string(),
      price: string(),
      status: listedStatus,
      test_clock: string(),
    },
    unsupported: ["customer_account", "plan"],
    handle(tx, { params }) {
      const records =
        params.customer === undefined
          ? tx.list("subscription")
          : tx.listBy("subscription", "customer", params.customer);
      const matching = records.filter((subscription) => {
        const items = subscription.items.data;
        return (
          hasStatus(subscription, params.status) &&
          (params.automatic_tax === undefined || subscription.automatic_tax.enabled === params.automatic_tax.enabled) &&
          inTimeRange(params.created, subscription.created) &&
          items.some((item) => inTimeRange(params.current_period_end, item.current_period_end)) &&
          items.some((item) => inTimeRange(params.current_period_start, item.current_period_start)) &&
          (params.collection_method === undefined || subscription.collection_method === params.collection_method) &&
          (params.price === undefined || items.some((item) => item.price.id === params.price)) &&
          isListed(subscription, { test_clock: params.test_clock, isScoped: params.customer !== undefined })
        );
      });
      return paginate(matching, params, "/v1/subscriptions");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/subscriptions/:id",
    accepts: {},
    handle: (tx, input) => tx.get("subscription", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscriptions/:id",
    accepts: updateSchema,
    unsupported: unsupportedOnUpdate,
    handle: (tx, input) => updateSubscription(tx, pathValue(input, "id"), input.params),
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/subscriptions/:id",
    accepts: { cancellation_details: cancellationDetails, invoice_now: boolean(), prorate: boolean() },
    handle: (tx, input) => cancelSubscription(tx, pathValue(input, "id"), input.params),
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/subscriptions/:id/discount",
    accepts: {},
    handle: (tx, input) => deleteSubscriptionDiscount(tx, pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscriptions/:id/migrate",
    accepts: { billing_mode: migrationMode.required() },
    handle: (tx, input) => migrateSubscription(tx, pathValue(input, "id"), input.params.billing_mode),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscriptions/:id/pause",
    accepts: pauseSchema,
    handle: (tx, input) => pauseSubscription(tx, pathValue(input, "id"), input.params),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscriptions/:id/resume",
    accepts: resumeSchema,
    handle: (tx, input) => resumeSubscription(tx, pathValue(input, "id"), input.params),
  }),
];
