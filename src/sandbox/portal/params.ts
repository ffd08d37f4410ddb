/** What the endpoints of the customer portal accept. */
import { boolean, hash, type Infer, integer, list, metadata, oneOf, string, timestamp } from "../http/params";

/** Why a customer may say that they leave. */
export const cancellationReasons = [
  "customer_service",
  "low_quality",
  "missing_features",
  "other",
  "switched_service",
  "too_complex",
  "too_expensive",
  "unused",
] as const;

const prorationBehavior = oneOf("always_invoice", "create_prorations", "none");

const features = hash({
  customer_update: hash({
    allowed_updates: list(oneOf("address", "email", "name", "phone", "shipping", "tax_id")),
    enabled: boolean(),
  }),
  invoice_history: hash({ enabled: boolean().required() }),
  payment_method_update: hash({ enabled: boolean().required() }, ["payment_method_configuration"]),
  subscription_cancel: hash({
    cancellation_reason: hash(
      {
        enabled: boolean().required(),
        options: list(oneOf(...cancellationReasons)),
      },
      ["feedback_options"],
    ),
    enabled: boolean(),
    mode: oneOf("at_period_end", "immediately"),
    proration_behavior: prorationBehavior,
  }),
  subscription_pause: hash({
    duration: hash({
      interval_options: list(
        hash({
          interval: oneOf("day", "month", "week", "year").required(),
          interval_count: integer({ minimum: 1 }),
        }),
      ),
      type: oneOf("indefinite", "interval_options").required(),
    }),
    enabled: boolean(),
  }),
  subscription_update: hash({
    billing_cycle_anchor: oneOf("now", "unchanged"),
    default_allowed_updates: list(oneOf("price", "promotion_code", "quantity")),
    enabled: boolean(),
    products: list(
      hash({
        adjustable_quantity: hash({
          enabled: boolean().required(),
          maximum: integer({ minimum: 1 }),
          minimum: integer({ minimum: 0 }),
        }),
        prices: list(string()).required(),
        product: string().required(),
      }),
    ),
    proration_behavior: prorationBehavior,
    schedule_at_period_end: hash({
      conditions: list(hash({ type: oneOf("decreasing_item_amount", "shortening_interval").required() })),
    }),
    trial_update_behavior: oneOf("continue_trial", "end_trial"),
  }),
});

const shared = {
  business_profile: hash({
    headline: string({ maxLength: 60 }).clearable(),
    privacy_policy_url: string().clearable(),
    terms_of_service_url: string().clearable(),
  }),
  default_return_url: string().clearable(),
  login_page: hash({ enabled: boolean().required() }),
  metadata: metadata(),
  name: string({ maxLength: 100 }).clearable(),
};

/** Everything `billingPortal.configurations.create` takes. */
export const createConfigurationSchema = { ...shared, features: features.required() };

/** Everything `billingPortal.configurations.update` takes. */
export const updateConfigurationSchema = { ...shared, active: boolean(), features };

/** A read update; what a creation takes is part of it. */
export type ConfigurationParameters = Infer<typeof updateConfigurationSchema>;

/** Stripe's words for the languages of the portal. The sandbox's own page speaks English. */
const locales =
  "auto bg cs da de el en en-AU en-CA en-GB en-IE en-IN en-NZ en-SG es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW".split(
    " ",
  );

const ofSubscription = { subscription: string().required() };

/** Everything `billingPortal.sessions.create` takes. */
export const createPortalSessionSchema = {
  after_expiration: hash({
    customer_login: hash({ expires_at: timestamp() }),
    type: oneOf("customer_login").required(),
  }),
  configuration: string(),
  customer: string().required(),
  flow_data: hash({
    after_completion: hash({
      hosted_confirmation: hash({ custom_message: string({ maxLength: 500 }) }),
      redirect: hash({ return_url: string().required() }),
      type: oneOf("hosted_confirmation", "portal_homepage", "redirect").required(),
    }),
    subscription_cancel: hash({
      ...ofSubscription,
      retention: hash({
        coupon_offer: hash({ coupon: string().required() }).required(),
        type: oneOf("coupon_offer").required(),
      }),
    }),
    subscription_pause: hash(ofSubscription),
    subscription_update: hash(ofSubscription),
    subscription_update_confirm: hash({
      ...ofSubscription,
      discounts: list(hash({ coupon: string(), promotion_code: string() }), { maximum: 1 }),
      items: list(hash({ id: string().required(), price: string(), quantity: integer({ minimum: 0 }) }), {
        maximum: 20,
      }).required(),
    }),
    type: oneOf(
      "customer_update",
      "payment_method_update",
      "subscription_cancel",
      "subscription_pause",
      "subscription_update",
      "subscription_update_confirm",
    ).required(),
  }),
  locale: oneOf(...locales),
  return_url: string(),
};

/** A read creation of a session. */
export type PortalSessionParameters = Infer<typeof createPortalSessionSchema>;
