/** What the endpoints of the customer portal accept. */
import { boolean, hash, type Infer, integer, list, metadata, oneOf, string } from "../http/params";

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
        options: list(
          oneOf(
            "customer_service",
            "low_quality",
            "missing_features",
            "other",
            "switched_service",
            "too_complex",
            "too_expensive",
            "unused",
          ),
        ),
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

/** Everything `billingPortal.sessions.create` takes. */
export const createPortalSessionSchema = {
  configuration: string(),
  customer: string().required(),
  flow_data: hash(
    {
      after_completion: hash({
        hosted_confirmation: hash({ custom_message: string({ maxLength: 500 }) }),
        redirect: hash({ return_url: string().required() }),
        type: oneOf("hosted_confirmation", "portal_homepage", "redirect").required(),
      }),
      subscription_cancel: hash({ subscription: string().required() }, ["retention"]),
      type: oneOf(
        "customer_update",
        "payment_method_update",
        "subscription_cancel",
        "subscription_pause",
        "subscription_update",
        "subscription_update_confirm",
      ).required(),
    },
    ["subscription_pause", "subscription_update", "subscription_update_confirm"],
  ),
  return_url: string(),
};

/** A read creation of a session. */
export type PortalSessionParameters = Infer<typeof createPortalSessionSchema>;
