/**
 * Configurations of the customer portal: what its customers may do.
 *
 * Owns: laying given features over the ones that were, and the default configuration, which the sandbox makes when a
 * session first needs one. Refuses: the login page, which would need a mail to a customer.
 */
import type Stripe from "stripe";
import { invalidRequest, notSupported } from "../http/errors";
import { applyMetadata } from "../http/params";
import { registerIncludable } from "../http/present";
import { given } from "../resources/shared-params";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import type { ConfigurationParameters } from "./params";

type Configuration = Stripe.BillingPortal.Configuration;
type Features = Stripe.BillingPortal.Configuration.Features;

/** Stores a new configuration and announces it. */
export function createConfiguration(
  tx: Transaction,
  params: ConfigurationParameters,
  options: { isDefault?: boolean } = {},
): Configuration {
  const now = tx.now(null);
  const blank: Configuration = {
    id: tx.newId("bpc"),
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: now,
    default_return_url: null,
    features: noFeatures,
    is_default: options.isDefault === true,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: now,
  };
  const configuration = tx.put("portal_configuration", changed(tx, blank, params));
  tx.emit("billing_portal.configuration.created", configuration);
  return configuration;
}

/** Changes a configuration and says what changed. */
export function updateConfiguration(tx: Transaction, id: string, params: ConfigurationParameters): Configuration {
  const before = tx.get("portal_configuration", id);
  if (params.active === false && before.is_default) {
    throw invalidRequest("The default configuration cannot be deactivated.", { param: "active" });
  }
  const after = tx.put("portal_configuration", { ...changed(tx, before, params), updated: tx.now(null) });
  const previous = previousAttributes(before, after);
  if (previous) tx.emit("billing_portal.configuration.updated", after, previous);
  return after;
}

/** The configuration of sessions that name none. */
export function defaultConfiguration(tx: Transaction): Configuration {
  const found = tx.list("portal_configuration", (configuration) => configuration.is_default)[0];
  return (
    found ??
    createConfiguration(
      tx,
      {
        features: {
          invoice_history: { enabled: true },
          payment_method_update: { enabled: true },
          subscription_cancel: { enabled: true },
        },
      },
      { isDefault: true },
    )
  );
}

registerIncludable("billing_portal.configuration", "features.subscription_update.products", null);

function changed(tx: Transaction, before: Configuration, params: ConfigurationParameters): Configuration {
  if (params.login_page?.enabled === true) throw notSupported("The portal's login page", "login_page[enabled]");
  const features = changedFeatures(before.features, params.features ?? {});
  for (const [index, product] of (features.subscription_update.products ?? []).entries()) {
    const path = `features[subscription_update][products][${index}]`;
    tx.get("product", product.product, `${path}[product]`);
    for (const [place, price] of product.prices.entries()) tx.get("price", price, `${path}[prices][${place}]`);
  }
  const { active, default_return_url, name } = params;
  return {
    ...before,
    ...given({ active, default_return_url, name }),
    business_profile: { ...before.business_profile, ...given(params.business_profile ?? {}) },
    features,
    metadata: applyMetadata(before.metadata ?? {}, params.metadata),
  };
}

function changedFeatures(before: Features, change: NonNullable<ConfigurationParameters["features"]>): Features {
  const { cancellation_reason: reason, ...cancel } = change.subscription_cancel ?? {};
  const { duration, ...pause } = change.subscription_pause ?? {};
  const { products, schedule_at_period_end: atEnd, ...update } = change.subscription_update ?? {};
  const { subscription_cancel: oldCancel, subscription_pause: oldPause, subscription_update: oldUpdate } = before;
  return {
    customer_update: { ...before.customer_update, ...given(change.customer_update ?? {}) },
    invoice_history: { ...before.invoice_history, ...given(change.invoice_history ?? {}) },
    payment_method_update: { ...before.payment_method_update, ...given(change.payment_method_update ?? {}) },
    subscription_cancel: {
      ...oldCancel,
      ...given(cancel),
      cancellation_reason: { ...oldCancel.cancellation_reason, ...given(reason ?? {}) },
    },
    subscription_pause: {
      ...oldPause,
      ...given(pause),
      duration:
        duration === undefined
          ? oldPause.duration
          : {
              interval_options: (duration.interval_options ?? []).map(({ interval, interval_count = 1 }) => ({
                interval,
                interval_count,
              })),
              type: duration.type,
            },
    },
    subscription_update: {
      ...oldUpdate,
      ...given(update),
      products: products === undefined ? oldUpdate.products : products.map(productOf),
      schedule_at_period_end: { conditions: atEnd?.conditions ?? oldUpdate.schedule_at_period_end.conditions },
    },
  };
}

type ProductParameters = NonNullable<
  NonNullable<NonNullable<ConfigurationParameters["features"]>["subscription_update"]>["products"]
>[number];

function productOf({ adjustable_quantity: quantity, prices, product }: ProductParameters) {
  const { enabled = false, maximum = null, minimum = 1 } = quantity ?? {};
  return { adjustable_quantity: { enabled, maximum, minimum }, prices, product };
}

const noFeatures: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: false,
      feedback_options: null,
      options: ["too_expensive", "missing_features", "switched_service", "unused", "other"],
    },
    enabled: false,
    mode: "at_period_end",
    proration_behavior: "none",
  },
  subscription_pause: { duration: { interval_options: [], type: "indefinite" }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: null,
    proration_behavior: "none",
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: "end_trial",
  },
};
