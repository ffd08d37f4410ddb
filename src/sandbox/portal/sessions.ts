/**
 * Sessions of the customer portal, and what a customer does in one.
 *
 * Owns: opening a session, and ending or keeping a subscription as its configuration allows. Refuses: flows other than
 * canceling; the page says what it can do.
 */
import type Stripe from "stripe";
import { cancelSubscription } from "../billing/cancel-subscription";
import { updateSubscription } from "../billing/update-subscription";
import { invalidRequest, notSupported } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { defaultConfiguration } from "./configurations";
import type { PortalSessionParameters } from "./params";

type Session = Stripe.BillingPortal.Session;

/** Opens a session; its url leads to the sandbox's own page. */
export function createPortalSession(tx: Transaction, params: PortalSessionParameters, baseUrl: string): Session {
  const customer = tx.get("customer", params.customer, "customer");
  const configuration =
    params.configuration === undefined
      ? defaultConfiguration(tx)
      : tx.get("portal_configuration", params.configuration, "configuration");
  if (!configuration.active) {
    throw invalidRequest("The portal configuration is not active.", { param: "configuration" });
  }
  const id = tx.newId("bps");
  const session = tx.put("portal_session", {
    id,
    object: "billing_portal.session",
    configuration: configuration.id,
    created: tx.now(idOf(customer.test_clock)),
    customer: customer.id,
    customer_account: null,
    flow: flowOf(tx, params, configuration, customer.id),
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: params.return_url ?? configuration.default_return_url,
    url: `${baseUrl}/_sandbox/portal/${id}`,
  });
  tx.emit("billing_portal.session.created", session);
  return session;
}

/** Ends a subscription the way the session's configuration says. */
export function cancelInPortal(tx: Transaction, session: Session, id: string): Stripe.Subscription {
  const { subscription_cancel: feature } = configurationOf(tx, session).features;
  const subscription = ownSubscription(tx, session.customer, id);
  if (!feature.enabled) throw invalidRequest("Subscriptions cannot be canceled in this portal.");
  if (feature.mode === "at_period_end") {
    return updateSubscription(tx, subscription.id, { cancel_at: "max_period_end" });
  }
  return cancelSubscription(tx, subscription.id, {
    prorate: feature.proration_behavior !== "none",
    invoice_now: feature.proration_behavior === "always_invoice",
  });
}

/** Takes a planned end back. */
export function keepInPortal(tx: Transaction, session: Session, id: string): Stripe.Subscription {
  const subscription = ownSubscription(tx, session.customer, id);
  return updateSubscription(tx, subscription.id, { cancel_at: null });
}

/** The configuration a session was opened with. */
export function configurationOf(tx: Transaction, session: Session): Stripe.BillingPortal.Configuration {
  return tx.get("portal_configuration", idOf(session.configuration) ?? "");
}

function ownSubscription(tx: Transaction, customer: string, id: string): Stripe.Subscription {
  const subscription = tx.find("subscription", id);
  if (subscription && idOf(subscription.customer) === customer) return subscription;
  throw invalidRequest(`No such subscription: '${id}'`, { code: "resource_missing", param: "subscription" });
}

function flowOf(
  tx: Transaction,
  params: PortalSessionParameters,
  configuration: Stripe.BillingPortal.Configuration,
  customer: string,
): Session["flow"] {
  const data = params.flow_data;
  if (data === undefined) return null;
  if (data.type !== "subscription_cancel") throw notSupported(`The portal flow '${data.type}'`, "flow_data[type]");
  const subscription = data.subscription_cancel?.subscription;
  if (subscription === undefined) {
    const param = "flow_data[subscription_cancel][subscription]";
    throw invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  }
  if (!configuration.features.subscription_cancel.enabled) {
    throw invalidRequest("The portal configuration does not allow canceling subscriptions.", {
      param: "flow_data[type]",
    });
  }
  const after = data.after_completion;
  return {
    after_completion: {
      hosted_confirmation:
        after?.type === "hosted_confirmation"
          ? { custom_message: after.hosted_confirmation?.custom_message ?? null }
          : null,
      redirect: after?.type === "redirect" && after.redirect ? { return_url: after.redirect.return_url } : null,
      type: after?.type ?? "portal_homepage",
    },
    customer_update: null,
    subscription_cancel: { retention: null, subscription: ownSubscription(tx, customer, subscription).id },
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: "subscription_cancel",
  };
}
