/**
 * Sessions of the customer portal: opening one, with the flow it leads through.
 *
 * Owns: what a session and its flow are made from, and which flows a configuration refuses. What a customer then does is in
 * actions.ts.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { defaultConfiguration } from "./configurations";
import type { PortalSessionParameters } from "./params";

type Session = Stripe.BillingPortal.Session;
type Flow = Stripe.BillingPortal.Session.Flow;
type Features = Stripe.BillingPortal.Configuration.Features;
type FlowData = NonNullable<PortalSessionParameters["flow_data"]>;

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
  const { after_expiration: after, flow_data: flow } = params;
  const id = tx.newId("bps");
  const session = tx.put("portal_session", {
    id,
    object: "billing_portal.session",
    after_expiration:
      after === undefined
        ? null
        : {
            customer_login:
              after.customer_login === undefined ? null : { expires_at: after.customer_login.expires_at ?? null },
            type: after.type,
          },
    configuration: configuration.id,
    created: tx.now(idOf(customer.test_clock)),
    customer: customer.id,
    customer_account: null,
    flow: flow === undefined ? null : flowOf(tx, flow, configuration, customer.id),
    livemode: false,
    locale: params.locale ?? null,
    on_behalf_of: null,
    return_url: params.return_url ?? configuration.default_return_url,
    url: `${baseUrl}/_sandbox/portal/${id}`,
  });
  tx.emit("billing_portal.session.created", session);
  return session;
}

/** The configuration a session was opened with. */
export function configurationOf(tx: Transaction, session: Session): Stripe.BillingPortal.Configuration {
  return tx.get("portal_configuration", idOf(session.configuration) ?? "");
}

/** A subscription of the session's customer, or Stripe's words for another's. */
export function ownSubscription(tx: Transaction, customer: string, id: string): Stripe.Subscription {
  const subscription = tx.find("subscription", id);
  if (subscription && idOf(subscription.customer) === customer) return subscription;
  throw invalidRequest(`No such subscription: '${id}'`, { code: "resource_missing", param: "subscription" });
}

const needed: Record<FlowData["type"], { feature: keyof Features; what: string }> = {
  customer_update: { feature: "customer_update", what: "customer update" },
  payment_method_update: { feature: "payment_method_update", what: "payment method update" },
  subscription_cancel: { feature: "subscription_cancel", what: "subscription cancellation" },
  subscription_pause: { feature: "subscription_pause", what: "subscription pause" },
  subscription_update: { feature: "subscription_update", what: "subscription update" },
  subscription_update_confirm: { feature: "subscription_update", what: "subscription update" },
};

function flowOf(
  tx: Transaction,
  data: FlowData,
  configuration: Stripe.BillingPortal.Configuration,
  customer: string,
): Flow {
  const { feature, what } = needed[data.type];
  if (!configuration.features[feature].enabled) {
    throw invalidRequest(
      `This flow cannot be used because the ${what} feature in the portal configuration is disabled.`,
      {
        param: "flow_data[type]",
      },
    );
  }
  const after = data.after_completion;
  const blank: Flow = {
    after_completion: {
      hosted_confirmation:
        after?.type === "hosted_confirmation"
          ? { custom_message: after.hosted_confirmation?.custom_message ?? null }
          : null,
      redirect: after?.type === "redirect" && after.redirect ? { return_url: after.redirect.return_url } : null,
      type: after?.type ?? "portal_homepage",
    },
    customer_update: data.type === "customer_update" ? {} : null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: data.type,
  };
  if (after?.type === "redirect" && after.redirect === undefined) {
    throw missing("flow_data[after_completion][redirect]");
  }
  return { ...blank, ...subscriptionPart(tx, data, configuration, customer) };
}

/** The part of a flow that names a subscription, when its kind has one. */
function subscriptionPart(
  tx: Transaction,
  data: FlowData,
  configuration: Stripe.BillingPortal.Configuration,
  customer: string,
): Partial<Flow> {
  const { type } = data;
  if (type === "customer_update" || type === "payment_method_update") return {};
  const id = data[type]?.subscription;
  if (id === undefined) throw missing(`flow_data[${type}][subscription]`);
  const param = `flow_data[${type}][subscription]`;
  const { id: subscription, status, cancel_at: endsAt } = ownSubscription(tx, customer, id);
  if (["canceled", "incomplete", "incomplete_expired"].includes(status)) {
    throw invalidRequest(`This flow cannot be used for a subscription whose status is ${status}.`, { param });
  }
  if (type === "subscription_cancel" && endsAt !== null) {
    throw invalidRequest("This subscription cannot be canceled because it is already set to be canceled.", { param });
  }
  if (type === "subscription_update") return { subscription_update: { subscription } };
  if (type === "subscription_pause") return { subscription_pause: { subscription } };
  if (type === "subscription_cancel") {
    const offer = data.subscription_cancel?.retention?.coupon_offer.coupon;
    if (offer !== undefined) {
      tx.get("coupon", offer, "flow_data[subscription_cancel][retention][coupon_offer][coupon]");
    }
    const retention = offer === undefined ? null : { coupon_offer: { coupon: offer }, type: "coupon_offer" as const };
    return { subscription_cancel: { retention, subscription } };
  }
  return { subscription_update_confirm: confirmPart(tx, data, configuration, subscription) };
}

function confirmPart(
  tx: Transaction,
  data: FlowData,
  configuration: Stripe.BillingPortal.Configuration,
  subscription: string,
): Flow["subscription_update_confirm"] {
  const given = data.subscription_update_confirm;
  const at = "flow_data[subscription_update_confirm]";
  const offered = (configuration.features.subscription_update.products ?? []).flatMap(({ prices }) => prices);
  const items = (given?.items ?? []).map(({ id, price, quantity }, index) => {
    const item = tx.find("subscription_item", id);
    if (item?.subscription !== subscription) {
      throw invalidRequest(`No such subscription item: '${id}'`, {
        code: "resource_missing",
        param: `${at}[items][${index}][id]`,
      });
    }
    const wanted = price ?? item.price.id;
    if (!offered.includes(wanted)) {
      throw invalidRequest(
        `The item \`${id}\` cannot be updated to price \`${wanted}\` because the configuration \`${configuration.id}\` does not include the price in its \`features[subscription_update][products]\`.`,
        { param: `${at}[items][${index}][price]` },
      );
    }
    return { id, price: wanted, ...(quantity === undefined ? {} : { quantity }) };
  });
  if (items.length === 0) throw missing(`${at}[items]`);
  const discounts = given?.discounts?.map(({ coupon, promotion_code: code }, index) => {
    if (coupon !== undefined) tx.get("coupon", coupon, `${at}[discounts][${index}][coupon]`);
    if (code !== undefined) tx.get("promotion_code", code, `${at}[discounts][${index}][promotion_code]`);
    return { coupon: coupon ?? null, promotion_code: code ?? null };
  });
  return { discounts: discounts ?? null, items, subscription };
}

function missing(param: string) {
  return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}
